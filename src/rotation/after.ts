import { asRotationError } from "../base/errors.ts";
import { notifyChange, notifyFailure, type Seen } from "../notify/notify.ts";
import { noteCurrent } from "./housekeeping/note-current.ts";
import { isLasting, noteFailedHeal, noteHeal } from "./housekeeping/note-heal.ts";
import { releaseLease } from "./housekeeping/release-lease.ts";
import type { Snapshot } from "./observe/observe.ts";
import type { Outcome, Rotation } from "./outcome.ts";
import { tidyAtEnd } from "./stages/tidy.ts";

/** Housekeeping after a heal. Never changes its answer. */
export async function afterDone({ task, context, attempt }: Rotation, snapshot: Snapshot | null): Promise<void> {
  if (task.name !== "HEAL") return;
  if (snapshot !== null) await noteHeal(context, attempt, snapshot);
  await tidyAtEnd(context, attempt);
}

export async function afterPromote({ task, context, attempt }: Rotation, versionNo: number): Promise<void> {
  const isHeal = task.name === "HEAL";
  await noteCurrent(context, attempt, versionNo, isHeal);
  if (isHeal) await tidyAtEnd(context, attempt);
}

/** Runs `toOutcome`. However it ends, releases the lease, records a failed heal in the tags and sends notifications. */
export async function withAftermath(rotation: Rotation, toOutcome: () => Promise<Outcome>): Promise<Outcome> {
  const { name } = rotation.task;
  let outcome: Outcome;
  try {
    outcome = await withLeaseReleased(rotation, toOutcome);
  } catch (thrown) {
    const error = asRotationError(thrown);
    // Heals retry by themselves, and an operator who asked to retire gets the error in the answer; neither needs a
    // notification.
    if (name !== "RETIRE" && (name !== "HEAL" || isLasting(error))) {
      await notifyFailure(rotation.context, seenBy(rotation), error);
    }
    throw thrown;
  }
  const isCurrent = name === "ROTATION" || name === "HEAL" || name === "PROMOTE_PENDING_VERSION";
  if (isCurrent && outcome.versionNo !== null) {
    const { versionNo, code } = outcome;
    await notifyChange(rotation.context, seenBy(rotation), { versionNo, isCertain: code === "OK" });
  }
  return outcome;
}

async function withLeaseReleased(rotation: Rotation, toOutcome: () => Promise<Outcome>): Promise<Outcome> {
  const { task, attempt } = rotation;
  try {
    return await toOutcome();
  } catch (thrown) {
    if (task.name === "HEAL") {
      await noteFailedHeal(rotation.context, attempt, rotation.previous, asRotationError(thrown));
    }
    throw thrown;
  } finally {
    await releaseLease(rotation.context, attempt);
  }
}

function seenBy({ attempt, previous }: Rotation): Seen {
  return { metadata: attempt.metadata, highestNo: previous?.list.versions[0]?.versionNo ?? attempt.startHighestNo };
}
