import type { ErrorCode } from "../errors.ts";
import type { Verdict } from "../issuers/issuer.ts";
import type { VersionStage } from "../vault/store.ts";

/** A value and what the issuer says of it. A refusal within the landing bound after it was stored counts as unknown. */
export interface Judged {
  readonly versionNo: number;
  readonly verdict: Verdict | "not-asked";
}

/** What the table sees. Built by view.ts from what Vault and the issuer say now. */
export interface View {
  /** `create` ends with a PENDING version that works, `rotation` with it promoted, `heal` with CURRENT good. */
  readonly goal: "create" | "rotation" | "heal";
  readonly isUpdating: boolean;
  readonly isPaused: boolean;
  /** A value that no version holds yet. */
  readonly hand: { readonly verdict: Verdict | "not-asked" } | null;
  /** `current`: Vault takes no second PENDING version, so writes must go to CURRENT. */
  readonly writes: "pending" | "current";
  /** No time is left to wait for a value in hand to log in. */
  readonly isLastMoment: boolean;
  /** The newest PENDING credential above CURRENT's number; `isOwn`: minted and stored by this call, both answered 200. */
  readonly pending: (Judged & { readonly isOwn: boolean }) | null;
  readonly current: Judged & {
    /** Its value is the one at this call's first look. */
    readonly isFirstSeen: boolean;
    readonly isClaim: boolean;
    /** The newest credential that holds the same value and may be promoted; null: none. */
    readonly twinNo: number | null;
  };
  readonly claim: {
    /** Someone else's newest claim still belongs to its writer. */
    readonly isLive: boolean;
    /** This call's claim is the highest version; `isFresh`: and within its time. */
    readonly isMine: boolean;
    readonly isFresh: boolean;
  };
  readonly mint: {
    readonly left: number;
    /** Every mint that this call sent has landed or never will. */
    readonly isSettled: boolean;
  };
  /** Every other stored credential, the newest first, each value once; null: not read yet. */
  readonly others: readonly (Judged & { readonly isPromotable: boolean })[] | null;
  /** Reading the client secret at the issuer may still bring something. */
  readonly mayReadBack: boolean;
  /** A token in a claim, this call's own, or a second authority can still regenerate while CURRENT is dead. */
  readonly hasAuthority: boolean;
  /** Room for another claim. */
  readonly hasRoom: boolean;
  /** Nothing speaks against a claim and a mint, as checked in this observation. */
  readonly isPrepared: boolean;
}

export type WaitReason = "active" | "verdict" | "landed" | "claim";

/** The next thing to do; each runs one stage, or none. */
export type Action =
  | { readonly kind: "wait"; readonly until: WaitReason }
  | { readonly kind: "log-in"; readonly versionNo: number; readonly stage: "verify-current" | "verify-pending" }
  | { readonly kind: "log-in-hand" }
  | { readonly kind: "prepare" }
  | { readonly kind: "claim" }
  | { readonly kind: "mint" }
  | { readonly kind: "generate" }
  | { readonly kind: "install"; readonly versionNo: number }
  | { readonly kind: "read-others" }
  | { readonly kind: "read-back" }
  | { readonly kind: "take"; readonly versionNo: number }
  | { readonly kind: "store"; readonly versionStage: "PENDING" | "CURRENT" }
  | { readonly kind: "drop" }
  | { readonly kind: "promote"; readonly versionNo: number }
  | {
      readonly kind: "done";
      readonly code: "OK" | "ALREADY_ROTATED" | "NOTHING_TO_DO";
      readonly versionNo: number | null;
    }
  | { readonly kind: "fail"; readonly code: ErrorCode; readonly what: string; readonly nextAction?: string };

const waitForVerdict: Action = { kind: "wait", until: "verdict" };
const claimLive: Action = { kind: "fail", code: "CLAIM_LIVE", what: "another run holds the claim on this secret" };

/** A heal that meets another run at work leaves it alone at once; everyone else waits for the verdict. */
function awaitVerdict(view: View): Action {
  return view.goal === "heal" && view.claim.isLive ? claimLive : waitForVerdict;
}

/** Rows 1 and 2: a value in hand is stored, at nearly any price. */
function decideHand(view: View, hand: NonNullable<View["hand"]>): Action {
  const needsLogin = !view.claim.isMine || view.writes === "current";
  if (needsLogin && hand.verdict === "not-asked") return { kind: "log-in-hand" };
  if (!view.claim.isMine && hand.verdict === "rejected") return { kind: "drop" };
  if (view.writes === "pending") return { kind: "store", versionStage: "PENDING" };
  // Applications read CURRENT: what goes there directly must log in first, unless CURRENT is dead anyway and time runs out.
  if (hand.verdict === "accepted" || view.isLastMoment) return { kind: "store", versionStage: "CURRENT" };
  return waitForVerdict;
}

/** Rows 9, 10 and 13: claim, then mint; both checked before anything changes. */
function decideMint(view: View): Action {
  if (view.mint.left === 0) {
    return { kind: "fail", code: "VERDICT_UNKNOWN", what: "regenerating was tried as often as one call may" };
  }
  if (view.isPaused) {
    return { kind: "fail", code: "PAUSED", what: "a new client secret would be made now, and OROT_PAUSED is on" };
  }
  if (view.claim.isMine && view.claim.isFresh) return { kind: "mint" };
  return view.isPrepared ? { kind: "claim" } : { kind: "prepare" };
}

/** Rows 11 to 15: CURRENT is dead. */
function decideWayBack(view: View): Action {
  if (view.others === null) return { kind: "read-others" };
  for (const { versionNo, verdict, isPromotable } of view.others) {
    if (verdict === "not-asked") return { kind: "log-in", versionNo, stage: "verify-pending" };
    if (verdict === "unknown") return awaitVerdict(view);
    if (verdict === "accepted") return isPromotable ? { kind: "promote", versionNo } : { kind: "take", versionNo };
  }
  if (view.mayReadBack) return { kind: "read-back" };
  if (!view.hasAuthority) {
    return { kind: "fail", code: "LOCKED_OUT", what: "the issuer refuses CURRENT and no way back exists" };
  }
  const needsClaim = !(view.claim.isMine && view.claim.isFresh);
  if (needsClaim && !view.hasRoom) {
    return { kind: "fail", code: "NO_VERSION_SLOTS", what: "too few version slots are free to finish the rotation" };
  }
  return decideMint(view);
}

/**
 * The decide table: the next action for CREATE_PENDING_VERSION, a whole rotation and a heal, where the issuer chooses the value. The first
 * rule that fits wins. Pure: verdicts are asked for only where a rule needs them, by answering `log-in`, and the runner comes back with the
 * verdict in the view.
 */
export function decideRotation(view: View): Action {
  const { pending, current, claim, mint, goal } = view;
  if (view.isUpdating) return { kind: "wait", until: "active" };
  if (view.hand !== null) return decideHand(view, view.hand);
  if (pending !== null) {
    const { versionNo, verdict } = pending;
    if (goal === "create" && pending.isOwn) return { kind: "done", code: "OK", versionNo };
    if (verdict === "not-asked") return { kind: "log-in", versionNo, stage: "verify-pending" };
    if (verdict === "unknown") return awaitVerdict(view);
    if (verdict === "accepted") {
      return goal === "create" ? { kind: "done", code: "OK", versionNo } : { kind: "promote", versionNo };
    }
  }
  const { versionNo } = current;
  if (current.verdict === "not-asked") return { kind: "log-in", versionNo, stage: "verify-current" };
  if (current.verdict === "unknown") return awaitVerdict(view);
  const isAccepted = current.verdict === "accepted";
  if (isAccepted && mint.isSettled) {
    if (current.isClaim && !claim.isLive && !claim.isMine && current.twinNo !== null) {
      return { kind: "promote", versionNo: current.twinNo };
    }
    if (goal === "heal") return { kind: "done", code: "NOTHING_TO_DO", versionNo };
    if (!current.isFirstSeen) return { kind: "done", code: "ALREADY_ROTATED", versionNo };
  }
  if (claim.isLive) return goal === "heal" ? claimLive : { kind: "wait", until: "claim" };
  if (!mint.isSettled) return { kind: "wait", until: "landed" };
  return isAccepted ? decideMint(view) : decideWayBack(view);
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
  if (!view.mayBePromoted || current.isClaim) return nothing;
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
