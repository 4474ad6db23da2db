/** RFC 3339 in UTC, to the second. @param at milliseconds since the epoch */
export function instantText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export const instantOrNull = (at: number | null): string | null => (at === null ? null : instantText(at));

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** A time span: `12 d`, `3 h`, `5 min`, `40 s`. */
export function spanText(ms: number): string {
  const span = Math.abs(ms);
  const [size, unit] = UNITS.find(([least]) => span >= least) ?? [1_000, "s"];
  return `${Math.floor(span / size)} ${unit}`;
}

/** `2026-11-22T10:00:00Z (3 h ago)`, `2026-11-23T10:00:00Z (in 20 h)`. */
export function instantAndSpan(at: number, now: number): string {
  return `${instantText(at)} (${at > now ? `in ${spanText(at - now)}` : `${spanText(now - at)} ago`})`;
}
