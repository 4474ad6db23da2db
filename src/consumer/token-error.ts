/**
 * What the error of a token endpoint (RFC 6749, section 5.2) says of the client secret. The function and this client judge by it alike.
 * `rejected`: the issuer refuses it; `secret-good`: it took it, and refuses something else; null: nothing.
 */
export type Judgement = "rejected" | "secret-good" | null;

/**
 * The RFC has only `invalid_client`. Keycloak and Ed-Fi answer a wrong secret with `unauthorized_client`, older releases of UAA with
 * `unauthorized`, all with 401.
 */
const REFUSALS_AT_401: readonly unknown[] = ["invalid_client", "unauthorized_client", "unauthorized"];
/** Of Keycloak and UAA, under the same codes. The client may not have the grant, which is looked at after the secret. */
const AFTER_THE_SECRET = ["Client not enabled to retrieve service account", "Unauthorized grant type"];
/** Of Keycloak: the secret was not looked at. */
const WITHOUT_THE_SECRET = ["Public client not allowed", "Invalid method used to get client secret"];

/** @param status undefined: not known */
export function judgeTokenError(status: unknown, error: unknown, description: unknown): Judgement {
  const text = typeof description === "string" ? description : "";
  if (status === 401) {
    if (!REFUSALS_AT_401.includes(error)) return null;
    if (AFTER_THE_SECRET.some((words) => text.startsWith(words))) return "secret-good";
    return WITHOUT_THE_SECRET.some((words) => text.startsWith(words)) ? null : "rejected";
  }
  return error === "invalid_client" && (status === undefined || status === 400) ? "rejected" : null;
}
