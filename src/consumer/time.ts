/**
 * Time as this package needs it, in milliseconds. It ships alone and so brings its own; the product's `Clock` fits as well, which is how the
 * same code runs in virtual time. An application needs none of its own; a test may give one.
 *
 * @example
 * ```ts
 * const time: Time = { monotonic: () => now, sleep: async (ms) => void (now += ms) };
 * ```
 */
export interface Time {
  /** No defined start, never goes back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemTime: Time = {
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** A number from 0 to below 1. Only spreads reads, so it need not be unpredictable. */
export const systemRandom = (): number => Math.random();

/**
 * Waits for `work` no longer than `ms`; a result that comes later is dropped.
 * @returns undefined if it took longer
 */
export async function within<T>(time: Time, ms: number, work: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const late = time.sleep(ms, over.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

/** Does `work`, given up as soon as `signal` aborts: the caller stops waiting, the work that others share goes on. */
export async function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}
