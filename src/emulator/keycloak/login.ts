import type { Entropy } from "../../base/entropy.ts";
import type { Surroundings } from "../core/surroundings.ts";
import { type EmulatedRequest, type EmulatedResponse, json } from "../core/wire.ts";
import { failsInPolicies } from "./policy.ts";
import { logIn } from "./slots.ts";
import { attribute, clientNamed, type RealmState, type StoredKeycloakClient } from "./state.ts";
import { bare, described, makeToken, serverError } from "./wire.ts";

const MAX_TOKENS = 1000;
const SCOPES = ["profile", "email", "roles", "basic", "web-origins", "acr", "service_account", "openid"];
const REFUSED = "Invalid client or Invalid client credentials";

export interface Credentials {
  readonly id: string;
  readonly secret: string;
  readonly method: "client_secret_basic" | "client_secret_post";
}

/** Client id and secret of a request. Keycloak decodes both parts of a Basic header as those of a form. */
export function credentialsOf(request: EmulatedRequest): Credentials | "none" | "malformed" {
  const header = request.headers["authorization"];
  if (header === undefined) {
    const form = new URLSearchParams(request.body);
    const id = form.get("client_id");
    return id === null ? "none" : { id, secret: form.get("client_secret") ?? "", method: "client_secret_post" };
  }
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header);
  const text = Buffer.from(match?.[1] ?? "", "base64").toString("utf8");
  const at = text.indexOf(":");
  if (at < 0) return "none";
  try {
    const [id, secret] = [text.slice(0, at), text.slice(at + 1)].map((part) =>
      decodeURIComponent(part.replaceAll("+", " ")),
    );
    return { id: id ?? "", secret: secret ?? "", method: "client_secret_basic" };
  } catch {
    return "malformed";
  }
}

/** The authenticated client, or the token endpoint's refusal. */
function authenticated(
  request: EmulatedRequest,
  realm: RealmState,
  now: number,
): StoredKeycloakClient | EmulatedResponse {
  const credentials = credentialsOf(request);
  if (credentials === "malformed") {
    return described(400, "unauthorized_client", "Unexpected error when authenticating client");
  }
  const client = credentials === "none" ? undefined : clientNamed(realm, credentials.id);
  if (credentials === "none" || client === undefined || !client.enabled) {
    return described(401, "invalid_client", REFUSED);
  }
  if (client.publicClient) return client;
  if (client.authenticator !== "client-secret") {
    return described(400, "invalid_client", "Parameter client_assertion_type is missing");
  }
  const allowed = client.attributes[attribute.allowedMethod];
  if (allowed !== undefined && allowed !== credentials.method) {
    const needed = `Client requires method '${allowed}' to obtain client secret from the request`;
    return described(401, "unauthorized_client", `Invalid method used to get client secret. ${needed}`);
  }
  return logIn(client, credentials.secret, now, realm.vault) ? client : described(401, "unauthorized_client", REFUSED);
}

/** `POST .../protocol/openid-connect/token` with the client-credentials grant (RFC 6749, sections 4.4 and 5). */
export function handleKeycloakToken(
  request: EmulatedRequest,
  realm: RealmState,
  { entropy, now, switches }: Surroundings,
): EmulatedResponse {
  if (request.method !== "POST") return bare(405);
  const form = formOf(request);
  const grant = form.get("grant_type");
  if (grant === null) return described(400, "invalid_request", "Missing form parameter: grant_type");
  if (grant !== "client_credentials") return described(400, "unsupported_grant_type", "Unsupported grant_type");
  const client = authenticated(request, realm, now);
  if ("status" in client) return client;
  if (failsInPolicies(realm, client, switches)) return serverError();
  if (client.publicClient || !client.serviceAccount) {
    const who = client.publicClient ? "Public client not allowed" : "Client not enabled";
    return described(401, "unauthorized_client", `${who} to retrieve service account`);
  }
  const scope = form.get("scope") ?? "";
  if (scope.split(" ").some((name) => name !== "" && !SCOPES.includes(name))) {
    return described(400, "invalid_scope", `Invalid scopes: ${scope}`);
  }
  const life = Number(client.attributes["access.token.lifespan"] ?? realm.tokenLifeSeconds);
  return json(200, {
    access_token: issue(realm, client, life, entropy, now),
    expires_in: life,
    refresh_expires_in: 0,
    token_type: "Bearer",
    "not-before-policy": 0,
    scope: "profile email",
  });
}

/** `POST .../token/introspect` (RFC 7662): tells a good secret from a bad one without issuing a token. */
export function handleIntrospection(
  request: EmulatedRequest,
  realm: RealmState,
  { now, switches }: Surroundings,
): EmulatedResponse {
  if (request.method !== "POST") return bare(405);
  const client = authenticated(request, realm, now);
  if ("status" in client) {
    return client.body.includes("unauthorized_client") && client.status === 401
      ? described(401, "invalid_client", "Client authentication failed.")
      : client;
  }
  if (failsInPolicies(realm, client, switches)) return serverError();
  if (client.publicClient) return described(403, "invalid_request", "Client not allowed.");
  return formOf(request).has("token")
    ? json(200, { active: false })
    : described(400, "invalid_request", "Token not provided.");
}

function formOf(request: EmulatedRequest): URLSearchParams {
  const isForm = (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return new URLSearchParams(isForm ? request.body : "");
}

function issue(
  realm: RealmState,
  client: StoredKeycloakClient,
  lifeSeconds: number,
  entropy: Entropy,
  now: number,
): string {
  realm.tokensMade += 1;
  const iat = Math.floor(now / 1000);
  const token = makeToken(
    { exp: iat + lifeSeconds, iat, jti: realm.tokensMade, typ: "Bearer", azp: client.clientId },
    entropy,
  );
  if (realm.tokensMade % MAX_TOKENS === 0) {
    realm.tokens = Object.fromEntries(Object.entries(realm.tokens).filter(([, held]) => now < held.expiresAt));
  }
  realm.tokens[token] = { uuid: client.uuid, serial: client.serial, expiresAt: now + lifeSeconds * 1000 };
  return token;
}
