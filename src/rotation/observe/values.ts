import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import type { Attempt, KnownContent } from "../attempt.ts";
import type { Context } from "../context.ts";

/**
 * The credential in a version that this call has read.
 * @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED, ISSUER_UNKNOWN: nothing can be done with its content
 */
export function usable(attempt: Attempt, versionNo: number): Extract<KnownContent, { credential: unknown }> {
  const known = attempt.contents.get(versionNo);
  if (known === undefined) throw new RotationError("INTERNAL", `version ${versionNo} was used without being read`);
  if (known.kind === "unknown") throw known.problem;
  return known;
}

/** The client secret that a version holds; null: it was not read, or holds none. */
export function secretIn(attempt: Attempt, versionNo: number): Secret | null {
  const known = attempt.contents.get(versionNo);
  return known === undefined || known.kind === "unknown" ? null : known.credential.clientSecret;
}

/** Whether two versions are known to hold one value, as a claim and what it was made from do. */
export function holdSame(attempt: Attempt, one: number, other: number): boolean {
  const [value, otherValue] = [secretIn(attempt, one), secretIn(attempt, other)];
  return one === other || (value !== null && otherValue !== null && value.equals(otherValue));
}

/** The version's value was stored before this call began, in whatever version. Of versions that nobody has read nothing is known. */
export function isFromBefore(attempt: Attempt, versionNo: number): boolean {
  const before = attempt.startHighestNo ?? 0;
  const value = secretIn(attempt, versionNo);
  const holders = [...attempt.contents.keys()].filter((no) => no <= before);
  return versionNo <= before || (value !== null && holders.some((no) => secretIn(attempt, no)?.equals(value) === true));
}

/** Whether this call met a refusal of the version's value, in whatever version. */
export function wasRefused(attempt: Attempt, versionNo: number): boolean {
  return [...attempt.refusals.keys()].some((refused) => holdSame(attempt, refused, versionNo));
}

/** Keeps since when CURRENT is refused. Only refusals of one and the same value count together; anything else starts anew. */
export function recordVerdict(attempt: Attempt, versionNo: number, verdict: Verdict, now: number): void {
  const { currentRefusal } = attempt;
  if (verdict !== "rejected") attempt.currentRefusal = null;
  else if (currentRefusal !== null && holdSame(attempt, currentRefusal.versionNo, versionNo))
    attempt.currentRefusal = { ...currentRefusal, looks: currentRefusal.looks + 1 };
  else attempt.currentRefusal = { versionNo, since: now, looks: 1 };
}

/** A version as far as its age counts. Null: Vault does not say when it was made, so it counts as old. */
export interface Dated {
  readonly versionNo: number;
  readonly createdAt: number | null;
}

/**
 * Since when the version's value has been stored, as far as contents are known: age belongs to the value. A newer version that holds it too,
 * a claim in CURRENT among them, starts no clock anew.
 */
export function storedSince(attempt: Attempt, { versionNo, createdAt }: Dated): number {
  const holders = (attempt.list?.versions ?? []).filter((version) => holdSame(attempt, version.versionNo, versionNo));
  return Math.min(createdAt ?? 0, ...holders.map((version) => version.createdAt));
}

/** Stored within the landing bound, so that a refusal may come from a node that has not heard of it yet. */
export function isYoung({ settings }: Context, attempt: Attempt, version: Dated, asOf: number): boolean {
  return asOf - storedSince(attempt, version) < settings.landingBoundSeconds * 1000;
}
