import type { SecretState } from "../../clients/vault/store.ts";
import type { Invocation } from "../invocation.ts";
import { isPassing } from "./observe.ts";

const POLL_MS = 1_000;

/**
 * Every write leaves the secret UPDATING for a while.
 * @param leastMs what must be left of the call for what follows
 * @returns null where it is not over within OROT_ACTIVE_WAIT_SECONDS or the call
 */
export async function waitUntilActive(
  { store, settings, clock, budget }: Invocation,
  leastMs: number = POLL_MS,
): Promise<SecretState | null> {
  for (let second = 0; second < settings.activeWaitSeconds && budget.remainingInCall() > leastMs; second++) {
    const state = await store.readSecret();
    if (!isPassing(state)) return state;
    await clock.sleep(Math.max(0, Math.min(POLL_MS, budget.remainingInCall() - leastMs)));
  }
  return null;
}
