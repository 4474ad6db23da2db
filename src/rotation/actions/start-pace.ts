import type { Clock } from "../../base/clock.ts";

/** Spreads the beginnings of turns. A burst of logins would use up the limit of a domain, which its applications share. */
export interface StartPace {
  /** @param isSecond a turn of the second round, which has been refused or has waited before */
  start(isSecond: boolean): Promise<void>;
}

/** Two a second: four fifths of what the smallest identity domain takes a minute (Source: OCI IAM documentation, API rate limits). */
const USUAL_MS = 500;
/** Share of the time in which all of them must have begun. */
const SHARE = 0.7;

export const unpaced: StartPace = { start: () => Promise.resolve() };

/** @param count how many secrets have turns within `ms`; more than fit at the usual pace begin faster */
export function createStartPace(clock: Clock, count: number, ms: number): StartPace {
  const fastMs = Math.min(USUAL_MS, (ms * SHARE) / Math.max(1, count));
  let nextAt = clock.monotonic();
  return {
    start: async (isSecond) => {
      const now = clock.monotonic();
      const at = Math.max(now, nextAt);
      nextAt = at + (isSecond ? USUAL_MS : fastMs);
      if (at > now) await clock.sleep(at - now);
    },
  };
}
