import { asRotationError } from "../base/errors.ts";
import { type Seen, tellChange, tellFailure } from "../notify/tell.ts";
import { noteCurrent } from "./housekeeping/note-current.ts";
import { isLasting, noteFailedHeal, noteHeal } from "./housekeeping/note-heal.ts";
import { releaseLease } from "./housekeeping/release-lease.ts";
import type { Observation } from "./observe/observe.ts";
import type { Outcome, Rotation } from "./outcome.ts";
import { tidyAtEnd } from "./stages/tidy.ts";

/** What a heal does beside: nothing here changes its answer. */
export async function afterDone(
  { task, invocation, memory }: Rotation,
  observation: Observation | null,
): Promise<void> {
  if (task.name !== "HEAL") return;
  if (observation !== null) await noteHeal(invocation, memory, observation);
  await tidyAtEnd(invocation, memory);
}

export async function afterPromote({ task, invocation, memory }: Rotation, versionNo: number): Promise<void> {
  const isHeal = task.name === "HEAL";
  await noteCurrent(invocation, memory, versionNo, isHeal);
  if (isHeal) await tidyAtEnd(invocation, memory);
}

/** Runs to the end, and then does what follows, however it ended: gives the lease back, notes a failed heal, notifies. */
export async function withAftermath(rotation: Rotation, toOutcome: () => Promise<Outcome>): Promise<Outcome> {
  const { name } = rotation.task;
  let outcome: Outcome;
  try {
    outcome = await withLeaseReleased(rotation, toOutcome);
  } catch (thrown) {
    const error = asRotationError(thrown);
    // A heal tries again by itself, and who asks for an end of the overlap hears why there is none.
    if (name !== "RETIRE" && (name !== "HEAL" || isLasting(error))) {
      await tellFailure(rotation.invocation, seenBy(rotation), error);
    }
    throw thrown;
  }
  const isCurrent = name === "ROTATION" || name === "HEAL" || name === "PROMOTE_PENDING_VERSION";
  if (isCurrent && outcome.versionNo !== null) {
    const { versionNo, code } = outcome;
    await tellChange(rotation.invocation, seenBy(rotation), { versionNo, isCertain: code === "OK" });
  }
  return outcome;
}

async function withLeaseReleased(rotation: Rotation, toOutcome: () => Promise<Outcome>): Promise<Outcome> {
  const { task, memory } = rotation;
  try {
    return await toOutcome();
  } catch (thrown) {
    if (task.name === "HEAL") {
      await noteFailedHeal(rotation.invocation, memory, rotation.previous, asRotationError(thrown));
    }
    throw thrown;
  } finally {
    await releaseLease(rotation.invocation, memory);
  }
}

function seenBy({ memory, previous }: Rotation): Seen {
  return { metadata: memory.metadata, highestNo: previous?.list.versions[0]?.versionNo ?? memory.firstHighestNo };
}
