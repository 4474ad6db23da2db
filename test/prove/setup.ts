import { DAY_MS } from "../../src/base/durations.ts";
import type { Entropy } from "../../src/base/entropy.ts";
import { withSecondPendingTaken } from "../../src/clients/vault/rotation-metadata.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import type { EmulatorState } from "../../src/emulator/core/state.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { switchesOf } from "./combinations.ts";
import { provenIssuers } from "./issuers/index.ts";
import type { Combination } from "./types.ts";

/** When every schedule begins; the secret is a day old by then. */
export const START_MS = Date.UTC(2026, 10, 2);
/** Tokens and client secrets; salts and the like are shorter. */
const LEAST_SECRET_BYTES = 24;

/** The registered receiver, if the combination has one. */
const SUBSCRIBER = "https://hooks.emulated.example/receivers/application";
/** And another one, if they acknowledge what they have read. */
export const SUBSCRIBERS: readonly string[] = [SUBSCRIBER, "https://hooks.emulated.example/receivers/batch"];
export const WEBHOOK_KEY = `whsec_${Buffer.alloc(LEAST_SECRET_BYTES, "key").toString("base64")}`;
/** As registering leaves it: version 1 is no news. */
export const subscribedMetadata = (endpoints: readonly string[]) => ({
  orot: JSON.stringify({ subscribers: endpoints.map((endpoint) => ({ endpoint })), told: { version: 1, seq: 0 } }),
});

/** Longer than any run, so that only acknowledgements end an overlap in time. */
export const LONGEST_GRACE_HOURS = 48;
const acknowledgedEnvironment = {
  OROT_RETIRE_AFTER: "acknowledged",
  OROT_GRACE_HOURS: "0",
  OROT_LONGEST_GRACE_HOURS: String(LONGEST_GRACE_HOURS),
};

/** What all schedules of one combination share. `state` is copied for each. */
export interface Setup {
  readonly combination: Combination;
  readonly seed: number;
  readonly state: EmulatorState;
  readonly secretId: string;
  readonly clientId: string;
  readonly authoritySecretId: string | null;
  /** Secrets that exist from the start. */
  readonly canaries: readonly string[];
  /** The function's configuration. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Passes on randomness and keeps what secrets (UUIDs, or 24 bytes and more) and tokens are made of. */
export function watchedEntropy(entropy: Entropy, seen: string[]): Entropy {
  return {
    fraction: () => entropy.fraction(),
    uuid: () => {
      const uuid = entropy.uuid();
      seen.push(uuid);
      return uuid;
    },
    bytes: (length) => {
      const bytes = entropy.bytes(length);
      if (length >= LEAST_SECRET_BYTES) seen.push(Buffer.from(bytes).toString("base64url"));
      return bytes;
    },
  };
}

/** An application with its secret in Vault and, if the combination says so, another client that may regenerate it. */
export function prepare(combination: Combination, seed: number): Setup {
  const canaries: string[] = [];
  const clock = createVirtualClock(START_MS - DAY_MS);
  const emulator = createEmulator({
    clock,
    entropy: watchedEntropy(createSeededEntropy(seed), canaries),
    switches: switchesOf(combination),
  });
  const { admin } = emulator;
  const client = provenIssuers[combination.issuer].prepare(emulator, combination);
  const functionId = admin.createFunction();
  const endpoints = combination.acknowledges ? SUBSCRIBERS : [SUBSCRIBER];
  const known = combination.subscribed ? subscribedMetadata(endpoints) : {};
  const secretId = admin.createSecret({
    name: "app",
    content: JSON.stringify(client.content),
    functionId,
    metadata: combination.isNoted ? withSecondPendingTaken(known) : known,
  });
  const environment: Record<string, string> = {
    FN_FN_ID: functionId,
    OROT_HEAL_COMPARTMENT_IDS: admin.secret(secretId).compartmentId,
    ...client.environment,
    ...(combination.acknowledges && acknowledgedEnvironment),
  };
  let authoritySecretId: string | null = null;
  if (client.authority !== null) {
    authoritySecretId = admin.createSecret({ name: "authority", content: JSON.stringify(client.authority(secretId)) });
    environment["OROT_AUTHORITY_SECRET_IDS"] = authoritySecretId;
  }
  if (combination.subscribed) {
    const content = JSON.stringify({ keys: [WEBHOOK_KEY] });
    canaries.push(WEBHOOK_KEY);
    environment["OROT_WEBHOOK_KEY_SECRET_ID"] = admin.createSecret({ name: "webhook-key", content });
    environment["OROT_NOTIFY_HOSTS"] = new URL(SUBSCRIBER).host;
    environment["OROT_NOTIFY_TOPIC_ID"] = admin.createTopic({ id: "ocid1.onstopic.oc1.iad.rotations" });
    // Whoever is told of rotations also watches them: each call ends with a post.
    environment["OROT_METRIC_NAMESPACE"] = "ocirotate";
    environment["OROT_METRIC_COMPARTMENT_ID"] = admin.secret(secretId).compartmentId;
  }
  if (combination.requireWayBack) environment["OROT_REQUIRE_WAY_BACK"] = "true";
  const { state } = emulator;
  const { clientId } = client;
  return { combination, seed, state, secretId, clientId, authoritySecretId, canaries, environment };
}
