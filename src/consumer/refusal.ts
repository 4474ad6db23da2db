import { judgeTokenError } from "./token-error.ts";

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

/** The object in a body that a library has parsed, or has left as text. */
function objectIn(body: unknown): unknown {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Ed-Fi answers in a format of its own (RFC 9457), whose member `errors` begins with the code. */
const OWN_WORDS = /^(\w+)\. (.*)$/;

function isRefusal(body: unknown, status: unknown): boolean {
  const said = objectIn(body);
  const errors = member(said, "errors");
  const [, code, words] = OWN_WORDS.exec(Array.isArray(errors) ? String(errors[0]) : "") ?? [];
  const error = member(said, "error") ?? code;
  return judgeTokenError(status, error, member(said, "error_description") ?? words) === "rejected";
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
    return isRefusal(body, status);
  } catch {
    return false;
  }
}

/**
 * Whether the issuer refused the client's credential. Anything else (429, 5xx, a lost connection, a refused scope or grant) says nothing
 * about it.
 *
 * A `Response` must not have been read yet: a copy is read, so the application still gets the whole body.
 *
 * @example
 * ```ts
 * const response = await fetch(tokenUrl, { method: "POST", body });
 * if (await isInvalidClient(response)) console.log("the client secret was refused");
 * ```
 * @param outcome what a token request threw or gave: an error of oauth4webapi or openid-client (6: `ResponseBodyError`,
 *   `WWWAuthenticateChallengeError`; 5: `OPError`), of simple-oauth2, of axios, of a library that keeps the response with its `body`, any
 *   error with the members `error` and `status`, or a `Response` of fetch
 */
export async function isInvalidClient(outcome: unknown): Promise<boolean> {
  const response = member(outcome, "response");
  const status = member(response, "status") ?? member(response, "statusCode");
  const payload = member(member(outcome, "data"), "payload");
  return (
    isRefusal(outcome, member(outcome, "status") ?? status) ||
    isRefusal(member(response, "data"), status) ||
    isRefusal(member(response, "body"), status) ||
    isRefusal(payload, member(member(outcome, "output"), "statusCode")) ||
    isClientChallenge(outcome) ||
    isRefusingResponse(outcome)
  );
}
