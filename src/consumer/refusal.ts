/**
 * The `error` of a token endpoint (RFC 6749, section 5.2) by which issuers refuse a client secret. The RFC has only
 * `invalid_client`. Keycloak and Ed-Fi answer a wrong secret with `unauthorized_client`, older releases of UAA with
 * `unauthorized`, both with 401.
 */
const REFUSALS_AT_401 = ["invalid_client", "unauthorized_client", "unauthorized"];

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

function isRefusal(error: unknown, status: unknown): boolean {
  if (status === 401) return REFUSALS_AT_401.some((known) => known === error);
  return error === "invalid_client" && (status === undefined || status === 400);
}

/**
 * oauth4webapi and openid-client look at the header `WWW-Authenticate` before the body, and throw the challenge. Basic is the scheme of
 * clients (RFC 6749, section 2.3.1); a Bearer challenge is about a token.
 */
function isClientChallenge(thrown: unknown): boolean {
  const challenges = member(thrown, "cause");
  return (
    member(thrown, "code") === "OAUTH_WWW_AUTHENTICATE_CHALLENGE" &&
    member(thrown, "status") === 401 &&
    Array.isArray(challenges) &&
    challenges.some((challenge) => String(member(challenge, "scheme")).toLowerCase() === "basic")
  );
}

/** Reads a copy, so that the response is still whole for the application. */
async function isRefusingResponse(response: unknown): Promise<boolean> {
  const status = member(response, "status");
  const clone = member(response, "clone");
  if ((status !== 400 && status !== 401) || typeof clone !== "function" || member(response, "bodyUsed") !== false) {
    return false;
  }
  try {
    const copy: unknown = Reflect.apply(clone, response, []);
    const json = member(copy, "json");
    const body: unknown = typeof json === "function" ? await Reflect.apply(json, copy, []) : undefined;
    return isRefusal(member(body, "error"), status);
  } catch {
    return false;
  }
}

/**
 * Whether the issuer refused the client's credential. Anything else (429, 5xx, a lost connection, a refused scope) says nothing about it.
 *
 * A `Response` must not have been read yet: a copy is read, so the application still gets the whole body.
 *
 * @example
 * ```ts
 * const response = await fetch(tokenUrl, { method: "POST", body });
 * if (await isInvalidClient(response)) console.log("the client secret was refused");
 * ```
 * @param outcome what a token request threw or gave: an error of oauth4webapi or openid-client (`ResponseBodyError`,
 *   `WWWAuthenticateChallengeError`), of axios, any error with the members `error` and `status`, or a `Response` of fetch
 */
export async function isInvalidClient(outcome: unknown): Promise<boolean> {
  const response = member(outcome, "response");
  return (
    isRefusal(member(outcome, "error"), member(outcome, "status") ?? member(response, "status")) ||
    isRefusal(member(member(response, "data"), "error"), member(response, "status")) ||
    isClientChallenge(outcome) ||
    isRefusingResponse(outcome)
  );
}
