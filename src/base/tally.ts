import { type ErrorCode, isErrorCode } from "./errors.ts";

/**
 * The numbers that one call leaves, under the names by which alarms and dashboards ask for them. `keeps`: what becomes of several values of
 * one call. `dimensions`: besides the function's own.
 */
export const metrics = {
  /** One for each call whose event was understood. */
  Calls: { keeps: "sum", dimensions: ["step", "outcome", "result"] },
  /** Secrets whose rotation, heal or retirement ended so. */
  Runs: { keeps: "sum", dimensions: ["task", "outcome", "result"] },
  /** From the moment the value in CURRENT died until the new one was CURRENT. */
  DeadWindowMilliseconds: { keeps: "most", dimensions: [] },
  /** Of the secret that has the fewest. */
  VersionSlotsLeft: { keeps: "least", dimensions: [] },
  NotificationsUndelivered: { keeps: "sum", dimensions: [] },
  /** Those that a heal of many found. */
  SecretsFound: { keeps: "sum", dimensions: [] },
  SecretsDue: { keeps: "sum", dimensions: [] },
  SecretsOverdue: { keeps: "sum", dimensions: [] },
  SecretsUnhealthy: { keeps: "sum", dimensions: [] },
} as const satisfies Record<string, { keeps: keyof typeof kept; dimensions: readonly string[] }>;

export type Metric = keyof typeof metrics;

/** Codes of an answer that is no error. */
export const SUCCESSES = ["OK", "ALREADY_ROTATED", "NOTHING_TO_DO"] as const;

export type OutcomeCode = ErrorCode | (typeof SUCCESSES)[number];

/** Nothing but words of our own: what a server, a secret or a caller wrote cannot get in here. */
interface Dimensions {
  readonly step?: Step;
  readonly task?: "rotation" | "heal" | "retire";
  readonly outcome?: OutcomeCode;
  readonly result?: Result;
}

export type Step =
  | "VERIFY_CONNECTION"
  | "CREATE_PENDING_VERSION"
  | "UPDATE_TARGET_SYSTEM"
  | "PROMOTE_PENDING_VERSION"
  | "ROTATION"
  | "ROTATE_DUE"
  | "HEAL"
  | "HEAL_ALL"
  | "HEAL_ALL_BY_ALARM"
  | "HEAL_ALL_BY_OPERATOR"
  | "HEAL_ALL_BY_SCHEDULE"
  | "CHECK"
  | "RETIRE"
  | "ROLLBACK"
  | "SUBSCRIBE"
  | "UNSUBSCRIBE"
  | "ACKNOWLEDGE"
  | "SUBSCRIBERS"
  | "TEST-NOTIFICATION";

type Result = "ok" | "refused" | "failed";

/** One value to be posted. */
export interface Point {
  readonly metric: Metric;
  readonly dimensions: Dimensions;
  readonly value: number;
}

/** What one call counts. */
export interface Tally {
  note(metric: Metric, value: number, dimensions?: Dimensions): void;
  /** What was noted, one point for each metric and its dimensions. */
  points(): readonly Point[];
}

const kept = {
  sum: (one: number, other: number) => one + other,
  least: Math.min,
  most: Math.max,
};

/** The call did nothing, and was not to do anything: nobody is needed. */
const REFUSED: readonly ErrorCode[] = [
  "EVENT_INVALID",
  "SUBSCRIBER_INVALID",
  "ROLLBACK_REFUSED",
  "GRACE_RUNNING",
  "PAUSED",
  "CLAIM_LIVE",
];

export function resultOf(outcome: OutcomeCode): Result {
  if (!isErrorCode(outcome)) return "ok";
  return REFUSED.includes(outcome) ? "refused" : "failed";
}

export function createTally(): Tally {
  const points = new Map<string, Point>();
  return {
    note(metric, value, dimensions = {}) {
      const key = JSON.stringify([metric, dimensions]);
      const before = points.get(key)?.value;
      const now = before === undefined ? value : kept[metrics[metric].keeps](before, value);
      points.set(key, { metric, dimensions, value: now });
    },
    points: () => [...points.values()],
  };
}
