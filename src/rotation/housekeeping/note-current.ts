import { asRotationError } from "../../base/errors.ts";
import { withCurrentSince } from "../../clients/vault/own-metadata.ts";
import type { Notes } from "../../clients/vault/store.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import { writeUnchanged } from "../../clients/vault/write-notes.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { newTagsOf } from "./note-heal.ts";
import { released } from "./release-lease.ts";

/**
 * Right after a promote. Where the issuer keeps two values at once, notes in the secret's metadata that this version is CURRENT from now on,
 * since the grace of the value before it counts from there: whoever finds nothing noted later begins the grace then. A heal keeps its tags
 * in the same write. Best effort.
 */
export async function noteCurrent(
  invocation: Invocation,
  memory: Memory,
  versionNo: number,
  isHeal: boolean,
): Promise<void> {
  const known = memory.contents.get(versionNo);
  if (known === undefined || known.kind === "unknown") return;
  const keepsTwo = known.credential.traits.overlap === "two-slot";
  if (!keepsTwo && !isHeal) return;
  const {
    clients: { vault },
    settings,
    clock,
    log,
  } = invocation;
  try {
    const leastMs = 2 * settings.callTimeoutSeconds * 1000;
    const state = await waitUntilActive(invocation, leastMs);
    if (state === null || state.currentVersionNo !== versionNo) return;
    // A note that is there already is from an earlier time as CURRENT, before somebody went back.
    // This machine's clock may lag behind OCI's: no version is CURRENT before it was made.
    const createdAt = memory.list?.versions.find((version) => version.versionNo === versionNo)?.createdAt ?? 0;
    const since = Math.max(clock.now(), createdAt);
    const metadata = keepsTwo ? withCurrentSince(released(memory, state.metadata), versionNo, since) : undefined;
    const tags = isHeal ? await newTagsOf(invocation, memory, state.tags, versionNo, clock.now()) : null;
    const notes: Notes = { ...(metadata && { metadata }), ...(tags && { tags }) };
    if (Object.keys(notes).length === 0) return;
    // For the tags the issuer may have been asked meanwhile.
    const write = await (tags === null
      ? vault.writeNotes(notes, state.etag)
      : writeUnchanged(invocation, notes, state.etag));
    if (metadata !== undefined && write.outcome === "done" && memory.lease?.isOpen === false) memory.lease = null;
    log.info("current-noted", { versionNo, outcome: write.outcome });
  } catch (thrown) {
    log.warn("current-not-noted", { versionNo, outcome: asRotationError(thrown).code });
  }
}
