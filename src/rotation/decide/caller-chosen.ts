import type { CallerView } from "./caller-view.ts";
import {
  type Action,
  fail,
  finishWith,
  firstFitting,
  logInWith,
  numberOf,
  type Rule,
  waitForVerdict,
} from "./decide.ts";
import { installing, installRules } from "./install.ts";
import { overlapRules } from "./overlap.ts";

const isDead = ({ current }: CallerView) => current.verdict === "rejected";

function nextOther({ others }: CallerView) {
  return others?.find(({ verdict, isPromotable }) => verdict !== "rejected" && isPromotable);
}

/** The decide table where we choose the value: generate, store as PENDING, install, verify, promote. */
export const callerChosenRules: readonly Rule<CallerView>[] = [
  {
    row: "c0",
    state: "the secret is UPDATING",
    action: "wait, look again",
    when: ({ isUpdating }) => isUpdating,
    decide: () => ({ kind: "wait", until: "active" }),
  },
  {
    row: "c7",
    state: "a retirement, and something is pending",
    action: "409 RETIRE_NOT_SAFE",
    when: ({ goal, pending }) =>
      goal === "retire" && pending !== null && (pending.isProven || pending.verdict === "accepted"),
    decide: ({ pending }) => fail("RETIRE_NOT_SAFE", `version ${numberOf(pending)} is pending`, "run heal first"),
  },
  {
    row: "c7",
    state: "old and new value may both work: a rotation of a compromised value, not noted yet",
    action: "note that no stored value has a grace, look again",
    when: ({ isUnnoted }) => isUnnoted,
    decide: () => ({ kind: "note-no-grace" }),
  },
  {
    row: "c1",
    state: "a PENDING credential, its verdict not asked",
    action: "log in with it",
    when: ({ pending }) => pending?.verdict === "not-asked" && !pending.isUntried,
    decide: ({ pending }) => logInWith(numberOf(pending), "verify-pending"),
  },
  {
    row: "c0",
    state: "PENDING unknown, not made by the rotator, CURRENT's verdict not asked",
    action: "log in with CURRENT: where that works, nothing waits for such a value",
    when: ({ pending, current }) =>
      pending?.verdict === "unknown" && !pending.isProven && current.verdict === "not-asked",
    decide: ({ current }) => logInWith(current.versionNo, "verify-current"),
  },
  {
    row: "c0",
    state: "PENDING unknown",
    action: "wait, look again; a heal while its writer may still install it: 503",
    when: ({ pending }) => pending?.verdict === "unknown",
    decide: ({ goal, pending }) => (goal === "heal" && pending?.isLive ? installing : waitForVerdict),
  },
  {
    row: "c1",
    state: "PENDING accepted",
    action: "CREATE: done with its number; else promote it",
    when: ({ pending }) => pending?.verdict === "accepted",
    decide: ({ goal, pending }) => finishWith(goal, numberOf(pending)),
  },
  {
    row: "c2",
    state: "PENDING rejected, another's, and its writer may still install it",
    action: "wait, look again; a heal: 503",
    when: ({ pending }) => pending?.isLive ?? false,
    decide: ({ goal }) => (goal === "heal" ? installing : { kind: "wait", until: "claim" }),
  },
  {
    row: "c3",
    state: "PENDING rejected within L of being installed by this call",
    action: "wait, look again",
    when: ({ pending }) => pending?.isInstalling ?? false,
    decide: () => waitForVerdict,
  },
  {
    row: "c0",
    state: "CURRENT's verdict not asked",
    action: "log in with it",
    when: ({ current }) => current.verdict === "not-asked",
    decide: ({ current }) => logInWith(current.versionNo, "verify-current"),
  },
  {
    row: "c0",
    state: "CURRENT unknown",
    action: "wait, look again",
    when: ({ current }) => current.verdict === "unknown",
    decide: () => waitForVerdict,
  },
  {
    row: "c4",
    state: "PENDING refused by policy, a heal",
    action: "400 POLICY_REFUSED",
    when: ({ pending, goal }) => (pending?.isRefused ?? false) && goal === "heal",
    decide: ({ pending }) =>
      fail("POLICY_REFUSED", `the issuer's policy refuses the value of version ${numberOf(pending)}`),
  },
  ...overlapRules,
  ...installRules,
  {
    row: "c5",
    state: "CURRENT accepted, a heal",
    action: "done",
    when: ({ current, goal }) => current.verdict === "accepted" && goal === "heal",
    decide: ({ current }) => ({ kind: "done", code: "NOTHING_TO_DO", versionNo: current.versionNo }),
  },
  {
    row: "c6",
    state: "CURRENT accepted, its value not the one first seen",
    action: "done: already rotated",
    when: ({ current }) => current.verdict === "accepted" && !current.isFirstSeen,
    decide: ({ current }) => ({ kind: "done", code: "ALREADY_ROTATED", versionNo: current.versionNo }),
  },
  {
    row: "c9",
    state: "a retirement, and CURRENT is rejected",
    action: "409 RETIRE_NOT_SAFE",
    when: (view) => isDead(view) && view.goal === "retire",
    decide: () => fail("RETIRE_NOT_SAFE", "the issuer refuses CURRENT", "run heal first"),
  },
  {
    row: "c8",
    state: "CURRENT rejected for less than L",
    action: "wait, look again",
    when: (view) => isDead(view) && !view.current.isSurelyDead,
    decide: () => waitForVerdict,
  },
  {
    row: "c8",
    state: "CURRENT dead, the other versions not read",
    action: "read them, and look up second authorities",
    when: (view) => isDead(view) && view.others === null,
    decide: () => ({ kind: "read-others" }),
  },
  {
    row: "c8",
    state: "CURRENT dead, another stored credential not asked",
    action: "log in with it, the newest first",
    when: (view) => isDead(view) && nextOther(view)?.verdict === "not-asked",
    decide: (view) => logInWith(numberOf(nextOther(view)), "verify-pending"),
  },
  {
    row: "c0",
    state: "CURRENT dead, another stored credential unknown",
    action: "wait, look again",
    when: (view) => isDead(view) && nextOther(view)?.verdict === "unknown",
    decide: () => waitForVerdict,
  },
  {
    row: "c8",
    state: "CURRENT dead, another stored credential accepted",
    action: "promote it",
    when: (view) => isDead(view) && nextOther(view) !== undefined,
    decide: (view) => ({ kind: "promote", versionNo: numberOf(nextOther(view)) }),
  },
  {
    row: "c9",
    state: "CURRENT dead, and no second authority, or what this call made cannot be installed",
    action: "400 LOCKED_OUT",
    when: (view) => isDead(view) && (view.pending?.isMade === true || !view.hasAuthority),
    decide: () => fail("LOCKED_OUT", "the issuer refuses CURRENT and no way back exists"),
  },
  {
    row: "c7",
    state: "two-slot: a new value is next, another run holds the lease",
    action: "wait, look again",
    when: ({ isTwoSlot, lease }) => isTwoSlot && lease === "others",
    decide: () => ({ kind: "wait", until: "claim" }),
  },
  {
    row: "c7",
    state: "a new value is next, and OROT_PAUSED is on",
    action: "409 PAUSED",
    when: ({ isPaused }) => isPaused,
    decide: () => fail("PAUSED", "a new client secret would be made now, and OROT_PAUSED is on"),
  },
  {
    row: "c4",
    state: "this call has made as many values as it may",
    action: "400 POLICY_REFUSED",
    when: ({ left }) => left.values === 0,
    decide: () => fail("POLICY_REFUSED", "the issuer's policy refused every value that was tried"),
  },
  {
    row: "c7, c8a",
    state: "otherwise",
    action: "preflight, then generate a value and store it, look again",
    when: () => true,
    decide: ({ isPrepared }) => (isPrepared ? { kind: "generate" } : { kind: "prepare" }),
  },
];

/** The next action where we choose the value: CREATE_PENDING_VERSION, a whole rotation, a heal. Pure. */
export function decideCallerChosen(view: CallerView): Action {
  return firstFitting(callerChosenRules, view);
}
