import type { CallName } from "../core/call-names.ts";
import type { EmulatedIssuer } from "../core/emulated-issuer.ts";
import { withRetryAfter } from "../core/retry-after.ts";
import type { EmulatorState } from "../core/state.ts";
import { tokenCall } from "../core/token-call.ts";
import { type EmulatedRequest, type EmulatedResponse, own, parseObject } from "../core/wire.ts";
import { badBearer, badCredentials, bare, insufficientScope, UNKNOWN_TOKEN, uaaError } from "./answers.ts";
import { handleUaaClients } from "./clients.ts";
import { handleUaaLists } from "./lists.ts";
import { type UaaState, zoneOf } from "./state.ts";
import { clientCredentials, handleCheckToken, handleClientInfo, handleUaaToken, type UaaParts } from "./token.ts";

const TOKEN_PATH = "/uaa/oauth/token";
const INFO_PATH = "/uaa/clientinfo";
const CHECK_PATH = "/uaa/check_token";
const CLIENTS_PATH = "/uaa/oauth/clients/";
const LIST_PATH = "/uaa/oauth/clients";
const ZONES_PATH = "/uaa/identity-zones";

/** The servlet container takes no encoded slash. */
const SLASH = /%(?:2f|5c)/i;
/** UAA's own firewall takes none of these, encoded or not. */
const FIREWALLED = /;|%(?:3b|25)|\/\.{1,2}(?:\/|$)/i;

function handle(request: EmulatedRequest, parts: UaaParts): EmulatedResponse {
  const { path, method } = request;
  const { state, now, switches } = parts;
  if (overLimit(state, now, switches["uaa-limit-per-minute"])) return withRetryAfter(bare(429), switches);
  if (SLASH.test(path)) {
    return {
      status: 400,
      headers: { "content-type": "text/html;charset=utf-8" },
      body: "<!doctype html><html></html>",
    };
  }
  if (FIREWALLED.test(path)) return bare(500);
  const zone = zoneOf(state, request.host);
  if (path === TOKEN_PATH) return method === "POST" ? handleUaaToken(request, zone, parts) : bare(405);
  if (path === INFO_PATH) return method === "GET" ? handleClientInfo(request, zone, parts) : bare(405);
  if (path === CHECK_PATH) return method === "POST" ? handleCheckToken(request, zone, parts) : bare(405);
  if (path === ZONES_PATH || path === LIST_PATH) {
    return method === "GET" ? handleUaaLists(request, zone, parts) : bare(405);
  }
  return path.startsWith(CLIENTS_PATH) ? handleUaaClients(request, zone, parts) : bare(404);
}

/** `ratelimit:` of uaa.yml, for all paths together. */
function overLimit(state: UaaState, now: number, limit: number | "none"): boolean {
  if (limit === "none") return false;
  if (now - state.minute.startedAt >= 60_000) {
    state.minute = { startedAt: now, requests: 0 };
  }
  state.minute.requests += 1;
  return state.minute.requests > limit;
}

function classify(request: EmulatedRequest, state: EmulatorState): CallName {
  const { path, method, host } = request;
  if (path === TOKEN_PATH || path === INFO_PATH) {
    const credentials = clientCredentials(request);
    if (credentials === undefined) return "token-pending";
    const client = own(zoneOf(state.uaa, host).clients, credentials.id);
    const first = client?.firstLogin ?? client?.secrets[0]?.value;
    return tokenCall(credentials.id, credentials.secret, first, state);
  }
  if (path.startsWith(CLIENTS_PATH) && path.endsWith("/secret")) {
    return parseObject(request.body)?.["changeMode"] === "DELETE" ? "retire" : "install";
  }
  return path.startsWith(CLIENTS_PATH) && method === "GET" ? "read-client" : "other";
}

function error(status: number, path: string): EmulatedResponse {
  const isLogin = path === TOKEN_PATH || path === INFO_PATH || path === CHECK_PATH;
  switch (status) {
    case 401:
      return isLogin ? badCredentials("invalid_client") : badBearer("invalid_token", UNKNOWN_TOKEN);
    case 403:
      return isLogin
        ? uaaError(403, "access_denied", "Access is denied")
        : insufficientScope("uaa.admin clients.secret clients.admin zones.uaa.admin");
    default:
      return bare(status);
  }
}

/** Cloud Foundry UAA: its token endpoint, logins without a token, and the part of `/oauth/clients` that changes client secrets. */
export const uaa: EmulatedIssuer = {
  system: "uaa",
  serves: (path) => path.startsWith("/uaa/"),
  classify,
  handle: (request, { state, entropy, now, switches }) => handle(request, { state: state.uaa, entropy, now, switches }),
  error,
};
