import { fractionOf } from "./enumerate.ts";
import { type Schedule, scheduleId } from "./schedule.ts";

/** One of the two halves into which a seed parts the single faults of the first kind of issuer; together they are all of them. */
export interface Half {
  /** Up to eight hexadecimal digits: the beginning of a commit's id is one. */
  readonly seed: string;
  readonly isOther: boolean;
}

const SEED_FORM = /^[0-9a-f]{1,8}$/;

/** Throws an Error that says what to write instead. */
export function halfOf(seed: string | undefined, isOther: boolean): Half | null {
  if (seed === undefined) {
    if (isOther) throw new Error("--other-half alone says nothing. Next: add --half-of-singles <seed>.");
    return null;
  }
  if (!SEED_FORM.test(seed)) {
    throw new Error("--half-of-singles takes up to eight hexadecimal digits. Next: write --half-of-singles 1a2b3c4d.");
  }
  return { seed, isOther };
}

/**
 * Whether a single fault is to be tried. Fault and seed alone decide, so that every thread decides alike; the recovery does not, because
 * which recoveries need trying shows in the first of them.
 */
export function isChosen(half: Half | null, single: Schedule): boolean {
  if (half === null) return true;
  const isFirst = fractionOf(scheduleId({ ...single, recovery: "heal-later" }), Number.parseInt(half.seed, 16)) < 0.5;
  return isFirst !== half.isOther;
}
