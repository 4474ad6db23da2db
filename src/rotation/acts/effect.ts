import type { Action } from "../decide/decide.ts";
import type { StageName } from "../stages/stage.ts";

/** What one action brought. `look`: the next decision needs a new observation. `promoted`: the rotation is complete. */
export interface Effect {
  readonly outcome: string;
  readonly next: "decide" | "look" | "promoted";
  /** The write did not end well and will be tried again after a while. */
  readonly isRetry?: boolean;
  /** When there will be nothing left to wait for, in ms from now, where that is known. */
  readonly endsIn?: number;
}

export type StageAction = Exclude<Action, { kind: "wait" | "drop" | "done" | "fail" }>;

const stageOfAction = {
  prepare: "fetch-token",
  claim: "regenerate",
  "try-pending": "regenerate",
  "note-pending": "fetch-token",
  mint: "regenerate",
  generate: "write-pending",
  install: "regenerate",
  "note-current": "fetch-token",
  "note-no-grace": "fetch-token",
  "take-lease": "fetch-token",
  retire: "regenerate",
  "read-others": "fetch-token",
  "read-back": "regenerate",
  take: "write-pending",
  store: "write-pending",
  promote: "promote",
  "log-in-hand": "verify-pending",
} as const;

/** The stage that an action runs: the table from steps to stages is held to it. */
export function stageOf(action: StageAction): StageName {
  return action.kind === "log-in" ? action.stage : stageOfAction[action.kind];
}
