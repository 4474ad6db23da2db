import type { ProvenIssuer } from "./issuer.ts";

const ORIGIN = "https://uaa.emulated.example";

/** Cloud Foundry UAA. Without a second authority the client changes its own secret; with one it may not. */
export const uaa: ProvenIssuer = {
  changing: ["install", "retire"],
  rotatedMember: "clientSecret",
  prepare({ admin }, { authority }) {
    const client = admin.createUaaClient({ authorities: authority ? ["uaa.none"] : ["clients.secret"] });
    const other = authority ? admin.createUaaClient({ authorities: ["clients.admin"] }) : null;
    return {
      clientId: client.clientId,
      content: { issuer: "uaa", url: `${ORIGIN}/uaa`, clientId: client.clientId, clientSecret: client.secret },
      authority:
        other &&
        ((secretId) => ({
          kind: "client-secret",
          issuer: "uaa",
          url: `${ORIGIN}/uaa`,
          clientId: other.clientId,
          clientSecret: other.secret,
          mayRotate: [{ client: client.clientId, secretId }],
        })),
      // So that every heal and every further rotation ends the overlap of the one before.
      environment: { OROT_ISSUER_ORIGINS: ORIGIN, OROT_GRACE_HOURS: "0" },
    };
  },
  accepts: ({ admin }, clientId, value) => admin.uaaLogin(clientId, value) === "accepted",
  valueBy: "caller",
  hasGrace: false,
  keepsCurrent: () => true,
  generation: ({ admin }, clientId) => {
    const { installs, secrets } = admin.uaaClient(clientId);
    // Each value added, and each removed.
    return 2 * installs + 1 - secrets.length;
  },
  loginOf: ({ target, body }) => {
    const form = new URLSearchParams(body.reveal());
    const id = form.get("client_id");
    const secret = form.get("client_secret");
    return target.startsWith("/uaa/oauth/token") && id !== null && secret !== null ? { id, secret } : null;
  },
  hasWayBack: () => true,
};
