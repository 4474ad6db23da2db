/**
 * The only access to time. Everything else takes a `Clock`, so that the same code runs on the wall clock and in virtual
 * time. All values are milliseconds. `now` is the wall clock (Unix epoch). `monotonic` has no defined start and never
 * goes back, so only it measures spans and deadlines.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Resolves after `ms`. Rejects with the signal's reason as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after `ms`; `cancel` ends the wait and keeps the signal quiet. */
  abortAfter(ms: number): { readonly signal: AbortSignal; cancel(): void };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // Asking for `performance` would have Node load ten modules.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort);
    }),
  abortAfter: (ms) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), Math.max(0, ms));
    return { signal: controller.signal, cancel: () => clearTimeout(timer) };
  },
};
