import { DAY_MS } from "../../base/durations.ts";
import type { Tags } from "../../clients/vault/store.ts";
import { type Dates, earlier } from "../../rotation/due/due.ts";
import { readOwnTags } from "../../rotation/housekeeping/rotation-tags.ts";

/** Compares when a client secret ends with when Vault would replace it. Times are milliseconds since the epoch. */

/** Vault may start a due rotation somewhat late. */
export const LATE_MS = 3_600_000;

/** An interval's share of a value's life: a rotation that fails can be repeated in the rest. */
const SHARE = 2 / 3;
/** The longest interval that Vault takes. */
export const MOST_DAYS = 360;

/** The interval that fits values which live so long, in whole days; null: even Vault's shortest is too long. */
export function fittingDays(lifeMs: number): number | null {
  const days = Math.floor((lifeMs / DAY_MS) * SHARE);
  return days < 1 ? null : Math.min(days, MOST_DAYS);
}

/** The value ends before Vault's next rotation has replaced it. */
export function endsFirst({ nextRotationAt, expiresAt }: Pick<Dates, "nextRotationAt" | "expiresAt">): boolean {
  return nextRotationAt !== null && expiresAt !== null && expiresAt < nextRotationAt + LATE_MS;
}

/** When CURRENT ends, by the issuer as noted or by a rule of Vault's; null: never, or not known. A date of another version does not count. */
export function endOfCurrent(
  tags: Tags | null,
  currentNo: number | null,
  ruleAt: number | null,
  now: number,
): number | null {
  const noted = readOwnTags(tags ?? {}, now).expiry;
  const isOther = noted !== null && noted.versionNo !== null && currentNo !== null && noted.versionNo !== currentNo;
  return earlier(isOther ? null : (noted?.at ?? null), ruleAt).expiresAt;
}

/**
 * The command that mends it, as words: an interval that fits what is left. If less than half of the value's life is left, that interval
 * would be needlessly short: then a rotation, after which the same look proposes one.
 * @param madeAt null: not known
 */
export function mendOf(secretId: string, expiresAt: number, madeAt: number | null, now: number): readonly string[] {
  const left = expiresAt - now;
  const days = fittingDays(left);
  const isLate = madeAt !== null && left < (expiresAt - madeAt) / 2;
  return days === null || isLate ? ["rotate", secretId] : ["schedule", "set", secretId, "--every", `${days}d`];
}
