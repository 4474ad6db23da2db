import { asRotationError } from "../base/errors.ts";
import type { Seen } from "../notify/deliver.ts";
import { notifyChange, notifyFailure } from "../notify/notify.ts";
import { giveNotice, wishOfHeal } from "./due/notice.ts";
import { noteCurrent } from "./housekeeping/note-current.ts";
import { isLasting, lookAfterTidying, noteFailedHeal, noteHeal } from "./housekeeping/note-heal.ts";
import { releaseLease } from "./housekeeping/release-lease.ts";
import type { Snapshot } from "./observe/observe.ts";
import type { Outcome, Run } from "./outcome.ts";
import { tidyAtEnd } from "./stages/tidy.ts";

/**
 * Housekeeping after a heal. Never changes its answer. The notes come last, so that nothing waits until Vault has
 * carried them out.
 */
export async function afterDone({ task, rotation }: Run, snapshot: Snapshot | null): Promise<void> {
  if (task.name !== "HEAL" || snapshot === null) return;
  const hasTidied = (await tidyAtEnd(rotation, snapshot.list)) > 0;
  if (!hasTidied || (await lookAfterTidying({ ...rotation, snapshot }))) await noteHeal({ ...rotation, snapshot });
}

export async function afterPromote({ task, rotation }: Run, versionNo: number): Promise<void> {
  const isHeal = task.name === "HEAL";
  if (isHeal) await tidyAtEnd(rotation, null);
  await noteCurrent(rotation, versionNo, isHeal);
}

/** Runs `toOutcome`. However it ends, releases the lease, records a failed heal in the tags and sends notifications. */
export async function withAftermath(run: Run, toOutcome: () => Promise<Outcome>): Promise<Outcome> {
  const { name } = run.task;
  const isOfDue = "due" in run.task;
  let outcome: Outcome;
  try {
    outcome = await withLeaseReleased(run, toOutcome);
  } catch (thrown) {
    const error = asRotationError(thrown);
    // Heals and rotations of what is due retry by themselves, and an operator who asked to retire gets the error in the
    // answer; none of them needs a notification.
    if (name !== "RETIRE" && ((name !== "HEAL" && !isOfDue) || isLasting(error))) {
      await notifyFailure(run.rotation.context, seenBy(run), error);
    }
    throw thrown;
  }
  const isCurrent = name === "ROTATION" || name === "HEAL" || name === "PROMOTE_PENDING_VERSION";
  // Where nothing was due, this run has not logged in, and another may be about to notify.
  const isOthers = isOfDue && outcome.code !== "OK";
  if (isCurrent && !isOthers && outcome.versionNo !== null) {
    const { versionNo, code } = outcome;
    await notifyChange(run.rotation.context, seenBy(run), { versionNo, isCertain: code === "OK" });
  }
  if (outcome.code !== "OK") await tellWhatIsComing(run);
  return outcome;
}

/** Who makes a new version CURRENT has told of that already, and its dates are the next run's. */
async function tellWhatIsComing({ task, rotation, previous }: Run): Promise<void> {
  if (previous === null || !(task.name === "HEAL" || "due" in task)) return;
  const wish = "due" in task ? task.due : wishOfHeal(rotation.context);
  await giveNotice({ ...rotation, snapshot: previous }, wish);
}

async function withLeaseReleased(run: Run, toOutcome: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await toOutcome();
  } catch (thrown) {
    if (run.task.name === "HEAL")
      await noteFailedHeal({ ...run.rotation, snapshot: run.previous }, asRotationError(thrown));
    throw thrown;
  } finally {
    await releaseLease(run.rotation);
  }
}

function seenBy({ rotation: { attempt }, previous }: Run): Seen {
  return {
    metadata: attempt.read.metadata,
    highestNo: previous?.list.versions[0]?.versionNo ?? attempt.read.startHighestNo,
  };
}
