import { NO_LAG, newSecret, setSecrets } from "../../../../src/emulator/uaa/state.ts";
import { at, EVIL_HOST, EVIL_NAME, type Ground, textOfFields } from "./ground.ts";

const HOST = "uaa.emulated.example";
const OLD_HOST = "login.emulated.example";
const BASE = `https://${HOST}/uaa`;
const TOKEN_SECONDS = 600;
const authorities = { none: ["uaa.none"], itself: ["clients.secret"], all: ["clients.admin"] };

export const uaaGround: Ground = {
  hasTenants: false,
  rotatedMember: "clientSecret",
  isIssuerChosen: false,
  home: { members: { issuer: "uaa", url: BASE }, serves: at(HOST, "/uaa/") },
  evil: { members: { issuer: "uaa", url: `https://${EVIL_HOST}/uaa` }, serves: at(EVIL_HOST) },
  path: { members: { issuer: "uaa", url: `https://${HOST}/${EVIL_NAME}` }, serves: at(HOST, `/${EVIL_NAME}/`) },
  realm: { members: { issuer: "uaa", url: `https://${EVIL_NAME}.${HOST}/uaa` }, serves: at(`${EVIL_NAME}.${HOST}`) },
  old: { members: { issuer: "uaa", url: `https://${OLD_HOST}/uaa` }, serves: at(OLD_HOST) },
  origins: {
    base: BASE,
    origin: `https://${HOST}`,
    evil: [`https://${EVIL_HOST}`, `https://${EVIL_NAME}.${HOST}`],
  },
  authority: { members: { issuer: "uaa", url: BASE }, entry: {} },
  clientText: ({ clientId }) =>
    textOfFields("uaa", [
      ["base", BASE],
      ["client", clientId],
    ]),
  makeClient: (admin, secret, right) => {
    const { clientId } = admin.createUaaClient({
      secret,
      authorities: authorities[right],
      tokenSeconds: TOKEN_SECONDS,
    });
    return { clientId, members: { clientId } };
  },
  accepted: ({ admin }, clientId) => admin.uaaClient(clientId).secrets.map(({ value }) => value),
  tokens: ({ state }, clientId) =>
    Object.values(state.uaa.zones).flatMap(({ tokens }) =>
      Object.entries(tokens).flatMap(([token, held]) => (held.clientId === clientId ? [token] : [])),
    ),
  reset: ({ admin, state, clock }, clientId, value) => {
    const now = clock.now();
    setSecrets(admin.uaaClient(clientId), [newSecret(state.uaa, value, now, NO_LAG)], now, NO_LAG);
  },
};
