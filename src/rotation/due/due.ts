/**
 * What "due" means, for `scan` and for `rotate --all-due`. A secret is due if Vault's next rotation, the credential's expiry, or the day on
 * which its value is too old, is within the time asked for. Dates in the past are always due.
 */

/** Times in milliseconds since the epoch; null: none. */
export interface Dates {
  readonly nextRotationAt: number | null;
  readonly expiresAt: number | null;
  /** When the value reaches the age asked for. */
  readonly tooOldAt: number | null;
}

export type DueState = "expired" | "overdue" | "due" | "later" | "no-date";

/** The earliest of them; null: it neither expires nor is rotated nor grows too old. */
export function dueAt({ nextRotationAt, expiresAt, tooOldAt }: Dates): number | null {
  const dates = [nextRotationAt, expiresAt, tooOldAt].filter((at) => at !== null);
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

/** The issuer's date comes from a tag that anyone may have written, so it can only bring the date forward. */
export function earlier(
  issuerAt: number | null,
  ruleAt: number | null,
): { readonly expiresAt: number | null; readonly expirySource: "issuer" | "vault" | null } {
  if (ruleAt !== null && (issuerAt === null || ruleAt < issuerAt)) return { expiresAt: ruleAt, expirySource: "vault" };
  return { expiresAt: issuerAt, expirySource: issuerAt === null ? null : "issuer" };
}
