import type { JsonObject } from "../core/wire.ts";

/** Names that a client's `attributes` have; their values are text, times in seconds of the Unix epoch. */
export const attribute = {
  created: "client.secret.creation.time",
  expires: "client.secret.expiration.time",
  remaining: "client.secret.remaining.expiration.time",
  rotated: "client.secret.rotated",
  rotatedCreated: "client.secret.rotated.creation.time",
  rotatedExpires: "client.secret.rotated.expiration.time",
  allowedMethod: "client.secret.authentication.allowed.method",
} as const;

export type FinePermission = "view" | "manage";

export interface StoredKeycloakClient {
  /** What the admin API calls `id`. Of a client registered dynamically it is the client id. */
  readonly uuid: string;
  clientId: string;
  /** The primary secret. */
  secret: string;
  attributes: Record<string, string>;
  enabled: boolean;
  publicClient: boolean;
  serviceAccount: boolean;
  /** `clientAuthenticatorType` */
  authenticator: string;
  /** Client roles that it has, for the condition `client-roles`. */
  ownRoles: string[];
  /** What its service account may do, by realm: roles of `realm-management`, or of `{realm}-realm` from the master realm. */
  roles: Record<string, string[]>;
  /** Fine-grained admin permissions of its service account, by the uuid of the client that they are about. */
  permissions: Record<string, FinePermission[]>;
  registrationToken: string | null;
  /** Metadata of its last dynamic registration or update. */
  registration: JsonObject;
  /** Increases with every new primary, so that a token knows the secret that it was obtained with. */
  serial: number;
  /** Number of secrets generated for it. */
  mints: number;
  /** The first secret that logged in. It tells token-current from token-pending if no secret in Vault names the client. */
  firstLogin: string | null;
  /** The newest primary while stale nodes still refuse it. */
  late: { readonly value: string; readonly acceptedFrom: number; refusalsLeft: number } | null;
  /** Secrets that have lost their slot and that stale nodes still accept. */
  lingering: { readonly value: string; readonly until: number }[];
}

export interface StoredKeycloakToken {
  readonly uuid: string;
  readonly serial: number;
  readonly expiresAt: number;
}

export interface RealmState {
  enabled: boolean;
  tokenLifeSeconds: number;
  /** The realm's own vault: values by the names that `${vault.name}` has in a client's secret. */
  vault: Record<string, string>;
  /** By uuid. */
  clients: Record<string, StoredKeycloakClient>;
  profiles: JsonObject[];
  policies: JsonObject[];
  tokens: Record<string, StoredKeycloakToken>;
  tokensMade: number;
}

export interface KeycloakState {
  realms: Record<string, RealmState>;
}

export function createRealmState(): RealmState {
  return {
    enabled: true,
    tokenLifeSeconds: 300,
    vault: {},
    clients: {},
    profiles: [],
    policies: [],
    tokens: {},
    tokensMade: 0,
  };
}

export function clientNamed(realm: RealmState, clientId: string): StoredKeycloakClient | undefined {
  return Object.values(realm.clients).find((client) => client.clientId === clientId);
}
