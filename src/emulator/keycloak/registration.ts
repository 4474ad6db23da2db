import type { Entropy } from "../../base/entropy.ts";
import type { Surroundings } from "../core/surroundings.ts";
import {
  asText,
  type EmulatedRequest,
  type EmulatedResponse,
  type JsonObject,
  json,
  own,
  parseObject,
} from "../core/wire.ts";
import type { KeycloakCaller } from "./callers.ts";
import { keepsRegistrationToken, rotationFor } from "./policy.ts";
import { changeSecrets, hasExpiry, isDue, isExpired, regenerateSecret, stampExpiry } from "./slots.ts";
import { attribute, clientNamed, type RealmState, type StoredKeycloakClient } from "./state.ts";
import { bare, bearerOf, bodyOf, described, makeSecret, makeToken, serverError } from "./wire.ts";

const TOKEN_TYPE = "RegistrationAccessToken";
/** Members of an OIDCClientRepresentation that are used here; Keycloak knows more. */
const MEMBERS = (
  "client_id client_secret client_name client_uri contacts redirect_uris post_logout_redirect_uris token_endpoint_auth_method grant_types " +
  "response_types scope subject_type request_uris application_type jwks jwks_uri client_id_issued_at client_secret_expires_at " +
  "registration_client_uri registration_access_token tls_client_certificate_bound_access_tokens dpop_bound_access_tokens " +
  "backchannel_logout_session_required require_pushed_authorization_requests frontchannel_logout_session_required"
).split(" ");

export function newRegistrationToken(client: StoredKeycloakClient, entropy: Entropy, now: number): string {
  client.registrationToken = makeToken({ exp: 0, iat: Math.floor(now / 1000), typ: TOKEN_TYPE }, entropy);
  return client.registrationToken;
}

/**
 * `/realms/{realm}/clients-registrations/openid-connect/{client_id}`: GET shows the client, PUT updates it and rotates its secret when that
 * is due (RFC 7592).
 * @param caller who holds the bearer token, where it is an access token
 */
export function handleRegistration(
  request: EmulatedRequest,
  clientId: string,
  caller: KeycloakCaller | undefined,
  realm: RealmState,
  surroundings: Surroundings,
): EmulatedResponse {
  const { method } = request;
  if (method !== "GET" && method !== "PUT") return bare(405);
  const client = clientNamed(realm, clientId);
  const parsed = method === "PUT" ? bodyOf(request, MEMBERS, "OIDCClientRepresentation") : { body: {} };
  if ("answer" in parsed) return parsed.answer;
  const { body } = parsed;
  // If scopes are sent, 26.7 takes the client id for the internal id, and fails if no client has it.
  if (body["scope"] !== undefined && own(realm.clients, asText(body["client_id"])) === undefined) return serverError();
  const token = bearerOf(request.headers["authorization"]);
  const byToken = client !== undefined && token !== undefined && client.registrationToken === token;
  if (!byToken && caller === undefined) return tokenRefused(token, method);
  if (client === undefined) return described(404, "invalid_request", "Client not found");
  if (caller !== undefined && !(method === "GET" ? caller.mayView(client) : caller.mayConfigure(client))) {
    return described(403, "insufficient_scope", "Forbidden");
  }
  if (method === "PUT" && body["client_id"] !== client.clientId) {
    return described(400, "invalid_client_metadata", "Client Identifier modified");
  }
  if (method === "PUT") {
    update(client, body, realm, surroundings);
  }
  if (byToken && method === "PUT" && !keepsRegistrationToken(realm, client)) {
    newRegistrationToken(client, surroundings.entropy, surroundings.now);
  }
  return json(200, {
    ...metadata(client, request),
    ...(byToken ? { registration_access_token: client.registrationToken } : {}),
  });
}

function update(
  client: StoredKeycloakClient,
  body: JsonObject,
  realm: RealmState,
  { entropy, now, switches }: Surroundings,
): void {
  applyMetadata(client, body);
  const rotation = rotationFor(realm, client, switches);
  if (rotation !== null && !hasExpiry(client)) {
    stampExpiry(client, rotation, now);
  } else if (rotation !== null && (isExpired(client, now) || isDue(client, rotation, now))) {
    const made = makeSecret(entropy, switches["keycloak-secret-length"]);
    changeSecrets(client, now, switches, () => regenerateSecret(client, made, rotation, now));
  }
}

/** A PUT replaces the metadata; a `client_secret` in it changes nothing. */
function applyMetadata(client: StoredKeycloakClient, body: JsonObject): void {
  client.registration = body;
  const method = asText(body["token_endpoint_auth_method"]);
  if (method === "client_secret_basic" || method === "client_secret_post") {
    client.attributes[attribute.allowedMethod] = method;
  }
  const grants: unknown = body["grant_types"];
  client.serviceAccount = Array.isArray(grants) ? grants.includes("client_credentials") : client.serviceAccount;
}

function metadata(client: StoredKeycloakClient, request: EmulatedRequest): JsonObject {
  const { registration } = client;
  const origin = `${/^(127\.|localhost|\[::1\])/.test(request.host) ? "http" : "https"}://${request.host}`;
  return {
    redirect_uris: registration["redirect_uris"] ?? [],
    token_endpoint_auth_method: client.attributes[attribute.allowedMethod] ?? "client_secret_basic",
    grant_types: registration["grant_types"] ?? (client.serviceAccount ? ["client_credentials"] : []),
    response_types: registration["response_types"] ?? [],
    client_id: client.clientId,
    client_secret: client.secret,
    client_name: registration["client_name"],
    scope: "address phone offline_access organization microprofile-jwt",
    subject_type: "public",
    client_secret_expires_at: Number(client.attributes[attribute.expires] ?? 0),
    registration_client_uri: `${origin}${request.path}`,
  };
}

/** Different errors for a registration token that is no longer valid and for text that never was a token. */
function tokenRefused(token: string | undefined, method: string): EmulatedResponse {
  const claims = parseObject(Buffer.from(token?.split(".")[1] ?? "", "base64url").toString("utf8"));
  if (token !== undefined && claims?.["typ"] !== TOKEN_TYPE) {
    return described(401, "invalid_token", "Failed decode token");
  }
  const reason =
    method === "GET"
      ? "Not authorized to view client. Not valid token or client credentials provided."
      : "Not authorized to update client. Maybe missing token or bad token type.";
  return described(401, "invalid_token", reason);
}
