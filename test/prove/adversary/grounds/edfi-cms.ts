import { accepts } from "../../../../src/emulator/identity/state.ts";
import { at, EVIL_HOST, EVIL_NAME, type Ground, type Place, textOfFields } from "./ground.ts";

const HOST = "cms.emulated.example";
const OLD_HOST = "login.emulated.example";
const BASE = `https://${HOST}`;
const TENANT = "district";

const isApi = (url: URL) => url.host === HOST && /^\/v[23]\//.test(url.pathname);

/** @param tenant null: without multi-tenancy */
function ground(tenant: string | null): Ground {
  const ours = tenant === null ? {} : { tenant };
  const entry = tenant === null ? {} : { tenant };
  const home: Place = {
    members: { issuer: "edfi-cms", url: BASE, ...ours },
    serves: ({ headers }, url) =>
      url.host === HOST &&
      (url.pathname === "/connect/token" || (isApi(url) && (headers["tenant"] ?? null) === tenant)),
  };
  return {
    hasTenants: true,
    rotatedMember: "clientSecret",
    isIssuerChosen: true,
    home,
    evil: { members: { issuer: "edfi-cms", url: `https://${EVIL_HOST}`, ...ours }, serves: at(EVIL_HOST) },
    path: {
      members: { issuer: "edfi-cms", url: `${BASE}/${EVIL_NAME}`, ...ours },
      serves: at(HOST, `/${EVIL_NAME}/`),
    },
    realm: {
      members: { issuer: "edfi-cms", url: BASE, tenant: EVIL_NAME },
      serves: ({ headers }, url) => isApi(url) && headers["tenant"] === EVIL_NAME,
    },
    old: { members: { issuer: "edfi-cms", url: `https://${OLD_HOST}`, ...ours }, serves: at(OLD_HOST) },
    origins: { base: BASE, origin: BASE, evil: [`https://${EVIL_HOST}`] },
    authority: { members: { issuer: "edfi-cms", url: BASE }, entry },
    clientText: ({ clientId, members }) =>
      textOfFields("edfi-cms", [
        ["base", BASE],
        ...(tenant === null ? [] : [["tenant", tenant] as const]),
        ["tokenUrl", `${BASE}/connect/token`],
        ["client", clientId],
        ["subject", `apiClients/${String(members["apiClientId"])}`],
      ]),
    makeClient: (admin, secret, right) => {
      const role = right === "all" ? "cms-client" : "dms-client";
      const { apiClientId, key } = admin.createApiClient({ secret, role, ...(tenant === null ? {} : { tenant }) });
      return { clientId: key, members: { apiClientId, clientId: key } };
    },
    accepted: ({ admin, clock }, clientId) => {
      const client = admin.apiClient(clientId);
      return client.accepted.map(({ value }) => value).filter((value) => accepts(client, value, clock.now()));
    },
    tokens: ({ state }, clientId) =>
      Object.entries(state.edfiCms.tokens).flatMap(([token, held]) => (held.key === clientId ? [token] : [])),
    reset: ({ admin }, clientId, value) => {
      const client = admin.apiClient(clientId);
      client.secret = value;
      client.accepted = [{ value, acceptedFrom: 0, acceptedUntil: null, refusalsLeft: 0 }];
    },
  };
}

export const edfiCmsGround = ground(null);
/** The same under multi-tenancy. */
export const edfiCmsTenantGround = ground(TENANT);
