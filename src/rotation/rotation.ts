import type { Attempt } from "./attempt/attempt.ts";
import type { Context } from "./context.ts";

/** One rotation at work: what it works with, and what it has learnt so far. */
export interface Rotation {
  readonly context: Context;
  readonly attempt: Attempt;
}
