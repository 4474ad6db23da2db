import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { type IssuerResponse, isTransient, json } from "../../clients/issuers/responses.ts";
import type { CommandContext } from "../command.ts";
import { openIssuerAdmin, unfitAuthority } from "../issuer-admin.ts";

const WHO = "the Keycloak realm";

/** The admin API of one realm, used as an administrator whose credential is in Vault. Paths begin after `/admin/realms/{realm}`. */
export interface Realm {
  /** The client id of the administrator. */
  readonly administrator: string;
  /** Any status not listed here throws. @param also further statuses to return instead */
  send(method: "GET" | "PUT" | "POST", path: string, body?: object, also?: readonly number[]): Promise<IssuerResponse>;
  /** Whether the server rotates client secrets at all; `unknown` if it does not show that to this administrator. */
  feature(): Promise<"on" | "off" | "unknown">;
}

export interface RealmPlace {
  /** URL of the server, without a trailing slash. */
  readonly url: string;
  readonly realm: string;
  /** OCID of the secret that holds the administrator's credential. */
  readonly authority: string;
}

const serverInfo = z.object({ features: z.array(z.object({ name: z.string(), enabled: z.optional(z.boolean()) })) });

function refusalOf({ status }: IssuerResponse, what: string): RotationError {
  if (status === 403) {
    return new RotationError(
      "ISSUER_FORBIDDEN",
      `${what} was refused with 403`,
      "give the administrator's service account the roles manage-realm and manage-clients of realm-management; view-realm is enough for reading",
    );
  }
  if (status === 404) {
    return new RotationError(
      "ISSUER_CONFIGURATION",
      `${what} was answered 404`,
      "check the server's URL (with /auth where it has that path) and the realm",
    );
  }
  if (isTransient(status)) {
    const next = "try again; if this persists while a policy rotates secrets, the server may run without its feature";
    return new RotationError("ISSUER_UNAVAILABLE", `${what} was answered ${status}`, next);
  }
  return new RotationError("ISSUER_CONFIGURATION", `${what} was refused with ${status}`, "check the realm's settings");
}

/** Reads the administrator's credential from Vault. It logs in at the first request, and again once the token has expired. */
export async function openRealm(
  context: Pick<CommandContext<unknown>, "runtime" | "signIn">,
  place: RealmPlace,
): Promise<Realm> {
  const { content, send } = await openIssuerAdmin(context, place.authority, WHO, (content) => {
    if (content.issuer.name !== "keycloak") throw unfitAuthority("is not for Keycloak");
    // A credential is sent only to the server that its own secret names.
    if (content.address.base !== place.url) {
      throw unfitAuthority(`is for the server at ${content.address.base}, not for this one`);
    }
  });

  return {
    administrator: content.clientId,
    send: async (method, path, body, also = []) => {
      const url = `${place.url}/admin/realms/${encodeURIComponent(place.realm)}${path}`;
      // The client's id is text from the server, so it is not shown.
      const what = `${method} ${path.replace(/\?.*$/, "").replace(/^\/clients\/[^/]+/, "/clients/{id}")}`;
      const response = await send({ method, url, what, ...(body === undefined ? {} : { body }) });
      const isFine = (response.status >= 200 && response.status < 300) || also.includes(response.status);
      if (!isFine) throw refusalOf(response, what);
      return response;
    },
    feature: async () => {
      const url = `${place.url}/admin/serverinfo`;
      const response = await send({ method: "GET", url, what: "reading the server's features" });
      const parsed = serverInfo.safeParse(json(response));
      if (response.status !== 200 || !parsed.success) return "unknown";
      const found = parsed.data.features.find(({ name }) => name === "CLIENT_SECRET_ROTATION");
      return found?.enabled === true ? "on" : "off";
    },
  };
}

export const FEATURE_OFF = "the server runs without the feature client-secret-rotation";
export const FEATURE_NEXT =
  "start Keycloak with --features=client-secret-rotation (or KC_FEATURES=client-secret-rotation); from 26.8 on it is on by default";
