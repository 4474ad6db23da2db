import { RotationError } from "../base/errors.ts";
import { delayBefore, type RetryPolicy } from "../clients/http/retry.ts";
import type { Attempt } from "./attempt/attempt.ts";
import type { WaitReason } from "./decide/decide.ts";
import type { Rotation } from "./rotation.ts";

type Until = WaitReason | "stored" | "promoted";

const policies: Readonly<Record<Exclude<Until, "active">, RetryPolicy>> = {
  verdict: { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 1_000, longestDelayMs: 20_000 },
  claim: { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 5_000, longestDelayMs: 20_000 },
  landed: { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 5_000, longestDelayMs: 20_000 },
  stored: { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 500, longestDelayMs: 10_000 },
  promoted: { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 500, longestDelayMs: 10_000 },
};

/** Kept free at the end, so that the answer reaches the platform after the last try to store a value. */
const LAST_MOMENT_MS = 1_000;

function unknownLogin(attempt: Attempt, isFinal: boolean): RotationError | null {
  const asked = [...attempt.read.logins.values()].map(({ login }) => login);
  for (const login of [...asked, attempt.unsaved?.login]) {
    if (login?.verdict === "unknown" && (login.final || !isFinal)) return login.error;
  }
  return null;
}

/** The reason of the last failed write, so that the reader does not look for another cause. */
function because(failure: RotationError | null): string {
  return failure === null ? "" : ` (${failure.code}: ${failure.message})`;
}

function outOfTime({ context, attempt }: Rotation, until: Until): RotationError {
  if (attempt.unsaved !== null && attempt.writes.ownName !== null) {
    const what = "the new client secret is stored, but the secret did not become ACTIVE before the deadline";
    return new RotationError("VAULT_UNAVAILABLE", what);
  }
  if (attempt.unsaved !== null) {
    const { failure } = attempt.unsaved;
    return new RotationError(
      failure?.code ?? "VAULT_UNAVAILABLE",
      `a new client secret was made and could not be stored before the deadline${because(failure)}`,
      "regenerate the client secret in the console, store the value as a new version of the secret, and rotate again",
    );
  }
  switch (until) {
    case "active":
      return new RotationError(
        "VAULT_UNAVAILABLE",
        `the secret stayed UPDATING for ${context.settings.activeWaitSeconds} s`,
      );
    case "promoted":
      return new RotationError(
        "VAULT_UNAVAILABLE",
        `the version could not be promoted before the deadline${because(attempt.writes.writeFailure)}`,
      );
    case "claim":
      return new RotationError(
        "CLAIM_LIVE",
        attempt.read.unknownMarkNo === null
          ? "another run holds the claim on this secret"
          : `version ${attempt.read.unknownMarkNo} carries a mark that this edition does not know`,
      );
    case "landed":
      return new RotationError(
        "VERDICT_UNKNOWN",
        "regenerating was not answered, and it may still take effect",
        "run heal in a few minutes: until then the issuer may refuse CURRENT",
      );
    default: {
      const { writeFailure } = attempt.writes;
      if (until === "stored" && writeFailure !== null) {
        const what = `the secret could not be written before the deadline${because(writeFailure)}`;
        return new RotationError(writeFailure.code, what, writeFailure.nextAction);
      }
      const early = `the client secret was refused, but it was stored less than ${context.settings.landingBoundSeconds} s ago`;
      return unknownLogin(attempt, false) ?? new RotationError("VERDICT_UNKNOWN", early);
    }
  }
}

/** Waits between two looks, longer each time, while the call has time. */
export interface Backoff {
  /** Before a look: waits while the secret is likely to be UPDATING still. */
  beforeLook(): Promise<void>;
  /**
   * For an ACTIVE secret, the next look waits instead (`beforeLook`).
   * @param endsIn when the wait will be over, in ms from now, if known; the wait is not longer
   * @throws RotationError naming what was waited for, if waiting cannot help or no time is left
   */
  wait(until: Until, endsIn?: number | null): Promise<void>;
  /** Resets the backoff after progress. */
  reset(): void;
  /** Whether `wait` has thrown because no time is left. */
  isSpent(): boolean;
}

export function createBackoff(rotation: Rotation): Backoff {
  const { context, attempt } = rotation;
  const { clock, budget, settings } = context;
  const { updating } = context.clients.vault;
  let waits = 0;
  let isSpent = false;
  const limitOf = (until: Until) => {
    if (attempt.unsaved !== null) {
      const left = budget.remainingUntilKilled() - LAST_MOMENT_MS;
      // A wait for the issuer must leave time to store the value, whatever the issuer answers.
      const lastTries = 2 * settings.callTimeoutSeconds * 1000;
      const inCall = budget.remainingInCall();
      return until === "verdict" && inCall > lastTries ? inCall - lastTries + 1 : left;
    }
    return until === "active"
      ? Math.min(budget.remaining(), settings.activeWaitSeconds * 1000 - updating.waitedMs())
      : budget.remaining();
  };
  return {
    async beforeLook() {
      const ms = Math.min(updating.nextLookMs(), limitOf("active"));
      if (ms > 0) await clock.sleep(ms);
    },
    async wait(until, endsIn = null) {
      const hopeless = attempt.unsaved === null && until === "verdict" ? unknownLogin(attempt, true) : null;
      if (hopeless !== null) throw hopeless;
      const limit = limitOf(until);
      if (limit <= 0) {
        isSpent = true;
        throw outOfTime(rotation, until);
      }
      if (until === "active") return;
      waits += 1;
      const delay = delayBefore(policies[until], waits + 1, context.entropy);
      // The last wait is cut to the time left, so that none goes unused.
      const ms = Math.min(delay, limit, endsIn ?? limit);
      await clock.sleep(ms);
    },
    reset: () => {
      waits = 0;
    },
    isSpent: () => isSpent,
  };
}
