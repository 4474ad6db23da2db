import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import {
  asText,
  type EmulatedRequest,
  type EmulatedResponse,
  isObject,
  type JsonObject,
  own,
  parseObject,
  pathPart,
  scimError,
} from "../core/wire.ts";
import { type DomainState, replaceSecret, type StoredApp } from "./state.ts";

const REGENERATOR_SCHEMA = "urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator";
const APP_SCHEMA = "urn:ietf:params:scim:schemas:oracle:idcs:App";
const LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** Who calls: an App by its token, or a principal by OCI signature. */
export type Caller = StoredApp | "signed";

/** `/admin/v1/Apps` and `/admin/v1/AppClientSecretRegenerator` of an identity domain. */
export function handleApps(
  request: EmulatedRequest,
  caller: Caller,
  domain: DomainState,
  surroundings: Surroundings,
): EmulatedResponse {
  const { switches } = surroundings;
  const match = /^\/admin\/v1\/(Apps|AppClientSecretRegenerator)(?:\/([^/]+))?$/.exec(request.path);
  const id = match?.[2] === undefined ? undefined : pathPart(match[2]);
  if (match?.[1] === "AppClientSecretRegenerator") {
    if (request.method === "POST" && id === undefined) return regenerate(request, caller, domain, surroundings);
    return request.method === "GET" && id !== undefined ? readRegenerator(id, caller, domain, switches) : notFound();
  }
  if (match?.[1] !== "Apps") return notFound();
  if (id === undefined) return request.method === "GET" ? searchApps(request, caller, domain, switches) : notFound();
  const app = own(domain.apps, id);
  if (app === undefined) return notFound();
  if (!mayTouch(caller, app)) return forbidden();
  switch (request.method) {
    case "GET":
      return switches["app-read-back"] === "forbidden" ? forbidden() : scim(200, appModel(app, switches));
    case "PATCH":
    case "PUT":
      return setSecret(request, app, surroundings);
    default:
      return notFound();
  }
}

function regenerate(
  request: EmulatedRequest,
  caller: Caller,
  domain: DomainState,
  { entropy, now, switches }: Surroundings,
): EmulatedResponse {
  if (!/^application\/(scim\+)?json\b/i.test(request.headers["content-type"] ?? "")) {
    return scimError(415, "error.common.unsupportedMediaType", "The media type is not supported.");
  }
  const appId = asText(parseObject(request.body)?.["appId"]);
  if (appId === undefined) {
    return scimError(400, "error.common.validation.missingReqAttr", "Missing required attribute(s): appId.");
  }
  const app = own(domain.apps, appId);
  if (app === undefined) return notFound();
  if (!mayTouch(caller, app)) return forbidden();
  install(app, `idcscs-${entropy.uuid()}`, now, switches);
  app.mints += 1;
  app.regeneratorId = Buffer.from(entropy.bytes(16)).toString("hex");
  const full = switches["regenerate-body"] === "full" || request.query["attributeSets"] === "all";
  const minimal = { appId: app.id, id: app.regeneratorId, clientSecret: app.secret };
  const more = {
    schemas: [REGENERATOR_SCHEMA],
    meta: { resourceType: "AppClientSecretRegenerator", created: new Date(now).toISOString() },
    deleteInProgress: false,
    domainOcid: "ocid1.domain.oc1..emulated",
    compartmentOcid: "ocid1.compartment.oc1..emulated",
  };
  return scim(Number(switches["regenerate-status"]), full ? { ...more, ...minimal } : minimal);
}

/** Gives an App a new secret, with the delays that the switches ask for. */
function install(app: StoredApp, value: string, now: number, switches: Switches): void {
  const dies = switches["old-secret-dies"];
  replaceSecret(app, value, now, {
    oldDiesAfterMs: dies === "at-once" ? 0 : dies,
    refusals: switches["new-secret-late-refusals"],
    lateMs: switches["new-secret-late-ms"],
  });
}

function readRegenerator(id: string, caller: Caller, domain: DomainState, switches: Switches): EmulatedResponse {
  const app = Object.values(domain.apps).find((candidate) => candidate.regeneratorId === id);
  if (app === undefined || switches["regenerator-read-back"] === "absent") return notFound();
  if (!mayTouch(caller, app)) return forbidden();
  const secret = switches["regenerator-read-back"] === "clear" ? { clientSecret: app.secret } : {};
  return scim(200, { schemas: [REGENERATOR_SCHEMA], id, appId: app.id, ...secret });
}

const BY_NAME = /^name eq "([^"]*)"$/i;
const OAUTH_CLIENTS = /^isOAuthClient eq true(?: and id gt "([^"]*)")?$/i;
const DEFAULT_COUNT = 50;
const MOST = 1000;

/** The two filters that the product sends: a client by its name, and all clients behind an id. */
function searchApps(
  request: EmulatedRequest,
  caller: Caller,
  domain: DomainState,
  switches: Switches,
): EmulatedResponse {
  const { filter = "", count, attributes } = request.query;
  const name = BY_NAME.exec(filter)?.[1];
  const clients = OAUTH_CLIENTS.exec(filter);
  if (name === undefined && clients === null) {
    return scimError(400, "error.common.filter.invalid", "The filter is not supported.");
  }
  if (switches["app-read-back"] === "forbidden") return forbidden();
  const after = clients?.[1] ?? "";
  const found = Object.values(domain.apps)
    .filter((app) => (name === undefined ? app.id > after : app.clientId === name) && mayTouch(caller, app))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const itemsPerPage = Math.min(MOST, Number(count ?? DEFAULT_COUNT));
  return scim(200, {
    schemas: [LIST_SCHEMA],
    totalResults: found.length,
    Resources: found.slice(0, itemsPerPage).map((app) => withAttributes(appModel(app, switches), attributes)),
    startIndex: 1,
    itemsPerPage,
  });
}

/** With `attributes`, only what it names. */
function withAttributes(model: object, attributes: string | undefined): object {
  const names = attributes?.split(",");
  return names === undefined
    ? model
    : Object.fromEntries(Object.entries(model).filter(([name]) => name === "schemas" || names.includes(name)));
}

function setSecret(request: EmulatedRequest, app: StoredApp, { now, switches }: Surroundings): EmulatedResponse {
  const body = parseObject(request.body);
  const value = request.method === "PUT" ? asText(body?.["clientSecret"]) : patchedSecret(body);
  if (value === undefined || value === "") {
    return scimError(400, "error.common.validation.invalidValue", "Only clientSecret can be set here.");
  }
  if (switches["app-secret-patch"] === "refused") {
    return scimError(400, "error.common.validation.readOnlyAttribute", "Attribute clientSecret is readOnly.");
  }
  // A repeated install of the same value must neither end nor delay what is already accepted.
  if (switches["app-secret-patch"] === "accepted" && value !== app.secret) {
    install(app, value, now, switches);
  }
  return scim(200, appModel(app, switches));
}

function patchedSecret(body: JsonObject | undefined): string | undefined {
  const operations: unknown = body?.["Operations"];
  const found = Array.isArray(operations)
    ? operations.filter(isObject).find((operation) => operation["path"] === "clientSecret")
    : undefined;
  const op = asText(found?.["op"])?.toLowerCase();
  return op === "replace" || op === "add" ? asText(found?.["value"]) : undefined;
}

function appModel(app: StoredApp, switches: Switches) {
  const shown = { clear: app.secret, empty: undefined, masked: "**********", forbidden: undefined };
  return {
    schemas: [APP_SCHEMA],
    id: app.id,
    name: app.clientId,
    displayName: app.clientId,
    active: app.active,
    isOAuthClient: true,
    clientType: "confidential",
    allowedGrants: app.clientCredentials ? ["client_credentials"] : [],
    clientSecret: shown[switches["app-read-back"]],
  };
}

/** Any client may read and change itself; an administrator, and a signed caller if the domain allows those, every App. */
function mayTouch(caller: Caller, app: StoredApp): boolean {
  return caller === "signed" || caller.admin || caller.id === app.id;
}

function scim(status: number, body: unknown): EmulatedResponse {
  return { status, headers: { "content-type": "application/scim+json" }, body: JSON.stringify(body) };
}

function notFound(): EmulatedResponse {
  return scimError(404, "error.common.resource.notFound", "The resource was not found.");
}

function forbidden(): EmulatedResponse {
  return scimError(403, "error.common.accessForbidden", "The caller lacks the right to this resource.");
}
