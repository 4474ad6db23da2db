import type { Step } from "./event.ts";
import type { Invocation } from "./invocation.ts";
import { type Action, decidePromote, decideRotation, decideUpdate, decideVerify, type View } from "./recovery/decide.ts";
import type { Memory } from "./recovery/memory.ts";
import { type Observation, observe } from "./recovery/observe.ts";
import { observeVersion, promoteViewOf } from "./recovery/observe-version.ts";
import { mayBePromoted, viewOf } from "./recovery/view.ts";
import type { StageName } from "./stages/stage.ts";

/** What the pipeline is asked to do: one of Vault's steps, the whole rotation, or to finish one that was interrupted. */
export type Task =
  | { readonly name: "VERIFY_CONNECTION" | "CREATE_PENDING_VERSION" | "ROTATION" | "HEAL" }
  | { readonly name: "UPDATE_TARGET_SYSTEM"; readonly versionNo: number | null }
  | { readonly name: "PROMOTE_PENDING_VERSION"; readonly versionNo: number };

const all: readonly StageName[] = [
  "verify-current",
  "fetch-token",
  "regenerate",
  "write-pending",
  "verify-pending",
  "promote",
];

/** The one table from steps to stages. CREATE promotes only where a stored credential works while the one in CURRENT is dead. */
export const stagesOf: Readonly<Record<Step | "ROTATION" | "HEAL", readonly StageName[]>> = {
  VERIFY_CONNECTION: ["verify-current", "verify-pending"],
  CREATE_PENDING_VERSION: all,
  UPDATE_TARGET_SYSTEM: ["verify-current", "verify-pending"],
  PROMOTE_PENDING_VERSION: ["verify-current", "verify-pending", "promote"],
  ROTATION: all,
  HEAL: all,
};

/** One look at Vault, and the decision that follows from it and from what was asked since. */
export interface Look {
  readonly observation: Observation | null;
  readonly currentNo: number | null;
  decide(): Action;
}

/** Looks. `previous` is the last look of the same call. */
export type Plan = (invocation: Invocation, memory: Memory, previous: Observation | null) => Promise<Look>;

function planWithList(goal: View["goal"], withState: boolean, decide: (view: View, seen: Observation | null) => Action): Plan {
  return async (invocation, memory, previous) => {
    const observation = await observe(invocation, memory, withState, previous);
    return {
      observation,
      currentNo: observation?.current.versionNo ?? null,
      decide: () => decide(viewOf(invocation, memory, goal, observation), observation),
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
    };
  };
}

/** How a task looks at Vault, and by which table it decides. */
export function planOf(task: Task): Plan {
  switch (task.name) {
    case "VERIFY_CONNECTION":
      return planWithList("create", false, decideVerify);
    case "CREATE_PENDING_VERSION":
      return planWithList("create", true, decideRotation);
    case "ROTATION":
      return planWithList("rotation", true, decideRotation);
    case "HEAL":
      return planWithList("heal", true, decideRotation);
    case "UPDATE_TARGET_SYSTEM":
      return planWithList("create", false, (view, seen) =>
        decideUpdate({ ...view, mayBePromoted: mayBePromoted(seen, task.versionNo) }),
      );
    case "PROMOTE_PENDING_VERSION":
      return planPromote(task.versionNo);
  }
}
