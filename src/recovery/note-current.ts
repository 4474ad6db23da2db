import { asRotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "./memory.ts";
import { isPassing } from "./observe.ts";
import { withCurrentSince } from "./own-metadata.ts";

const POLL_MS = 1_000;

/**
 * Right after a promote, where the issuer keeps two values at once: notes in the secret's metadata that this version is CURRENT from now
 * on, since the grace of the value before it counts from there. Best effort: whoever finds nothing noted later begins the grace then.
 */
export async function noteCurrent(invocation: Invocation, memory: Memory, versionNo: number): Promise<void> {
  const known = memory.contents.get(versionNo);
  if (known === undefined || known.kind === "unknown" || known.credential.traits.overlap !== "two-slot") return;
  const { store, settings, clock, budget, log } = invocation;
  try {
    const leastMs = 2 * settings.callTimeoutSeconds * 1000;
    for (let second = 0; second < settings.activeWaitSeconds && budget.remaining() > leastMs; second++) {
      const state = await store.readSecret();
      if (isPassing(state)) {
        await clock.sleep(POLL_MS);
        continue;
      }
      if (state.currentVersionNo !== versionNo) return;
      // A note that is there already is from an earlier time as CURRENT, before somebody went back.
      const write = await store.writeMetadata(withCurrentSince(state.metadata, versionNo, clock.now()), state.etag);
      log.info("current-noted", { versionNo, outcome: write.outcome });
      return;
    }
  } catch (thrown) {
    log.warn("current-not-noted", { versionNo, outcome: asRotationError(thrown).code });
  }
}
