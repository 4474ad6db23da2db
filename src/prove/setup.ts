import { createEmulator } from "../emulator/emulator.ts";
import { createSeededEntropy } from "../emulator/seeded-entropy.ts";
import type { EmulatorState } from "../emulator/state.ts";
import { createVirtualClock } from "../emulator/virtual-clock.ts";
import type { Entropy } from "../entropy.ts";
import { type Combination, switchesOf } from "./combinations.ts";

/** When every schedule begins; the secret is a day old by then. */
export const START_MS = Date.UTC(2026, 10, 2);
const DAY_MS = 86_400_000;
const INSTANCE = `idcs-${"0".repeat(32)}`;
const TOKEN_BYTES = 24;

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

/** Passes on randomness and keeps what the emulator makes secrets (UUIDs) and tokens (24 bytes) of. */
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
      if (length === TOKEN_BYTES) seen.push(Buffer.from(bytes).toString("base64url"));
      return bytes;
    },
  };
}

/** An application with its secret in Vault and, where the combination says so, another client that may regenerate it. */
export function prepare(combination: Combination, seed: number): Setup {
  const canaries: string[] = [];
  const clock = createVirtualClock(START_MS - DAY_MS);
  const emulator = createEmulator({
    clock,
    entropy: watchedEntropy(createSeededEntropy(seed), canaries),
    switches: switchesOf(combination),
  });
  const { admin } = emulator;
  const app = admin.createApp();
  const secretId = admin.createSecret({
    name: "app",
    content: JSON.stringify({
      iamDomainInstanceId: INSTANCE,
      appId: app.appId,
      clientId: app.clientId,
      appSecret: app.secret,
    }),
  });
  const environment: Record<string, string> = {};
  let authoritySecretId: string | null = null;
  if (combination.authority) {
    const authority = admin.createApp({ admin: true });
    authoritySecretId = admin.createSecret({
      name: "authority",
      content: JSON.stringify({
        kind: "client-secret",
        issuer: "oci-iam",
        origin: `https://${INSTANCE}.identity.oraclecloud.com`,
        clientId: authority.clientId,
        clientSecret: authority.secret,
        mayRotate: [app.appId],
      }),
    });
    environment["OROT_AUTHORITY_SECRET_IDS"] = authoritySecretId;
  }
  if (combination.requireWayBack) environment["OROT_REQUIRE_WAY_BACK"] = "true";
  const { state } = emulator;
  return { combination, seed, state, secretId, clientId: app.clientId, authoritySecretId, canaries, environment };
}
