export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const MS_PER: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
export const DURATION_WORDS = "a whole number with s, m, h or d, such as 30d";
export const DURATION = /^\d{1,6}[smhd]$/;

/** `30d`, `12h`, `15m`, `45s` as milliseconds; null: another text. */
export function durationOf(text: string): number | null {
  return DURATION.test(text) ? Number(text.slice(0, -1)) * (MS_PER[text.slice(-1)] ?? 0) : null;
}

/** The shortest text that `durationOf` reads as so many milliseconds. */
export function durationText(ms: number): string {
  const [unit, per] = Object.entries(MS_PER).findLast(([, each]) => ms % each === 0) ?? ["s", SECOND_MS];
  return `${Math.floor(ms / per)}${unit}`;
}
