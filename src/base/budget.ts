import type { Clock } from "./clock.ts";

/** The time that one invocation has. All values are milliseconds; instants are on `Clock.monotonic`. */
export interface Budget {
  /** What is left for work: the platform's deadline less the margin kept for the answer. Never below zero. */
  remaining(): number;
  /**
   * The same for the whole call, if this work has a turn in it: for finishing and recording what was begun within the
   * turn.
   */
  remainingInCall(): number;
  /** What is left before the platform kills the process. For an unsaved value, which is stored at any price. Never below zero. */
  remainingUntilKilled(): number;
  /** The instant at which one remote call that starts now must be aborted. */
  callDeadline(): number;
}

/** The budget of one turn among many. */
export interface TurnBudget extends Budget {
  /** From now on the turn lasts at least so long. */
  prolong(ms: number): void;
}

/**
 * A budget for one turn among many. Waiting, asking and beginning end with it, so that the other turns have time. Only
 * the call bounds work that was begun and must not be abandoned, above all an unsaved value.
 * @param ms from now
 */
export function turnOf(budget: Budget, clock: Pick<Clock, "monotonic">, ms: number): TurnBudget {
  let until = clock.monotonic() + ms;
  const left = () => Math.max(0, until - clock.monotonic());
  return {
    remaining: () => Math.min(budget.remaining(), left()),
    remainingInCall: () => budget.remainingInCall(),
    remainingUntilKilled: () => budget.remainingUntilKilled(),
    // After the turn only what must not be given up goes on, and no request of it is cut short.
    callDeadline: () => (left() > 0 ? Math.min(budget.callDeadline(), until) : budget.callDeadline()),
    prolong: (more) => {
      until = Math.max(until, clock.monotonic() + more);
    },
  };
}

/** A budget of at most `ms` from now, for work that can be abandoned. */
export function limitedTo(budget: Budget, clock: Pick<Clock, "monotonic">, ms: number): Budget {
  const until = clock.monotonic() + ms;
  const left = () => Math.max(0, until - clock.monotonic());
  return {
    remaining: () => Math.min(budget.remaining(), left()),
    remainingInCall: () => Math.min(budget.remainingInCall(), left()),
    remainingUntilKilled: () => Math.min(budget.remainingUntilKilled(), left()),
    callDeadline: () => Math.min(budget.callDeadline(), until),
  };
}

/** No call may end so late that its outcome could not be logged and answered. */
const LAST_MOMENT_MS = 1_000;

/**
 * @param platformDeadline `ctx.deadline` (RFC 3339 instant of the platform, the header Fn-Deadline); null: none was sent
 */
export function createBudget(
  clock: Clock,
  platformDeadline: Date | null,
  limits: { readonly budgetMs: number; readonly marginMs: number; readonly callTimeoutMs: number },
): Budget {
  const started = clock.monotonic();
  const given = platformDeadline === null ? Number.NaN : platformDeadline.getTime() - clock.now();
  const killedAt = started + (Number.isNaN(given) ? limits.budgetMs + limits.marginMs : given);
  const remainingUntilKilled = () => Math.max(0, killedAt - clock.monotonic());
  const remaining = () => Math.max(0, remainingUntilKilled() - limits.marginMs);
  return {
    remaining,
    remainingInCall: remaining,
    remainingUntilKilled,
    callDeadline: () => Math.min(clock.monotonic() + limits.callTimeoutMs, killedAt - LAST_MOMENT_MS),
  };
}
