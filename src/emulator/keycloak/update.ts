import type { Surroundings } from "../core/surroundings.ts";
import { type EmulatedRequest, type EmulatedResponse, empty, isObject, type JsonObject } from "../core/wire.ts";
import { rotationFor } from "./policy.ts";
import { changeSecrets, clearRotation, hasExpiry, isExpired, regenerateSecret, stampExpiry } from "./slots.ts";
import type { RealmState, StoredKeycloakClient } from "./state.ts";
import { bodyOf, makeSecret, serverError } from "./wire.ts";

const MAX_SECRET = 255;
/** Members of a ClientRepresentation; any other is refused. */
const MEMBERS = (
  "access adminUrl alwaysDisplayInConsole attributes authenticationFlowBindingOverrides authorizationServicesEnabled authorizationSettings " +
  "baseUrl bearerOnly clientAuthenticatorType clientId consentRequired defaultClientScopes defaultRoles description directAccessGrantsEnabled " +
  "enabled frontchannelLogout fullScopeAllowed id implicitFlowEnabled name nodeReRegistrationTimeout notBefore optionalClientScopes origin " +
  "protocol protocolMappers publicClient redirectUris registeredNodes registrationAccessToken rootUrl secret serviceAccountsEnabled " +
  "standardFlowEnabled surrogateAuthRequired type webOrigins"
).split(" ");

/** PUT of a client. Absent and null members stay as they are. It applies completely or not at all. */
export function updateClient(
  request: EmulatedRequest,
  stored: StoredKeycloakClient,
  realm: RealmState,
  { entropy, now, switches }: Surroundings,
): EmulatedResponse {
  const parsed = bodyOf(request, MEMBERS, "ClientRepresentation");
  if ("answer" in parsed) return parsed.answer;
  const { body } = parsed;
  const secret = body["secret"] ?? undefined;
  if (secret !== undefined && String(secret).length > MAX_SECRET) return serverError();
  const client = structuredClone(stored);
  changeSecrets(client, now, switches, () => {
    client.secret = secret === undefined ? client.secret : String(secret);
    applyMembers(client, body);
  });
  const rotation = rotationFor(realm, client, switches);
  if (rotation === null) {
    changeSecrets(client, now, switches, () => clearRotation(client));
  } else if (!hasExpiry(client) || isExpired(client, now)) {
    if (!isObject(body["attributes"]) && switches["keycloak-partial-put"] === "fails") return serverError();
    changeSecrets(client, now, switches, () => {
      if (hasExpiry(client)) {
        regenerateSecret(client, makeSecret(entropy, switches["keycloak-secret-length"]), rotation, now);
      } else {
        stampExpiry(client, rotation, now);
      }
    });
  }
  Object.assign(stored, client);
  return empty(204);
}

function applyMembers(client: StoredKeycloakClient, body: JsonObject): void {
  const attributes = isObject(body["attributes"]) ? body["attributes"] : {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === "") {
      delete client.attributes[name];
    } else {
      client.attributes[name] = String(value);
    }
  }
  client.clientId = typeof body["clientId"] === "string" ? body["clientId"] : client.clientId;
  const authenticator = body["clientAuthenticatorType"];
  client.authenticator = typeof authenticator === "string" ? authenticator : client.authenticator;
  const flag = (name: string, before: boolean) => (typeof body[name] === "boolean" ? body[name] === true : before);
  client.enabled = flag("enabled", client.enabled);
  client.publicClient = flag("publicClient", client.publicClient);
  client.serviceAccount = flag("serviceAccountsEnabled", client.serviceAccount);
}
