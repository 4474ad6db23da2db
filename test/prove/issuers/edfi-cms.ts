import type { ProvenIssuer } from "./issuer.ts";

const ORIGIN = "https://cms.emulated.example";

/** An Ed-Fi Configuration Service: only an administrator may reset, so a second authority is always there. */
export const edfiCms: ProvenIssuer = {
  changing: ["regenerate"],
  rotatedMember: "clientSecret",
  prepare({ admin }) {
    const client = admin.createApiClient();
    const other = admin.createApiClient({ role: "cms-client" });
    return {
      clientId: client.key,
      content: {
        issuer: "edfi-cms",
        url: ORIGIN,
        apiClientId: client.apiClientId,
        clientId: client.key,
        clientSecret: client.secret,
      },
      authority: (secretId) => ({
        kind: "client-secret",
        issuer: "edfi-cms",
        url: ORIGIN,
        clientId: other.key,
        clientSecret: other.secret,
        mayRotate: [{ client: client.key, apiClientId: client.apiClientId, secretId }],
      }),
      environment: { OROT_ISSUER_ORIGINS: ORIGIN },
    };
  },
  accepts: ({ admin }, clientId, value) => admin.edfiLogin(clientId, value) === "accepted",
  valueBy: "issuer",
  hasGrace: false,
  keepsCurrent: () => false,
  generation: ({ admin }, clientId) => admin.apiClient(clientId).resets,
  loginOf: ({ target, body }) => {
    const form = new URLSearchParams(body.reveal());
    const id = form.get("client_id");
    const secret = form.get("client_secret");
    return target.startsWith("/connect/token") && id !== null && secret !== null ? { id, secret } : null;
  },
  hasWayBack: () => true,
};
