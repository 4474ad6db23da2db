import type { Clock } from "../clock.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The server asked for a pause that does not fit into the time left; the request was not sent. */
export class RatePausedError extends Error {
  override readonly name = "RatePausedError";
  /** How long the pause still lasts. */
  readonly pauseMs: number;

  constructor(pauseMs: number) {
    super("a pause after 429 does not fit into the time left");
    this.pauseMs = pauseMs;
  }
}

/**
 * After a 429 nothing at all is sent to that origin for a while: identity domains count requests per domain and minute, so a hurried
 * second request would only prolong the refusal, for every other client of the domain too. Lives as long as the process.
 */
export interface RateGate {
  /** Waits for a running pause to end. Throws RatePausedError at once if it would end after `deadline` (on `Clock.monotonic`). */
  pass(origin: string, deadline: number): Promise<void>;
  /** Starts a pause: `pauseMs`, or the longer Retry-After. */
  close(origin: string, retryAfter: string | undefined, pauseMs: number): void;
}

/** A pause that is lengthened more often than this is an outage. */
const MOST_PAUSES = 20;

export function createRateGate(clock: Clock): RateGate {
  const openAt = new Map<string, number>();
  return {
    async pass(origin, deadline) {
      // Another 429 may lengthen the pause while we sleep; each turn sleeps to the end of the pause known then.
      for (let turn = 0; turn < MOST_PAUSES; turn++) {
        const opens = openAt.get(origin) ?? 0;
        const pauseMs = opens - clock.monotonic();
        if (pauseMs <= 0) return;
        if (opens >= deadline || turn === MOST_PAUSES - 1) throw new RatePausedError(pauseMs);
        await clock.sleep(pauseMs);
      }
    },
    close(origin, retryAfter, pauseMs) {
      const wished = retryAfterMs(retryAfter, clock.now()) ?? 0;
      const opens = clock.monotonic() + Math.max(wished, pauseMs);
      openAt.set(origin, Math.max(opens, openAt.get(origin) ?? 0));
    },
  };
}
