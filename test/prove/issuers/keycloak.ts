import type { ProvenIssuer } from "./issuer.ts";

const ORIGIN = "https://sso.emulated.example";
const REALM = "shop";
const DAY_SECONDS = 86_400;

/** Without a second authority the client manages itself; with one it may not. */
function keycloakWith(
  policy: { readonly expirationSeconds: number; readonly rotatedSeconds: number } | null,
): ProvenIssuer {
  return {
    changing: ["install"],
    rotatedMember: "clientSecret",
    prepare({ admin }, { authority }) {
      admin.createRealm({ name: REALM, ...(policy === null ? {} : { policy }) });
      const client = admin.createKeycloakClient({ realm: REALM, roles: authority ? [] : ["manage-clients"] });
      const other = authority ? admin.createKeycloakClient({ realm: REALM, roles: ["manage-clients"] }) : null;
      return {
        clientId: client.clientId,
        content: {
          issuer: "keycloak",
          url: ORIGIN,
          realm: REALM,
          clientId: client.clientId,
          clientSecret: client.secret,
        },
        authority:
          other &&
          ((secretId) => ({
            kind: "client-secret",
            issuer: "keycloak",
            url: ORIGIN,
            realm: REALM,
            clientId: other.clientId,
            clientSecret: other.secret,
            mayRotate: [{ client: client.clientId, secretId }],
          })),
        environment: { OROT_ISSUER_ORIGINS: ORIGIN },
      };
    },
    accepts: ({ admin }, clientId, value) => admin.keycloakLogin(REALM, clientId, value) === "accepted",
    valueBy: "caller",
    hasGrace: policy !== null,
    // Compromised values end as the new one is set, before it can be CURRENT.
    keepsCurrent: (flow) => policy !== null && flow !== "compromised",
    generation: ({ admin }, clientId) => admin.keycloakClient(REALM, clientId).serial,
    loginOf: ({ target, authorization }) => {
      if (!target.includes("/protocol/openid-connect/token")) return null;
      const match = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization.reveal());
      const [id, secret] = Buffer.from(match?.[1] ?? "", "base64")
        .toString("utf8")
        .split(":");
      return id === undefined || secret === undefined
        ? null
        : { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
    },
    hasWayBack: () => true,
  };
}

/** No client policy rotates: one value works at a time. */
export const keycloak = keycloakWith(null);

/** A client policy that rotates secrets: the old value works alongside the new one for a while. */
export const keycloakWithPolicy = keycloakWith({
  expirationSeconds: 29 * DAY_SECONDS,
  rotatedSeconds: 2 * DAY_SECONDS,
});
