import type { Budget } from "../base/budget.ts";
import type { Clock } from "../base/clock.ts";
import type { Entropy } from "../base/entropy.ts";
import type { Log } from "../base/log.ts";
import type { SecretDirectory } from "../clients/vault/directory.ts";
import type { SecretState, SecretStore } from "../clients/vault/store.ts";
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

const POLL_MS = 1_000;

/**
 * Every write leaves a secret UPDATING for a while, and making it CREATING.
 * @returns null where it is not ACTIVE within OROT_ACTIVE_WAIT_SECONDS or the budget
 */
export async function readWhenActive(
  { settings, clock, budget }: Pick<MirrorCall, "settings" | "clock" | "budget">,
  store: SecretStore,
): Promise<SecretState | null> {
  for (let second = 0; second < settings.core.activeWaitSeconds; second++) {
    const state = await store.readSecret();
    if (state.lifecycle === "ACTIVE") return state;
    if (budget.remaining() <= POLL_MS) return null;
    await clock.sleep(POLL_MS);
  }
  return null;
}
