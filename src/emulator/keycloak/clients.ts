import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import { type EmulatedRequest, type EmulatedResponse, empty, json, own, parseObject, pathPart } from "../core/wire.ts";
import { type KeycloakCaller, mayList } from "./callers.ts";
import { failsInPolicies, rotationFor } from "./policy.ts";
import { newRegistrationToken } from "./registration.ts";
import { changeSecrets, clearRotated, regenerateSecret, rotatedSecret } from "./slots.ts";
import { attribute, clientNamed, type RealmState, type StoredKeycloakClient } from "./state.ts";
import { updateClient } from "./update.ts";
import { bare, failed, MASK, makeSecret, serverError, shown, unsupportedMediaType } from "./wire.ts";

/** `/admin/realms/{realm}/clients` and what is under it. @param rest the path from there on, with its slash */
export function handleClients(
  request: EmulatedRequest,
  rest: string,
  caller: KeycloakCaller,
  realm: RealmState,
  surroundings: Surroundings,
): EmulatedResponse {
  const { now, switches } = surroundings;
  const [, uuid, ...below] = rest.split("/");
  if (uuid === undefined) return request.method === "GET" ? searchClients(request, caller, realm, switches) : bare(405);
  const client = own(realm.clients, pathPart(uuid));
  if (client === undefined) return mayList(caller) ? failed(404, "Could not find client") : bare(403);
  const mayView = caller.mayView(client);
  const needsPolicies = below.length === 0 || (request.method === "POST" && below[0] === "client-secret");
  if (needsPolicies && mayView && failsInPolicies(realm, client, switches)) return serverError();
  const mayConfigure = caller.mayConfigure(client);
  const show = () => shownSecret(client.secret, mayConfigure, switches);
  switch (`${request.method} ${below.join("/")}`) {
    case "GET ":
      return mayView ? shown(200, representation(client, caller, switches)) : bare(403);
    case "PUT ":
      return mayConfigure ? updateClient(request, client, realm, surroundings) : bare(403);
    case "GET client-secret":
      return mayView && show() !== undefined ? shown(200, { type: "secret", value: show() }) : bare(403);
    case "POST client-secret":
      return mayConfigure ? regenerate(request, client, realm, surroundings) : bare(403);
    case "GET client-secret/rotated":
      return mayView ? readRotated(client, mayConfigure, switches) : bare(403);
    case "DELETE client-secret/rotated":
      return mayConfigure ? retire(client, now, switches) : retireForbidden(switches);
    case "POST registration-access-token":
      return mayConfigure ? registrationToken(client, caller, surroundings) : bare(403);
    case "POST roles":
      return mayConfigure ? createRole(request, client) : bare(403);
    default:
      if (request.method === "GET" && below[0] === "roles" && below.length === 2) {
        return mayView ? readRole(client, pathPart(below[1] ?? "")) : bare(403);
      }
      return bare(below.length === 0 ? 405 : 404);
  }
}

/** Creates a client role that the client has, for `client-roles` conditions. */
function createRole(request: EmulatedRequest, client: StoredKeycloakClient): EmulatedResponse {
  const name = parseObject(request.body)?.["name"];
  if (typeof name !== "string" || name === "") return json(400, { errorMessage: "role has no name" });
  if (client.ownRoles.includes(name)) return json(409, { errorMessage: `Role with name ${name} already exists` });
  client.ownRoles.push(name);
  return empty(201);
}

function readRole(client: StoredKeycloakClient, name: string): EmulatedResponse {
  return client.ownRoles.includes(name)
    ? shown(200, { name, composite: false, clientRole: true, containerId: client.uuid })
    : failed(404, "Could not find role");
}

function searchClients(
  request: EmulatedRequest,
  caller: KeycloakCaller,
  realm: RealmState,
  switches: Switches,
): EmulatedResponse {
  if (!mayList(caller)) return bare(403);
  const { clientId, first, max } = request.query;
  const found = clientId === undefined ? Object.values(realm.clients) : [clientNamed(realm, clientId)];
  const all = found
    .filter((client) => client !== undefined)
    .filter((client) => caller.mayView(client))
    .toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
  const from = Math.max(0, Number(first ?? 0));
  const visible = all.slice(from, max === undefined ? undefined : from + Number(max));
  return shown(
    200,
    visible.map((client) => representation(client, caller, switches)),
  );
}

function regenerate(
  request: EmulatedRequest,
  client: StoredKeycloakClient,
  realm: RealmState,
  { entropy, now, switches }: Surroundings,
): EmulatedResponse {
  const isJson = /^application\/json\b/i.test(request.headers["content-type"] ?? "");
  if (switches["keycloak-regenerate-content"] === "json" && !isJson) return unsupportedMediaType();
  const made = makeSecret(entropy, switches["keycloak-secret-length"]);
  const rotation = rotationFor(realm, client, switches);
  changeSecrets(client, now, switches, () => regenerateSecret(client, made, rotation, now));
  return shown(200, { type: "secret", value: made });
}

function readRotated(client: StoredKeycloakClient, mayConfigure: boolean, switches: Switches): EmulatedResponse {
  const rotated = rotatedSecret(client);
  if (rotated === undefined) return failed(404, "Client does not have a rotated secret");
  const value = shownSecret(rotated, mayConfigure, switches);
  return value === undefined ? bare(403) : shown(200, { type: "secret", value });
}

function retire(client: StoredKeycloakClient, now: number, switches: Switches): EmulatedResponse {
  changeSecrets(client, now, switches, () => clearRotated(client));
  return empty(204);
}

/** 26.7 fails with an internal error here. */
function retireForbidden(switches: Switches): EmulatedResponse {
  return switches["keycloak-retire-forbidden"] === "500" ? serverError() : bare(403);
}

function registrationToken(
  client: StoredKeycloakClient,
  caller: KeycloakCaller,
  { entropy, now, switches }: Surroundings,
): EmulatedResponse {
  const registrationAccessToken = newRegistrationToken(client, entropy, now);
  return shown(200, { ...representation(client, caller, switches), secret: MASK, registrationAccessToken });
}

/** A secret as a caller sees it; undefined: not at all. */
function shownSecret(value: string, mayConfigure: boolean, switches: Switches): string | undefined {
  const readBack = switches["keycloak-read-back"];
  if (readBack === "forbidden") return undefined;
  return readBack === "masked" || (switches["keycloak-view-only-secret"] === "masked" && !mayConfigure) ? MASK : value;
}

function representation(client: StoredKeycloakClient, caller: KeycloakCaller, switches: Switches) {
  const mayConfigure = caller.mayConfigure(client);
  const rotated = client.attributes[attribute.rotated];
  const attributes =
    rotated === undefined
      ? client.attributes
      : { ...client.attributes, [attribute.rotated]: shownSecret(rotated, mayConfigure, switches) };
  return {
    id: client.uuid,
    clientId: client.clientId,
    surrogateAuthRequired: false,
    enabled: client.enabled,
    clientAuthenticatorType: client.authenticator,
    secret: client.publicClient ? undefined : shownSecret(client.secret, mayConfigure, switches),
    redirectUris: [],
    webOrigins: [],
    bearerOnly: false,
    standardFlowEnabled: false,
    serviceAccountsEnabled: client.serviceAccount,
    publicClient: client.publicClient,
    protocol: "openid-connect",
    attributes: { realm_client: "false", ...attributes },
    fullScopeAllowed: true,
    access: { view: caller.mayView(client), configure: mayConfigure, manage: mayConfigure },
  };
}
