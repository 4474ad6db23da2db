import { type ErrorCode, RotationError } from "../../base/errors.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import type { Unproven, Writes } from "../observe/second-pending.ts";

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
  /** A value that no version holds yet. `isYoung`: received within the landing bound, so that a refusal would say nothing. */
  readonly hand: { readonly verdict: Verdict | "not-asked"; readonly isYoung: boolean } | null;
  /** `current`: Vault takes no second PENDING version, so writes must go to CURRENT. `either`: it seems so. */
  readonly writes: Writes;
  /** No time is left to wait for a value in hand to log in. */
  readonly isLastMoment: boolean;
  /** The newest PENDING credential above CURRENT's number; `isOwn`: minted and stored by this call, both answered 200. */
  readonly pending: (Judged & { readonly isOwn: boolean }) | null;
  readonly current: Judged & {
    /** Its value is the one at this call's first look. */
    readonly isFirstSeen: boolean;
    readonly isClaim: boolean;
    /** Refused in an earlier look of this call too: one refusal alone may be a slip of the issuer. */
    readonly isSurelyDead: boolean;
    /** The newest credential that holds the same value and may be promoted; null: none. */
    readonly twinNo: number | null;
  };
  readonly claim: {
    /** Someone else's newest claim still belongs to its writer. */
    readonly isLive: boolean;
    /** The newest version with a mark of ours that this edition does not know; null: none. */
    readonly unknownMarkNo: number | null;
    /** This call's claim is the highest version; `isFresh`: and within its time. */
    readonly isMine: boolean;
    readonly isFresh: boolean;
    /** What it does not show yet of the write by which a new value will be stored. */
    readonly unproven: Unproven;
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
  /** Nothing speaks against a claim and a mint, as checked in this observation. */
  readonly isPrepared: boolean;
}

export type WaitReason = "active" | "verdict" | "landed" | "claim";

/** The next thing to do; each runs one stage, or none. */
export type Action =
  | { readonly kind: "wait"; readonly until: WaitReason }
  | { readonly kind: "log-in-current"; readonly versionNo: number }
  | { readonly kind: "log-in-pending"; readonly versionNo: number }
  | { readonly kind: "log-in-hand" }
  | { readonly kind: "prepare" }
  | { readonly kind: "claim" }
  | { readonly kind: "try-pending" }
  | { readonly kind: "note-pending" }
  | { readonly kind: "mint" }
  | { readonly kind: "generate" }
  | { readonly kind: "install"; readonly versionNo: number }
  | { readonly kind: "note-current" }
  | { readonly kind: "note-no-grace" }
  | { readonly kind: "take-lease" }
  | { readonly kind: "retire"; readonly versionNo: number }
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

/** One row of a decide table. `state` and `action` are its words in the documentation, which is printed from here. */
export interface Rule<V> {
  readonly row: string;
  readonly state: string;
  readonly action: string;
  when(view: V): boolean;
  decide(view: V): Action;
}

/**
 * The first rule that fits wins.
 * @throws RotationError INTERNAL for a state that no rule covers: the tables end with one that always fits, so this is a defect
 */
export function fitting<V>(rules: readonly Rule<V>[], view: V): Rule<V> {
  const rule = rules.find((candidate) => candidate.when(view));
  if (rule === undefined) throw new RotationError("INTERNAL", "no rule of the decide table fits");
  return rule;
}

/** What that rule decides. @throws RotationError as `fitting` does */
export function firstFitting<V>(rules: readonly Rule<V>[], view: V): Action {
  return fitting(rules, view).decide(view);
}

export const waitForVerdict: Action = { kind: "wait", until: "verdict" };

export function logInWith(versionNo: number, stage: "verify-current" | "verify-pending"): Action {
  return { kind: stage === "verify-current" ? "log-in-current" : "log-in-pending", versionNo };
}

/**
 * The number of a version that the row's `when` has found.
 * @throws RotationError INTERNAL where there is none: a row that acts on what it has not seen is a defect
 */
export function numberOf(judged: Judged | null | undefined): number {
  if (judged) return judged.versionNo;
  throw new RotationError("INTERNAL", "a rule of the decide table acts on a version that is not there");
}

export function fail(code: ErrorCode, what: string, nextAction?: string): Action {
  return { kind: "fail", code, what, ...(nextAction === undefined ? {} : { nextAction }) };
}

/** Someone else is at work, or a later edition of this product has been. */
export function claimLive(unknownMarkNo: number | null): Action {
  return unknownMarkNo === null
    ? fail("CLAIM_LIVE", "another run holds the claim on this secret")
    : fail("CLAIM_LIVE", `version ${unknownMarkNo} carries a mark that this edition does not know`);
}

/** PENDING works: a step has done its part, everyone else makes it CURRENT. */
export function finishWith(goal: View["goal"] | "retire", versionNo: number): Action {
  return goal === "create" ? { kind: "done", code: "OK", versionNo } : { kind: "promote", versionNo };
}
