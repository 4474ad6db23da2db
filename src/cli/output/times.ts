import { DAY_MS } from "../../base/durations.ts";

/** RFC 3339 in UTC, to the second. @param at milliseconds since the epoch */
export function instantText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export const instantOrNull = (at: number | null): string | null => (at === null ? null : instantText(at));

/** From one date to another, as a calendar counts: 0 is the same date in UTC, 1 the next one, however few hours lie between. */
export function daysBetween(from: number, to: number): number {
  return Math.floor(to / DAY_MS) - Math.floor(from / DAY_MS);
}

/** `today`, `in 12 d`, `3 d ago`. @param unit what stands between number and `ago` */
export function dayText(from: number, to: number, unit = " d"): string {
  const days = daysBetween(from, to);
  if (days === 0) return "today";
  return days < 0 ? `${-days}${unit} ago` : `in ${days}${unit}`;
}

const UNITS = [
  [1_000, "s", 60],
  [60_000, "min", 60],
  [3_600_000, "h", 24],
] as const;

/** A time span, rounded as a person would: `12 d`, `3 h`, `5 min`, `40 s`. From a day on, dates count and not hours. */
export function spanText(from: number, to: number): string {
  const span = Math.abs(to - from);
  const [size, unit] = UNITS.find(([each, , most]) => Math.round(span / each) < most) ?? [0, "d"];
  return size === 0 ? `${Math.abs(daysBetween(from, to))} ${unit}` : `${Math.round(span / size)} ${unit}`;
}

/** `2026-11-22T10:00:00Z (3 h ago)`, `2026-11-23T10:00:00Z (in 20 h)`. */
export function instantAndSpan(at: number, now: number): string {
  return `${instantText(at)} (${at > now ? `in ${spanText(now, at)}` : `${spanText(at, now)} ago`})`;
}
