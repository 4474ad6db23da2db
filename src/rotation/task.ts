import { type Action, fail, type WaitReason } from "./decide/decide.ts";
import { decide, decidingRule } from "./decide/index.ts";
import type { IssuerState, State } from "./decide/state.ts";
import { decideNoOverlap, decidePromote, decideUpdate, decideVerify } from "./decide/steps.ts";
import type { Invocation } from "./invocation.ts";
import type { Memory } from "./memory.ts";
import { type Observation, observe } from "./observe/observe.ts";
import { observeVersion, promoteViewOf } from "./observe/version.ts";
import { mayBePromoted, viewOf } from "./observe/view.ts";
import { callerViewOf } from "./observe/view-caller.ts";
import { endsIn, verdictEndsIn } from "./observe/wait-ends.ts";

/** What the pipeline is asked to do: one of Vault's steps, the whole rotation, or to finish one that was interrupted. */
export type Task =
  | { readonly name: "VERIFY_CONNECTION" | "CREATE_PENDING_VERSION" | "ROTATION" | "HEAL" | "RETIRE" }
  | { readonly name: "ROTATION"; readonly isCompromised: boolean }
  | { readonly name: "UPDATE_TARGET_SYSTEM"; readonly versionNo: number | null }
  | { readonly name: "PROMOTE_PENDING_VERSION"; readonly versionNo: number };

/** One look at Vault, and the decision that follows from it and from what was asked since. */
export interface Look {
  readonly observation: Observation | null;
  readonly currentNo: number | null;
  decide(): Action;
  /** When what is waited for will be over, in ms from now; null: nobody knows beforehand. */
  endsIn(until: WaitReason): number | null;
  /** Why `decide` decides so: the row's id, null where the table is not asked, and its words. Null: there is nothing to say. */
  explain(): { readonly id: string | null; readonly state: string } | null;
}

/** Looks. `previous` is the last look of the same call. */
export type Plan = (invocation: Invocation, memory: Memory, previous: Observation | null) => Promise<Look>;

/** Nothing is decided from a secret that OCI is changing. */
const untilActive: Look = {
  observation: null,
  currentNo: null,
  decide: () => ({ kind: "wait", until: "active" }),
  endsIn: () => null,
  explain: () => ({ id: null, state: "the secret is UPDATING" }),
};

function planWithList(decideStep: (state: IssuerState, seen: Observation) => Action): Plan {
  return async (invocation, memory) => {
    const observation = await observe(invocation, memory, false, null);
    if (observation === null) return untilActive;
    return {
      observation,
      currentNo: observation.current.versionNo,
      decide: () => decideStep(viewOf(invocation, memory, "create", observation), observation),
      endsIn: (until) => endsIn(invocation, memory, observation, until),
      explain: () => null,
    };
  };
}

function planPromote(versionNo: number): Plan {
  return async (invocation, memory) => {
    const seen = await observeVersion(invocation, memory, versionNo);
    return {
      observation: null,
      currentNo: seen.currentNo,
      decide: () => decidePromote(promoteViewOf(invocation, memory, seen)),
      endsIn: () => (seen.version === null ? null : verdictEndsIn(invocation, memory, seen.version, seen.version.asOf)),
      explain: () => null,
    };
  };
}

/** Who chooses the value follows from CURRENT's content. Content that nobody understands ends the run, whoever is taken to choose. */
function planRotation(goal: State["goal"]): Plan {
  return async (invocation, memory, previous) => {
    const observation = await observe(invocation, memory, true, previous);
    if (observation === null) return untilActive;
    const known = memory.contents.get(observation.current.versionNo);
    const traits = known === undefined || known.kind === "unknown" ? null : known.credential.traits;
    const isCallerChosen = traits?.valueChosenBy === "caller";
    const hasNoOverlap = goal === "retire" && traits !== null && !isCallerChosen;
    const issuerState = () => viewOf(invocation, memory, goal === "retire" ? "heal" : goal, observation);
    const state = () => (isCallerChosen ? callerViewOf(invocation, memory, goal, observation) : issuerState());
    return {
      observation,
      currentNo: observation.current.versionNo,
      decide: () => (hasNoOverlap ? decideNoOverlap(issuerState()) : decide(state())),
      endsIn: (until) => endsIn(invocation, memory, observation, until),
      explain: () => (hasNoOverlap ? null : decidingRule(state())),
    };
  };
}

/**
 * Somebody has put another client into CURRENT while the call was at work. A value in hand belongs to the one before, and exists nowhere else:
 * it is stored, and the call ends.
 */
function unlessClientChanged(plan: Plan): Plan {
  return async (invocation, memory, previous) => {
    const look = await plan(invocation, memory, previous);
    const end = (): Action =>
      memory.hand === null
        ? fail("CLIENT_CHANGED", "another client has been stored in CURRENT since this call began")
        : { kind: "store", versionStage: "PENDING" };
    const isChanged = memory.isClientChanged && look.currentNo !== null;
    return isChanged ? { ...look, decide: end, explain: () => null } : look;
  };
}

/** How a task looks at Vault, and by which table it decides. */
export function planOf(task: Task): Plan {
  return unlessClientChanged(tablePlanOf(task));
}

function tablePlanOf(task: Task): Plan {
  switch (task.name) {
    case "VERIFY_CONNECTION":
      return planWithList(decideVerify);
    case "CREATE_PENDING_VERSION":
      return planRotation("create");
    case "ROTATION":
      return planRotation("rotation");
    case "HEAL":
      return planRotation("heal");
    case "RETIRE":
      return planRotation("retire");
    case "UPDATE_TARGET_SYSTEM":
      return planWithList((state, seen) =>
        decideUpdate({ ...state, mayBePromoted: mayBePromoted(seen, task.versionNo) }),
      );
    case "PROMOTE_PENDING_VERSION":
      return planPromote(task.versionNo);
  }
}
