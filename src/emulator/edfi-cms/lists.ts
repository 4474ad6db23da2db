import type { Switches } from "../core/switches.ts";
import { type EmulatedRequest, type EmulatedResponse, json } from "../core/wire.ts";
import { methodNotAllowed, unmapped } from "./errors.ts";
import type { StoredApiClient } from "./state.ts";

type ListName = "apiclients" | "applications" | "vendors" | "tenants";

interface ListRoute {
  readonly version: string;
  readonly list: ListName;
}

/** `/v2/apiClients` and its siblings; undefined: no list. */
export function edfiListRoute(path: string): ListRoute | undefined {
  const match = /^\/(v2|v3)\/(apiclients|applications|vendors|tenants)\/?$/i.exec(path);
  return match === null
    ? undefined
    : { version: match[1]?.toLowerCase() ?? "", list: match[2]?.toLowerCase() as ListName };
}

/** Releases before 8.0 send no more than this without a limit. */
const DEFAULT_LIMIT = 25;

/** @param clients those of the request's tenant */
export function handleEdfiList(
  request: EmulatedRequest,
  { version, list }: ListRoute,
  clients: readonly StoredApiClient[],
  switches: Switches,
): EmulatedResponse {
  const versions = switches["edfi-api-version"];
  const isServed = versions === "both" || versions === version;
  if (!isServed || (list === "apiclients" && switches["edfi-client-list"] === "absent")) {
    return unmapped(switches["edfi-unmapped"]);
  }
  if (request.method !== "GET") return methodNotAllowed("GET");
  const offset = Number(request.query["offset"] ?? 0);
  const limit = Number(
    request.query["limit"] ?? (switches["edfi-release"] === "v8" ? Number.MAX_SAFE_INTEGER : DEFAULT_LIMIT),
  );
  return json(200, entriesOf(list, clients, switches).slice(offset, offset + limit));
}

/** The CMS shows no secret in any list. */
function entriesOf(list: ListName, clients: readonly StoredApiClient[], switches: Switches): readonly object[] {
  switch (list) {
    case "apiclients":
      return clients.map(({ id, applicationId, key, name, approved }) => ({
        ...{ id, applicationId, clientId: key, name, isApproved: approved, dataStoreIds: [] },
        ...(switches["edfi-release"] === "v8" ? {} : { createdAt: "2026-01-01T00:00:00Z", createdBy: "setup" }),
      }));
    case "applications":
      return [...new Set(clients.map(({ applicationId }) => applicationId))].map((id) => ({
        ...{ id, applicationName: `application ${id}`, vendorId: id, claimSetName: "SIS-Vendor" },
      }));
    case "vendors":
      return [...new Set(clients.map(({ applicationId }) => applicationId))].map((id) => ({
        ...{
          id,
          company: `Vendor ${id}`,
          contactName: `Contact ${id}`,
          contactEmailAddress: `vendor${id}@example.org`,
        },
      }));
    case "tenants":
      return [];
  }
}

/** `GET /v3/tenants`: it takes no tenant, and exists only where there are several. */
export function edfiTenants(clients: readonly StoredApiClient[], switches: Switches): EmulatedResponse {
  if (switches["edfi-tenancy"] !== "multi") return unmapped(switches["edfi-unmapped"]);
  const names = [...new Set(clients.map(({ tenant }) => tenant))].filter((name) => name !== null);
  return json(
    200,
    names.map((name, index) => ({ id: index + 1, name })),
  );
}
