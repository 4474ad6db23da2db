import type { Emulator } from "../../src/emulator/emulator.ts";
import type { NewKeycloakClient, NewPolicy } from "../../src/emulator/keycloak/admin.ts";
import type { NewUaaClient } from "../../src/emulator/uaa/admin.ts";

/** What the secret of a second authority holds. */
type AuthorityText = Readonly<Record<string, unknown>>;

/** A client at an emulated issuer, with the content of its secret in Vault. */
export interface WorldClient {
  readonly clientId: string;
  readonly secret: string;
  /** The id by which a second authority names it. */
  readonly subjectId: string;
  readonly content: Record<string, unknown>;
  /** The member of the content that holds the client secret. */
  readonly rotatedMember: "appSecret" | "clientSecret";
  /** The content of a second authority's own secret, bound to the secret of this OCID; null: there is none. */
  readonly authority: ((secretId: string) => AuthorityText) | null;
  /** Whether the issuer, all nodes being up to date, takes the value now. Leaves no trace. */
  accepts(value: string): boolean;
  /** What of it a call could have changed. */
  state(): unknown;
}

/** Makes a client at one kind of issuer. */
export type ClientKind = (emulator: Emulator) => WorldClient;

/** An application of an OCI IAM identity domain. */
export const ociIamClient: ClientKind = ({ admin }) => {
  const { appId, clientId, secret } = admin.createApp();
  return {
    clientId,
    secret,
    subjectId: appId,
    content: { iamDomainInstanceId: `idcs-${"0".repeat(32)}`, appId, clientId, appSecret: secret },
    rotatedMember: "appSecret",
    authority: null,
    accepts: (value) => admin.login(clientId, value) === "accepted",
    state: () => {
      const { secret: held, mints } = admin.app(clientId);
      return { secret: held, mints };
    },
  };
};

const UAA_ORIGIN = "https://uaa.emulated.example";

export interface UaaClientOptions extends NewUaaClient {
  /** Authorities of another client, which may change this one's secret; not set: there is none. */
  readonly warden?: readonly string[];
}

/** A client of Cloud Foundry UAA. Unless told otherwise it may change its own secret. */
export function uaaClient({ warden, ...options }: UaaClientOptions = {}): ClientKind {
  return ({ admin }) => {
    const { zoneId } = options;
    const { clientId, secret } = admin.createUaaClient(options);
    const other = warden === undefined ? null : admin.createUaaClient({ authorities: warden });
    return {
      clientId,
      secret,
      subjectId: clientId,
      content: { issuer: "uaa", url: `${UAA_ORIGIN}/uaa`, clientId, clientSecret: secret },
      rotatedMember: "clientSecret",
      authority:
        other &&
        ((secretId) => ({
          kind: "client-secret",
          issuer: "uaa",
          url: `${UAA_ORIGIN}/uaa`,
          clientId: other.clientId,
          clientSecret: other.secret,
          mayRotate: [{ client: clientId, secretId }],
        })),
      accepts: (value) => admin.uaaLogin(clientId, value, zoneId) === "accepted",
      state: () => admin.uaaClient(clientId, zoneId).secrets.map(({ value }) => value),
    };
  };
}

const EDFI_ORIGIN = "https://cms.emulated.example";

/** How an api client's content differs from the default. */
export interface EdfiClientOptions {
  /** Without one there is no second authority. */
  readonly hasAdmin?: boolean;
  /** Named by its application instead of its own id. */
  readonly byApplication?: boolean;
  readonly tenant?: string;
}

/** An api client of the Ed-Fi Configuration Service, which only an administrator may reset. */
export function edfiClient({ hasAdmin = true, byApplication = false, tenant }: EdfiClientOptions = {}): ClientKind {
  return ({ admin }) => {
    const belonging = tenant === undefined ? {} : { tenant };
    const made = admin.createApiClient(belonging);
    const other = hasAdmin ? admin.createApiClient({ role: "cms-client", ...belonging }) : null;
    const subject = byApplication ? { applicationId: made.applicationId } : { apiClientId: made.apiClientId };
    const subjectId = byApplication ? `applications/${made.applicationId}` : String(made.apiClientId);
    return {
      clientId: made.key,
      secret: made.secret,
      subjectId,
      content: {
        issuer: "edfi-cms",
        url: EDFI_ORIGIN,
        ...subject,
        ...belonging,
        clientId: made.key,
        clientSecret: made.secret,
      },
      rotatedMember: "clientSecret",
      authority:
        other &&
        ((secretId) => ({
          kind: "client-secret",
          issuer: "edfi-cms",
          url: EDFI_ORIGIN,
          clientId: other.key,
          clientSecret: other.secret,
          mayRotate: [{ client: made.key, ...subject, ...belonging, secretId }],
        })),
      accepts: (value) => admin.edfiLogin(made.key, value) === "accepted",
      state: () => {
        const { secret, resets } = admin.apiClient(made.key);
        return { secret, resets };
      },
    };
  };
}

const KEYCLOAK_ORIGIN = "https://sso.emulated.example";

export interface KeycloakClientOptions {
  readonly roles?: readonly string[];
  /** Roles of another client, which may change this one's secret; not set: there is none. */
  readonly warden?: readonly string[];
  readonly realm?: string;
  /** Further properties of the client. */
  readonly made?: Partial<NewKeycloakClient>;
  /** The name by which the client's secret stands in the realm's own vault; not set: it does not. */
  readonly vaultName?: string;
}

/**
 * A client of a Keycloak's realm `shop`, which may change its own secret unless told otherwise. Under a policy the older secret
 * works for some time.
 */
export function keycloakClient(
  policy?: NewPolicy,
  { roles = ["manage-clients"], warden, realm = "shop", made = {}, vaultName }: KeycloakClientOptions = {},
): ClientKind {
  const common = { issuer: "keycloak", url: KEYCLOAK_ORIGIN, realm };
  return ({ admin }) => {
    admin.createRealm({ name: realm, ...(policy && { policy }) });
    const { clientId, secret } = admin.createKeycloakClient({ ...made, realm, roles });
    if (vaultName !== undefined) {
      admin.realm(realm).vault[vaultName] = secret;
      admin.keycloakClient(realm, clientId).secret = `\${vault.${vaultName}}`;
    }
    const other = warden && admin.createKeycloakClient({ realm, roles: warden });
    return {
      clientId,
      secret,
      subjectId: clientId,
      content: { ...common, clientId, clientSecret: secret },
      rotatedMember: "clientSecret",
      authority: other
        ? (secretId) => ({
            ...{ kind: "client-secret", ...common, mayRotate: [{ client: clientId, secretId }] },
            ...{ clientId: other.clientId, clientSecret: other.secret },
          })
        : null,
      accepts: (value) => admin.keycloakLogin(realm, clientId, value) === "accepted",
      state: () => {
        const { secret: held, attributes } = admin.keycloakClient(realm, clientId);
        return { secret: held, attributes: { ...attributes } };
      },
    };
  };
}
