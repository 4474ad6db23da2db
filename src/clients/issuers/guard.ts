import { RotationError } from "../../base/errors.ts";
import { type Held, type IssuerAlias, isSameClient } from "./client.ts";
import type { Credential } from "./issuer.ts";

/** The second line behind what an observation leaves out: that it acts is a defect. */
export interface Guard {
  readonly aliases: readonly IssuerAlias[];
  /** Told by which operation something held for another client was about to be sent. */
  readonly onCrossing: (operation: string) => void;
}

/** The same credential, which sends nothing where it is handed something that is held for another client. */
export function guarded(credential: Credential, guard: Guard): Credential {
  const { client } = credential;
  const refusal = (operation: string, ...held: readonly Held[]): RotationError | null => {
    if (held.every((one) => isSameClient(one.client, client, guard.aliases))) return null;
    guard.onCrossing(operation);
    return new RotationError("INTERNAL", `${operation} was handed what belongs to another client`);
  };
  const { preflight, readExpiry } = credential;
  return {
    ...credential,
    withSecret: (clientSecret) => guarded(credential.withSecret(clientSecret), guard),
    ...(preflight && {
      preflight: (prove) =>
        preflight(async () => {
          const proof = await prove();
          const error = refusal("preflight", proof);
          if (error !== null) throw error;
          return proof;
        }),
    }),
    async mint(proof, isInTime) {
      const error = refusal("mint", proof);
      return error === null ? credential.mint(proof, isInTime) : { outcome: "refused", error };
    },
    async install(proof, value, keepsCurrent) {
      const error = refusal("install", proof, value);
      return error === null ? credential.install(proof, value, keepsCurrent) : { outcome: "refused", error };
    },
    async readBack(proof) {
      const error = refusal("readBack", proof);
      return error === null ? credential.readBack(proof) : { outcome: "unknown", error };
    },
    async retire(proof, older) {
      const error = refusal("retire", proof, older);
      return error === null ? credential.retire(proof, older) : { outcome: "refused", error };
    },
    ...(readExpiry && {
      readExpiry: async (proof) =>
        refusal("readExpiry", proof) === null ? readExpiry(proof) : { outcome: "unreadable" },
    }),
  };
}
