import type { AdminParts } from "../core/admin-parts.ts";
import { accepts } from "../identity/state.ts";
import { FULL_ACCESS } from "./api.ts";
import { clientOfKey, newSecretValue, type StoredApiClient } from "./state.ts";

export interface NewApiClient {
  readonly key?: string;
  readonly secret?: string;
  /** Default `dms-client`: a vendor's own. `cms-client` may reset the credentials of others. */
  readonly role?: StoredApiClient["role"];
  /** An existing application, which gets one more client. Default: a new one. */
  readonly applicationId?: number;
  /** Required under multi-tenancy. */
  readonly tenant?: string;
  /** Emulated ms until Keycloak's policy ends the secret. Default: never. */
  readonly secretExpiresInMs?: number;
}

export interface MadeApiClient {
  readonly apiClientId: number;
  readonly applicationId: number;
  readonly key: string;
  readonly secret: string;
}

export interface EdfiCmsAdmin {
  createApiClient(client?: NewApiClient): MadeApiClient;
  /** Whether the CMS, with all nodes up to date, accepts the secret now. Not a request: it leaves no record. */
  edfiLogin(key: string, secret: string): "accepted" | "rejected";
  /** The stored api client, with the count of its resets; changing it changes the emulator. Throws for an unknown key. */
  apiClient(key: string): StoredApiClient;
}

/** Creates and reads api clients of the emulated CMS directly, without faults. */
export function createEdfiCmsAdmin({
  state: { edfiCms: state },
  core,
  clock,
  entropy,
  switches,
}: AdminParts): EdfiCmsAdmin {
  const apiClient = (key: string) => {
    core.advance();
    const found = clientOfKey(state, key);
    if (found === undefined) throw new Error(`the emulator has no api client ${key}`);
    return found;
  };
  const nextId = () => {
    state.lastId += 1;
    return state.lastId;
  };
  return {
    apiClient,
    edfiLogin: (key, secret) => (accepts(apiClient(key), secret, clock.now()) ? "accepted" : "rejected"),
    createApiClient: (options = {}) => {
      const now = clock.now();
      const role = options.role ?? "dms-client";
      const applicationId = options.applicationId ?? nextId();
      const id = nextId();
      const key = options.key ?? entropy.uuid();
      const secret = options.secret ?? newSecretValue(entropy, switches);
      const secretExpiresAt = options.secretExpiresInMs === undefined ? null : now + options.secretExpiresInMs;
      state.clients[key] = {
        id,
        applicationId,
        name: `client ${id}`,
        key,
        tenant: options.tenant ?? null,
        role,
        scopes: role === "cms-client" ? [FULL_ACCESS] : ["SIS-Vendor"],
        approved: true,
        inProvider: true,
        secret,
        accepted: [{ value: secret, acceptedFrom: now, acceptedUntil: secretExpiresAt, refusalsLeft: 0 }],
        secretExpiresAt,
        resets: 0,
        firstLogin: null,
      };
      core.changed();
      return { apiClientId: id, applicationId, key, secret };
    },
  };
}
