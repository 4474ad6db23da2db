import type { CallName, IssuerSystem } from "./call-names.ts";
import type { EmulatorState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Switches } from "./switches.ts";
import type { EmulatedRequest, EmulatedResponse } from "./wire.ts";

/** An emulated issuer, recognised by the paths that it serves. */
export interface EmulatedIssuer {
  readonly system: IssuerSystem;
  serves(path: string): boolean;
  /** The product's name for the request. */
  classify(request: EmulatedRequest, state: EmulatorState, switches: Switches): CallName;
  handle(request: EmulatedRequest, surroundings: Surroundings): EmulatedResponse;
  /** An error in this issuer's own format, for faults and the switch `deny`: 400, 401, 403, 409, 412, 429, 500. */
  error(status: number, path: string): EmulatedResponse;
}
