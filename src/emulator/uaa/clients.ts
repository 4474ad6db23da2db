import {
  asText,
  type EmulatedRequest,
  type EmulatedResponse,
  type JsonObject,
  own,
  parseObject,
  pathPart,
} from "../core/wire.ts";
import { answer, badBearer, bare, insufficientScope, refused, unknownClient } from "./answers.ts";
import { policyProblems } from "./policy.ts";
import {
  DEFAULT_ZONE,
  holds,
  isTooLong,
  type Lag,
  newSecret,
  type StoredUaaClient,
  setSecrets,
  type UaaZone,
} from "./state.ts";
import { shownClient, type UaaParts, validToken } from "./token.ts";

const CLIENT_PATH = /^\/uaa\/oauth\/clients\/([^/]+?)(\/secret)?$/;
const MODES = ["UPDATE", "ADD", "DELETE"] as const;

export interface Caller {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** `GET /oauth/clients/{id}` and `PUT /oauth/clients/{id}/secret`. */
export function handleUaaClients(request: EmulatedRequest, hostZone: UaaZone, parts: UaaParts): EmulatedResponse {
  const [, id, secret] = CLIENT_PATH.exec(request.path) ?? [];
  const bearer = /^Bearer (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (bearer === undefined) return badBearer("unauthorized", "Full authentication is required to access this resource");
  const token = validToken(bearer, hostZone, parts);
  if (typeof token === "string") return badBearer("invalid_token", token);
  const switched = switchZone(request, hostZone, token, parts);
  if ("status" in switched) return switched;
  const { zone, caller } = switched;
  const admins = [
    "uaa.admin",
    secret === undefined ? "clients.read" : "clients.secret",
    "clients.admin",
    `zones.${zone.id}.admin`,
  ];
  if (!admins.some((scope) => caller.scopes.includes(scope))) return insufficientScope(admins.join(" "));
  if (request.method !== (secret === undefined ? "GET" : "PUT")) return bare(405);
  const client = own(zone.clients, pathPart(id));
  if (secret !== undefined) return changeSecret(request, client, zone, caller, parts);
  return client === undefined
    ? unknownClient()
    : answer(200, { ...shownClient(client), lastModified: client.lastModified });
}

/** The zone of the host, or the header's zone if the caller is in the default zone and administers that one. */
export function switchZone(
  request: EmulatedRequest,
  zone: UaaZone,
  caller: Caller,
  { state }: UaaParts,
): { readonly zone: UaaZone; readonly caller: Caller } | EmulatedResponse {
  const id =
    request.headers["x-identity-zone-id"] || own(state.subdomains, request.headers["x-identity-zone-subdomain"]);
  if (id === undefined && !request.headers["x-identity-zone-subdomain"]) return { zone, caller };
  const wanted = own(state.zones, id);
  if (wanted === undefined) return bare(404);
  const scopes = caller.scopes.filter((scope) => scope === "uaa.admin" || scope.startsWith(`zones.${wanted.id}.`));
  return zone.id === DEFAULT_ZONE && scopes.length > 0 ? { zone: wanted, caller: { ...caller, scopes } } : bare(403);
}

function changeSecret(
  request: EmulatedRequest,
  client: StoredUaaClient | undefined,
  zone: UaaZone,
  caller: Caller,
  parts: UaaParts,
): EmulatedResponse {
  if (!(request.headers["content-type"] ?? "").toLowerCase().startsWith("application/json")) return bare(415);
  const body = parseObject(request.body);
  const mode = MODES.find((known) => known === (body?.["changeMode"] ?? "UPDATE"));
  if (body === undefined || mode === undefined) return bare(400);
  if (client === undefined) return unknownClient();
  const problem = notPermitted(body, client, zone, caller);
  if (problem !== undefined) return refused(problem);
  return mode === "DELETE" ? remove(client, parts) : store(mode, asText(body["secret"]), client, zone, parts);
}

function notPermitted(body: JsonObject, client: StoredUaaClient, zone: UaaZone, caller: Caller): string | undefined {
  if (["uaa.admin", "clients.admin", `zones.${zone.id}.admin`].some((scope) => caller.scopes.includes(scope))) {
    return undefined;
  }
  if (caller.clientId !== client.id) return "Bad request. Not permitted to change another client's secret";
  return holds(client, asText(body["oldSecret"])) ? undefined : "Previous secret is required and must be valid";
}

function store(
  mode: "UPDATE" | "ADD",
  value: string | undefined,
  client: StoredUaaClient,
  zone: UaaZone,
  { state, now, switches }: UaaParts,
): EmulatedResponse {
  const found = mode === "ADD" ? foundByAdd(client, now, switches["uaa-race-ms"]) : [];
  if (found.length > 1) return refused("client secret is either empty or client already has two secrets.");
  const problems = policyProblems(value, zone.policy);
  if (value === undefined || problems.length > 0) return refused(problems.join(" "));
  if (isTooLong(value) && switches["uaa-long-secret"] === "refused") {
    return refused("password cannot be more than 72 bytes");
  }
  const lag = lagOf(switches);
  const made = newSecret(state, value, now, lag);
  client.installs += 1;
  if (mode === "UPDATE") {
    client.lastAdd = null;
    setSecrets(client, [made], now, lag);
    return answer(200, { status: "ok", message: "secret updated" });
  }
  client.lastAdd = { at: now, found };
  setSecrets(client, [...(switches["uaa-race"] === "overwrites" ? found : client.secrets), made], now, lag);
  return answer(200, { status: "ok", message: "Secret is added" });
}

/** What ADD reads before it writes. During another ADD it reads the same state as that one. */
function foundByAdd(client: StoredUaaClient, now: number, raceMs: number) {
  const { lastAdd } = client;
  return lastAdd !== null && now - lastAdd.at < raceMs ? lastAdd.found : client.secrets;
}

function remove(client: StoredUaaClient, { now, switches }: UaaParts): EmulatedResponse {
  if (client.secrets.length !== 2) return refused("client secret is either empty or client has only one secret.");
  client.lastAdd = null;
  setSecrets(client, client.secrets.slice(1), now, lagOf(switches));
  return answer(200, { status: "ok", message: "Secret is deleted" });
}

function lagOf(switches: UaaParts["switches"]): Lag {
  const dies = switches["old-secret-dies"];
  return {
    lateMs: switches["new-secret-late-ms"],
    refusals: switches["new-secret-late-refusals"],
    lingerMs: dies === "at-once" ? 0 : dies,
  };
}
