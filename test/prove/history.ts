import type { Schedule } from "./schedule.ts";
import type { Call, World } from "./world.ts";

/** A finished schedule, as the checker gets it. */
export interface History {
  readonly schedule: Schedule;
  readonly world: World;
  /** The first rotation ended with 200. */
  readonly isEndedWell: boolean;
  /** Versions that still worked after an end that should have left only CURRENT's value working. */
  readonly survivors: readonly number[];
  /** Rotations begun: the first, a parallel one, and those that recovered. */
  readonly rotations: number;
  /** What ran after the last fault had struck and the last effect had landed, one entry a heal or rotation. */
  readonly quiet: readonly (readonly Call[])[];
  /** How many of them it took until all was well; 0: it was before. Null: it never was. */
  readonly rounds: number | null;
  /** Requests before the first quiet one. */
  readonly requestsBeforeQuiet: number;
}
