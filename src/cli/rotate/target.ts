import type { Problem } from "../cli-error.ts";

export const viaNames = ["vault", "function", "local"] as const;
export type Via = (typeof viaNames)[number];

/** One secret to be rotated. */
export interface Target {
  readonly secretId: string;
  readonly name: string;
  readonly via: Via;
  /** The function to call; null if we call none. */
  readonly functionId: string | null;
  /**
   * A version made after this time counts as this rotation's, and the secret is skipped. Milliseconds on OCI's clock; null: none counts.
   */
  readonly since: number | null;
  /** How far ahead its dates count as due; null: it was named, and is rotated whether due or not. */
  readonly withinMs: number | null;
  /** The age from which on its value counts as due; null: none does. */
  readonly maxAgeMs: number | null;
}

export const outcomes = ["rotated", "already", "not-due", "planned", "failed", "not-started"] as const;
export type RotationOutcome = (typeof outcomes)[number];

/** The result for one secret. */
export interface Result {
  readonly outcome: RotationOutcome;
  readonly versionNo: number | null;
  /** The function's code: OK, or what went wrong. */
  readonly code: string;
  readonly what: string;
  readonly next: string;
}

/** Called as each step ends, with a text such as `verify-current accepted`. */
export type OnStep = (text: string) => void;

/** A way of rotating a secret. Rejects with errors that problemOf understands. */
export type Way = (target: Target, onStep: OnStep) => Promise<Result>;

export const NOT_STARTED: Result = {
  outcome: "not-started",
  versionNo: null,
  code: "INTERRUPTED",
  what: "nothing was sent for this secret",
  next: "run the same command again",
};

export function failed({ code, what, next }: Pick<Problem, "code" | "what" | "next">): Result {
  return { outcome: "failed", versionNo: null, code, what, next };
}

/** Failures that a retry may overcome, and that leave nothing a retry could not continue from. */
const TRANSIENT: readonly string[] = [
  ...["ISSUER_UNAVAILABLE", "VAULT_UNAVAILABLE", "VERDICT_UNKNOWN", "CLAIM_LIVE", "DEADLINE_TOO_SHORT"],
  ...["OCI_UNAVAILABLE", "TIMED_OUT", "UNREACHABLE", "CONNECTION_LOST"],
];
export const isTransient = ({ outcome, code }: Result): boolean => outcome === "failed" && TRANSIENT.includes(code);
