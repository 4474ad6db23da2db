import { type Decision, fail, type WaitReason } from "./decide/decide.ts";
import { decide, decidingRule } from "./decide/index.ts";
import type { State } from "./decide/state.ts";
import { decideNoOverlap, decidePromote, decideUpdate, decideVerify, type StepState } from "./decide/steps.ts";
import type { DueWish } from "./due/due-wish.ts";
import { whyNotNow } from "./due/why-not-now.ts";
import { observe, type Snapshot } from "./observe/observe.ts";
import { capabilitiesOf } from "./observe/overlap.ts";
import { stateOf } from "./observe/state.ts";
import { stepStateOf } from "./observe/step-state.ts";
import { observeVersion, promoteStateOf } from "./observe/version.ts";
import { endsIn, verdictEndsIn } from "./observe/wait-ends.ts";
import type { Rotation } from "./rotation.ts";

/** What the pipeline is asked to do: one of Vault's steps, the whole rotation, or to finish one that was interrupted. */
export type Task =
  | { readonly name: "VERIFY_CONNECTION" | "CREATE_PENDING_VERSION" | "ROTATION" | "HEAL" | "RETIRE" }
  | { readonly name: "ROTATION"; readonly isCompromised: boolean }
  /** Also the values that no version holds. */
  | { readonly name: "RETIRE"; readonly endsUnstored: true }
  /** Only if the secret is due, as the run's first look shows. */
  | { readonly name: "ROTATION"; readonly due: DueWish }
  | { readonly name: "UPDATE_TARGET_SYSTEM"; readonly versionNo: number | null }
  | { readonly name: "PROMOTE_PENDING_VERSION"; readonly versionNo: number };

export const endsUnstored = (task: Task): boolean => "endsUnstored" in task;

/** One look at Vault, and the decision that follows from it and from what was asked since. */
export interface LookResult {
  readonly snapshot: Snapshot | null;
  readonly currentNo: number | null;
  decide(): Decision;
  /** When the wait will be over, in ms from now; null: not known beforehand. */
  endsIn(until: WaitReason): number | null;
  /**
   * Why `decide` decides so: the row's id and its words. The id is null if the table is not asked. Null: nothing to
   * explain.
   */
  explain(): { readonly id: string | null; readonly state: string } | null;
}

/** Takes a snapshot. `previous` is the last one of the same call. */
export type Observer = (rotation: Rotation, previous: Snapshot | null) => Promise<LookResult>;

/** The rotator decides nothing while OCI is changing the secret. */
const untilActive: LookResult = {
  snapshot: null,
  currentNo: null,
  decide: () => ({ kind: "wait", until: "active" }),
  endsIn: () => null,
  explain: () => ({ id: null, state: "the secret is UPDATING" }),
};

function withList(decideStep: (state: StepState) => Decision, asked: number | null = null): Observer {
  return async (rotation) => {
    const snapshot = await observe(rotation, false, null);
    if (snapshot === null) return untilActive;
    return {
      snapshot,
      currentNo: snapshot.current.versionNo,
      decide: () => decideStep(stepStateOf({ ...rotation, snapshot }, asked)),
      endsIn: (until) => endsIn({ ...rotation, snapshot }, until),
      explain: () => null,
    };
  };
}

function withOneVersion(versionNo: number): Observer {
  return async (rotation) => {
    const seen = await observeVersion(rotation, versionNo);
    return {
      snapshot: null,
      currentNo: seen.currentNo,
      decide: () => decidePromote(promoteStateOf(rotation, seen)),
      endsIn: () => (seen.version === null ? null : verdictEndsIn(rotation, seen.version, seen.version.asOf)),
      explain: () => null,
    };
  };
}

/** CURRENT's content says who chooses the value. Content that cannot be understood ends the run in either case. */
function withTable(goal: State["goal"]): Observer {
  return async (rotation, previous) => {
    const { attempt } = rotation;
    const snapshot = await observe(rotation, true, previous);
    if (snapshot === null) return untilActive;
    const hasNoOverlap = goal === "retire" && capabilitiesOf(attempt.read, snapshot)?.valueChosenBy === "issuer";
    const state = () => stateOf({ ...rotation, snapshot }, goal);
    return {
      snapshot,
      currentNo: snapshot.current.versionNo,
      decide: () => (hasNoOverlap ? decideNoOverlap(snapshot.current.versionNo) : decide(state())),
      endsIn: (until) => endsIn({ ...rotation, snapshot }, until),
      explain: () => (hasNoOverlap ? null : decidingRule(state())),
    };
  };
}

/**
 * Ends the run if another client was stored in CURRENT meanwhile. An unsaved value belongs to the client before and
 * exists nowhere else, so it is stored first.
 */
function unlessClientChanged(observer: Observer): Observer {
  return async (rotation, previous) => {
    const { attempt } = rotation;
    const look = await observer(rotation, previous);
    const end = (): Decision =>
      attempt.unsaved === null
        ? fail("CLIENT_CHANGED", "another client has been stored in CURRENT since this call began")
        : { kind: "store", versionStage: "PENDING" };
    const isChanged = attempt.read.isClientChanged && look.currentNo !== null;
    return isChanged ? { ...look, decide: end, explain: () => null } : look;
  };
}

/**
 * Asks at the first look whether the secret is due. Another run may have rotated it since it was listed. Once begun, a
 * rotation goes on, and replaces no other value than the one that this look found due.
 */
function onlyIfDue(observer: Observer, wish: DueWish): Observer {
  let hasBegun = false;
  return async (rotation, previous) => {
    const look = await observer(rotation, previous);
    const { snapshot } = look;
    if (hasBegun || snapshot === null) return look;
    hasBegun = true;
    const reason = await whyNotNow({ ...rotation, snapshot }, wish);
    return reason === null ? look : { ...look, decide: () => reason, explain: () => null };
  };
}

/** How a task looks at Vault, and the table by which it decides. */
export function observerOf(task: Task): Observer {
  const observer = unlessClientChanged(observerByStep(task));
  return "due" in task ? onlyIfDue(observer, task.due) : observer;
}

function observerByStep(task: Task): Observer {
  switch (task.name) {
    case "VERIFY_CONNECTION":
      return withList(decideVerify);
    case "CREATE_PENDING_VERSION":
      return withTable("create");
    case "ROTATION":
      return withTable("rotation");
    case "HEAL":
      return withTable("heal");
    case "RETIRE":
      return withTable("retire");
    case "UPDATE_TARGET_SYSTEM":
      return withList(decideUpdate, task.versionNo);
    case "PROMOTE_PENDING_VERSION":
      return withOneVersion(task.versionNo);
  }
}
