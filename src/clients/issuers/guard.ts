import { RotationError } from "../../base/errors.ts";
import { type Held, type IssuerAlias, isSameClient } from "./client.ts";
import type { Credential } from "./issuer.ts";

/** The second line behind what a snapshot leaves out: that it acts is a defect. */
export interface Guard {
  readonly aliases: readonly IssuerAlias[];
  /** Told by which operation something held for another client was about to be sent. */
  readonly onCrossing: (operation: string) => void;
}

/** The same credential, which sends nothing if it is handed a value of another client. */
export function guarded(credential: Credential, guard: Guard): Credential {
  const { client } = credential;
  const refusal = (operation: string, ...held: readonly Held[]): RotationError | null => {
    if (held.every((one) => isSameClient(one.client, client, guard.aliases))) return null;
    guard.onCrossing(operation);
    return new RotationError("INTERNAL", `${operation} was handed what belongs to another client`);
  };
  const { preflight, readExpiry, keepAlone } = credential;
  return {
    ...credential,
    withSecret: (clientSecret) => guarded(credential.withSecret(clientSecret), guard),
    ...(preflight && {
      preflight: (prove) =>
        preflight(async () => {
          const authorization = await prove();
          const error = refusal("preflight", authorization);
          if (error !== null) throw error;
          return authorization;
        }),
    }),
    async mint(authorization, isInTime) {
      const error = refusal("mint", authorization);
      return error === null ? credential.mint(authorization, isInTime) : { outcome: "refused", error };
    },
    async install(authorization, value, older) {
      const error = refusal("install", authorization, value);
      return error === null ? credential.install(authorization, value, older) : { outcome: "refused", error };
    },
    async readBack(authorization) {
      const error = refusal("readBack", authorization);
      return error === null ? credential.readBack(authorization) : { outcome: "unknown", error };
    },
    async retire(authorization, older) {
      const error = refusal("retire", authorization, older);
      return error === null ? credential.retire(authorization, older) : { outcome: "refused", error };
    },
    ...(keepAlone && {
      keepAlone: async (authorization) => {
        const error = refusal("keepAlone", authorization);
        return error === null ? keepAlone(authorization) : { outcome: "refused", error };
      },
    }),
    ...(readExpiry && {
      readExpiry: async (authorization) =>
        refusal("readExpiry", authorization) === null ? readExpiry(authorization) : { outcome: "unreadable" },
    }),
  };
}
