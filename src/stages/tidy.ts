import { asRotationError } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import { readKnown } from "../recovery/contents.ts";
import type { Memory } from "../recovery/memory.ts";
import { waitUntilActive } from "../recovery/wait-active.ts";
import type { VersionList, VersionSummary } from "../vault/store.ts";

const DAY_MS = 86_400_000;
/** Vault asks for at least a day, counted from when the request arrives. */
const BOUNDARY_MS = 3_600_000;
/** More are scheduled by the next call; each deletion changes the etag and takes a few requests. */
const MOST_AT_ONCE = 10;

function isOld({ versionStages, isBeingDeleted }: VersionSummary): boolean {
  return !isBeingDeleted && versionStages.length === 1 && versionStages[0] === "DEPRECATED";
}

/** A claim whose token has expired carries nothing any more. */
function isSpentClaim(memory: Memory, { versionNo }: VersionSummary, now: number): boolean {
  const known = memory.contents.get(versionNo);
  return known?.kind === "claim" && (known.content.claim?.token?.expiresAt ?? 0) <= now;
}

/**
 * The versions whose deletion may be scheduled, the oldest last. Never the highest number, a claim whose token lives, or a mark of a later
 * edition; nothing of the latest rotation, which is what lies above the newest claim's base, but spent claims below the newest. Of the
 * DEPRECATED credentials the newest `keep` stay. Contents must have been read.
 */
export function tidyable(
  memory: Memory,
  list: VersionList,
  currentNo: number,
  keep: number,
): readonly VersionSummary[] {
  const kindOf = ({ versionNo }: VersionSummary) => memory.contents.get(versionNo);
  const claims = list.versions.filter((version) => kindOf(version)?.kind === "claim");
  const [newest] = claims;
  const mark = newest === undefined ? undefined : kindOf(newest);
  const base = mark?.kind === "claim" ? (mark.content.claim?.base ?? currentNo) : currentNo - 1;
  const [highest] = list.versions;
  const candidates = list.versions.filter((version) => isOld(version) && version !== highest);
  const spent = candidates.filter((version) => isSpentClaim(memory, version, list.asOf) && version !== newest);
  const credentials = candidates.filter((version) => {
    const known = kindOf(version);
    const isPlain = known?.kind === "credential" || (known?.kind === "unknown" && !known.isReserved);
    return isPlain && version.versionNo <= base;
  });
  return [...spent, ...credentials.slice(keep)];
}

function hasTime({ budget, settings }: Invocation): boolean {
  return budget.remaining() > settings.callTimeoutSeconds * 2_000;
}

/**
 * Schedules the deletion of old DEPRECATED versions. Its failure is a warning: tidying is a favour to later rotations, and the right to it
 * is optional.
 * @returns how many were scheduled
 */
export async function tidy(
  invocation: Invocation,
  memory: Memory,
  list: VersionList,
  currentNo: number,
): Promise<number> {
  const { settings, store, log } = invocation;
  if (list.versions.filter(isOld).length === 0) return 0;
  for (const version of list.versions) if (!version.isBeingDeleted) await readKnown(invocation, memory, version);
  const at = list.asOf + Math.max(settings.versionDeletionDays * DAY_MS, DAY_MS + BOUNDARY_MS);
  let scheduled = 0;
  for (const { versionNo } of tidyable(memory, list, currentNo, settings.keepDeprecatedVersions).slice(-MOST_AT_ONCE)) {
    const state = hasTime(invocation) ? await waitUntilActive(invocation) : null;
    if (state === null) break;
    const write = await store.scheduleVersionDeletion(versionNo, at, state.etag);
    if (write.outcome !== "done") {
      const { code, returnMessage } = write.error;
      log.warn("tidy-failed", { stage: "tidy", versionNo, outcome: write.outcome, code, message: returnMessage });
      break;
    }
    scheduled += 1;
    log.info("stage", { stage: "tidy", versionNo, outcome: "deletion-scheduled" });
  }
  return scheduled;
}

/** Tidies when the work is done; whatever happens here leaves its answer as it is. */
export async function tidyAtEnd(invocation: Invocation, memory: Memory): Promise<void> {
  const { store, settings, log } = invocation;
  try {
    let list = await store.listVersions();
    if (list === null) {
      await waitUntilActive(invocation);
      list = await store.listVersions();
    }
    const current = list?.versions.find((version) => version.versionStages.includes("CURRENT"));
    if (list === null || current === undefined) return;
    // Contents are read only where there is something to tidy.
    if (list.versions.filter(isOld).length > settings.keepDeprecatedVersions) {
      await tidy(invocation, memory, list, current.versionNo);
    }
  } catch (thrown) {
    log.warn("tidy-failed", { stage: "tidy", outcome: asRotationError(thrown).code });
  }
}

/**
 * Takes scheduled deletions back: a write was refused, and a version awaiting deletion may be why. Nobody can tell who scheduled one, and
 * a value that cannot be stored weighs more, so an operator's go too; the log names every version, so that it can be scheduled again.
 */
export async function cancelDeletions(invocation: Invocation, list: VersionList): Promise<void> {
  const leaving = list.versions.filter(({ isBeingDeleted }) => isBeingDeleted);
  for (const { versionNo } of leaving.slice(0, MOST_AT_ONCE)) {
    const state = hasTime(invocation) ? await waitUntilActive(invocation) : null;
    if (state === null) return;
    const write = await invocation.store.cancelVersionDeletion(versionNo, state.etag);
    invocation.log.warn("deletion-cancelled", { stage: "tidy", versionNo, outcome: write.outcome });
  }
}
