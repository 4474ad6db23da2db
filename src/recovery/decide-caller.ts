import type { Action, Judged } from "./decide.ts";

/** What the table for values of our own choosing sees: there the value is stored first, so it cannot be lost. */
export interface CallerView {
  readonly goal: "create" | "rotation" | "heal";
  readonly isUpdating: boolean;
  readonly isPaused: boolean;
  /** The newest PENDING credential above CURRENT's number: it is its own claim. */
  readonly pending:
    | (Judged & {
        /** Generated and stored by this call, whose time as its writer still runs. */
        readonly isOwn: boolean;
        /** Someone else's, and its writer may still install it. */
        readonly isLive: boolean;
        /** The issuer's policy refused the value. */
        readonly isRefused: boolean;
        /** This call sent it to the issuer and has not heard; too early to send it again. */
        readonly isInstalling: boolean;
        /** This call has not sent it yet, and so knows that it cannot log in. */
        readonly isUntried: boolean;
      })
    | null;
  readonly current: Judged & {
    readonly isFirstSeen: boolean /** Refused ever since the landing bound. */;
    readonly isSurelyDead: boolean;
  };
  readonly others: readonly (Judged & { readonly isPromotable: boolean })[] | null;
  /** A second authority may install while CURRENT is dead. */
  readonly hasAuthority: boolean;
  readonly left: { readonly installs: number; readonly values: number };
  readonly isPrepared: boolean;
}

const waitForVerdict: Action = { kind: "wait", until: "verdict" };
const claimLive: Action = { kind: "fail", code: "CLAIM_LIVE", what: "another run is installing the PENDING version" };

function paused(what: string): Action {
  return { kind: "fail", code: "PAUSED", what: `${what} now, and OROT_PAUSED is on` };
}

/** Rows c7 and c8a: another value, stored before anything else happens to it. */
function decideGenerate(view: CallerView): Action {
  if (view.isPaused) return paused("a new client secret would be made");
  if (view.left.values === 0) {
    return { kind: "fail", code: "POLICY_REFUSED", what: "the issuer's policy refused every value that was tried" };
  }
  return view.isPrepared ? { kind: "generate" } : { kind: "prepare" };
}

/** Rows c2 to c4: PENDING does not log in. */
function decidePending(view: CallerView, pending: NonNullable<CallerView["pending"]>): Action | null {
  if (pending.isLive) return view.goal === "heal" ? claimLive : { kind: "wait", until: "claim" };
  if (pending.isInstalling) return waitForVerdict;
  const { current } = view;
  if (current.verdict === "not-asked") return { kind: "log-in", versionNo: current.versionNo, stage: "verify-current" };
  if (current.verdict === "unknown") return waitForVerdict;
  if (pending.isRefused) {
    if (view.goal !== "heal") return null;
    return {
      kind: "fail",
      code: "POLICY_REFUSED",
      what: `the issuer's policy refuses the value of version ${pending.versionNo}`,
    };
  }
  const isPossible = current.verdict === "accepted" || view.hasAuthority;
  if (!isPossible) return null;
  if (view.isPaused) return paused("a stored value would be installed");
  if (view.left.installs === 0) {
    return {
      kind: "fail",
      code: "ISSUER_CONFIGURATION",
      what: "the issuer took the chosen value and still refuses it",
      nextAction: "set OROT_OCI_IAM_VALUE to issuer: this domain does not let the caller choose",
    };
  }
  return { kind: "install", versionNo: pending.versionNo };
}

/** Rows c8 to c9: CURRENT is dead, and nothing pending can be installed. */
function decideWayBack(view: CallerView): Action {
  if (!view.current.isSurelyDead) return waitForVerdict;
  if (view.others === null) return { kind: "read-others" };
  for (const { versionNo, verdict, isPromotable } of view.others) {
    if (verdict === "not-asked") return { kind: "log-in", versionNo, stage: "verify-pending" };
    if (verdict === "unknown") return waitForVerdict;
    if (verdict === "accepted" && isPromotable) return { kind: "promote", versionNo };
  }
  if (view.pending === null && view.hasAuthority) return decideGenerate(view);
  return { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" };
}

/**
 * The decide table where we choose the value: generate, store as PENDING, install, verify, promote. The first rule that fits wins. Pure, as
 * `decideRotation`.
 */
export function decideCallerChosen(view: CallerView): Action {
  const { pending, current, goal } = view;
  if (view.isUpdating) return { kind: "wait", until: "active" };
  if (pending !== null) {
    const { versionNo, verdict } = pending;
    if (verdict === "not-asked" && !pending.isUntried) return { kind: "log-in", versionNo, stage: "verify-pending" };
    if (verdict === "unknown") return waitForVerdict;
    if (verdict === "accepted") {
      return goal === "create" ? { kind: "done", code: "OK", versionNo } : { kind: "promote", versionNo };
    }
    const action = decidePending(view, pending);
    if (action !== null) return action;
  }
  if (current.verdict === "not-asked") return { kind: "log-in", versionNo: current.versionNo, stage: "verify-current" };
  if (current.verdict === "unknown") return waitForVerdict;
  if (current.verdict === "rejected") return decideWayBack(view);
  if (goal === "heal") return { kind: "done", code: "NOTHING_TO_DO", versionNo: current.versionNo };
  if (!current.isFirstSeen) return { kind: "done", code: "ALREADY_ROTATED", versionNo: current.versionNo };
  return decideGenerate(view);
}
