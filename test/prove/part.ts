import { fractionOf } from "./enumerate.ts";
import { type Schedule, scheduleId } from "./schedule.ts";

/** One of n nearly equal parts of the single faults of every issuer, drawn by a seed: for a run with little time. */
export interface Part {
  /** Up to eight hexadecimal digits: the beginning of a commit's id is one. */
  readonly seed: string;
  readonly of: number;
}

const FORM = /^([0-9a-f]{1,8})\/([1-9]\d{0,2})$/;

/** Throws an Error that says what to write instead. */
export function partOf(text: string | undefined): Part | null {
  if (text === undefined) return null;
  const [, seed, of] = FORM.exec(text) ?? [];
  if (seed === undefined) {
    throw new Error(
      "--part-of-singles takes a seed of up to eight hexadecimal digits and the number of parts. Next: write --part-of-singles 1a2b3c4d/20.",
    );
  }
  return { seed, of: Number(of) };
}

/**
 * Whether a single fault is to be tried. Only fault and seed decide, so that every thread decides alike. The recovery
 * does not, because the first recovery shows which others need trying.
 */
export function isChosen(part: Part | null, single: Schedule): boolean {
  if (part === null) return true;
  const fraction = fractionOf(scheduleId({ ...single, recovery: "heal-later" }), Number.parseInt(part.seed, 16));
  return fraction < 1 / part.of;
}
