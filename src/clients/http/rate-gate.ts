import type { Clock } from "../../base/clock.ts";
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
 * After a 429 nothing is sent for a while to any server that counts the same requests. Identity domains count them per
 * domain and minute. A hurried second request would only prolong the refusal, for all other clients of the domain too.
 * A key is one realm, tenant, zone or domain: a pause of one does not stop its neighbours at the same origin. Lives as
 * long as the process.
 */
export interface RateGate {
  /**
   * Waits for a running pause to end. Throws RatePausedError at once if it would end after `deadline` (on `Clock.monotonic`).
   * @param isFinishing the request finishes something that has begun: it waits at most a quarter of an hour, whatever was asked for
   */
  pass(key: string, deadline: number, isFinishing: boolean): Promise<void>;
  /** How long a running pause still lasts, in ms; 0: there is none. */
  pauseMs(key: string, isFinishing: boolean): number;
  /** Starts a pause: `pauseMs`, or the longer Retry-After. */
  close(key: string, retryAfter: string | undefined, pauseMs: number): void;
  copy(clock: Clock): RateGate;
}

/** Give up after this many extensions: the issuer is down, not busy. */
const MAX_PAUSES = 20;
/** A function serves some hundred secrets at most; the oldest pause goes first. */
const MAX_KEYS = 1_000;
const LONGEST_TO_FINISH_MS = 15 * 60_000;

interface Pause {
  readonly opensAt: number;
  readonly closedAt: number;
}

export function createRateGate(clock: Clock, known: Iterable<[string, Pause]> = []): RateGate {
  const pauses = new Map<string, Pause>(known);
  const opensFor = (key: string, isFinishing: boolean): number => {
    const { opensAt, closedAt } = pauses.get(key) ?? { opensAt: 0, closedAt: 0 };
    return isFinishing ? Math.min(opensAt, closedAt + LONGEST_TO_FINISH_MS) : opensAt;
  };
  return {
    async pass(key, deadline, isFinishing) {
      // Another 429 may lengthen the pause while we sleep; each turn sleeps to the end of the pause known then.
      for (let turn = 1; ; turn++) {
        const opens = opensFor(key, isFinishing);
        const pauseMs = opens - clock.monotonic();
        if (pauseMs <= 0) return;
        if (opens >= deadline || turn === MAX_PAUSES) throw new RatePausedError(pauseMs);
        await clock.sleep(pauseMs);
      }
    },
    pauseMs: (key, isFinishing) => Math.max(0, opensFor(key, isFinishing) - clock.monotonic()),
    close(key, retryAfter, pauseMs) {
      const wished = retryAfterMs(retryAfter, clock.now()) ?? 0;
      const closedAt = clock.monotonic();
      const opensAt = Math.max(closedAt + Math.max(wished, pauseMs), pauses.get(key)?.opensAt ?? 0);
      pauses.delete(key);
      pauses.set(key, { opensAt, closedAt });
      const [oldest = key] = pauses.keys();
      if (pauses.size > MAX_KEYS) pauses.delete(oldest);
    },
    copy: (other) => createRateGate(other, pauses),
  };
}
