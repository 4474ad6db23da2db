import type { Entropy } from "../../base/entropy.ts";
import type { Switches } from "../core/switches.ts";
import { type EmulatedRequest, type EmulatedResponse, own } from "../core/wire.ts";
import { basicCredentials } from "../identity/token.ts";
import { answer, badCredentials, bare, REVOKED_TOKEN, UNKNOWN_TOKEN, uaaError, unauthorizedGrant } from "./answers.ts";
import { type StoredUaaClient, type StoredUaaToken, type UaaState, type UaaZone, uaaLogin } from "./state.ts";

const DEFAULT_TOKEN_SECONDS = 43_200;
const MAX_TOKENS = 1000;
const NO_CREDENTIALS = "An Authentication object was not found in the SecurityContext";

export interface UaaParts {
  readonly state: UaaState;
  readonly entropy: Entropy;
  readonly now: number;
  readonly switches: Switches;
}

/** Basic takes precedence: with both sent, the form's pair is ignored. */
export function clientCredentials(
  request: EmulatedRequest,
): { readonly id: string; readonly secret: string } | undefined {
  const header = request.headers["authorization"];
  if (header !== undefined) return basicCredentials(header);
  const form = new URLSearchParams(request.body);
  const [id, secret] = [form.get("client_id"), form.get("client_secret")];
  return id === null || secret === null ? undefined : { id, secret };
}

/** The client that a request logs in as, or the refusal. */
function loggedIn(
  request: EmulatedRequest,
  zone: UaaZone,
  { now, switches }: UaaParts,
): StoredUaaClient | EmulatedResponse {
  const credentials = clientCredentials(request);
  if (credentials === undefined && !request.path.endsWith("/oauth/token")) {
    return badCredentials("unauthorized", NO_CREDENTIALS);
  }
  const client = own(zone.clients, credentials?.id);
  return client !== undefined && credentials !== undefined && uaaLogin(client, credentials.secret, now)
    ? client
    : badCredentials(switches["uaa-bad-credentials"]);
}

const isAnswer = (value: StoredUaaClient | EmulatedResponse): value is EmulatedResponse => "status" in value;

/** `POST /oauth/token` with the client-credentials grant (RFC 6749, section 4.4). */
export function handleUaaToken(request: EmulatedRequest, zone: UaaZone, parts: UaaParts): EmulatedResponse {
  const client = loggedIn(request, zone, parts);
  if (isAnswer(client)) return client;
  const switching = switchingByLogin(request, parts.state);
  if (switching !== undefined) return switching === 404 ? bare(404) : bare(500);
  const form = new URLSearchParams(request.body);
  const grant = form.get("grant_type");
  if (grant === null || grant === "") return uaaError(400, "invalid_request", "Missing grant type");
  if (grant !== "client_credentials") {
    return uaaError(400, "unsupported_grant_type", `Unsupported grant type: ${grant}`);
  }
  if (!client.grantTypes.includes(grant)) return unauthorizedGrant(grant);
  const asked = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  const unknown = asked.find((scope) => !client.authorities.includes(scope));
  if (unknown !== undefined) return uaaError(400, "invalid_scope", `Invalid scope: ${unknown}`);
  return issue(zone, client, asked.length > 0 ? asked : client.authorities, form.get("token_format"), parts);
}

function issue(
  zone: UaaZone,
  client: StoredUaaClient,
  scopes: readonly string[],
  format: string | null,
  { state, entropy, now }: UaaParts,
): EmulatedResponse {
  state.tokensMade += 1;
  const life = client.tokenSeconds ?? DEFAULT_TOKEN_SECONDS;
  const id = Buffer.from(entropy.bytes(16)).toString("hex");
  const issuedAt = Math.floor(now / 1000);
  const claims = { jti: id, client_id: client.id, scope: scopes, iat: issuedAt, exp: issuedAt + life, zid: zone.id };
  // No signature is checked; only the table of tokens counts.
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const token = format === "opaque" ? id : `eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.${payload}.${id}`;
  if (state.tokensMade % MAX_TOKENS === 0) {
    zone.tokens = Object.fromEntries(Object.entries(zone.tokens).filter(([, held]) => now < held.expiresAt));
  }
  zone.tokens[token] = {
    clientId: client.id,
    serial: client.secrets.at(-1)?.serial ?? 0,
    scopes,
    issuedAt: now,
    expiresAt: now + life * 1000,
  };
  return answer(200, {
    access_token: token,
    token_type: "bearer",
    expires_in: life - 1,
    scope: scopes.join(" "),
    jti: id,
  });
}

/** A token that is valid here and now, or what is wrong with it. */
export function validToken(
  value: string | undefined,
  zone: UaaZone,
  { now, switches }: UaaParts,
): StoredUaaToken | string {
  const token = own(zone.tokens, value);
  const client = own(zone.clients, token?.clientId);
  if (token === undefined || client === undefined || now >= token.expiresAt) return UNKNOWN_TOKEN;
  const lives =
    client.secrets.some((secret) => secret.serial === token.serial) || switches["uaa-old-tokens"] === "live";
  return lives ? token : REVOKED_TOKEN;
}

/** The status with which a login that names a zone in a header is refused: only a bearer token can switch zones. */
function switchingByLogin(request: EmulatedRequest, state: UaaState): 403 | 404 | undefined {
  const zoneId = request.headers["x-identity-zone-id"];
  if (zoneId === undefined || zoneId === "") return undefined;
  return own(state.zones, zoneId) === undefined ? 404 : 403;
}

/** `GET /clientinfo`: a login that gives no token, for a client of any grant. */
export function handleClientInfo(request: EmulatedRequest, zone: UaaZone, parts: UaaParts): EmulatedResponse {
  const client = loggedIn(request, zone, parts);
  if (isAnswer(client)) return client;
  const switching = switchingByLogin(request, parts.state);
  return switching === undefined ? answer(200, shownClient(client)) : bare(switching);
}

export function shownClient(client: StoredUaaClient) {
  return {
    scope: ["uaa.none"],
    client_id: client.id,
    resource_ids: ["none"],
    authorized_grant_types: client.grantTypes,
    authorities: client.authorities,
    ...(client.tokenSeconds === null ? {} : { access_token_validity: client.tokenSeconds }),
  };
}

/** `POST /check_token`, by a client with uaa.resource. */
export function handleCheckToken(request: EmulatedRequest, zone: UaaZone, parts: UaaParts): EmulatedResponse {
  const caller = loggedIn(request, zone, parts);
  if (isAnswer(caller)) return caller;
  if (!caller.authorities.includes("uaa.resource")) return uaaError(403, "access_denied", "Access is denied");
  const token = validToken(new URLSearchParams(request.body).get("token") ?? undefined, zone, parts);
  if (typeof token === "string") return uaaError(400, "invalid_token", token);
  return answer(200, {
    client_id: token.clientId,
    authorities: token.scopes,
    scope: token.scopes,
    iat: Math.floor(token.issuedAt / 1000),
    exp: Math.floor(token.expiresAt / 1000),
    grant_type: "client_credentials",
    zid: zone.id,
    rev_sig: token.serial.toString(16).padStart(8, "0"),
  });
}
