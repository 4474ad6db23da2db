import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Settings } from "../../base/settings/settings.ts";
import { isPassing } from "./lifecycle.ts";
import type { SecretState, SecretStore } from "./store.ts";

/** Left of the call for later work. */
const LEAST_MS = 1_000;

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
  leastMs: number = LEAST_MS,
): Promise<SecretState | null> {
  const end = clock.monotonic() + settings.activeWaitSeconds * 1000;
  const left = () => Math.min(end - clock.monotonic(), budget.remainingInCall() - leastMs);
  while (left() > 0) {
    const ms = Math.min(vault.updating.nextLookMs(), left());
    if (ms > 0) await clock.sleep(ms);
    const state = await vault.readSecret();
    if (!isPassing(state)) return state;
  }
  return null;
}
