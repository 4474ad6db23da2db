import type { AdminParts } from "../core/admin-parts.ts";
import { own } from "../core/wire.ts";
import {
  createZone,
  DEFAULT_POLICY,
  DEFAULT_ZONE,
  NO_LAG,
  newSecret,
  type StoredUaaClient,
  setSecrets,
  type UaaPolicy,
} from "./state.ts";

export interface NewUaaClient {
  readonly clientId?: string;
  readonly secret?: string;
  /** Default: `clients.secret`, with which it may rotate itself. */
  readonly authorities?: readonly string[];
  readonly grantTypes?: readonly string[];
  /** Life of its tokens; default 12 hours. */
  readonly tokenSeconds?: number;
  readonly zoneId?: string;
  /** Declared in uaa.yml with these secrets (one or two), which `restartUaa` restores. Replaces `secret`. */
  readonly manifest?: readonly string[];
}

export interface NewUaaZone {
  readonly zoneId?: string;
  readonly policy?: Partial<UaaPolicy>;
}

export interface UaaAdmin {
  createUaaClient(client?: NewUaaClient): { readonly clientId: string; readonly secret: string };
  /** `subdomain` is the first label of the hosts that lead to the zone. */
  createUaaZone(zone?: NewUaaZone): { readonly zoneId: string; readonly subdomain: string };
  /** The stored client; changing it changes the emulator. */
  uaaClient(clientId: string, zoneId?: string): StoredUaaClient;
  /** Whether UAA, with all nodes up to date, accepts the value now. Not a request: it leaves no record. */
  uaaLogin(clientId: string, value: string, zoneId?: string): "accepted" | "rejected";
  /** Restarts UAA: every client declared in uaa.yml has exactly the secrets declared there. */
  restartUaa(): void;
}

/** The part of `emulator.admin` that is about UAA. */
export function createUaaAdmin({ state: { uaa: state }, core, clock, entropy }: AdminParts): UaaAdmin {
  const hex = () => Buffer.from(entropy.bytes(16)).toString("hex");
  const zone = (id = DEFAULT_ZONE) => {
    const found = own(state.zones, id);
    if (found === undefined) throw new Error(`the emulator has no UAA zone ${id}`);
    return found;
  };
  const uaaClient = (clientId: string, zoneId?: string) => {
    core.advance();
    const found = own(zone(zoneId).clients, clientId);
    if (found === undefined) throw new Error(`the emulator has no UAA client ${clientId}`);
    return found;
  };
  const stored = (values: readonly string[]) => values.map((value) => newSecret(state, value, clock.now(), NO_LAG));
  return {
    uaaClient,
    createUaaClient: (options = {}) => {
      const clientId = options.clientId ?? `client-${hex()}`;
      const values = options.manifest ?? [options.secret ?? hex()];
      zone(options.zoneId).clients[clientId] = {
        id: clientId,
        secrets: stored(values),
        lingering: [],
        authorities: [...(options.authorities ?? ["clients.secret"])],
        grantTypes: [...(options.grantTypes ?? ["client_credentials"])],
        tokenSeconds: options.tokenSeconds ?? null,
        lastModified: clock.now(),
        manifest: options.manifest === undefined ? null : [...options.manifest],
        firstLogin: null,
        lastAdd: null,
        installs: 0,
      };
      core.changed();
      return { clientId, secret: values[0] ?? "" };
    },
    createUaaZone: (options = {}) => {
      const zoneId = options.zoneId ?? `zone-${hex()}`;
      state.zones[zoneId] = createZone(zoneId, { ...DEFAULT_POLICY, ...options.policy });
      state.subdomains[zoneId] = zoneId;
      core.changed();
      return { zoneId, subdomain: zoneId };
    },
    uaaLogin: (clientId, value, zoneId) =>
      uaaClient(clientId, zoneId).secrets.some((secret) => secret.value === value) ? "accepted" : "rejected",
    restartUaa: () => {
      core.advance();
      const clients = Object.values(state.zones).flatMap(({ clients: held }) => Object.values(held));
      for (const client of clients) {
        const { manifest, secrets } = client;
        const isDeclared = secrets.map(({ value }) => value).join(" ") === manifest?.join(" ");
        if (manifest !== null && !isDeclared) {
          setSecrets(client, stored(manifest), clock.now(), NO_LAG);
        }
      }
      core.changed();
    },
  };
}
