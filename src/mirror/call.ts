import type { Budget } from "../base/budget.ts";
import type { Clock } from "../base/clock.ts";
import type { Entropy } from "../base/entropy.ts";
import type { Log } from "../base/log.ts";
import type { SecretDirectory } from "../clients/vault/directory.ts";
import type { SecretState, SecretStore } from "../clients/vault/store.ts";
import { waitUntilActive } from "../clients/vault/wait-active.ts";
import type { CesClient } from "./ces-client.ts";
import type { Contents } from "./contents.ts";
import type { MirrorSettings } from "./settings.ts";

/** Everything one call of the mirror works with. */
export interface MirrorCall {
  readonly settings: MirrorSettings;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly budget: Budget;
  readonly log: Log;
  readonly directory: SecretDirectory;
  readonly contents: Contents;
  readonly ces: CesClient;
  storeOf(secretId: string): SecretStore;
}

/** Waits until the secret is ACTIVE; null if that takes too long. */
export function readWhenActive(
  { settings, clock, budget }: Pick<MirrorCall, "settings" | "clock" | "budget">,
  store: SecretStore,
): Promise<SecretState | null> {
  return waitUntilActive({ clients: { vault: store }, settings: settings.core, clock, budget });
}
