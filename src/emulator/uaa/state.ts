import { own } from "../core/wire.ts";

/** A client secret in the order in which UAA keeps them: the newest is the last. */
export interface StoredUaaSecret {
  readonly value: string;
  /** Its salt: to tokens, the same value stored again is another secret. */
  readonly serial: number;
  readonly acceptedFrom: number;
  /** Logins that a stale node still refuses. */
  refusalsLeft: number;
}

export interface StoredUaaClient {
  readonly id: string;
  /** One or two; three only after two simultaneous ADDs. */
  secrets: StoredUaaSecret[];
  /** Removed ones that a stale node still accepts. */
  lingering: { readonly value: string; readonly until: number }[];
  authorities: string[];
  grantTypes: string[];
  /** Null: the default. */
  tokenSeconds: number | null;
  readonly lastModified: number;
  /** The secrets that `uaa.yml` declares for it, restored at each start. Null: it was created through the API. */
  manifest: string[] | null;
  /** The first secret that logged in. It tells token-current from token-pending if no secret in Vault names the client. */
  firstLogin: string | null;
  /** The last ADD, and what it found. */
  lastAdd: { readonly at: number; readonly found: readonly StoredUaaSecret[] } | null;
  /** Number of secrets stored by ADD or UPDATE. */
  installs: number;
}

export interface StoredUaaToken {
  readonly clientId: string;
  /** Of the newest secret when it was issued, whichever secret logged in (`rev_sig`). */
  readonly serial: number;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** `config.clientSecretPolicy` of a zone: numbers of characters. */
export interface UaaPolicy {
  readonly minLength: number;
  readonly maxLength: number;
  readonly requireUpperCaseCharacter: number;
  readonly requireLowerCaseCharacter: number;
  readonly requireDigit: number;
  readonly requireSpecialCharacter: number;
}

export interface UaaZone {
  readonly id: string;
  clients: Record<string, StoredUaaClient>;
  tokens: Record<string, StoredUaaToken>;
  policy: UaaPolicy;
}

export const DEFAULT_ZONE = "uaa";

export interface UaaState {
  /** By zone id. */
  zones: Record<string, UaaZone> & { [DEFAULT_ZONE]: UaaZone };
  /** Zone ids by the first label of their host; any other host is the default zone's. */
  subdomains: Record<string, string>;
  tokensMade: number;
  serialsMade: number;
  /** The running minute of the limit. */
  minute: { readonly startedAt: number; requests: number };
}

export const DEFAULT_POLICY: UaaPolicy = {
  minLength: 1,
  maxLength: 255,
  requireUpperCaseCharacter: 0,
  requireLowerCaseCharacter: 0,
  requireDigit: 0,
  requireSpecialCharacter: 0,
};

export function createZone(id: string, policy: UaaPolicy = DEFAULT_POLICY): UaaZone {
  return { id, clients: {}, tokens: {}, policy };
}

export function createUaaState(): UaaState {
  const zones = { [DEFAULT_ZONE]: createZone(DEFAULT_ZONE) };
  return { zones, subdomains: {}, tokensMade: 0, serialsMade: 0, minute: { startedAt: 0, requests: 0 } };
}

/** The zone that serves a host. */
export function zoneOf(state: UaaState, host: string): UaaZone {
  const id = own(state.subdomains, host.toLowerCase().split(/[.:]/)[0]);
  return own(state.zones, id) ?? state.zones[DEFAULT_ZONE];
}

/** bcrypt ignores all further bytes. */
const BCRYPT_BYTES = 72;

export const isTooLong = (value: string) => Buffer.byteLength(value) > BCRYPT_BYTES;

function isSame(stored: string, given: string): boolean {
  const read = (value: string) => Buffer.from(value).subarray(0, BCRYPT_BYTES);
  // A client may be stored with the empty secret, which then logs in: `cf` is one.
  return read(stored).equals(read(given));
}

/** Whether a value is one of those stored: what `oldSecret` is compared with. */
export function holds(client: StoredUaaClient, value: string | undefined): boolean {
  return value !== undefined && client.secrets.some((secret) => isSame(secret.value, value));
}

/** A login as a client sees it: a new secret may be refused for a while or a number of times, and a removed one still accepted. */
export function uaaLogin(client: StoredUaaClient, value: string, now: number): boolean {
  if (client.lingering.some((removed) => removed.value === value && now < removed.until)) return true;
  const found = client.secrets.filter((secret) => isSame(secret.value, value) && now >= secret.acceptedFrom);
  const ready = found.find((secret) => secret.refusalsLeft === 0);
  if (ready === undefined) {
    for (const secret of found) {
      secret.refusalsLeft -= 1;
    }
    return false;
  }
  client.firstLogin ??= value;
  return true;
}

/** How logins may lag behind what is stored. */
export interface Lag {
  readonly lateMs: number;
  readonly refusals: number;
  readonly lingerMs: number;
}

export const NO_LAG: Lag = { lateMs: 0, refusals: 0, lingerMs: 0 };

export function newSecret(state: UaaState, value: string, now: number, lag: Lag): StoredUaaSecret {
  state.serialsMade += 1;
  return { value, serial: state.serialsMade, acceptedFrom: now + lag.lateMs, refusalsLeft: lag.refusals };
}

/** Stores these secrets and no others. */
export function setSecrets(client: StoredUaaClient, secrets: readonly StoredUaaSecret[], now: number, lag: Lag): void {
  const removed = client.secrets.filter((secret) => !secrets.includes(secret));
  client.lingering = client.lingering.filter(({ until }) => now < until);
  if (lag.lingerMs > 0) {
    client.lingering.push(...removed.map(({ value }) => ({ value, until: now + lag.lingerMs })));
  }
  client.secrets = [...secrets];
}
