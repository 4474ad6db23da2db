import type { VersionStage } from "../../clients/vault/store.ts";
import { type Candidate, type Decision, waitForVerdict } from "./decide.ts";

/** A retirement at an issuer that keeps only one value: there is never anything to do. */
export function decideNoOverlap(currentNo: number): Decision {
  return { kind: "done", code: "NOTHING_TO_DO", versionNo: currentNo };
}

/** What a step sees that is not told which version to ask about. */
export interface StepState {
  /** The newest PENDING credential above CURRENT's number. */
  readonly pending: Candidate | null;
  readonly current: Candidate;
  /** CURRENT is ours and fresh and no claim, so this rotation may have been promoted already. */
  readonly mayBePromoted: boolean;
}

/**
 * VERIFY_CONNECTION: the number of the version that works, PENDING before CURRENT; null if the issuer refuses both.
 * Writes nothing.
 */
export function decideVerify({ pending, current }: StepState): Decision {
  if (pending?.verdict === "not-asked") return { kind: "log-in-pending", versionNo: pending.versionNo };
  if (pending?.verdict === "accepted") return { kind: "done", code: "OK", versionNo: pending.versionNo };
  if (current.verdict === "not-asked") return { kind: "log-in-current", versionNo: current.versionNo };
  if (current.verdict === "accepted") return { kind: "done", code: "OK", versionNo: current.versionNo };
  if (current.verdict === "unknown" || pending?.verdict === "unknown") return waitForVerdict;
  return { kind: "done", code: "OK", versionNo: null };
}

/** UPDATE_TARGET_SYSTEM: the number of the PENDING version, which has just logged in. The issuer was changed in the step before. */
export function decideUpdate({ pending, current, mayBePromoted }: StepState): Decision {
  if (pending !== null) {
    if (pending.verdict === "not-asked") return { kind: "log-in-pending", versionNo: pending.versionNo };
    if (pending.verdict === "unknown") return waitForVerdict;
    if (pending.verdict === "accepted") return { kind: "done", code: "OK", versionNo: pending.versionNo };
    return {
      kind: "fail",
      code: "PENDING_REJECTED",
      what: `the issuer refuses the client secret of PENDING version ${pending.versionNo}`,
    };
  }
  const nothing: Decision = {
    kind: "fail",
    code: "NOTHING_PENDING",
    what: "no PENDING version of the secret holds a credential",
  };
  if (!mayBePromoted) return nothing;
  if (current.verdict === "not-asked") return { kind: "log-in-current", versionNo: current.versionNo };
  if (current.verdict === "unknown") return waitForVerdict;
  return current.verdict === "accepted"
    ? { kind: "done", code: "ALREADY_ROTATED", versionNo: current.versionNo }
    : nothing;
}

/** What PROMOTE_PENDING_VERSION sees: the version that it is to promote; null if the secret has none of that number. */
export interface PromoteState {
  readonly isUpdating: boolean;
  readonly versionNo: number;
  readonly target:
    | (Candidate & { readonly versionStages: readonly VersionStage[]; readonly isCredential: boolean })
    | null;
}

/**
 * PROMOTE_PENDING_VERSION: promotes a PENDING credential that has just logged in. Idempotent: a retry finds the version
 * CURRENT and is done.
 */
export function decidePromote(state: PromoteState): Decision {
  const { target, versionNo, isUpdating } = state;
  const isCurrent = target?.versionStages.includes("CURRENT") === true;
  if (target === null || !target.isCredential || !(isCurrent || target.versionStages.includes("PENDING"))) {
    return {
      kind: "fail",
      code: "VERSION_NOT_PROMOTABLE",
      what: `version ${versionNo} is neither a PENDING credential nor CURRENT`,
    };
  }
  if (isUpdating && !isCurrent) return { kind: "wait", until: "active" };
  if (target.verdict === "not-asked") {
    return { kind: isCurrent ? "log-in-current" : "log-in-pending", versionNo };
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
