import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Entropy } from "../../base/entropy.ts";

/** How often and how patiently something is asked again. Delays double from the first to the longest. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** Reads have no effect, so they may be repeated; three tries ride out a dropped connection without hiding an outage. */
export const readPolicy: RetryPolicy = { attempts: 3, firstDelayMs: 500, longestDelayMs: 4_000 };

/** A reader may lag behind the writer for some seconds: what was listed and is not found is asked for a little longer. */
export const lagPolicy: RetryPolicy = { attempts: 5, firstDelayMs: 500, longestDelayMs: 4_000 };

/** The delay before try number `next` (2 is the second), with up to a quarter of jitter so that many functions do not ask in step. */
export function delayBefore(policy: RetryPolicy, next: number, entropy: Entropy): number {
  const plain = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** Math.min(next - 2, 30));
  return plain * (1 + entropy.fraction() / 4);
}

/** Repeats a read as the policy says, while the delay fits into the time left; the last failure is thrown as it came. */
export async function repeatRead<T>(
  read: () => Promise<T>,
  isRepeatable: (thrown: unknown) => boolean,
  policy: RetryPolicy,
  seams: { readonly clock: Clock; readonly entropy: Entropy; readonly budget: Budget },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (thrown) {
      if (attempt >= policy.attempts || !isRepeatable(thrown)) throw thrown;
      const delay = delayBefore(policy, attempt + 1, seams.entropy);
      if (delay >= seams.budget.remaining()) throw thrown;
      await seams.clock.sleep(delay);
    }
  }
}
