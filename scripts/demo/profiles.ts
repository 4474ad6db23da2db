import { type CallName, rotationCalls } from "../../src/emulator/core/call-names.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { attribute } from "../../src/emulator/keycloak/state.ts";
import { sampleApplication } from "../../src/emulator/sample.ts";

/** The client whose secret is rotated, as the demo's emulator begins with it. */
export interface DemoClient {
  /** By what the issuer's own pages name it. */
  readonly id: string;
  /** The secret's content in Vault. */
  readonly content: object;
  /** The content of a second authority's own secret, bound to the secret of this OCID; null: the client changes its secret itself. */
  readonly authority: ((secretId: string) => object) | null;
}

/** One kind of issuer: what the demo makes there, and the words in which it tells of it. */
export interface IssuerProfile {
  /** "Emulated on this machine: ..." */
  readonly emulated: string;
  /** In the middle of a sentence. */
  readonly place: string;
  /** What the issuer calls the client. */
  readonly client: string;
  /** What CREATE_PENDING_VERSION does there. */
  readonly creation: string;
  /** The remote calls at which a fault may be set. */
  readonly calls: readonly CallName[];
  /** How it comes to an end that both client secrets work: they never do, the function ends it, or time does. */
  readonly overlap: "none" | "retired" | "expires";
  prepare(emulator: Emulator, url: string): DemoClient;
  /** Until when the emulated issuer accepts the replaced value, in ms; null: not any more, or until a call ends it. */
  oldSecretUntil(emulator: Emulator, clientId: string): number | null;
}

const vaultCalls = ["get-secret", "list-versions", "read-current", "write-pending", "read-pending", "promote"] as const;
const logins = ["token-current", "token-pending"] as const;

const REALM = "shop";
const DAY_SECONDS = 86_400;

const ociIam: IssuerProfile = {
  emulated: "an identity domain",
  place: "the identity domain",
  client: "application",
  creation: "have the identity domain make a new one, and store it at once",
  calls: rotationCalls,
  overlap: "none",
  prepare: (emulator, url) => {
    const content = sampleApplication(emulator, url);
    return { id: content.appId, content, authority: null };
  },
  oldSecretUntil: () => null,
};

const uaa: IssuerProfile = {
  emulated: "a Cloud Foundry UAA",
  place: "UAA",
  client: "client",
  creation: "choose a new one, store it, and have UAA accept it alongside the old one",
  calls: [...vaultCalls, ...logins, "install", "retire"],
  overlap: "retired",
  prepare: ({ admin }, url) => {
    const { clientId, secret } = admin.createUaaClient();
    const content = { issuer: "uaa", url: `${url}/uaa`, clientId, clientSecret: secret };
    return { id: clientId, content, authority: null };
  },
  oldSecretUntil: () => null,
};

const keycloak: IssuerProfile = {
  emulated: "a Keycloak realm with a client policy that rotates",
  place: "the Keycloak realm",
  client: "client",
  creation: "choose a new one, store it, and have the realm accept it alongside the old one",
  calls: [...vaultCalls, ...logins, "find-client", "install"],
  overlap: "expires",
  prepare: ({ admin }, url) => {
    const policy = { expirationSeconds: 29 * DAY_SECONDS, rotatedSeconds: 2 * DAY_SECONDS };
    admin.createRealm({ name: REALM, policy });
    const { clientId, secret } = admin.createKeycloakClient({ realm: REALM, roles: ["manage-clients"] });
    const content = { issuer: "keycloak", url, realm: REALM, clientId, clientSecret: secret };
    return { id: clientId, content, authority: null };
  },
  oldSecretUntil: ({ admin }, clientId) => {
    const seconds = Number(admin.keycloakClient(REALM, clientId).attributes[attribute.rotatedExpires]);
    return Number.isNaN(seconds) ? null : seconds * 1000;
  },
};

const edfiCms: IssuerProfile = {
  emulated: "an Ed-Fi Configuration Service (CMS)",
  place: "the Ed-Fi CMS",
  client: "api client",
  creation: "have the Ed-Fi CMS make a new one, asked by a second authority, and store it at once",
  calls: [...vaultCalls, ...logins, "write-claim", "regenerate"],
  overlap: "none",
  prepare: ({ admin }, url) => {
    const client = admin.createApiClient();
    // Only an administrator may reset a secret there.
    const other = admin.createApiClient({ role: "cms-client" });
    const { apiClientId } = client;
    return {
      id: String(apiClientId),
      content: { issuer: "edfi-cms", url, apiClientId, clientId: client.key, clientSecret: client.secret },
      authority: (secretId) => ({
        kind: "client-secret",
        issuer: "edfi-cms",
        url,
        clientId: other.key,
        clientSecret: other.secret,
        mayRotate: [{ client: client.key, apiClientId, secretId }],
      }),
    };
  },
  oldSecretUntil: () => null,
};

/** Every issuer that the demo can rotate at, by the name that a secret's content gives it. The first is the default. */
export const profiles = {
  "oci-iam": ociIam,
  uaa,
  keycloak,
  "edfi-cms": edfiCms,
} as const satisfies Record<string, IssuerProfile>;

export type IssuerName = keyof typeof profiles;

export const issuerNames = Object.keys(profiles) as IssuerName[];
