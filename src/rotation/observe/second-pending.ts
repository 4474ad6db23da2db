import { highestNo } from "../../clients/vault/highest.ts";
import type { VersionList, VersionSummary, Write } from "../../clients/vault/store.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";

/** What a call knows about a second PENDING version. */
export class SecondPending {
  /** Vault takes one instead of the first, as the metadata says or as this call has seen. */
  isTaken = false;
  /** The metadata says so, or this call has tried to note it there. */
  isNoted = false;
  /**
   * The refusal was inferred from errors that may have passed since. A value that cannot go to CURRENT yet is worth
   * another try as PENDING.
   */
  isDoubted = false;
  /** The PENDING version that this call's trial is to replace; null: no trial. */
  trialOver: number | null = null;
  /** Consecutive failed writes while an older PENDING version was listed and the new one was not. */
  tries = 0;
  /** The look before the last of them, and the etag it was sent with. */
  triedAt: { readonly highestNo: number; readonly etag: string | null } | null = null;
}

/** The part of an attempt that holds it. */
interface Remembered {
  readonly secondPending: SecondPending;
  refusesSecondPending: boolean;
}

/** One refusal may have another cause, so two are needed, with a look between them that shows no such cause. */
const TRIES_REFUSED = 2;
/** Errors that usually pass by themselves need two such looks. */
const TRIES_OTHERWISE = 3;

const isPending = ({ versionStages }: VersionSummary) => versionStages.includes("PENDING");

/**
 * Judges whether a failed write means that Vault refuses a second PENDING version. No document says by which status it
 * would. So any error counts, if each look shows the secret ACTIVE, an older PENDING version and not the new one. A
 * lost race shows another list or another etag.
 * @param list of the look before the write
 * @param etag that the write was sent with
 * @returns `refused`: `writes` records it from now on. `doubtful`: it may be a refusal
 */
export function judgeSecondPending(
  writes: Remembered,
  list: VersionList,
  etag: string | null,
  { outcome, error }: Exclude<Write, { outcome: "done" }>,
): "refused" | "doubtful" | "other" {
  // A missing right says nothing about PENDING versions.
  if (writes.refusesSecondPending || error.code === "VAULT_FORBIDDEN" || !list.versions.some(isPending)) return "other";
  const { secondPending } = writes;
  const { triedAt } = secondPending;
  const isRace = outcome === "race-lost" && etag !== null && etag !== triedAt?.etag;
  secondPending.tries = triedAt?.highestNo === highestNo(list) && !isRace ? secondPending.tries + 1 : 1;
  secondPending.triedAt = { highestNo: highestNo(list), etag };
  writes.refusesSecondPending = secondPending.tries >= (outcome === "refused" ? TRIES_REFUSED : TRIES_OTHERWISE);
  secondPending.isDoubted = writes.refusesSecondPending && outcome !== "refused";
  return writes.refusesSecondPending ? "refused" : "doubtful";
}

/**
 * Records what a full look shows: that Vault would keep two PENDING versions, or that this call's trial replaced the
 * first. A PENDING version below CURRENT's number shows the former only if Vault is not known to take a second one.
 * Otherwise an outage that looked like a refusal left it there. Nor does such a version end a doubt, after which this
 * call itself wrote to CURRENT.
 * @param isOwnClaim whether a version is a claim of this call
 */
export function noteSecondPending(
  writes: Remembered,
  { versions }: VersionList,
  currentNo: number,
  isOwnClaim: (version: VersionSummary) => boolean,
): void {
  const pending = versions.filter(isPending);
  const { isTaken, trialOver } = writes.secondPending;
  const isLeft = !isTaken && !writes.refusesSecondPending && pending.some(({ versionNo }) => versionNo < currentNo);
  if (pending.length > 1 || isLeft) {
    writes.refusesSecondPending = true;
    writes.secondPending.isDoubted = false;
  }
  const [highest] = versions;
  if (trialOver === null || highest === undefined || highest.versionNo <= trialOver) return;
  const isInItsPlace = isPending(highest) && isOwnClaim(highest) && pending.length === 1;
  writes.secondPending.isTaken ||= isInItsPlace;
}

/** Slots for the trial and the rotation after it. */
const SLOTS_FOR_TRIAL = 5;

/**
 * What this call's claim, the highest version, does not prove yet about the write that must not fail later. `trial`:
 * whether Vault takes a second PENDING version, if there is room to find out. `note`: it does, and that should be
 * noted. `current`: the value will go to CURRENT, and the claim did not. Null: nothing.
 */
export type Unproven = "trial" | "note" | "current" | null;

/** Where a value that must not be lost is written. `either`: to CURRENT as soon as allowed, to PENDING until then. */
export type Writes = "pending" | "current" | "either";

export function writesOf({ refusesSecondPending, secondPending }: Remembered): Writes {
  if (!refusesSecondPending) return "pending";
  return secondPending.isDoubted ? "either" : "current";
}

export function unprovenBy(claim: VersionSummary, writes: Remembered, list: VersionList): Unproven {
  const { refusesSecondPending, secondPending } = writes;
  if (refusesSecondPending) return claim.versionStages.includes("CURRENT") ? null : "current";
  if (!secondPending.isTaken) return freeSlots(list) < SLOTS_FOR_TRIAL ? null : "trial";
  return secondPending.isNoted ? null : "note";
}
