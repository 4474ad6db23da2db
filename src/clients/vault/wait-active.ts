import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Settings } from "../../base/settings/settings.ts";
import { isPassing } from "./lifecycle.ts";
import type { SecretState, SecretStore } from "./store.ts";

const POLL_MS = 1_000;

export interface Waiting {
  readonly clients: { readonly vault: SecretStore };
  readonly settings: Pick<Settings, "activeWaitSeconds">;
  readonly clock: Clock;
  readonly budget: Budget;
}

/**
 * Waits until the secret is ACTIVE. Every write leaves it UPDATING for a while, and its creation leaves it CREATING.
 * @param leastMs the time that must be left of the call for later work
 * @returns null if that takes longer than OROT_ACTIVE_WAIT_SECONDS or the call
 */
export async function waitUntilActive(
  { clients: { vault }, settings, clock, budget }: Waiting,
  leastMs: number = POLL_MS,
): Promise<SecretState | null> {
  for (let second = 0; second < settings.activeWaitSeconds && budget.remainingInCall() > leastMs; second++) {
    const state = await vault.readSecret();
    if (!isPassing(state)) return state;
    await clock.sleep(Math.max(0, Math.min(POLL_MS, budget.remainingInCall() - leastMs)));
  }
  return null;
}
