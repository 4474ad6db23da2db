import { type Attempt, createAttempt } from "../../../../src/rotation/attempt.ts";
import { observe, type Snapshot } from "../../../../src/rotation/observe/observe.ts";
import { viewOf } from "../../../../src/rotation/observe/view.ts";
import { callerViewOf } from "../../../../src/rotation/observe/view-caller.ts";
import { createRig, credential, type Rig, type Written } from "../rig.ts";

export const current: Written = { no: 7, stages: ["CURRENT"], content: credential("S7") };
export const deprecated = (no: number, content: unknown, rest: Partial<Written> = {}): Written => ({
  no,
  stages: ["DEPRECATED"],
  content,
  ...rest,
});

interface Look {
  readonly rig: Rig;
  readonly attempt: Attempt;
  readonly seen: Snapshot;
  readonly view: () => ReturnType<typeof viewOf>;
  readonly callerView: () => ReturnType<typeof callerViewOf>;
}

/** What a whole look finds, where it does not find the secret UPDATING. */
export async function observed(rig: Rig, attempt: Attempt): Promise<Snapshot> {
  const seen = await observe(rig.context, attempt, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return seen;
}

export async function look(versions: readonly Written[] = [current], environment = {}): Promise<Look> {
  const rig = createRig(versions, environment);
  const attempt = createAttempt(null);
  const seen = await observed(rig, attempt);
  return {
    rig,
    attempt,
    seen,
    view: () => viewOf(rig.context, attempt, "rotation", seen),
    callerView: () => callerViewOf(rig.context, attempt, "rotation", seen),
  };
}
