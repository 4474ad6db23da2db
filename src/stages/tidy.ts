import type { Invocation } from "../invocation.ts";
import { isPassing } from "../recovery/observe.ts";
import type { SecretState, VersionList, VersionSummary } from "../vault/store.ts";

const DAY_MS = 86_400_000;
const POLL_MS = 1_000;
/** More are scheduled by the next rotation; each deletion changes the etag and takes a few calls. */
const MOST_AT_ONCE = 10;

/**
 * The versions whose deletion may be scheduled: DEPRECATED ones beyond the newest `keep`. Never the highest number, and nothing from
 * CURRENT's number upwards: that belongs to the latest rotation.
 */
export function tidyable(list: VersionList, currentNo: number, keep: number): readonly VersionSummary[] {
  const old = list.versions.filter(
    ({ versionNo, versionStages, isBeingDeleted }) =>
      versionNo < currentNo && !isBeingDeleted && versionStages.length === 1 && versionStages[0] === "DEPRECATED",
  );
  return old.slice(keep);
}

/** Every write leaves the secret UPDATING for a while. Null where that lasts longer than a write may take. */
async function waitUntilActive({ store, settings, clock, budget }: Invocation): Promise<SecretState | null> {
  for (let second = 0; second < settings.activeWaitSeconds && budget.remaining() > POLL_MS; second++) {
    const state = await store.readSecret();
    if (!isPassing(state)) return state;
    await clock.sleep(POLL_MS);
  }
  return null;
}

/**
 * Schedules the deletion of old DEPRECATED versions. Its failure is a warning: tidying is a favour to later rotations, and the right to it
 * is optional.
 * @returns how many were scheduled
 */
export async function tidy(invocation: Invocation, list: VersionList, currentNo: number): Promise<number> {
  const { settings, store, log } = invocation;
  const at = list.asOf + settings.versionDeletionDays * DAY_MS;
  let scheduled = 0;
  for (const { versionNo } of tidyable(list, currentNo, settings.keepDeprecatedVersions).slice(-MOST_AT_ONCE)) {
    if (invocation.budget.remaining() < settings.callTimeoutSeconds * 1000 * 2) break;
    const state = await waitUntilActive(invocation);
    if (state === null) break;
    const write = await store.scheduleVersionDeletion(versionNo, at, state.etag);
    if (write.outcome !== "done") {
      log.warn("tidy-failed", {
        stage: "tidy",
        versionNo,
        outcome: write.outcome,
        code: write.error.code,
        message: write.error.returnMessage,
      });
      break;
    }
    scheduled += 1;
    log.info("stage", { stage: "tidy", versionNo, outcome: "deletion-scheduled" });
  }
  return scheduled;
}

/** Tidies after a promote, when the rotation is complete; whatever happens here leaves its answer as it is. */
export async function tidyAfterPromote(invocation: Invocation): Promise<void> {
  try {
    let list = await invocation.store.listVersions();
    if (list === null) {
      await waitUntilActive(invocation);
      list = await invocation.store.listVersions();
    }
    const current = list?.versions.find((version) => version.versionStages.includes("CURRENT"));
    if (list === null || current === undefined) return;
    await tidy(invocation, list, current.versionNo);
  } catch {
    invocation.log.warn("tidy-failed", { stage: "tidy", outcome: "unreadable" });
  }
}
