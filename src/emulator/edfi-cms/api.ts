import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import { type EmulatedRequest, type EmulatedResponse, json, pathPart } from "../core/wire.ts";
import {
  badGateway,
  badRequest,
  forbidden,
  locked,
  methodNotAllowed,
  notFound,
  tenantProblem,
  unauthorized,
  unknownFailure,
  unmapped,
} from "./errors.ts";
import { edfiListRoute, edfiTenants, handleEdfiList } from "./lists.ts";
import { clientOfKey, type EdfiCmsState, resetSecret, type StoredApiClient } from "./state.ts";
import { edfiBearer } from "./token.ts";

export const FULL_ACCESS = "edfi_admin_api/full_access";
const READ_ONLY_ACCESS = "edfi_admin_api/readonly_access";

/** An id is an int; beyond it the route does not bind. */
const MAX_ID = 2_147_483_647;

interface Route {
  readonly version: "v2" | "v3";
  readonly resource: "apiClients" | "applications";
  readonly identifier: string;
  readonly reset: boolean;
}

/** The CMS ignores the case of letters in a path. */
export function edfiRoute(path: string): Route | undefined {
  const match = /^\/(v2|v3)\/(apiclients|applications)\/([^/]+)(\/reset-credential)?\/?$/i.exec(path);
  return match === null
    ? undefined
    : {
        version: match[1]?.toLowerCase() === "v2" ? "v2" : "v3",
        resource: match[2]?.toLowerCase() === "applications" ? "applications" : "apiClients",
        identifier: pathPart(match[3]),
        reset: match[4] !== undefined,
      };
}

/**
 * `/v2` and `/v3` of the CMS: the two reset-credential endpoints, and `GET apiClients/{key or id}`, which never shows a secret. It checks
 * in the server's order: tenant, route, token, rights, id.
 */
export function handleEdfiApi(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse {
  const { now, switches } = surroundings;
  const state = surroundings.state.edfiCms;
  const list = edfiListRoute(request.path);
  if (list?.list === "tenants") return edfiTenants(Object.values(state.clients), switches);
  const multi = switches["edfi-tenancy"] === "multi";
  const tenant = multi ? (request.headers["tenant"] ?? "") : null;
  if (tenant?.trim() === "") return tenantProblem("The 'Tenant' header is required when multi-tenancy is enabled");
  const clients = Object.values(state.clients).filter((client) => tenant === null || client.tenant === tenant);
  if (tenant !== null && clients.length === 0) {
    return tenantProblem(`Invalid tenant: ${tenant.replaceAll(/[^A-Za-z0-9 _\-.:/]/g, "")}`);
  }
  const route = edfiRoute(request.path);
  if (list === undefined) {
    if (route === undefined || !isServed(route, switches)) return unmapped(switches["edfi-unmapped"]);
    if (request.method !== (route.reset ? "PUT" : "GET")) return methodNotAllowed(route.reset ? "PUT" : "GET");
  }
  const bearer = edfiBearer(request, state, now);
  if (bearer === undefined) return unauthorized("The access token is missing, malformed or expired.");
  const scopes = list === undefined ? [FULL_ACCESS] : [FULL_ACCESS, READ_ONLY_ACCESS];
  if (bearer.client.role !== "cms-client" || !scopes.some((scope) => bearer.scopes.includes(scope))) {
    return forbidden("The authenticated client is not authorized to access this resource.");
  }
  if (list !== undefined) return handleEdfiList(request, list, clients, switches);
  if (route === undefined) return unmapped(switches["edfi-unmapped"]);
  if (!route.reset) return readClient(route, state, clients, switches);
  if (!/^\d{1,10}$/.test(route.identifier) || Number(route.identifier) > MAX_ID) {
    return badRequest("The request was invalid.");
  }
  return reset(route, clients, surroundings);
}

function isServed(route: Route, switches: Switches): boolean {
  const versions = switches["edfi-api-version"];
  if (versions !== "both" && versions !== route.version) return false;
  const endpoints = switches["edfi-reset-endpoints"];
  return route.reset ? endpoints === "both" || endpoints === route.resource : route.resource === "apiClients";
}

function reset(
  { resource, identifier }: Route,
  clients: readonly StoredApiClient[],
  { state: { edfiCms }, entropy, now, switches }: Surroundings,
): EmulatedResponse {
  const id = Number(identifier);
  const client = clients
    .filter((candidate) => (resource === "apiClients" ? candidate.id : candidate.applicationId) === id)
    // A reset by application resets only its first client.
    .sort((a, b) => a.id - b.id)[0];
  if (client === undefined) {
    return notFound(resource === "apiClients" ? "ApiClient not found" : "Application not found");
  }
  if (now < (edfiCms.locks[client.applicationId] ?? 0)) return locked();
  if (switches["edfi-lock-ms"] > 0) {
    edfiCms.locks[client.applicationId] = now + switches["edfi-lock-ms"];
  }
  if (!client.inProvider) {
    return switches["edfi-lost-client"] === "500" ? unknownFailure() : notFound("Client not found");
  }
  const refusal = badGateway("Identity provider error during credential reset");
  if (switches["edfi-reset-502"] === "before") return refusal;
  const secret = resetSecret(client, entropy, now, switches);
  if (switches["edfi-reset-502"] === "after") return refusal;
  const { applicationId, name, key } = client;
  return json(200, resource === "apiClients" ? { id, applicationId, name, key, secret } : { id, key, secret });
}

/** By key. Releases that serve `/v3` also take an id, if no key equals it. */
function readClient(
  { identifier }: Route,
  state: EdfiCmsState,
  clients: readonly StoredApiClient[],
  switches: Switches,
): EmulatedResponse {
  const byKey = clientOfKey(state, identifier);
  const client =
    byKey !== undefined && clients.includes(byKey)
      ? byKey
      : clients.find((candidate) => switches["edfi-release"] === "v8" && String(candidate.id) === identifier);
  if (client === undefined) return notFound("ApiClient not found");
  const { id, applicationId, name, key, approved } = client;
  return json(200, { id, applicationId, clientId: key, name, isApproved: approved, dataStoreIds: [] });
}
