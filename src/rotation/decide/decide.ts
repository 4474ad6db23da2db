import type { ErrorCode } from "../../base/errors.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";

/** A value and the issuer's verdict on it. A refusal within the landing bound after it was stored counts as unknown. */
export interface Candidate {
  readonly versionNo: number;
  readonly verdict: Verdict | "not-asked";
}

export type WaitReason = "active" | "verdict" | "landed" | "claim";

/** The next thing to do. Each decision runs one stage, or none. */
export type Decision =
  | { readonly kind: "wait"; readonly until: WaitReason }
  | { readonly kind: "log-in-current"; readonly versionNo: number }
  | { readonly kind: "log-in-pending"; readonly versionNo: number }
  | { readonly kind: "log-in-unsaved" }
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
  | { readonly kind: "keep-alone"; readonly versionNo: number }
  | { readonly kind: "read-others" }
  | { readonly kind: "read-back" }
  | { readonly kind: "copy"; readonly versionNo: number }
  | { readonly kind: "store"; readonly versionStage: "PENDING" | "CURRENT" }
  | { readonly kind: "drop" }
  | { readonly kind: "promote"; readonly versionNo: number }
  | {
      readonly kind: "done";
      readonly code: "OK" | "ALREADY_ROTATED" | "NOTHING_TO_DO";
      readonly versionNo: number | null;
    }
  | { readonly kind: "fail"; readonly code: ErrorCode; readonly what: string; readonly nextAction?: string };

export const waitForVerdict: Decision = { kind: "wait", until: "verdict" };

export function logInWith(versionNo: number, stage: "verify-current" | "verify-pending"): Decision {
  return { kind: stage === "verify-current" ? "log-in-current" : "log-in-pending", versionNo };
}

export function fail(code: ErrorCode, what: string, nextAction?: string): Decision {
  return { kind: "fail", code, what, ...(nextAction === undefined ? {} : { nextAction }) };
}
