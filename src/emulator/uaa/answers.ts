import { type EmulatedResponse, empty, json } from "../core/wire.ts";

const CONTENT = { "content-type": "application/json;charset=UTF-8" };

/** The servlet container's response where UAA has none of its own. */
export const bare = (status: number): EmulatedResponse => json(status, {}, { ...CONTENT });

/** An unknown client: nothing but the status. */
export const unknownClient = (): EmulatedResponse => empty(404);

export function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): EmulatedResponse {
  return json(status, body, { ...CONTENT, ...headers });
}

export function uaaError(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): EmulatedResponse {
  return answer(status, { error, error_description: description }, headers);
}

const challenge = (scheme: string, error: string, description: string) => ({
  "www-authenticate": `${scheme}, error="${error}", error_description="${description}"`,
});

/** @param error `invalid_client`; older releases say `unauthorized` */
export function badCredentials(error: string, description = "Bad credentials"): EmulatedResponse {
  return uaaError(401, error, description, challenge('Basic realm="UAA/client"', "unauthorized", description));
}

/** The secret is right, but the client may not use the grant. */
export function unauthorizedGrant(grant: string): EmulatedResponse {
  const description = `Unauthorized grant type: ${grant}`;
  return uaaError(401, "invalid_client", description, {
    "www-authenticate": `Bearer error="invalid_client", error_description="${description}"`,
  });
}

export function badBearer(error: "unauthorized" | "invalid_token", description: string): EmulatedResponse {
  return uaaError(401, error, description, challenge('Bearer realm="UAA/oauth"', error, description));
}

export const UNKNOWN_TOKEN = "The token expired, was revoked, or the token ID is incorrect.";
export const REVOKED_TOKEN = "revocable signature mismatch";

export function insufficientScope(scope: string): EmulatedResponse {
  const description = "Insufficient scope for this resource";
  return answer(
    403,
    { error: "insufficient_scope", error_description: description, scope },
    { "www-authenticate": `Bearer error="insufficient_scope", error_description="${description}", scope="${scope}"` },
  );
}

/** A refused change. */
export const refused = (description: string): EmulatedResponse => uaaError(400, "invalid_client", description);
