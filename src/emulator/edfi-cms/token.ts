import type { Entropy } from "../../base/entropy.ts";
import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import { type EmulatedRequest, type EmulatedResponse, json, own, pathPart } from "../core/wire.ts";
import { login } from "../identity/state.ts";
import { basicCredentials } from "../identity/token.ts";
import { badGateway, badRequest, methodNotAllowed, notEmpty, tooManyTokens, unauthorized } from "./errors.ts";
import { clientOfKey, type EdfiCmsState, type StoredApiClient, type StoredEdfiToken } from "./state.ts";

const MAX_TOKENS = 1000;
const NOT_VALID = "Invalid client or Invalid client credentials";

/**
 * Key and secret as the CMS reads them. In self-contained mode it takes them from a Basic header, whose parts it decodes (RFC 6749, section
 * 2.3.1), otherwise from the form. With Keycloak it reads only the form.
 */
export function edfiCredentials(request: EmulatedRequest, switches: Switches): { key: string; secret: string } {
  const form = formOf(request);
  const basic =
    switches["edfi-backend"] === "openiddict" ? basicCredentials(request.headers["authorization"]) : undefined;
  return {
    key: unescaped(basic?.id) || (form.get("client_id") ?? ""),
    secret: unescaped(basic?.secret) || (form.get("client_secret") ?? ""),
  };
}

/** Like .NET's `Uri.UnescapeDataString`: it keeps plus signs, and sequences that decode to nothing. */
function unescaped(text = ""): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (sequence) => pathPart(sequence) || sequence);
}

function formOf(request: EmulatedRequest): URLSearchParams {
  const isForm = (request.headers["content-type"] ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded");
  return new URLSearchParams(isForm ? request.body : "");
}

/** `POST /connect/token` with the client-credentials grant. It takes no tenant. */
export function handleEdfiToken(
  request: EmulatedRequest,
  { state: { edfiCms: state }, entropy, now, switches }: Surroundings,
): EmulatedResponse {
  if (request.method !== "POST") return methodNotAllowed("POST");
  const form = formOf(request);
  const { key, secret } = edfiCredentials(request, switches);
  const grant = form.get("grant_type") ?? "";
  const needed = { client_id: key, client_secret: secret, grant_type: grant };
  const missing = Object.entries(needed).filter(([, value]) => value.trim() === "");
  if (missing.length > 0) return notEmpty(missing.map(([name]) => name));
  if (grant.toLowerCase() !== "client_credentials") return badRequest("The specified grant type is not supported.");
  const client = clientOfKey(state, key);
  if (client === undefined || !client.inProvider) return unauthorized(`invalid_client. ${NOT_VALID}`);
  if (!login(client, secret, now)) return unauthorized(`unauthorized_client. ${NOT_VALID}`);
  if (!client.approved) return unauthorized(`invalid_client. ${NOT_VALID}`);
  const asked = (form.get("scope") ?? "").split(/[ ,]+/).filter((scope) => scope !== "");
  const unknown = asked.filter((scope) => !client.scopes.includes(scope));
  if (unknown.length > 0 && switches["edfi-backend"] !== "openiddict") {
    return badGateway(`invalid_scope. Invalid scopes: ${asked.join(" ")}`);
  }
  const limit = switches["edfi-tokens-per-client"];
  if (limit !== "none" && client.role === "dms-client" && liveTokens(state, key, now) >= limit) {
    return tooManyTokens(limit);
  }
  const known = asked.filter((scope) => client.scopes.includes(scope));
  const scopes = known.length === 0 ? client.scopes : known;
  const life = switches["edfi-token-life-seconds"];
  return json(200, {
    access_token: issue(state, { key, scopes, expiresAt: now + life * 1000 }, entropy, now),
    expires_in: life,
    token_type: "Bearer",
    scope: scopes.join(switches["edfi-backend"] === "openiddict" ? "," : " "),
  });
}

function liveTokens(state: EdfiCmsState, key: string, now: number): number {
  return Object.values(state.tokens).filter((token) => token.key === key && now < token.expiresAt).length;
}

/** A token in the form of a JWT. No signature is checked; only the table of tokens counts. */
function issue(state: EdfiCmsState, token: StoredEdfiToken, entropy: Entropy, now: number): string {
  state.tokensMade += 1;
  if (state.tokensMade % MAX_TOKENS === 0) {
    state.tokens = Object.fromEntries(Object.entries(state.tokens).filter(([, held]) => now < held.expiresAt));
  }
  const claims = { client_id: token.key, exp: Math.floor(token.expiresAt / 1000), jti: state.tokensMade };
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const signature = Buffer.from(entropy.bytes(24)).toString("base64url");
  const text = `eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.${payload}.${signature}`;
  state.tokens[text] = token;
  return text;
}

/** The live token of a request, and its client. A token outlives the secret that it was obtained with. */
export function edfiBearer(
  request: EmulatedRequest,
  state: EdfiCmsState,
  now: number,
): { readonly client: StoredApiClient; readonly scopes: readonly string[] } | undefined {
  const match = /^Bearer (.+)$/i.exec(request.headers["authorization"] ?? "");
  const token = own(state.tokens, match?.[1]);
  const client = token && clientOfKey(state, token.key);
  return token === undefined || client === undefined || now >= token.expiresAt
    ? undefined
    : { client, scopes: token.scopes };
}
