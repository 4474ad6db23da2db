import { rotatedSecret } from "../../../../src/emulator/keycloak/slots.ts";
import { attribute } from "../../../../src/emulator/keycloak/state.ts";
import { at, EVIL_HOST, EVIL_NAME, type Ground, type Place, textOfFields } from "./ground.ts";

const HOST = "sso.emulated.example";
const OLD_HOST = "login.emulated.example";
const BASE = `https://${HOST}`;
export const REALM = "shop";
const roles = { none: [], itself: ["query-clients"], all: ["manage-clients"] };

function realmAt(host: string, realm: string, path = ""): Place {
  const pattern = new RegExp(`^${path}(/admin)?/realms/${realm}(/|$)`);
  return {
    members: { issuer: "keycloak", url: `https://${host}${path}`, realm },
    serves: (_, url) => url.host === host && pattern.test(url.pathname),
  };
}

export const keycloakGround: Ground = {
  hasTenants: false,
  rotatedMember: "clientSecret",
  isIssuerChosen: false,
  home: realmAt(HOST, REALM),
  evil: realmAt(EVIL_HOST, REALM),
  path: { ...realmAt(HOST, REALM, `/${EVIL_NAME}`), serves: at(HOST, `/${EVIL_NAME}/`) },
  realm: realmAt(HOST, EVIL_NAME),
  old: realmAt(OLD_HOST, REALM),
  origins: { base: BASE, origin: BASE, evil: [`https://${EVIL_HOST}`] },
  authority: { members: { issuer: "keycloak", url: BASE, realm: REALM }, entry: { realm: REALM } },
  clientText: ({ clientId }) =>
    textOfFields("keycloak", [
      ["base", BASE],
      ["realm", REALM],
      ["client", clientId],
    ]),
  makeClient: (admin, secret, right) => {
    const { clientId } = admin.createKeycloakClient({
      realm: REALM,
      secret,
      roles: roles[right],
      permissions: right === "itself" ? ["view", "manage"] : [],
    });
    return { clientId, members: { clientId } };
  },
  accepted: (emulator, clientId) => {
    const client = emulator.admin.keycloakClient(REALM, clientId);
    return [client.secret, rotatedSecret(client) ?? ""].filter(
      (value) => value !== "" && emulator.admin.keycloakLogin(REALM, clientId, value) === "accepted",
    );
  },
  tokens: ({ admin, state }, clientId) => {
    const { uuid } = admin.keycloakClient(REALM, clientId);
    return Object.values(state.keycloak.realms).flatMap(({ tokens }) =>
      Object.entries(tokens).flatMap(([token, held]) => (held.uuid === uuid ? [token] : [])),
    );
  },
  reset: ({ admin }, clientId, value) => {
    const client = admin.keycloakClient(REALM, clientId);
    client.secret = value;
    client.serial += 1;
    for (const name of [attribute.rotated, attribute.rotatedCreated, attribute.rotatedExpires]) {
      delete client.attributes[name];
    }
  },
};
