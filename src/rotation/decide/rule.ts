import { type Candidate, type Decision, fail, logInWith, waitForVerdict } from "./decide.ts";
import type { CallerState, IssuerState, State } from "./state.ts";

/**
 * One row of the table: decides, or passes the state on to the next row. `state` and `action` are its words in
 * docs/decide.md.
 */
export interface Rule<S extends State = State> {
  readonly id: string;
  readonly state: string;
  readonly action: string;
  /** The row is asked only if the issuer makes the value (`issuer`) or only if we do (`caller`). Absent: always. */
  readonly chosenBy?: State["chosenBy"];
  decide(state: S): Decision | null;
}

type Maybe<T> = T | null | undefined;

export function accepts<T extends Candidate>(candidate: Maybe<T>): candidate is T & { readonly verdict: "accepted" } {
  return candidate?.verdict === "accepted";
}

export function refuses<T extends Candidate>(candidate: Maybe<T>): candidate is T & { readonly verdict: "rejected" } {
  return candidate?.verdict === "rejected";
}

/** CURRENT is refused, and not by a slip of the issuer. */
export const isDead = (current: State["current"]): boolean => refuses(current) && current.isConfirmed;

/** This call made the pending value. */
export const isMade = (pending: CallerState["pending"]): boolean =>
  pending?.origin === "this-call" || pending?.origin === "this-call-before";

/** A row for issuers that make the value. */
export function issuerMakes(rule: Rule<IssuerState>): Rule {
  return { ...rule, chosenBy: "issuer", decide: (s) => (s.chosenBy === "issuer" ? rule.decide(s) : null) };
}

/** A row for issuers that take our value. */
export function weMake(rule: Rule<CallerState>): Rule {
  return { ...rule, chosenBy: "caller", decide: (s) => (s.chosenBy === "caller" ? rule.decide(s) : null) };
}

/** Logs in with a stored value that has no verdict yet. */
export function ask(candidate: Maybe<Candidate>, stage: "verify-current" | "verify-pending"): Decision | null {
  return candidate?.verdict === "not-asked" ? logInWith(candidate.versionNo, stage) : null;
}

export const wait = (until: "landed" | "claim"): Decision => ({ kind: "wait", until });

export const done = (code: "NOTHING_TO_DO" | "ALREADY_ROTATED", { versionNo }: Candidate): Decision => ({
  kind: "done",
  code,
  versionNo,
});

/** PENDING works: CREATE has done its part, and every other goal promotes it. */
export function finishWith(goal: State["goal"], versionNo: number): Decision {
  return goal === "create" ? { kind: "done", code: "OK", versionNo } : { kind: "promote", versionNo };
}

export const anotherInstalls: Decision = fail("CLAIM_LIVE", "another run is installing the PENDING version");

/** The next action that only an administrator of the issuer can take. */
export const setAlone = (then: string): string =>
  `as an administrator of the issuer, set CURRENT's value as the client's only secret, then ${then}`;

/** Another run is at work, or a later edition of this product has been. */
export function claimLive({ unknownMarkNo }: { readonly unknownMarkNo: number | null }): Decision {
  return unknownMarkNo === null
    ? fail("CLAIM_LIVE", "another run holds the claim on this secret")
    : fail("CLAIM_LIVE", `version ${unknownMarkNo} carries a mark that this edition does not know`);
}

/** A heal stops at once if another run is at work. All other goals wait for the verdict. */
export function waitOrLeave(state: State): Decision {
  if (state.chosenBy === "caller" || state.goal !== "heal" || state.claim.holder !== "theirs") return waitForVerdict;
  return claimLive(state.claim);
}
