import type { Clock } from "../../src/base/clock.ts";

/** Time that passes only on request, for tests in which nock answers on real turns of the event loop. */
export interface InstantClock extends Clock {
  /** What each sleep asked for, in milliseconds; it returned at once, and the clock went on by as much. */
  readonly slept: readonly number[];
  /** What each wait for an abort asked for, in milliseconds. */
  readonly waits: readonly number[];
  /** How many of those waits have neither been cancelled nor expired. */
  readonly running: number;
  advance(ms: number): void;
  /** Lets every running wait pass: its signal aborts now. */
  expire(): void;
}

/** @param startMs the wall clock at the start, in milliseconds since the epoch; `monotonic` starts at another number on purpose */
export function createInstantClock(startMs = Date.UTC(2026, 0, 1)): InstantClock {
  const slept: number[] = [];
  const waits: number[] = [];
  const running = new Set<AbortController>();
  let passed = 0;
  return {
    now: () => startMs + passed,
    monotonic: () => 5_000 + passed,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      passed += ms;
    },
    abortAfter(ms) {
      const controller = new AbortController();
      waits.push(ms);
      running.add(controller);
      return { signal: controller.signal, cancel: () => running.delete(controller) };
    },
    slept,
    waits,
    get running() {
      return running.size;
    },
    advance: (ms) => {
      passed += ms;
    },
    expire() {
      for (const controller of running) controller.abort();
      running.clear();
    },
  };
}
