import { callerChosenRules, decideCallerChosen } from "./decide/caller-chosen.ts";
import type { CallerView } from "./decide/caller-view.ts";
import { type Action, fail, fitting, type Rule, type View, type WaitReason } from "./decide/decide.ts";
import { decideIssuerChosen, issuerChosenRules } from "./decide/issuer-chosen.ts";
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
  /** The words of the rule by which `decide` decides; null where no table is asked. */
  explain(): Pick<Rule<never>, "row" | "state"> | null;
}

/** Looks. `previous` is the last look of the same call. */
export type Plan = (invocation: Invocation, memory: Memory, previous: Observation | null) => Promise<Look>;

function planWithList(decide: (view: View, seen: Observation | null) => Action): Plan {
  return async (invocation, memory) => {
    const observation = await observe(invocation, memory, false, null);
    return {
      observation,
      currentNo: observation?.current.versionNo ?? null,
      decide: () => decide(viewOf(invocation, memory, "create", observation), observation),
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

/** Who chooses the value follows from CURRENT's content. While it is UPDATING both tables wait; content that nobody understands ends both. */
function planRotation(goal: CallerView["goal"]): Plan {
  return async (invocation, memory, previous) => {
    const observation = await observe(invocation, memory, true, previous);
    const known = observation === null ? undefined : memory.contents.get(observation.current.versionNo);
    const traits = known === undefined || known.kind === "unknown" ? null : known.credential.traits;
    const isCallerChosen = traits?.valueChosenBy === "caller";
    const callerView = () => callerViewOf(invocation, memory, goal, observation);
    const view = () => viewOf(invocation, memory, goal === "retire" ? "heal" : goal, observation);
    const hasNoOverlap = goal === "retire" && traits !== null && !isCallerChosen;
    return {
      observation,
      currentNo: observation?.current.versionNo ?? null,
      decide: () => {
        if (isCallerChosen) return decideCallerChosen(callerView());
        return hasNoOverlap ? decideNoOverlap(view()) : decideIssuerChosen(view());
      },
      endsIn: (until) => endsIn(invocation, memory, observation, until),
      explain: () => {
        if (isCallerChosen) return fitting(callerChosenRules, callerView());
        return hasNoOverlap ? null : fitting(issuerChosenRules, view());
      },
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
      return planWithList((view, seen) =>
        decideUpdate({ ...view, mayBePromoted: mayBePromoted(seen, task.versionNo) }),
      );
    case "PROMOTE_PENDING_VERSION":
      return planPromote(task.versionNo);
  }
}
