import type { ErrorCode } from "../../base/errors.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import type { Decision } from "../decide/decide.ts";

/** The names of a secret's state, and what each means for its users. */
export const stateTexts = {
  healthy: "the issuer accepts CURRENT, and no rotation is left to finish",
  busy: "another run is at work on this secret",
  updating: "Vault is between two states of this secret and does not list its versions",
  interrupted: "a rotation ended before it was finished; the issuer accepts CURRENT",
  poisoned: "the issuer refuses the client secret of the PENDING version for good; it is left alone, and CURRENT works",
  "overlap-due": "the client secret before CURRENT still works although its grace is over",
  down: "the issuer refuses CURRENT, so applications cannot log in; ways back are left",
  "locked-out": "the issuer refuses CURRENT, and no way back is known",
  unusable: "what CURRENT holds cannot be used to log in",
  unknown: "whether the issuer accepts CURRENT could not be found out",
} as const;
export type StateName = keyof typeof stateTexts;

/**
 * A version and the issuer's verdict on it now. A refusal within the landing bound after it was stored counts as
 * unknown.
 */
export interface VersionVerdict {
  readonly versionNo: number;
  readonly verdict: Verdict | "not-asked";
}

/** The part of a look that decides the name of the state. */
export interface SecretSummary {
  readonly current: VersionVerdict & { readonly isClaim: boolean };
  readonly pending: VersionVerdict | null;
  /** Another run holds the claim or the lease, or may still install PENDING. */
  readonly isBusy: boolean;
  /** PENDING holds a value of our own that the issuer can still be given. */
  readonly isInstallable: boolean;
}

/** Errors of the content itself, or of the address that it would be sent to. */
const UNUSABLE: readonly ErrorCode[] = ["CONTENT_INVALID", "ISSUER_UNKNOWN", "ORIGIN_NOT_ALLOWED"];

/** @param seen null while Vault does not list the versions */
export function stateNameOf(decision: Decision, seen: SecretSummary | null): StateName {
  if (seen === null) return "updating";
  if (decision.kind === "fail" && decision.code === "LOCKED_OUT") return "locked-out";
  if (decision.kind === "fail" && UNUSABLE.includes(decision.code)) return "unusable";
  if (seen.isBusy) return "busy";
  const { current, pending } = seen;
  if (current.verdict === "rejected") return "down";
  if (current.verdict !== "accepted") return "unknown";
  if (current.isClaim || pending?.verdict === "accepted") return "interrupted";
  if (pending?.verdict === "rejected") return seen.isInstallable ? "interrupted" : "poisoned";
  if (pending !== null) return "unknown";
  // An overlap is not due while its start is not noted.
  return decision.kind === "retire" || decision.kind === "take-lease" ? "overlap-due" : "healthy";
}

/** CURRENT works, and nothing is left to do, or another run is doing it. */
export function isHealthy(state: StateName, current: VersionVerdict | null): boolean {
  return state === "healthy" || (state === "busy" && current?.verdict === "accepted");
}

const waits = {
  active: "wait until the secret is ACTIVE again, then look again",
  verdict: "wait, and ask the issuer again",
  landed: "wait until the request that was sent to the issuer has taken effect or never will, then look again",
  claim: "wait for the other run to finish, then look again",
} as const;

/** What the words need besides the decision. Versions by number; null: none. */
export interface Situation {
  /** Says which steps a new value takes. */
  readonly isCallerChosen: boolean;
  readonly pendingNo: number | null;
  readonly previousNo: number | null;
}

const forget = (versionNo: number) => `have the issuer delete the client secret of version ${versionNo}`;
const give = (versionNo: number) =>
  `give the issuer the client secret of version ${versionNo}, log in with it, promote it`;

/** The words also name what the lease is taken for. */
function leaseText({ pendingNo, previousNo }: Situation): string {
  if (pendingNo !== null) return `take the lease on the client's secrets, ${give(pendingNo)}`;
  return previousNo === null
    ? "take the lease on the client's secrets, then look again"
    : `take the lease on the client's secrets, ${forget(previousNo)}`;
}

/** The next action in words. */
export function nextText(decision: Decision, situation: Situation): string {
  switch (decision.kind) {
    case "wait":
      return waits[decision.until];
    case "log-in-current":
    case "log-in-pending":
      return `log in with version ${decision.versionNo}`;
    case "log-in-unsaved":
      return "log in with the value that the issuer holds";
    case "prepare":
    case "claim":
    case "try-pending":
    case "note-pending":
    case "mint":
    case "generate":
      return situation.isCallerChosen
        ? "check room, rights and ways back; store a new client secret as PENDING, give it to the issuer, log in with it, promote it"
        : "check room, rights and ways back; write a claim, have the issuer make a new client secret, store it as PENDING, log in with it, promote it";
    case "install":
      return give(decision.versionNo);
    case "note-current":
      return "note that the grace of the older client secret begins now";
    case "note-no-grace":
      return "note that no stored client secret has a grace any more";
    case "take-lease":
      return leaseText(situation);
    case "retire":
      return forget(decision.versionNo);
    case "keep-alone":
      return `have the issuer keep the client secret of version ${decision.versionNo} alone`;
    case "read-others":
      return "read the other versions, and look for second authorities";
    case "read-back":
      return "ask the issuer for the client secret that it holds";
    case "copy":
    case "store":
      return "store the client secret that works as a new version, and promote it";
    case "drop":
      return "drop the value that the issuer refuses";
    case "promote":
      return `make version ${decision.versionNo} CURRENT`;
    case "done":
      return "nothing";
    case "fail":
      return "none";
  }
}
