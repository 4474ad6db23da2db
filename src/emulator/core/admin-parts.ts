import type { Clock } from "../../base/clock.ts";
import type { Core } from "./core.ts";
import type { Surroundings } from "./surroundings.ts";

/** What creates and reads emulated resources directly, without faults and signatures. */
export interface AdminParts extends Omit<Surroundings, "now"> {
  readonly core: Core;
  readonly clock: Clock;
}
