import { leaseIn } from "../../clients/vault/rotation-metadata.ts";
import type { VersionSummary } from "../../clients/vault/store.ts";
import type { Attempt } from "../attempt.ts";
import { nextRequester } from "../authorities.ts";
import type { Context } from "../context.ts";
import type { Candidate } from "../decide/decide.ts";
import type { CallerState, ClaimState, IssuerState, OtherCurrent, State, WorkingCurrent } from "../decide/state.ts";
import { callerPendingOf } from "./caller-pending.ts";
import { isLiveClaim, isOwnClaim, type Snapshot, verdictOn } from "./observe.ts";
import { otherCredentials, sameValueNoOf } from "./others.ts";
import { compromisedOf, isCallerChosen, keepsOf, overlapOf, unexpectedOf } from "./overlap.ts";
import { unprovenBy, writesOf } from "./second-pending.ts";
import { holdSame, isFromBefore } from "./values.ts";

/** Regenerating again after a lost answer is a way back. More than two mints in a call would be a loop. */
const MINTS_PER_CALL = 2;
/** One value per call, and another one if the issuer's policy refused the first. */
const VALUES_PER_CALL = 2;
/** The same value again after an unanswered request. More would be a loop. */
const INSTALLS_PER_CALL = 2;
/** Two retries after lost answers. More would be a loop. */
const RETIRES_PER_CALL = 3;

function isWithinLandingBound({ clock, settings }: Context, at: number): boolean {
  return clock.monotonic() - at < settings.landingBoundSeconds * 1000;
}

export function candidateOf(
  context: Context,
  attempt: Attempt,
  version: VersionSummary,
  { list }: Snapshot,
): Candidate {
  return { versionNo: version.versionNo, verdict: verdictOn(context, attempt, version, list.asOf) };
}

/** Whether the call has too little time for another wait and two tries to store. */
function isLastMoment({ budget, settings }: Context): boolean {
  return budget.remainingInCall() < 2 * settings.callTimeoutSeconds * 1000;
}

function unsavedOf(context: Context, attempt: Attempt): IssuerState["unsaved"] {
  const { unsaved } = attempt;
  if (unsaved === null) return null;
  const store = { writes: writesOf(attempt), isLastMoment: isLastMoment(context) };
  const verdict = unsaved.login?.verdict ?? "not-asked";
  const isYoung = isWithinLandingBound(context, unsaved.receivedAt);
  if (verdict !== "rejected") return { ...store, verdict, isYoung };
  return isYoung ? { ...store, verdict: "unknown", isYoung } : { ...store, verdict, isYoung };
}

/**
 * CURRENT may have another number than at the first look and still hold the same value: then there was no rotation. If
 * the stored values are compromised, any of them counts as the first value, even a PENDING one that works.
 */
function heldBy(attempt: Attempt, currentNo: number): WorkingCurrent["holds"] {
  if (attempt.isCompromised && isFromBefore(attempt, currentNo)) return "start-value";
  const { startCurrentNo } = attempt;
  return startCurrentNo === null || holdSame(attempt, startCurrentNo, currentNo) ? "start-value" : "new-value";
}

/** @param isConfirmed whether refusals of CURRENT's value, counted from the first, are not spurious */
function currentOf(
  context: Context,
  attempt: Attempt,
  snapshot: Snapshot,
  isConfirmed: (refusal: NonNullable<Attempt["currentRefusal"]>) => boolean,
): WorkingCurrent | OtherCurrent {
  const { versionNo, verdict } = candidateOf(context, attempt, snapshot.current, snapshot);
  if (verdict === "accepted") return { versionNo, verdict, holds: heldBy(attempt, versionNo) };
  if (verdict !== "rejected") return { versionNo, verdict };
  const { currentRefusal } = attempt;
  const isSame = currentRefusal !== null && holdSame(attempt, currentRefusal.versionNo, versionNo);
  return { versionNo, verdict, isConfirmed: isSame && isConfirmed(currentRefusal) };
}

function claimOf(context: Context, attempt: Attempt, snapshot: Snapshot): ClaimState {
  if (isLiveClaim(context, attempt, snapshot)) return { holder: "theirs", unknownMarkNo: attempt.unknownMarkNo };
  const [highest] = snapshot.list.versions;
  if (highest === undefined || !isOwnClaim(attempt, highest)) return { holder: "none" };
  const age = context.clock.monotonic() - (attempt.claim?.startedAt ?? 0);
  if (age >= context.settings.claimTtlSeconds * 1000) return { holder: "mine-expired" };
  return { holder: "mine", unproven: unprovenBy(highest, attempt, snapshot.list) };
}

/**
 * A mint has landed if it killed the secret that was accepted just before. After the landing bound it has landed or
 * never will.
 */
function isMintInFlight(context: Context, { openMint }: Attempt, { verdict }: Candidate): boolean {
  if (openMint === null || (openMint.wasCurrentAccepted && verdict === "rejected")) return false;
  return isWithinLandingBound(context, openMint.at);
}

function leaseOf({ clock, settings }: Context, attempt: Attempt, { list }: Snapshot): CallerState["lease"] {
  const lease = leaseIn(attempt.metadata, list.asOf);
  if (lease === null) return "free";
  if (attempt.lease !== null && lease.callId === attempt.lease.callId) {
    return clock.monotonic() - attempt.lease.startedAt < settings.claimTtlSeconds * 1000 ? "mine" : "free";
  }
  return list.asOf < lease.until + settings.landingBoundSeconds * 1000 ? "others" : "free";
}

type Shared = Pick<State, "isPaused" | "others" | "isPrepared">;

/** The part of the state that does not depend on who chooses the value. */
function sharedOf(context: Context, attempt: Attempt, snapshot: Snapshot): Shared {
  const others = attempt.hasReadOthers ? otherCredentials(attempt, snapshot) : null;
  return {
    isPaused: context.settings.paused,
    others:
      others?.map((version) => ({
        ...candidateOf(context, attempt, version, snapshot),
        isPromotable: !attempt.unpromotable.has(version.versionNo),
      })) ?? null,
    isPrepared: attempt.isPrepared,
  };
}

function issuerStateOf(context: Context, attempt: Attempt, goal: IssuerState["goal"], snapshot: Snapshot): IssuerState {
  const { pending } = snapshot;
  const current = currentOf(context, attempt, snapshot, ({ looks }) => looks > 1);
  const hasAuthority = nextRequester(context, attempt, snapshot) !== null;
  return {
    ...sharedOf(context, attempt, snapshot),
    chosenBy: "issuer",
    goal,
    unsaved: unsavedOf(context, attempt),
    pending: pending && {
      ...candidateOf(context, attempt, pending, snapshot),
      isOwn: pending.name !== null && pending.name === attempt.ownName,
    },
    current: current.verdict === "accepted" ? { ...current, sameValueNo: sameValueNoOf(attempt, snapshot) } : current,
    claim: claimOf(context, attempt, snapshot),
    inFlight: isMintInFlight(context, attempt, current) ? "mint" : null,
    left: { mints: MINTS_PER_CALL - attempt.mints },
    authority: hasAuthority ? (attempt.isReadBackSpent ? "may-regenerate" : "may-read-back") : "none",
  };
}

/** The state that the table judges if we choose the value. */
export function callerStateOf(
  context: Context,
  attempt: Attempt,
  goal: CallerState["goal"],
  snapshot: Snapshot,
): CallerState {
  const { installs, values, retires, retiredAt } = attempt;
  return {
    ...sharedOf(context, attempt, snapshot),
    chosenBy: "caller",
    goal,
    pending: callerPendingOf(context, attempt, snapshot),
    current: currentOf(context, attempt, snapshot, ({ since }) => !isWithinLandingBound(context, since)),
    keeps: keepsOf(attempt, snapshot),
    overlap: overlapOf(context, attempt, goal, snapshot),
    unexpected: unexpectedOf(attempt, snapshot),
    lease: leaseOf(context, attempt, snapshot),
    compromised: compromisedOf(attempt, snapshot),
    inFlight: retiredAt !== null && isWithinLandingBound(context, retiredAt) ? "retire" : null,
    left: {
      installs: INSTALLS_PER_CALL - installs,
      values: VALUES_PER_CALL - values,
      retires: RETIRES_PER_CALL - retires,
    },
    isUnanswered: !attempt.isInstallAnswered,
    authority: nextRequester(context, attempt, snapshot) === null ? "none" : "may-install",
  };
}

/**
 * The state that the table judges. CURRENT's content says who chooses the value; if it cannot be understood, the issuer
 * is assumed to.
 */
export function stateOf(context: Context, attempt: Attempt, goal: State["goal"], snapshot: Snapshot): State {
  if (isCallerChosen(attempt, snapshot)) return callerStateOf(context, attempt, goal, snapshot);
  return issuerStateOf(context, attempt, goal === "retire" ? "heal" : goal, snapshot);
}
