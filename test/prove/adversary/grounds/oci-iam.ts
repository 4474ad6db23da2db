import { replaceSecret } from "../../../../src/emulator/identity/state.ts";
import { at, EVIL_HOST, EVIL_NAME, type Ground, textOfFields } from "./ground.ts";

const INSTANCE = `idcs-${"0".repeat(32)}`;
const DOMAIN = ".identity.oraclecloud.com";
const HOST = `${INSTANCE}${DOMAIN}`;
const BASE = `https://${HOST}`;
const OLD_HOST = "login.emulated.example";
/** Every identity domain is admitted if OROT_ISSUER_ORIGINS is not set: the attacker's too. */
const EVIL_INSTANCE = `idcs-${"e".repeat(32)}`;

function ground(isIssuerChosen: boolean): Ground {
  return {
    hasTenants: false,
    rotatedMember: "appSecret",
    isIssuerChosen,
    home: { members: { iamDomainInstanceId: INSTANCE }, serves: at(HOST) },
    evil: { members: { domainUrl: `https://${EVIL_HOST}` }, serves: at(EVIL_HOST) },
    path: { members: { domainUrl: `${BASE}/${EVIL_NAME}` }, serves: at(HOST, `/${EVIL_NAME}/`) },
    realm: { members: { iamDomainInstanceId: EVIL_INSTANCE }, serves: at(`${EVIL_INSTANCE}${DOMAIN}`) },
    old: { members: { domainUrl: `https://${OLD_HOST}` }, serves: at(OLD_HOST) },
    origins: { base: BASE, origin: BASE, evil: [`https://${EVIL_HOST}`, `https://${EVIL_INSTANCE}${DOMAIN}`] },
    authority: { members: { issuer: "oci-iam", url: BASE }, entry: {} },
    clientText: ({ clientId, members }) =>
      textOfFields("oci-iam", [
        ["base", BASE],
        ["client", clientId],
        ["subject", String(members["appId"]).toLowerCase()],
      ]),
    makeClient: (admin, secret, right) => {
      const { appId, clientId } = admin.createApp({ secret, admin: right === "all" });
      return { clientId, members: { appId, clientId } };
    },
    accepted: ({ admin, clock }, clientId) =>
      admin
        .app(clientId)
        .accepted.filter(({ acceptedUntil }) => acceptedUntil === null || clock.now() < acceptedUntil)
        .map(({ value }) => value),
    tokens: ({ admin, state }, clientId) => {
      const { id } = admin.app(clientId);
      return Object.values(state.identity.domains).flatMap(({ tokens }) =>
        Object.entries(tokens).flatMap(([token, held]) => (held.appId === id ? [token] : [])),
      );
    },
    reset: ({ admin, clock }, clientId, value) =>
      replaceSecret(admin.app(clientId), value, clock.now(), { oldDiesAfterMs: 0, refusals: 0, lateMs: 0 }),
  };
}

export const ociIamGround = ground(true);
export const ociIamCallerGround = ground(false);
