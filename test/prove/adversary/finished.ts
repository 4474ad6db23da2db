import type { World } from "../world.ts";
import type { Attacker } from "./attacker.ts";
import type { Prepared } from "./prepare.ts";
import type { AdversarySchedule } from "./schedule.ts";
import type { Sent } from "./sent.ts";
import type { Watch } from "./watch.ts";

/** A move that was made, and how many requests the emulator had recorded by then. */
export interface Made {
  readonly move: string;
  readonly after: number;
}

/** A finished schedule, as the judge gets it. */
export interface Run {
  readonly schedule: AdversarySchedule;
  readonly prepared: Prepared;
  readonly world: World;
  readonly attacker: Attacker;
  readonly watch: Watch;
  readonly sent: readonly Sent[];
  readonly made: readonly Made[];
  /** How many requests the event's calls sent to Vault, and in all. */
  readonly vaultRequests: number;
  readonly requests: number;
  /** How many requests had been recorded when the second authority was bound to S. */
  readonly boundAfter: number;
  /** Calls of the event; those after it heal and rotate. */
  readonly eventCalls: number;
  /** Rotations at the end, after the heal. */
  readonly rotations: number;
  readonly isConverged: boolean;
}
