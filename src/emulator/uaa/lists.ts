import type { EmulatedRequest, EmulatedResponse } from "../core/wire.ts";
import { answer, badBearer, bare, insufficientScope } from "./answers.ts";
import { switchZone } from "./clients.ts";
import type { UaaState, UaaZone } from "./state.ts";
import { shownClient, type UaaParts, validToken } from "./token.ts";

/** A UAA cuts pages to this many, whatever is asked for. */
const MOST = 500;
const DEFAULT_COUNT = 100;

/** `GET /oauth/clients` and `GET /identity-zones`. */
export function handleUaaLists(request: EmulatedRequest, hostZone: UaaZone, parts: UaaParts): EmulatedResponse {
  const bearer = /^Bearer (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (bearer === undefined) return badBearer("unauthorized", "Full authentication is required to access this resource");
  const token = validToken(bearer, hostZone, parts);
  if (typeof token === "string") return badBearer("invalid_token", token);
  const isAllowed = (scopes: readonly string[], wanted: readonly string[]) =>
    wanted.some((one) => scopes.includes(one));
  if (request.path.endsWith("/identity-zones")) {
    const wanted = ["uaa.admin", "zones.read"];
    return isAllowed(token.scopes, wanted) ? answer(200, zonesOf(parts.state)) : insufficientScope(wanted.join(" "));
  }
  const switched = switchZone(request, hostZone, token, parts);
  if ("status" in switched) return switched;
  const { zone, caller } = switched;
  const wanted = [
    "clients.read",
    "clients.admin",
    "uaa.admin",
    `zones.${zone.id}.admin`,
    `zones.${zone.id}.clients.read`,
  ];
  return isAllowed(caller.scopes, wanted) ? listClients(request, zone) : insufficientScope(wanted.join(" "));
}

function zonesOf({ zones, subdomains }: UaaState) {
  const subdomainOf = (id: string) => Object.entries(subdomains).find(([, zone]) => zone === id)?.[0] ?? "";
  return Object.keys(zones).map((id) => ({ id, subdomain: subdomainOf(id), name: id, active: true }));
}

function listClients({ query }: EmulatedRequest, zone: UaaZone): EmulatedResponse {
  const startIndex = Number(query["startIndex"] ?? 1);
  const count = Math.min(MOST, Number(query["count"] ?? DEFAULT_COUNT));
  if (!Number.isInteger(startIndex) || startIndex < 1) return bare(500);
  const all = Object.values(zone.clients).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const page = all.slice(startIndex - 1, startIndex - 1 + Math.max(0, count));
  return answer(200, {
    resources: page.map((client) => ({ ...shownClient(client), lastModified: client.lastModified })),
    startIndex,
    itemsPerPage: count,
    totalResults: all.length,
    schemas: ["http://cloudfoundry.org/schema/scim/oauth-clients-1.0"],
  });
}
