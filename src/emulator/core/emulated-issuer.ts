import type { Entropy } from "../../base/entropy.ts";
import type { CallName } from "./call-names.ts";
import type { EmulatorState } from "./state.ts";
import type { Switches } from "./switches.ts";
import type { EmulatedRequest, EmulatedResponse } from "./wire.ts";

/** What serves a request: one of OCI's services, an issuer by its name, or the Credential Exchange. */
export type IssuerSystem = "identity" | "keycloak" | "uaa" | "edfi-cms" | "ces";
export type System =
  | "vault"
  | "bundles"
  | "work-requests"
  | "functions"
  | "auth"
  | "receivers"
  | "topics"
  | "unknown"
  | IssuerSystem;

export interface IssuerSurroundings {
  readonly state: EmulatorState;
  readonly entropy: Entropy;
  /** Emulated time, ms of the Unix epoch. */
  readonly now: number;
  readonly switches: Switches;
}

/** An emulated issuer, told from the others by the paths that it serves. */
export interface EmulatedIssuer {
  readonly system: IssuerSystem;
  serves(path: string): boolean;
  /** What the product calls the request. */
  classify(request: EmulatedRequest, state: EmulatorState, switches: Switches): CallName;
  handle(request: EmulatedRequest, surroundings: IssuerSurroundings): EmulatedResponse;
  /** An error in this issuer's own words, as faults and the switch `deny` give it: 400, 401, 403, 409, 412, 429, 500. */
  error(status: number, path: string): EmulatedResponse;
}
