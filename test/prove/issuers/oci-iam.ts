import { accepts } from "../../../src/emulator/identity/state.ts";
import { basicCredentials } from "../../../src/emulator/identity/token.ts";
import type { ProvenIssuer } from "./issuer.ts";

const INSTANCE = `idcs-${"0".repeat(32)}`;

/** An OCI IAM identity domain, which makes the value. */
export const ociIam: ProvenIssuer = {
  changing: ["regenerate", "install"],
  rotatedMember: "appSecret",
  prepare({ admin }, { authority }) {
    const app = admin.createApp();
    const other = authority ? admin.createApp({ admin: true }) : null;
    const { appId, clientId } = app;
    return {
      clientId,
      content: { iamDomainInstanceId: INSTANCE, appId, clientId, appSecret: app.secret },
      authority:
        other &&
        ((secretId) => ({
          kind: "client-secret",
          issuer: "oci-iam",
          url: `https://${INSTANCE}.identity.oraclecloud.com`,
          clientId: other.clientId,
          clientSecret: other.secret,
          mayRotate: [{ client: clientId, appId, secretId }],
        })),
      environment: {},
    };
  },
  accepts: ({ admin, clock }, clientId, value) => accepts(admin.app(clientId), value, clock.now()),
  valueBy: "issuer",
  hasGrace: false,
  keepsCurrent: () => false,
  generation: ({ admin }, clientId) => admin.app(clientId).serial,
  loginOf: ({ target, authorization }) =>
    target.startsWith("/oauth2/v1/token") ? (basicCredentials(authorization.reveal()) ?? null) : null,
  // Reading the App back needs a living token. If tokens die with their secret, the App's own read-back is not a way
  // back.
  hasWayBack: ({ authority, oldTokens }) => authority || oldTokens === "live",
};

/** The same domain when it takes a value of our own. */
export const ociIamCaller: ProvenIssuer = {
  ...ociIam,
  prepare: (emulator, combination) => ({
    ...ociIam.prepare(emulator, combination),
    environment: { OROT_OCI_IAM_VALUE: "caller" },
  }),
  valueBy: "caller",
  hasWayBack: () => true,
};
