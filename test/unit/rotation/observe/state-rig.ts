import { type Attempt, createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import type { CallerState, IssuerState, State } from "../../../../src/rotation/decide/state.ts";
import type { Snapshot } from "../../../../src/rotation/observe/observe.ts";
import { callerStateOf, stateOf } from "../../../../src/rotation/observe/state.ts";
import { createRig, observed, type Rig, type Written } from "../rig.ts";
import { current } from "./observe-rig.ts";

interface Look {
  readonly rig: Rig;
  readonly attempt: Attempt;
  readonly seen: Snapshot;
  readonly state: () => IssuerState;
  readonly callerState: () => CallerState;
}

/** What the table judges by, if the issuer chooses the value. */
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
