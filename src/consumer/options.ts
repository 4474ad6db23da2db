import { isInvalidClient } from "./refusal.ts";
import { systemRandom, systemTime, type Time } from "./time.ts";

/**
 * How a source reads and waits. All times are in milliseconds; each option has a default.
 *
 * `onReadError` gets what the reader threw, which may hold a request's headers: do not log it whole.
 *
 * @example
 * ```ts
 * credential(readVersion, { ttlMs: 60_000, jitter: 0.1, onReadError: () => failedReads.increment() });
 * ```
 */
export interface CredentialOptions {
  /** How long a credential is handed out without reading CURRENT again; from 0, default 300,000 (five minutes). */
  readonly ttlMs?: number;
  /** The part of `ttlMs` by which it is shortened at random, so that many processes do not read at once; 0 to 1, default 0. */
  readonly jitter?: number;
  /** How long one read may take; above 0, default 10,000. */
  readonly readTimeoutMs?: number;
  /** How long a refused request waits for the new credential while a rotation is under way; 0 to 60,000, default 60,000. */
  readonly waitMs?: number;
  /** Whether what a request threw or gave means that the issuer refused the credential; default `isInvalidClient`. */
  readonly isRefused?: (outcome: unknown) => boolean | Promise<boolean>;
  /**
   * Called with what the reader threw, even if an earlier credential is used instead. It may hold values that must not
   * be logged.
   */
  readonly onReadError?: (thrown: unknown) => void;
  /** For tests. */
  readonly time?: Time;
  /** For tests: a number from 0 to below 1. */
  readonly random?: () => number;
}

const MINUTE_MS = 60_000;

function bounded(name: string, value: number, least: number, most: number): number {
  // Written so that NaN is refused too.
  if (value >= least && value <= most) return value;
  throw new RangeError(`the option ${name} must be a number from ${least} to ${most}`);
}

/** @throws RangeError naming the option */
export function withDefaults(options: CredentialOptions): Required<CredentialOptions> {
  const { onReadError } = options;
  return {
    ttlMs: bounded("ttlMs", options.ttlMs ?? 5 * MINUTE_MS, 0, Number.MAX_SAFE_INTEGER),
    jitter: bounded("jitter", options.jitter ?? 0, 0, 1),
    readTimeoutMs: bounded("readTimeoutMs", options.readTimeoutMs ?? 10_000, 1, 5 * MINUTE_MS),
    waitMs: bounded("waitMs", options.waitMs ?? MINUTE_MS, 0, MINUTE_MS),
    isRefused: options.isRefused ?? isInvalidClient,
    onReadError(thrown) {
      try {
        onReadError?.(thrown);
      } catch {
        // An error of the listener must not stop the application's requests.
      }
    },
    time: options.time ?? systemTime,
    random: options.random ?? systemRandom,
  };
}
