import { type Candidate, type Decision, fail, logInWith, waitForVerdict } from "./decide.ts";
import type { CallerState, IssuerState, State } from "./state.ts";

/** One row of the table: decides, or passes the state on to the next. `state` and `action` are its words in docs/decide.md. */
export interface Rule<S extends State = State> {
  readonly id: string;
  readonly state: string;
  readonly action: string;
  /** The row is asked only where the issuer makes the value, or only where we do. Left out: always. */
  readonly chosenBy?: State["chosenBy"];
  decide(state: S): Decision | null;
}

type Maybe<T> = T | null | undefined;

export const accepts = (candidate: Maybe<Candidate>): boolean => candidate?.verdict === "accepted";
export const refuses = (candidate: Maybe<Candidate>): boolean => candidate?.verdict === "rejected";

/** A row of the issuers that make the value. */
export function issuerMakes(rule: Rule<IssuerState>): Rule {
  return { ...rule, chosenBy: "issuer", decide: (s) => (s.chosenBy === "issuer" ? rule.decide(s) : null) };
}

/** A row of the issuers that take our value. */
export function weMake(rule: Rule<CallerState>): Rule {
  return { ...rule, chosenBy: "caller", decide: (s) => (s.chosenBy === "caller" ? rule.decide(s) : null) };
}

/** Asks about a stored value that nobody has asked about yet. */
export function ask(candidate: Maybe<Candidate>, stage: "verify-current" | "verify-pending"): Decision | null {
  return candidate?.verdict === "not-asked" ? logInWith(candidate.versionNo, stage) : null;
}

export const wait = (until: "landed" | "claim"): Decision => ({ kind: "wait", until });

export const done = (code: "NOTHING_TO_DO" | "ALREADY_ROTATED", { versionNo }: Candidate): Decision => ({
  kind: "done",
  code,
  versionNo,
});

/** PENDING works: a step has done its part, everyone else makes it CURRENT. */
export function finishWith(goal: State["goal"], versionNo: number): Decision {
  return goal === "create" ? { kind: "done", code: "OK", versionNo } : { kind: "promote", versionNo };
}

export const anotherInstalls: Decision = fail("CLAIM_LIVE", "another run is installing the PENDING version");

/** What only an administrator of the issuer can end. */
export const setAlone = (then: string): string =>
  `as an administrator of the issuer set the client's secret to CURRENT's value alone, then ${then}`;

/** Someone else is at work, or a later edition of this product has been. */
export function claimLive({ unknownMarkNo }: IssuerState["claim"]): Decision {
  return unknownMarkNo === null
    ? fail("CLAIM_LIVE", "another run holds the claim on this secret")
    : fail("CLAIM_LIVE", `version ${unknownMarkNo} carries a mark that this edition does not know`);
}

/** A heal that meets another run at work leaves it alone at once; everyone else waits for the verdict. */
export function waitOrLeave(state: State): Decision {
  if (state.chosenBy === "caller" || state.goal !== "heal" || !state.claim.isLive) return waitForVerdict;
  return claimLive(state.claim);
}
