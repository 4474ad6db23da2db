import type { ErrorCode } from "../errors.ts";
import type { Verdict } from "../issuers/issuer.ts";
import type { VersionStage } from "../vault/store.ts";

/** A value and what the issuer says of it. A refusal within the landing bound after it was stored counts as unknown. */
export interface Judged {
  readonly versionNo: number;
  readonly verdict: Verdict | "not-asked";
}

/** What the table sees. Built by observe.ts from what Vault and the issuer say now. */
export interface View {
  /** `create` ends with a PENDING version that works, `rotation` with it promoted. */
  readonly goal: "create" | "rotation";
  readonly isUpdating: boolean;
  readonly isPaused: boolean;
  /** A value made by this call that no version holds yet; `isOvertaken`: someone else wrote a version since. */
  readonly hand: { readonly verdict: Verdict | "not-asked"; readonly isOvertaken: boolean } | null;
  /** The newest PENDING credential above CURRENT's number; `isOwn`: minted and stored by this call, both answered 200. */
  readonly pending: (Judged & { readonly isOwn: boolean }) | null;
  /** `isFirstSeen`: its value is the one at this call's first look. */
  readonly current: Judged & { readonly isFirstSeen: boolean };
  /** `settled`: every mint that this call sent has landed or never will. */
  readonly mint: { readonly left: number; readonly isSettled: boolean; readonly hasPassedLanding: boolean };
  /** What reading the client secret at the issuer can still bring. */
  readonly readBack: "possible" | "not-possible";
  /** A token got in this call that the issuer has not refused. */
  readonly hasToken: boolean;
  /** Nothing speaks against a mint, as checked in this observation. */
  readonly isPrepared: boolean;
}

/** The next thing to do; each runs one stage, or none. */
export type Action =
  | { readonly kind: "wait"; readonly until: "active" | "verdict" | "landed" }
  | { readonly kind: "log-in"; readonly versionNo: number; readonly stage: "verify-current" | "verify-pending" }
  | { readonly kind: "log-in-hand" }
  | { readonly kind: "prepare" }
  | { readonly kind: "mint" }
  | { readonly kind: "read-back" }
  | { readonly kind: "store" }
  | { readonly kind: "drop" }
  | { readonly kind: "promote"; readonly versionNo: number }
  | { readonly kind: "done"; readonly code: "OK" | "ALREADY_ROTATED"; readonly versionNo: number | null }
  | { readonly kind: "fail"; readonly code: ErrorCode; readonly what: string; readonly nextAction?: string };

const waitForVerdict: Action = { kind: "wait", until: "verdict" };

function decideHand(hand: NonNullable<View["hand"]>): Action {
  if (!hand.isOvertaken) return { kind: "store" };
  if (hand.verdict === "not-asked") return { kind: "log-in-hand" };
  return hand.verdict === "rejected" ? { kind: "drop" } : { kind: "store" };
}

function decideMint(view: View): Action {
  if (view.mint.left === 0) {
    return { kind: "fail", code: "VERDICT_UNKNOWN", what: "regenerating was tried as often as one call may" };
  }
  if (view.isPaused) {
    return { kind: "fail", code: "PAUSED", what: "a new client secret would be made now, and OROT_PAUSED is on" };
  }
  return view.isPrepared ? { kind: "mint" } : { kind: "prepare" };
}

function decideWithCurrentRejected(view: View): Action {
  if (view.readBack === "possible" && view.hasToken) return { kind: "read-back" };
  if (view.hasToken && view.mint.left > 0) return decideMint(view);
  return { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" };
}

/**
 * The next action for CREATE_PENDING_VERSION and for a whole rotation; the first rule that fits wins. Pure: verdicts are asked for only
 * where a rule needs them, by answering `log-in`, and the runner comes back with the verdict in the view.
 */
export function decideRotation(view: View): Action {
  if (view.isUpdating) return { kind: "wait", until: "active" };
  if (view.hand !== null) return decideHand(view.hand);
  const { pending, current } = view;
  if (pending !== null) {
    if (view.goal === "create" && pending.isOwn) return { kind: "done", code: "OK", versionNo: pending.versionNo };
    if (pending.verdict === "not-asked")
      return { kind: "log-in", versionNo: pending.versionNo, stage: "verify-pending" };
    if (pending.verdict === "unknown") return waitForVerdict;
    if (pending.verdict === "accepted") {
      return view.goal === "create"
        ? { kind: "done", code: "OK", versionNo: pending.versionNo }
        : { kind: "promote", versionNo: pending.versionNo };
    }
  }
  if (current.verdict === "not-asked") return { kind: "log-in", versionNo: current.versionNo, stage: "verify-current" };
  if (current.verdict === "unknown") return waitForVerdict;
  if (current.verdict === "rejected") return decideWithCurrentRejected(view);
  if (!view.mint.isSettled && !view.mint.hasPassedLanding) return { kind: "wait", until: "landed" };
  if (!current.isFirstSeen) return { kind: "done", code: "ALREADY_ROTATED", versionNo: current.versionNo };
  return decideMint(view);
}

/** VERIFY_CONNECTION: the number of the version that works, PENDING before CURRENT; null where the issuer refuses both. Writes nothing. */
export function decideVerify(view: Pick<View, "isUpdating" | "pending" | "current">): Action {
  const { pending, current } = view;
  if (view.isUpdating) return { kind: "wait", until: "active" };
  if (pending?.verdict === "not-asked")
    return { kind: "log-in", versionNo: pending.versionNo, stage: "verify-pending" };
  if (pending?.verdict === "accepted") return { kind: "done", code: "OK", versionNo: pending.versionNo };
  if (current.verdict === "not-asked") return { kind: "log-in", versionNo: current.versionNo, stage: "verify-current" };
  if (current.verdict === "accepted") return { kind: "done", code: "OK", versionNo: current.versionNo };
  if (current.verdict === "unknown" || pending?.verdict === "unknown") return waitForVerdict;
  return { kind: "done", code: "OK", versionNo: null };
}

/** UPDATE_TARGET_SYSTEM: the number of the PENDING version, which has just logged in. The issuer was changed in the step before. */
export function decideUpdate(
  view: Pick<View, "isUpdating" | "pending" | "current"> & {
    /** CURRENT is ours and fresh, so this rotation may have been promoted already. */
    readonly mayBePromoted: boolean;
  },
): Action {
  const { pending, current } = view;
  if (view.isUpdating) return { kind: "wait", until: "active" };
  if (pending !== null) {
    if (pending.verdict === "not-asked")
      return { kind: "log-in", versionNo: pending.versionNo, stage: "verify-pending" };
    if (pending.verdict === "unknown") return waitForVerdict;
    if (pending.verdict === "accepted") return { kind: "done", code: "OK", versionNo: pending.versionNo };
    return {
      kind: "fail",
      code: "PENDING_REJECTED",
      what: `the issuer refuses the client secret of PENDING version ${pending.versionNo}`,
    };
  }
  const nothing: Action = {
    kind: "fail",
    code: "NOTHING_PENDING",
    what: "no PENDING version of the secret holds a credential",
  };
  if (!view.mayBePromoted) return nothing;
  if (current.verdict === "not-asked") return { kind: "log-in", versionNo: current.versionNo, stage: "verify-current" };
  if (current.verdict === "unknown") return waitForVerdict;
  return current.verdict === "accepted"
    ? { kind: "done", code: "ALREADY_ROTATED", versionNo: current.versionNo }
    : nothing;
}

/** What PROMOTE_PENDING_VERSION sees: the version that it was asked to promote; null where there is none of that number. */
export interface PromoteView {
  readonly isUpdating: boolean;
  readonly versionNo: number;
  readonly target:
    | (Judged & { readonly versionStages: readonly VersionStage[]; readonly isCredential: boolean })
    | null;
}

/** PROMOTE_PENDING_VERSION: promotes a PENDING credential that has just logged in; repeated, it finds the version CURRENT and is done. */
export function decidePromote(view: PromoteView): Action {
  const { target, versionNo } = view;
  const isCurrent = target?.versionStages.includes("CURRENT") ?? false;
  if (target === null || !target.isCredential || !(isCurrent || target.versionStages.includes("PENDING"))) {
    return {
      kind: "fail",
      code: "VERSION_NOT_PROMOTABLE",
      what: `version ${versionNo} is neither a PENDING credential nor CURRENT`,
    };
  }
  if (view.isUpdating && !isCurrent) return { kind: "wait", until: "active" };
  if (target.verdict === "not-asked") {
    return { kind: "log-in", versionNo, stage: isCurrent ? "verify-current" : "verify-pending" };
  }
  if (target.verdict === "unknown") return waitForVerdict;
  if (target.verdict === "rejected") {
    return {
      kind: "fail",
      code: "PENDING_REJECTED",
      what: `the issuer refuses the client secret of version ${versionNo}`,
    };
  }
  return isCurrent ? { kind: "done", code: "OK", versionNo } : { kind: "promote", versionNo };
}
