import { leaseIn } from "../../clients/vault/rotation-metadata.ts";
import type { VersionSummary } from "../../clients/vault/store.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { isPlaceholder } from "../attempt/read.ts";
import { nextRequester } from "../authorities.ts";
import type { Context } from "../context.ts";
import type { Candidate } from "../decide/decide.ts";
import type { CallerState, ClaimState, IssuerState, OtherCurrent, State, WorkingCurrent } from "../decide/state.ts";
import type { Rotation } from "../rotation.ts";
import { callerPendingOf } from "./caller-pending.ts";
import type { Observed } from "./observe.ts";
import { isLiveClaim, isOwnClaim, verdictOn } from "./observe.ts";
import { otherCredentials, sameValueNoOf } from "./others.ts";
import { compromisedOf, isCallerChosen, keepsOf, overlapOf, unexpectedOf, unstoredOf } from "./overlap.ts";
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

export function candidateOf(rotation: Observed, version: VersionSummary): Candidate {
  const { list } = rotation.snapshot;
  return { versionNo: version.versionNo, verdict: verdictOn(rotation, version, list.asOf) };
}

/** Whether the call has too little time for another wait and two tries to store. */
function isLastMoment({ budget, settings }: Context): boolean {
  return budget.remainingInCall() < 2 * settings.callTimeoutSeconds * 1000;
}

function unsavedOf({ context, attempt }: Rotation): IssuerState["unsaved"] {
  const { unsaved } = attempt;
  if (unsaved === null) return null;
  const store = { writes: writesOf(attempt.writes), isLastMoment: isLastMoment(context) };
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
  if (attempt.isCompromised && isFromBefore(attempt.read, currentNo)) return "start-value";
  const { startCurrentNo } = attempt.read;
  return startCurrentNo === null || holdSame(attempt.read, startCurrentNo, currentNo) ? "start-value" : "new-value";
}

/** @param isConfirmed whether refusals of CURRENT's value, counted from the first, are not spurious */
function currentOf(
  rotation: Observed,
  isConfirmed: (refusal: NonNullable<Attempt["read"]["currentRefusal"]>) => boolean,
): WorkingCurrent | OtherCurrent {
  const { attempt } = rotation;
  const { versionNo, verdict } = candidateOf(rotation, rotation.snapshot.current);
  if (verdict === "accepted") return { versionNo, verdict, holds: heldBy(attempt, versionNo) };
  if (verdict !== "rejected") return { versionNo, verdict };
  if (isPlaceholder(attempt.read, versionNo)) return { versionNo, verdict, isConfirmed: true, isPlaceholder: true };
  const { currentRefusal } = attempt.read;
  const isSame = currentRefusal !== null && holdSame(attempt.read, currentRefusal.versionNo, versionNo);
  return { versionNo, verdict, isConfirmed: isSame && isConfirmed(currentRefusal) };
}

function claimOf(rotation: Observed): ClaimState {
  const { context, attempt, snapshot } = rotation;
  const [highest] = snapshot.list.versions;
  const isMine = highest !== undefined && isOwnClaim(attempt, highest);
  // A claim of mine that is to be deleted does not count beside another's live one, unless there is a value to store.
  if (isLiveClaim(rotation) && !(isMine && attempt.unsaved !== null))
    return { holder: "theirs", unknownMarkNo: attempt.read.unknownMarkNo };
  if (!isMine) return { holder: "none" };
  const age = context.clock.monotonic() - (attempt.locks.claim?.startedAt ?? 0);
  if (age >= context.settings.claimTtlSeconds * 1000) return { holder: "mine-expired" };
  return { holder: "mine", unproven: unprovenBy(highest, attempt.writes, snapshot.list) };
}

/**
 * A mint has landed if it killed the secret that was accepted just before. After the landing bound it has landed or
 * never will.
 */
function isMintInFlight(
  {
    context,
    attempt: {
      requests: { openMint },
    },
  }: Rotation,
  { verdict }: Candidate,
): boolean {
  if (openMint === null || (openMint.wasCurrentAccepted && verdict === "rejected")) return false;
  return isWithinLandingBound(context, openMint.at);
}

function leaseOf({ context: { clock, settings }, attempt, snapshot: { list } }: Observed): CallerState["lease"] {
  const lease = leaseIn(attempt.read.metadata, list.asOf);
  if (lease === null) return "free";
  if (attempt.locks.lease !== null && lease.callId === attempt.locks.lease.callId) {
    return clock.monotonic() - attempt.locks.lease.startedAt < settings.claimTtlSeconds * 1000 ? "mine" : "free";
  }
  return list.asOf < lease.until + settings.landingBoundSeconds * 1000 ? "others" : "free";
}

type Shared = Pick<State, "isPaused" | "others" | "isPrepared">;

/** The part of the state that does not depend on who chooses the value. */
function sharedOf(rotation: Observed): Shared {
  const { context, attempt } = rotation;
  const others = attempt.read.hasReadOthers ? otherCredentials(attempt.read, rotation.snapshot) : null;
  return {
    isPaused: context.settings.paused,
    others:
      others?.map((version) => ({
        ...candidateOf(rotation, version),
        isPromotable: !attempt.writes.unpromotable.has(version.versionNo),
      })) ?? null,
    isPrepared: attempt.isPrepared,
  };
}

function issuerStateOf(rotation: Observed, goal: IssuerState["goal"]): IssuerState {
  const { attempt, snapshot } = rotation;
  const { pending } = snapshot;
  const current = currentOf(rotation, ({ looks }) => looks > 1);
  const hasAuthority = nextRequester(rotation) !== null;
  return {
    ...sharedOf(rotation),
    chosenBy: "issuer",
    goal,
    unsaved: unsavedOf(rotation),
    pending: pending && {
      ...candidateOf(rotation, pending),
      isOwn: pending.name !== null && pending.name === attempt.writes.ownName,
    },
    current: current.verdict === "accepted" ? { ...current, sameValueNo: sameValueNoOf(attempt, snapshot) } : current,
    claim: claimOf(rotation),
    inFlight: isMintInFlight(rotation, current) ? "mint" : null,
    left: { mints: MINTS_PER_CALL - attempt.requests.mints },
    authority: hasAuthority ? (attempt.requests.isReadBackSpent ? "may-regenerate" : "may-read-back") : "none",
  };
}

/** The state that the table judges if we choose the value. */
export function callerStateOf(rotation: Observed, goal: CallerState["goal"]): CallerState {
  const { context, attempt, snapshot } = rotation;
  const { installs, values, retires, retiredAt } = attempt.requests;
  return {
    ...sharedOf(rotation),
    chosenBy: "caller",
    goal,
    pending: callerPendingOf(rotation),
    current: currentOf(rotation, ({ since }) => !isWithinLandingBound(context, since)),
    keeps: keepsOf(attempt.read, snapshot),
    overlap: overlapOf(rotation, goal),
    unexpected: unexpectedOf(attempt.read, snapshot),
    lease: leaseOf(rotation),
    compromised: compromisedOf(attempt, snapshot),
    unstored: unstoredOf(attempt, snapshot, goal),
    inFlight: retiredAt !== null && isWithinLandingBound(context, retiredAt) ? "retire" : null,
    left: {
      installs: INSTALLS_PER_CALL - installs,
      values: VALUES_PER_CALL - values,
      retires: RETIRES_PER_CALL - retires,
    },
    isUnanswered: !attempt.requests.isInstallAnswered,
    authority: nextRequester(rotation) === null ? "none" : "may-install",
  };
}

/**
 * The state that the table judges. CURRENT's content says who chooses the value; if it cannot be understood, the issuer
 * is assumed to.
 */
export function stateOf(rotation: Observed, goal: State["goal"]): State {
  const { attempt } = rotation;
  if (isCallerChosen(attempt.read, rotation.snapshot)) return callerStateOf(rotation, goal);
  return issuerStateOf(rotation, goal === "retire" ? "heal" : goal);
}
