import { DAY_MS } from "../../base/durations.ts";
import type { RotationState } from "../../clients/vault/rotation-answers.ts";
import type { VersionSummary } from "../../clients/vault/store.ts";
import { type NotedExpiry, readOwnTags } from "../../rotation/housekeeping/own-tags.ts";

/**
 * Which of a secret's dates are CURRENT's, for `rotate --all-due`. A date belongs to a value: one that was noted for another version, or had
 * come before CURRENT was made, asks for no rotation. Instants are milliseconds since the epoch.
 */
interface DueDate {
  readonly at: number;
  /** From one date to the next; null: what is left of CURRENT's life is what counts. */
  readonly intervalMs: number | null;
  /** Whose date it is; null: CURRENT's, or the secret's. */
  readonly versionNo: number | null;
  /** A rotation does not move it, or nobody knows whether it has. */
  readonly standsStill: boolean;
}

/**
 * `due`: a rotation is asked for. `rotated`: CURRENT was made after it had come to be due. `young`: CURRENT has more than half of its time
 * before it. `other`: the date is another version's. `none`: nothing is due any more.
 */
export type Ruling =
  | { readonly kind: "due" | "rotated" | "young" | "none" }
  | { readonly kind: "other"; readonly versionNo: number };

/** Without a number it may be the date of a value that is gone. */
function notedDate({ at, versionNo }: NotedExpiry): readonly DueDate[] {
  return at === null ? [] : [{ at, intervalMs: null, versionNo, standsStill: versionNo === null }];
}

/** Vault's next rotation, the issuer's expiry as a heal noted it, and the end that a rule of the secret sets. */
export function datesOf({ rotation, tags, expiry }: RotationState, now: number): readonly DueDate[] {
  const { nextAt, intervalDays } = rotation;
  const intervalMs = intervalDays === null ? null : intervalDays * DAY_MS;
  const noted = readOwnTags(tags ?? {}, now).expiry;
  const plain = { intervalMs: null, versionNo: null, standsStill: false };
  return [
    ...(nextAt === null ? [] : [{ ...plain, at: nextAt, intervalMs }]),
    ...(noted === null ? [] : notedDate(noted)),
    ...(expiry === null ? [] : [{ ...plain, ...expiry }]),
  ];
}

/** Whoever looks further ahead than a value lives would rotate it at every look: in the first half of its life it is not due. */
function leadOf({ at, intervalMs, standsStill }: DueDate, madeAt: number, withinMs: number): number {
  return standsStill ? withinMs : Math.min(withinMs, Math.max(0, intervalMs ?? at - madeAt) / 2);
}

function rule(date: DueDate, current: VersionSummary, asOf: number, withinMs: number): Ruling {
  const { at, intervalMs, versionNo } = date;
  if (versionNo !== null && versionNo !== current.versionNo) return { kind: "other", versionNo };
  const madeAt = current.createdAt;
  const lead = leadOf(date, madeAt, withinMs);
  const from = at - lead;
  if (asOf < from) return { kind: "young" };
  // Of a rotation that Vault has tried in vain since long ago the date stands still.
  const isStuck = intervalMs !== null && madeAt + intervalMs - lead <= asOf;
  return { kind: madeAt <= from || isStuck ? "due" : "rotated" };
}

/** What the most urgent of the dates asks for; one that is due comes before all others. */
export function ruleOn(dates: readonly DueDate[], current: VersionSummary, asOf: number, withinMs: number): Ruling {
  const near = dates.filter(({ at }) => at <= asOf + withinMs).sort((a, b) => a.at - b.at);
  const rulings = near.map((date) => rule(date, current, asOf, withinMs));
  return rulings.find(({ kind }) => kind === "due") ?? rulings[0] ?? { kind: "none" };
}
