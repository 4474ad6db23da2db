/** Every kind of issuer that is searched, as a combination's id begins. */
export type ProvenIssuerName = "oci-iam" | "oci-iam-caller" | "keycloak" | "keycloak-policy" | "uaa" | "edfi-cms";

/** How Vault refuses a second PENDING version. */
export type Refusal = "refuses" | "refuses-404" | "refuses-incorrect-state" | "refuses-412" | "refuses-503";

/** How the emulated issuer and Vault behave: one value of each dimension. */
export interface Combination {
  readonly issuer: ProvenIssuerName;
  /** What the App resource shows of the client secret. */
  readonly readBack: "clear" | "empty" | "masked" | "forbidden";
  /** What becomes of tokens got with a replaced secret. */
  readonly oldTokens: "live" | "die";
  /** Whether another client that may regenerate this one's secret is configured. */
  readonly authority: boolean;
  readonly ifMatch: "honoured" | "ignored";
  /** What becomes of a second PENDING version. Plain `refuses`: by 400. */
  readonly secondPending: "deprecates" | "keeps-both" | Refusal;
  /**
   * The secret's metadata says that Vault takes a second PENDING version: as a first rotation leaves it where that is so, forged where it is
   * not.
   */
  readonly isNoted: boolean;
  /** A stale node: the new secret is refused for a while after it was made. */
  readonly staleNode: boolean;
  /** OROT_REQUIRE_WAY_BACK: without a way back nothing starts. */
  readonly requireWayBack: boolean;
  /** An endpoint is registered for notifications of rotations. */
  readonly subscribed: boolean;
  /** OROT_RETIRE_AFTER=acknowledged, and two endpoints that acknowledge what they have read. */
  readonly acknowledges: boolean;
}

/**
 * Four calls, one for each step, as Vault makes them; or one call for everything. `compromised`: the same for that
 * reason. `retire`: one call for everything, and one that ends the overlap. `acknowledged`: one call for everything, and
 * heals before, between and after the acknowledgements of all subscribers; the last heal ends the overlap.
 */
export type Flow = "four-steps" | "whole" | "compromised" | "retire" | "acknowledged";
