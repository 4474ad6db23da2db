import { DAY_MS } from "../../base/durations.ts";
import type { RotationState } from "../../clients/vault/rotation-responses.ts";
import type { VersionSummary } from "../../clients/vault/store.ts";
import type { DueReason } from "../../notify/message.ts";
import { type NotedExpiry, readOwnTags } from "../housekeeping/rotation-tags.ts";

/**
 * Decides which of a secret's dates apply to CURRENT, for `rotate --all-due`. A date belongs to one value. A date noted for another
 * version, or one that came before CURRENT was made, calls for no rotation. Times are milliseconds since the epoch.
 */
interface DueDate {
  readonly at: number;
  /** What happens then. */
  readonly reason: DueReason;
  /** The time between two dates; null: CURRENT's own lifetime counts instead, from its creation to this date. */
  readonly intervalMs: number | null;
  /** The version it belongs to; null: CURRENT, or the secret as a whole. */
  readonly versionNo: number | null;
  /** A rotation does not move it, or it is unknown whether it did. */
  readonly standsStill: boolean;
  /** When the value was made that this date is of; null: when CURRENT was. */
  readonly madeAt: number | null;
}

/**
 * `due`: a rotation is needed. `rotated`: CURRENT was made after the date became due. `young`: more than half of CURRENT's time is left.
 * `other`: the date belongs to another version. `none`: nothing is due any more.
 */
export type Ruling =
  | { readonly kind: "due" | "rotated" | "young" | "none" }
  | { readonly kind: "other"; readonly versionNo: number };

/** Noted without a version number, it may be the date of a value that is gone. */
function notedDate({ at, versionNo }: NotedExpiry): readonly DueDate[] {
  return at === null
    ? []
    : [{ at, reason: "expiry", intervalMs: null, versionNo, standsStill: versionNo === null, madeAt: null }];
}

/** When CURRENT's value is too old. A copy of the value moves nothing. */
export function ageDate(madeAt: number, maxAgeMs: number): DueDate {
  return { at: madeAt + maxAgeMs, reason: "age", intervalMs: maxAgeMs, versionNo: null, standsStill: false, madeAt };
}

/** Vault's next rotation, the issuer's expiry as noted by a heal, and the end set by a rule of the secret. */
export function datesOf(
  { rotation, tags, expiry }: Pick<RotationState, "rotation" | "tags" | "expiry">,
  now: number,
): readonly DueDate[] {
  const { nextAt, intervalDays } = rotation;
  const intervalMs = intervalDays === null ? null : intervalDays * DAY_MS;
  const noted = readOwnTags(tags ?? {}, now).expiry;
  const plain = { reason: "expiry", intervalMs: null, versionNo: null, standsStill: false, madeAt: null } as const;
  return [
    ...(nextAt === null ? [] : [{ ...plain, reason: "rotation" as const, at: nextAt, intervalMs }]),
    ...(noted === null ? [] : notedDate(noted)),
    ...(expiry === null ? [] : [{ ...plain, ...expiry }]),
  ];
}

/**
 * Limits how far ahead counts as due: with a long --within, a value would otherwise be rotated at every run. In the first half of its life
 * it is not due.
 */
function leadOf({ at, intervalMs, standsStill }: DueDate, madeAt: number, withinMs: number): number {
  return standsStill ? withinMs : Math.min(withinMs, Math.max(0, intervalMs ?? at - madeAt) / 2);
}

function rule(date: DueDate, current: VersionSummary, asOf: number, withinMs: number): Ruling {
  const { at, intervalMs, versionNo } = date;
  if (versionNo !== null && versionNo !== current.versionNo) return { kind: "other", versionNo };
  const madeAt = date.madeAt ?? current.createdAt;
  const lead = leadOf(date, madeAt, withinMs);
  const from = at - lead;
  if (asOf < from) return { kind: "young" };
  // The date does not move while Vault's own rotations keep failing.
  const isStuck = intervalMs !== null && madeAt + intervalMs - lead <= asOf;
  return { kind: madeAt <= from || isStuck ? "due" : "rotated" };
}

/** The dates within that time, the most urgent first, each with its ruling. */
function ruledOn(dates: readonly DueDate[], current: VersionSummary, asOf: number, withinMs: number) {
  return dates
    .filter(({ at }) => at <= asOf + withinMs)
    .sort((a, b) => a.at - b.at)
    .map((date) => ({ date, ruling: rule(date, current, asOf, withinMs) }));
}

/** The ruling of the most urgent date; a date that is due comes before all others. */
export function ruleOn(dates: readonly DueDate[], current: VersionSummary, asOf: number, withinMs: number): Ruling {
  const rulings = ruledOn(dates, current, asOf, withinMs).map(({ ruling }) => ruling);
  return rulings.find(({ kind }) => kind === "due") ?? rulings[0] ?? { kind: "none" };
}

/**
 * The most urgent date on which CURRENT's value is to be replaced or ends; null: none within that time. A date ahead
 * comes however young the value is, although it calls for no rotation of ours.
 */
export function comingDate(
  dates: readonly DueDate[],
  current: VersionSummary,
  asOf: number,
  withinMs: number,
): Pick<DueDate, "at" | "reason"> | null {
  const coming = ruledOn(dates, current, asOf, withinMs).find(
    ({ date, ruling: { kind } }) => kind === "due" || (kind === "rotated" && date.at > asOf),
  );
  return coming?.date ?? null;
}
