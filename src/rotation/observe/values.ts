import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { KnownContent } from "../attempt/read.ts";
import type { Rotation } from "../rotation.ts";

/**
 * The credential in a version that this call has read.
 * @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED, ISSUER_UNKNOWN: nothing can be done with its content
 */
export function usable(attempt: Attempt, versionNo: number): Extract<KnownContent, { credential: unknown }> {
  const known = attempt.read.contents.get(versionNo);
  if (known === undefined) throw new RotationError("INTERNAL", `version ${versionNo} was used without being read`);
  if (known.kind === "unknown") throw known.problem;
  return known;
}

/** The client secret that a version holds; null: not read, or none. */
export function secretIn(attempt: Attempt, versionNo: number): Secret | null {
  const known = attempt.read.contents.get(versionNo);
  return known === undefined || known.kind === "unknown" ? null : known.credential.clientSecret;
}

/** Whether two versions are known to hold the same value, as a claim and its base do. */
export function holdSame(attempt: Attempt, one: number, other: number): boolean {
  const [value, otherValue] = [secretIn(attempt, one), secretIn(attempt, other)];
  return one === other || (value !== null && otherValue !== null && value.equals(otherValue));
}

/** The version's value was stored before this call began, in whatever version. Of versions that nobody has read nothing is known. */
export function isFromBefore(attempt: Attempt, versionNo: number): boolean {
  const before = attempt.read.startHighestNo ?? 0;
  const value = secretIn(attempt, versionNo);
  const holders = [...attempt.read.contents.keys()].filter((no) => no <= before);
  return versionNo <= before || (value !== null && holders.some((no) => secretIn(attempt, no)?.equals(value) === true));
}

/** Whether this call saw the version's value refused, in any version. */
export function wasRefused(attempt: Attempt, versionNo: number): boolean {
  return [...attempt.read.refusals.keys()].some((refused) => holdSame(attempt, refused, versionNo));
}

/**
 * Records since when CURRENT is refused. Only refusals of the same value add up; any other verdict or value starts
 * again.
 */
export function recordVerdict(attempt: Attempt, versionNo: number, verdict: Verdict, now: number): void {
  const { currentRefusal } = attempt.read;
  if (verdict !== "rejected") attempt.read.currentRefusal = null;
  else if (currentRefusal !== null && holdSame(attempt, currentRefusal.versionNo, versionNo))
    attempt.read.currentRefusal = { ...currentRefusal, looks: currentRefusal.looks + 1 };
  else attempt.read.currentRefusal = { versionNo, since: now, looks: 1 };
}

/** A version and its age. Null: Vault does not say when it was created, so it counts as old. */
export interface Dated {
  readonly versionNo: number;
  readonly createdAt: number | null;
}

/**
 * Since when the version's value has been stored, as far as contents are known. Age belongs to the value: a newer
 * version with the same value, such as a claim in CURRENT, does not restart it.
 */
export function storedSince(attempt: Attempt, { versionNo, createdAt }: Dated): number {
  const holders = (attempt.read.list?.versions ?? []).filter((version) =>
    holdSame(attempt, version.versionNo, versionNo),
  );
  return Math.min(createdAt ?? 0, ...holders.map((version) => version.createdAt));
}

/**
 * Whether the value was stored within the landing bound, so that a refusal may come from a node that does not know it
 * yet.
 */
export function isYoung({ context: { settings }, attempt }: Rotation, version: Dated, asOf: number): boolean {
  return asOf - storedSince(attempt, version) < settings.landingBoundSeconds * 1000;
}
