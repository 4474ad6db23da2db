import type { Entropy } from "../../base/entropy.ts";
import { withRetryAfter } from "../core/retry-after.ts";
import type { Surroundings } from "../core/surroundings.ts";
import { type EmulatedRequest, type EmulatedResponse, json, own, tokenError } from "../core/wire.ts";
import { assertedApp } from "./client-assertion.ts";
import { isOverLimit } from "./limits.ts";
import { appOfClient, type DomainState, login, type StoredApp } from "./state.ts";

const EXPIRY_SCOPE = "urn:opc:resource:expiry=";
const MY_SCOPES = "urn:opc:idm:__myscopes__";
const MAX_TOKENS = 1000;

/** Client id and secret of a Basic header, not percent-decoded, as identity domains read them; or undefined. */
export function basicCredentials(header: string | undefined): { id: string; secret: string } | undefined {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "");
  const text = Buffer.from(match?.[1] ?? "", "base64").toString("utf8");
  const at = text.indexOf(":");
  return at < 0 ? undefined : { id: text.slice(0, at), secret: text.slice(at + 1) };
}

/** `POST /oauth2/v1/token` with the client-credentials grant (RFC 6749, sections 4.4 and 5). */
export function handleToken(
  request: EmulatedRequest,
  domain: DomainState,
  { entropy, now, switches }: Surroundings,
): EmulatedResponse {
  if (request.method !== "POST") return tokenError(405, "invalid_request", "POST is needed.");
  if (isOverLimit(domain, "token", now, switches)) {
    return withRetryAfter(tokenError(429, "too_many_requests", "Too many requests."), switches);
  }
  if (!(request.headers["content-type"] ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded")) {
    return tokenError(400, "invalid_request", "The body is not form-encoded.");
  }
  const form = new URLSearchParams(request.body);
  const credentials = basicCredentials(request.headers["authorization"]);
  const app = form.has("client_assertion")
    ? assertedApp(form, domain, now)
    : credentials && appLoggedIn(domain, credentials, now);
  if (app === undefined || !app.active) return tokenError(401, "invalid_client", "Client authentication failed.");
  if (form.get("grant_type") !== "client_credentials") {
    return tokenError(400, "unsupported_grant_type", "The grant is not supported.");
  }
  if (!app.clientCredentials) return tokenError(400, "unauthorized_client", "The client may not use this grant.");
  const scopes = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  if (!scopes.includes(MY_SCOPES) || scopes.some((scope) => scope !== MY_SCOPES && !scope.startsWith(EXPIRY_SCOPE))) {
    return tokenError(400, "invalid_scope", "The scope is not known.");
  }
  const asked = Number(
    scopes.find((scope) => scope.startsWith(EXPIRY_SCOPE))?.slice(EXPIRY_SCOPE.length) ?? Number.NaN,
  );
  const life =
    Number.isInteger(asked) && asked > 0
      ? Math.min(asked, switches["token-life-max-seconds"])
      : switches["token-life-seconds"];
  return json(200, { access_token: issue(domain, app, life, entropy, now), token_type: "Bearer", expires_in: life });
}

function appLoggedIn(
  domain: DomainState,
  credentials: { readonly id: string; readonly secret: string },
  now: number,
): StoredApp | undefined {
  const app = appOfClient(domain, credentials.id);
  return app !== undefined && login(app, credentials.secret, now) ? app : undefined;
}

/** The App of a live bearer token. */
export function bearerApp(
  request: EmulatedRequest,
  domain: DomainState,
  { now, switches }: Surroundings,
): StoredApp | undefined {
  const match = /^Bearer (.+)$/i.exec(request.headers["authorization"] ?? "");
  const token = own(domain.tokens, match?.[1]);
  const app = token === undefined ? undefined : domain.apps[token.appId];
  if (token === undefined || app === undefined || now >= token.expiresAt || !app.active) return undefined;
  return switches["old-tokens"] === "die" && token.serial !== app.serial ? undefined : app;
}

/** A token in the form of a JWT. No signature is checked; only the table of tokens counts. */
function issue(domain: DomainState, app: StoredApp, lifeSeconds: number, entropy: Entropy, now: number): string {
  domain.tokensMade += 1;
  const iat = Math.floor(now / 1000);
  const claims = { sub: app.clientId, client_id: app.clientId, iat, exp: iat + lifeSeconds, jti: domain.tokensMade };
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const token = `eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.${payload}.${Buffer.from(entropy.bytes(24)).toString("base64url")}`;
  if (domain.tokensMade % MAX_TOKENS === 0) {
    domain.tokens = Object.fromEntries(Object.entries(domain.tokens).filter(([, held]) => now < held.expiresAt));
  }
  domain.tokens[token] = { appId: app.id, serial: app.serial, expiresAt: now + lifeSeconds * 1000 };
  return token;
}
