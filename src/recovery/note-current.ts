import { asRotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "./memory.ts";
import { withCurrentSince } from "./own-metadata.ts";
import { released } from "./release-lease.ts";
import { waitUntilActive } from "./wait-active.ts";

/**
 * Right after a promote, where the issuer keeps two values at once: notes in the secret's metadata that this version is CURRENT from now
 * on, since the grace of the value before it counts from there. Best effort: whoever finds nothing noted later begins the grace then.
 */
export async function noteCurrent(invocation: Invocation, memory: Memory, versionNo: number): Promise<void> {
  const known = memory.contents.get(versionNo);
  if (known === undefined || known.kind === "unknown" || known.credential.traits.overlap !== "two-slot") return;
  const { store, settings, clock, log } = invocation;
  try {
    const leastMs = 2 * settings.callTimeoutSeconds * 1000;
    const state = await waitUntilActive(invocation, leastMs);
    if (state === null || state.currentVersionNo !== versionNo) return;
    // A note that is there already is from an earlier time as CURRENT, before somebody went back.
    const metadata = withCurrentSince(released(memory, state.metadata), versionNo, clock.now());
    const write = await store.writeMetadata(metadata, state.etag);
    if (write.outcome === "done" && memory.lease?.isOpen === false) memory.lease = null;
    log.info("current-noted", { versionNo, outcome: write.outcome });
  } catch (thrown) {
    log.warn("current-not-noted", { versionNo, outcome: asRotationError(thrown).code });
  }
}
