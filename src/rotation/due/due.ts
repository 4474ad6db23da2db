/**
 * What "due" means, for `scan` and for `rotate --all-due`. A secret is due if Vault's next rotation, or the credential's expiry, is within
 * the time asked for. Dates in the past are always due.
 */

/** Times in milliseconds since the epoch; null: none. */
export interface Dates {
  readonly nextRotationAt: number | null;
  readonly expiresAt: number | null;
}

export type DueState = "expired" | "overdue" | "due" | "later" | "no-date";

/** The earlier of the two; null: it neither expires nor is rotated. */
export function dueAt({ nextRotationAt, expiresAt }: Dates): number | null {
  const dates = [nextRotationAt, expiresAt].filter((at) => at !== null);
  return dates.length === 0 ? null : Math.min(...dates);
}

/** @param withinMs how far ahead counts as due */
export function isDue(dates: Dates, now: number, withinMs: number): boolean {
  const at = dueAt(dates);
  return at !== null && at <= now + withinMs;
}

/** `expired`: the credential's time is over. `overdue`: its rotation was due and no success is known. `due`: within the time asked for. */
export function dueState(dates: Dates, now: number, withinMs: number): DueState {
  const { nextRotationAt, expiresAt } = dates;
  if (expiresAt !== null && expiresAt <= now) return "expired";
  if (nextRotationAt !== null && nextRotationAt <= now) return "overdue";
  if (isDue(dates, now, withinMs)) return "due";
  return dueAt(dates) === null ? "no-date" : "later";
}
