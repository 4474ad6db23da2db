import type { Entropy } from "../../base/entropy.ts";
import type { Switches } from "../core/switches.ts";
import { DAY_MS, own } from "../core/wire.ts";
import type { AcceptedSecret } from "../identity/state.ts";

/** An api client of the CMS. Ed-Fi says key and secret where OAuth says client id and client secret. */
export interface StoredApiClient {
  readonly id: number;
  readonly applicationId: number;
  readonly name: string;
  readonly key: string;
  /** The tenant that it belongs to; null without multi-tenancy. */
  readonly tenant: string | null;
  /** `cms-client` may administer the CMS, `dms-client` may not. */
  readonly role: "cms-client" | "dms-client";
  readonly scopes: readonly string[];
  approved: boolean;
  /** False: the identity provider has lost it. */
  inProvider: boolean;
  /** The one that counts. */
  secret: string;
  accepted: AcceptedSecret[];
  /** When Keycloak's policy ends the secret; null: never. */
  secretExpiresAt: number | null;
  /** How often a new secret was made. */
  resets: number;
  /** The first secret that logged in; it tells token-current from token-pending where no secret in Vault does. */
  firstLogin: string | null;
}

export interface StoredEdfiToken {
  readonly key: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
}

export interface EdfiCmsState {
  /** By key. */
  clients: Record<string, StoredApiClient>;
  tokens: Record<string, StoredEdfiToken>;
  tokensMade: number;
  /** The last id given out; applications and api clients share the count. */
  lastId: number;
  /** Until when a reset holds an application, by its id. */
  locks: Record<string, number>;
}

export function createEdfiCms(): EdfiCmsState {
  return { clients: {}, tokens: {}, tokensMade: 0, lastId: 0, locks: {} };
}

export function clientOfKey(state: EdfiCmsState, key: string): StoredApiClient | undefined {
  return own(state.clients, key);
}

/** Keycloak's defaults of a client-secret rotation policy: 29 and 2 days. */
const EXPIRATION_MS = 29 * DAY_MS;
const ROTATED_EXPIRATION_MS = 2 * DAY_MS;

/** Gives a client a new secret as the release does it at its identity provider. Answers what the CMS will show. */
export function resetSecret(client: StoredApiClient, entropy: Entropy, now: number, switches: Switches): string {
  const value = newSecretValue(entropy, switches);
  client.resets += 1;
  const entry = (until: number | null, text = value): AcceptedSecret => ({
    value: text,
    acceptedFrom: now + switches["new-secret-late-ms"],
    acceptedUntil: until,
    refusalsLeft: switches["new-secret-late-refusals"],
  });
  if (switches["edfi-backend"] !== "keycloak-with-policy") {
    client.secret = value;
    client.accepted = [entry(null)];
    return value;
  }
  if (switches["edfi-release"] === "v0.7") {
    // POST client-secret: Keycloak makes the value, keeps the one before it for a while, and forgets any older one.
    const before = client.accepted.filter((known) => known.value === client.secret);
    client.accepted = before.map((known) => ({ ...known, acceptedUntil: now + ROTATED_EXPIRATION_MS }));
    client.secret = value;
    client.secretExpiresAt = now + EXPIRATION_MS;
    client.accepted.push(entry(client.secretExpiresAt));
    return value;
  }
  // PUT of the whole client with a value of the CMS's own.
  if (client.secretExpiresAt === null || now < client.secretExpiresAt) {
    client.secret = value;
    client.accepted = [entry(client.secretExpiresAt)];
    return value;
  }
  // Keycloak finds the secret expired, rotates at once and shows nobody what it made: the CMS's value is the old one already.
  client.secret = newSecretValue(entropy, switches);
  client.secretExpiresAt = now + EXPIRATION_MS;
  client.accepted = [entry(now + ROTATED_EXPIRATION_MS), entry(client.secretExpiresAt, client.secret)];
  return value;
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const SPECIAL = "!@#$^*()-_[]{}:;,.?";
const LENGTH = 32;

/** A value of the alphabet of the release and its backend; 32 characters, the least that the CMS is set to. */
export function newSecretValue(entropy: Entropy, switches: Switches): string {
  if (switches["edfi-release"] === "v0.7") {
    return switches["edfi-backend"] === "openiddict"
      ? Buffer.from(entropy.bytes(LENGTH / 2)).toString("hex")
      : drawn(entropy, Array<string>(LENGTH).fill(LOWER + UPPER + DIGITS));
  }
  const any = Array<string>(LENGTH - 4).fill(LOWER + UPPER + DIGITS + SPECIAL);
  return drawn(entropy, [LOWER, SPECIAL, ...any, UPPER, DIGITS]);
}

function drawn(entropy: Entropy, alphabets: readonly string[]): string {
  return alphabets.map((alphabet) => alphabet[Math.floor(entropy.fraction() * alphabet.length)]).join("");
}
