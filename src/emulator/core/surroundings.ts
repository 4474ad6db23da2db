import type { Entropy } from "../../base/entropy.ts";
import type { EmulatorState } from "./state.ts";
import type { Switches } from "./switches.ts";

/** What an emulated system answers a request with. */
export interface Surroundings {
  readonly state: EmulatorState;
  readonly entropy: Entropy;
  /** Emulated time, ms of the Unix epoch. */
  readonly now: number;
  readonly switches: Switches;
}
