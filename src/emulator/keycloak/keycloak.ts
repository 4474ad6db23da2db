import type { CallName } from "../core/call-names.ts";
import type { EmulatedIssuer } from "../core/emulated-issuer.ts";
import type { EmulatorState } from "../core/state.ts";
import type { Surroundings } from "../core/surroundings.ts";
import { tokenCall } from "../core/token-call.ts";
import { type EmulatedRequest, type EmulatedResponse, json, own, pathPart } from "../core/wire.ts";
import { callerOf, type KeycloakCaller } from "./callers.ts";
import { handleClients } from "./clients.ts";
import { credentialsOf, handleIntrospection, handleKeycloakToken } from "./login.ts";
import { handlePolicies } from "./policies.ts";
import { handleRegistration } from "./registration.ts";
import { clientNamed } from "./state.ts";
import { bare, described, failed, serverError, shown } from "./wire.ts";

const PREFIX = /^\/auth(?=\/(?:realms|admin)(?:\/|$))/;
const TOKEN = "/protocol/openid-connect/token";
const REGISTRATION = "/clients-registrations/openid-connect/";
const SERVER_INFO = "/admin/serverinfo";
const REALMS = "/admin/realms";

interface Place {
  readonly api: "admin" | "realm";
  readonly realm: string;
  /** The path below the realm: empty, or with its slash. */
  readonly rest: string;
}

/** Where in a realm a path leads; undefined for the server's own resources. */
function placeOf(path: string): Place | undefined {
  const match = /^(\/admin)?\/realms\/([^/]+)(\/.*)?$/.exec(path.replace(PREFIX, ""));
  return match?.[2] === undefined
    ? undefined
    : { api: match[1] === undefined ? "realm" : "admin", realm: pathPart(match[2]), rest: match[3] ?? "" };
}

/** Realms in which the caller has any role. Roles for clients only show no more than the name. */
function realmsOf(caller: KeycloakCaller) {
  return caller.realms.map((realm) => ({ realm }));
}

function handle(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const place = placeOf(request.path);
  if (place?.api === "realm") return handleRealm(request, place, surroundings);
  const { state, switches } = surroundings;
  const caller = callerOf(request, place?.realm ?? "", surroundings);
  if (caller === undefined) return bare(401);
  if (request.path.replace(PREFIX, "") === REALMS) {
    return caller.isAdministrator ? shown(200, realmsOf(caller)) : bare(403);
  }
  if (place === undefined) {
    return caller.isAdministrator ? shown(200, serverInfo(switches["keycloak-rotation"])) : bare(403);
  }
  const realm = own(state.keycloak.realms, place.realm);
  if (realm === undefined) return failed(404, "Realm not found.");
  if (/^\/clients(\/|$)/.test(place.rest)) {
    return handleClients(request, place.rest.slice("/clients".length), caller, realm, surroundings);
  }
  const policies = /^\/client-policies\/(profiles|policies)$/.exec(place.rest)?.[1];
  return policies === "profiles" || policies === "policies"
    ? handlePolicies(request, policies, caller, realm, switches)
    : bare(404);
}

function handleRealm(request: EmulatedRequest, place: Place, surroundings: Surroundings): EmulatedResponse {
  const { state, switches } = surroundings;
  const { rest } = place;
  const realm = own(state.keycloak.realms, place.realm);
  if (realm === undefined) return failed(404, "Realm does not exist");
  if (!realm.enabled) return described(403, "access_denied", "Realm not enabled");
  if (rest === "") return json(200, { realm: place.realm });
  if (switches["keycloak-https"] === "yes" && rest.startsWith("/protocol/")) {
    return described(403, "invalid_request", "HTTPS required");
  }
  if (rest === TOKEN) return handleKeycloakToken(request, realm, surroundings);
  if (rest === `${TOKEN}/introspect`) return handleIntrospection(request, realm, surroundings);
  if (rest.startsWith(REGISTRATION)) {
    const caller = callerOf(request, place.realm, surroundings);
    const clientId = pathPart(rest.slice(REGISTRATION.length));
    return handleRegistration(request, clientId, caller, realm, surroundings);
  }
  return bare(404);
}

function serverInfo(rotation: "on" | "off") {
  const name = "CLIENT_SECRET_ROTATION";
  const label = "Client Secret Rotation";
  return { features: [{ name, label, type: "PREVIEW", dependencies: [], enabled: rotation === "on" }] };
}

function classify(request: EmulatedRequest, state: EmulatorState): CallName {
  const place = placeOf(request.path);
  const { method } = request;
  if (place?.api === "realm" && place.rest.startsWith(TOKEN)) return loginCall(request, place.realm, state);
  if (place?.api === "realm" && place.rest.startsWith(REGISTRATION)) {
    return method === "PUT" ? "regenerate" : "read-secret";
  }
  const match = /^\/clients(?:\/[^/]+(\/.*)?)?$/.exec(place?.rest ?? "");
  if (place?.api !== "admin" || match === null) return "other";
  return place.rest === "/clients" ? "find-client" : (CALLS[`${method} ${match[1] ?? ""}`] ?? "other");
}

const CALLS: Readonly<Record<string, CallName>> = {
  "GET ": "read-client",
  "PUT ": "install",
  "GET /client-secret": "read-secret",
  "POST /client-secret": "regenerate",
  "GET /client-secret/rotated": "read-rotated",
  "DELETE /client-secret/rotated": "retire",
};

function loginCall(request: EmulatedRequest, realmName: string, state: EmulatorState): CallName {
  const credentials = credentialsOf(request);
  if (typeof credentials === "string") return "token-pending";
  const realm = own(state.keycloak.realms, realmName);
  const client = realm && clientNamed(realm, credentials.id);
  return tokenCall(credentials.id, credentials.secret, client?.firstLogin ?? client?.secret, state);
}

/** The error codes of the endpoints that speak OAuth, by status. */
const CODES: Readonly<Record<number, string>> = {
  400: "invalid_request",
  403: "access_denied",
  409: "conflict",
  412: "precondition_failed",
  429: "too_many_requests",
};

function error(status: number, path: string): EmulatedResponse {
  if (status >= 500) return { ...serverError(), status };
  const place = placeOf(path);
  if (place?.api !== "realm") return bare(status);
  if (status === 401) {
    return place.rest.startsWith(TOKEN)
      ? described(401, "unauthorized_client", "Invalid client or Invalid client credentials")
      : described(401, "invalid_token", "Set in the emulator.");
  }
  return described(status, CODES[status] ?? "invalid_request", "Set in the emulator.");
}

/** Keycloak as of 26.7: realms, the part of its admin API that rotates client secrets, and dynamic client registration. */
export const keycloak: EmulatedIssuer = {
  system: "keycloak",
  serves: (path) => placeOf(path) !== undefined || [SERVER_INFO, REALMS].includes(path.replace(PREFIX, "")),
  classify,
  handle,
  error,
};
