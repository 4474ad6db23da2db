import { type Attempt, createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import type { CallerState, IssuerState, State } from "../../../../src/rotation/decide/state.ts";
import { observe, type Snapshot } from "../../../../src/rotation/observe/observe.ts";
import { callerStateOf, stateOf } from "../../../../src/rotation/observe/state.ts";
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
  readonly state: () => IssuerState;
  readonly callerState: () => CallerState;
}

/** What a whole look finds, where it does not find the secret UPDATING. */
export async function observed(rig: Rig, attempt: Attempt): Promise<Snapshot> {
  const seen = await observe({ context: rig.context, attempt }, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return seen;
}

/** What the table judges by, where the issuer chooses the value. */
export function issuerState(
  { context }: Pick<Rig, "context">,
  attempt: Attempt,
  seen: Snapshot,
  goal: State["goal"] = "rotation",
): IssuerState {
  const state = stateOf({ context, attempt, snapshot: seen }, goal);
  if (state.chosenBy !== "issuer") throw new Error("we choose the value");
  return state;
}

export async function look(versions: readonly Written[] = [current], environment = {}): Promise<Look> {
  const rig = createRig(versions, environment);
  const attempt = createAttempt(null);
  const seen = await observed(rig, attempt);
  return {
    rig,
    attempt,
    seen,
    state: () => issuerState(rig, attempt, seen),
    callerState: () => callerStateOf({ context: rig.context, attempt, snapshot: seen }, "rotation"),
  };
}
