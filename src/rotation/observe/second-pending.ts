import type { VersionList, VersionSummary, Write } from "../../clients/vault/store.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";

/** What a call knows of a second PENDING version. */
export interface SecondPending {
  /** Vault takes one in the place of the first: as the metadata says, or as this call has seen. */
  isTaken: boolean;
  /** The metadata says so, or this call has tried to have it say so. */
  isNoted: boolean;
  /** That Vault refuses one follows from answers that may have passed since: what cannot go to CURRENT yet is worth another try. */
  isDoubted: boolean;
  /** The PENDING version in whose place this call's trial is to come; null: it made none. */
  trialOver: number | null;
  /** Tries in a row that did not end well although an older PENDING version was listed, and theirs was not. */
  tries: number;
  /** Of the look from which the last of them was sent. `etag`: what it was sent with. */
  triedAt: { readonly highestNo: number; readonly etag: string | null } | null;
}

/** Where a call remembers it. */
interface Remembered {
  readonly secondPending: SecondPending;
  refusesSecondPending: boolean;
}

export function unknownSecondPending(): SecondPending {
  return { isTaken: false, isNoted: false, isDoubted: false, trialOver: null, tries: 0, triedAt: null };
}

/** One refusal alone may have another cause, so one look between two refusals must contradict it. */
const TRIES_REFUSED = 2;
/** What passes by itself, as a rule, takes two looks. */
const TRIES_OTHERWISE = 3;

const isPending = ({ versionStages }: VersionSummary) => versionStages.includes("PENDING");

/**
 * Nobody has documented by which status Vault would refuse a second PENDING version. Whatever it answers: where look after look shows the
 * secret ACTIVE, an older PENDING version and not the one that was written, that is a refusal. A lost race shows another list, or another
 * etag.
 * @param list of the look from which the write was sent
 * @param etag that it was sent with
 * @returns `refused`: `attempt` says so from now on. `doubtful`: it may be one
 */
export function judgeSecondPending(
  attempt: Remembered,
  { versions }: VersionList,
  etag: string | null,
  { outcome, error }: Exclude<Write, { outcome: "done" }>,
): "refused" | "doubtful" | "other" {
  // A missing right says nothing about PENDING versions.
  if (attempt.refusesSecondPending || error.code === "VAULT_FORBIDDEN" || !versions.some(isPending)) return "other";
  const { secondPending } = attempt;
  const { triedAt } = secondPending;
  const highestNo = versions[0]?.versionNo ?? 0;
  const isRace = outcome === "race-lost" && etag !== null && etag !== triedAt?.etag;
  secondPending.tries = triedAt?.highestNo === highestNo && !isRace ? secondPending.tries + 1 : 1;
  secondPending.triedAt = { highestNo, etag };
  attempt.refusesSecondPending = secondPending.tries >= (outcome === "refused" ? TRIES_REFUSED : TRIES_OTHERWISE);
  secondPending.isDoubted = attempt.refusesSecondPending && outcome !== "refused";
  return attempt.refusesSecondPending ? "refused" : "doubtful";
}

/**
 * What a whole look shows: that a second PENDING version would not become the only one, or that this call's trial has. One PENDING version below
 * CURRENT's number shows it no more where Vault is known to take a second one: then an outage that looked like a refusal has left it. Nor does
 * it end a doubt, after which this call itself has written to CURRENT.
 * @param isOwnClaim whether a version is a claim of this call
 */
export function noteSecondPending(
  attempt: Remembered,
  { versions }: VersionList,
  currentNo: number,
  isOwnClaim: (version: VersionSummary) => boolean,
): void {
  const pending = versions.filter(isPending);
  const { isTaken, trialOver } = attempt.secondPending;
  const isLeft = !isTaken && !attempt.refusesSecondPending && pending.some(({ versionNo }) => versionNo < currentNo);
  if (pending.length > 1 || isLeft) {
    attempt.refusesSecondPending = true;
    attempt.secondPending.isDoubted = false;
  }
  const [highest] = versions;
  if (trialOver === null || highest === undefined || highest.versionNo <= trialOver) return;
  const isInItsPlace = isPending(highest) && isOwnClaim(highest) && pending.length === 1;
  attempt.secondPending.isTaken ||= isInItsPlace;
}

/** For the trial, and what a rotation may need after it. */
const SLOTS_FOR_TRIAL = 5;

/**
 * What this call's claim, the highest version, does not show yet of the write that must not fail later. `trial`: whether Vault takes a second
 * PENDING version, where there is room to find out. `note`: it does, which is worth noting. `current`: the value will go to CURRENT, and the
 * claim did not. Null: nothing.
 */
export type Unproven = "trial" | "note" | "current" | null;

/** Where what must not be lost goes. `either`: to CURRENT once it may, and to PENDING until then. */
export type Writes = "pending" | "current" | "either";

export function writesOf({ refusesSecondPending, secondPending }: Remembered): Writes {
  if (!refusesSecondPending) return "pending";
  return secondPending.isDoubted ? "either" : "current";
}

export function unprovenBy(claim: VersionSummary, attempt: Remembered, list: VersionList): Unproven {
  const { refusesSecondPending, secondPending } = attempt;
  if (refusesSecondPending) return claim.versionStages.includes("CURRENT") ? null : "current";
  if (!secondPending.isTaken) return freeSlots(list) < SLOTS_FOR_TRIAL ? null : "trial";
  return secondPending.isNoted ? null : "note";
}
