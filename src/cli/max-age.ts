import { DAY_MS } from "../base/durations.ts";
import { duration, optional } from "./fields.ts";
import type { Runtime } from "./runtime.ts";
import { localSettings } from "./settings.ts";

/** The option of the commands for which an age makes a secret due. */
export const maxAgeOption = {
  flags: "--max-age <duration>",
  does: "an age from which on a value is due, such as 90d; 0d: none (default: OROT_MAX_AGE_DAYS)",
  takes: optional(duration),
} as const;

/** In milliseconds; null: no age makes a secret due. @throws RotationError SETTINGS_INVALID */
export function maxAgeOf(runtime: Pick<Runtime, "environment">, given: number | undefined): number | null {
  const days = localSettings(runtime).maxAgeDays;
  const maxMs = given ?? (days === null ? 0 : days * DAY_MS);
  return maxMs === 0 ? null : maxMs;
}
