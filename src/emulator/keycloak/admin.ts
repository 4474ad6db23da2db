import type { AdminParts } from "../core/admin-parts.ts";
import { type JsonObject, own } from "../core/wire.ts";
import { ROTATION_EXECUTOR, rotationFor } from "./policy.ts";
import { newRegistrationToken } from "./registration.ts";
import { acceptsSecret, stampExpiry } from "./slots.ts";
import {
  clientNamed,
  createRealmState,
  type FinePermission,
  type RealmState,
  type StoredKeycloakClient,
} from "./state.ts";
import { makeSecret } from "./wire.ts";

/** A client policy that rotates; times in seconds. */
export interface NewPolicy {
  readonly expirationSeconds: number;
  readonly rotatedSeconds: number;
  /** How long before expiry dynamic registration may rotate. Default: the whole life of the secret. */
  readonly remainingSeconds?: number;
  /** Default: every confidential client. */
  readonly conditions?: readonly JsonObject[];
}

export interface NewRealm {
  readonly name: string;
  readonly tokenLifeSeconds?: number;
  readonly policy?: NewPolicy;
  /** The realm's own vault, by name. */
  readonly vault?: Readonly<Record<string, string>>;
}

export interface NewKeycloakClient {
  readonly realm: string;
  readonly clientId?: string;
  readonly secret?: string;
  /** Default true. */
  readonly serviceAccount?: boolean;
  /** Roles of its service account in its realm: `manage-clients`, `view-clients`, `query-clients`, `view-realm`, `manage-realm`. */
  readonly roles?: readonly string[];
  /** The same in other realms, by realm; for clients of the realm `master`. */
  readonly rolesIn?: Readonly<Record<string, readonly string[]>>;
  /** Fine-grained admin permissions on itself. */
  readonly permissions?: readonly FinePermission[];
  /** Client roles that it has, for the condition `client-roles`. */
  readonly ownRoles?: readonly string[];
  /** `clientAuthenticatorType`, default `client-secret`. */
  readonly authenticator?: string;
  readonly publicClient?: boolean;
  readonly enabled?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Created by dynamic registration: its uuid is its client id, and it has a registration access token. */
  readonly registered?: boolean;
}

export interface KeycloakAdmin {
  createRealm(realm: NewRealm): void;
  createKeycloakClient(client: NewKeycloakClient): {
    readonly uuid: string;
    readonly clientId: string;
    readonly secret: string;
    readonly registrationAccessToken: string | null;
  };
  /** The stored realm; changing it changes the emulator. */
  realm(name: string): RealmState;
  /** The stored client; changing it changes the emulator. */
  keycloakClient(realm: string, clientId: string): StoredKeycloakClient;
  /** Whether the realm, with all nodes up to date, accepts the value now. Not a request: it leaves no record. */
  keycloakLogin(realm: string, clientId: string, value: string): "accepted" | "rejected";
}

export function createKeycloakAdmin({ state, core, clock, entropy, switches }: AdminParts): KeycloakAdmin {
  const realm = (name: string) => {
    core.advance();
    const found = own(state.keycloak.realms, name);
    if (found === undefined) throw new Error(`the emulator has no realm ${name}`);
    return found;
  };
  const client = (realmName: string, clientId: string) => {
    const found = clientNamed(realm(realmName), clientId);
    if (found === undefined) throw new Error(`the emulator has no client ${clientId} in the realm ${realmName}`);
    return found;
  };
  return {
    realm,
    keycloakClient: client,
    createRealm: ({ name, tokenLifeSeconds, policy, vault }) => {
      const made = createRealmState();
      made.tokenLifeSeconds = tokenLifeSeconds ?? made.tokenLifeSeconds;
      Object.assign(made.vault, vault);
      if (policy !== undefined) {
        applyPolicy(made, policy);
      }
      state.keycloak.realms[name] = made;
      core.changed();
    },
    createKeycloakClient: (options) => {
      const within = realm(options.realm);
      const clientId = options.clientId ?? entropy.uuid();
      const uuid = options.registered === true ? clientId : entropy.uuid();
      const secret = options.secret ?? makeSecret(entropy, switches["keycloak-secret-length"]);
      const made = newClient(uuid, clientId, secret, options);
      within.clients[uuid] = made;
      const rotation = rotationFor(within, made, switches);
      if (rotation !== null) {
        stampExpiry(made, rotation, clock.now());
      }
      const token = options.registered === true ? newRegistrationToken(made, entropy, clock.now()) : null;
      core.changed();
      return { uuid, clientId, secret, registrationAccessToken: token };
    },
    keycloakLogin: (realmName, clientId, value) => {
      const found = client(realmName, clientId);
      return found.enabled && acceptsSecret(found, value, clock.now(), realm(realmName).vault)
        ? "accepted"
        : "rejected";
    },
  };
}

function applyPolicy(realm: RealmState, policy: NewPolicy): void {
  const configuration = {
    "expiration-period": policy.expirationSeconds,
    "rotated-expiration-period": policy.rotatedSeconds,
    "remaining-rotation-period": policy.remainingSeconds ?? policy.expirationSeconds,
  };
  const confidential = { condition: "client-access-type", configuration: { type: ["confidential"] } };
  realm.profiles = [{ name: "rotation", executors: [{ executor: ROTATION_EXECUTOR, configuration }] }];
  realm.policies = [
    { name: "rotation", enabled: true, conditions: policy.conditions ?? [confidential], profiles: ["rotation"] },
  ];
}

function newClient(uuid: string, clientId: string, secret: string, options: NewKeycloakClient): StoredKeycloakClient {
  const elsewhere = Object.entries(options.rolesIn ?? {}).map(([name, roles]) => [name, [...roles]]);
  return {
    uuid,
    clientId,
    secret,
    attributes: { ...options.attributes },
    enabled: options.enabled ?? true,
    publicClient: options.publicClient ?? false,
    serviceAccount: options.serviceAccount ?? true,
    authenticator: options.authenticator ?? "client-secret",
    ownRoles: [...(options.ownRoles ?? [])],
    roles: { ...Object.fromEntries(elsewhere), [options.realm]: [...(options.roles ?? [])] },
    permissions: { [uuid]: [...(options.permissions ?? [])] },
    registrationToken: null,
    registration: {},
    serial: 1,
    mints: 0,
    firstLogin: null,
    late: null,
    lingering: [],
  };
}
