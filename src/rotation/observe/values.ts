import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import type { AttemptRead, KnownContent } from "../attempt/read.ts";
import type { Rotation } from "../rotation.ts";

/**
 * The credential in a version that this call has read.
 * @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED, ISSUER_UNKNOWN if its content cannot be used
 */
export function usable(read: AttemptRead, versionNo: number): Extract<KnownContent, { credential: unknown }> {
  const known = read.contents.get(versionNo);
  if (known === undefined) throw new RotationError("INTERNAL", `version ${versionNo} was used without being read`);
  if (known.kind === "unknown") throw known.problem;
  return known;
}

/** The client secret that a version holds; null: not read, or none. */
export function secretIn(read: AttemptRead, versionNo: number): Secret | null {
  const known = read.contents.get(versionNo);
  return known === undefined || known.kind === "unknown" ? null : known.credential.clientSecret;
}

/** Whether two versions are known to hold the same value, as a claim and its base do. */
export function holdSame(read: AttemptRead, one: number, other: number): boolean {
  const [value, otherValue] = [secretIn(read, one), secretIn(read, other)];
  return one === other || (value !== null && otherValue !== null && value.equals(otherValue));
}

/** Whether the version's value was stored before this call began, in any version that was read. */
export function isFromBefore(read: AttemptRead, versionNo: number): boolean {
  const before = read.startHighestNo ?? 0;
  const value = secretIn(read, versionNo);
  const holders = [...read.contents.keys()].filter((no) => no <= before);
  return versionNo <= before || (value !== null && holders.some((no) => secretIn(read, no)?.equals(value) === true));
}

/** Whether this call saw the version's value refused, in any version. */
export function wasRefused(read: AttemptRead, versionNo: number): boolean {
  return [...read.refusals.keys()].some((refused) => holdSame(read, refused, versionNo));
}

/**
 * Records since when CURRENT is refused. Only refusals of the same value add up; any other verdict or value starts
 * again.
 */
export function recordVerdict(read: AttemptRead, versionNo: number, verdict: Verdict, now: number): void {
  const { currentRefusal } = read;
  if (verdict !== "rejected") read.currentRefusal = null;
  else if (currentRefusal !== null && holdSame(read, currentRefusal.versionNo, versionNo))
    read.currentRefusal = { ...currentRefusal, looks: currentRefusal.looks + 1 };
  else read.currentRefusal = { versionNo, since: now, looks: 1 };
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
export function storedSince(read: AttemptRead, { versionNo, createdAt }: Dated): number {
  const holders = (read.list?.versions ?? []).filter((version) => holdSame(read, version.versionNo, versionNo));
  return Math.min(createdAt ?? 0, ...holders.map((version) => version.createdAt));
}

/**
 * Whether the value was stored within the landing bound, so that a refusal may come from a node that does not know it
 * yet.
 */
export function isYoung({ context: { settings }, attempt }: Rotation, version: Dated, asOf: number): boolean {
  return asOf - storedSince(attempt.read, version) < settings.landingBoundSeconds * 1000;
}
