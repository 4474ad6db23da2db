import { HOUR_MS } from "../../base/durations.ts";
import { RotationError } from "../../base/errors.ts";
import type { VersionSummary } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import { type Attempt, isCredential, type KnownContent } from "../attempt.ts";
import { nextRequester } from "../authorities.ts";
import type { Context } from "../context.ts";
import type { IssuerState } from "../decide/state.ts";
import { isLiveClaim, isOwnClaim, type Snapshot, verdictOn } from "./observe.ts";
import { unprovenBy, writesOf } from "./second-pending.ts";
import { holdSame, secretIn } from "./values.ts";

/** Regenerating once more after a lost answer is a way back; more than two in a call would be a loop. */
const MINTS_PER_CALL = 2;

function landingBoundMs({ settings }: Context): number {
  return settings.landingBoundSeconds * 1000;
}

/**
 * The credential in a version that this call has read.
 * @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED, ISSUER_UNKNOWN: nothing can be done with its content
 */
export function usable(attempt: Attempt, versionNo: number): Extract<KnownContent, { credential: unknown }> {
  const known = attempt.contents.get(versionNo);
  if (known === undefined) throw new RotationError("INTERNAL", `version ${versionNo} was used without being read`);
  if (known.kind === "unknown") throw known.problem;
  return known;
}

function handView(context: Context, attempt: Attempt): IssuerState["unsaved"] {
  const { unsaved } = attempt;
  if (unsaved === null) return null;
  const isYoung = context.clock.monotonic() - unsaved.receivedAt < landingBoundMs(context);
  const verdict = unsaved.login?.verdict ?? "not-asked";
  return { verdict: verdict === "rejected" && isYoung ? "unknown" : verdict, isYoung };
}

function pendingView(context: Context, attempt: Attempt, { pending, list }: Snapshot): IssuerState["pending"] {
  if (pending === null) return null;
  const verdict = verdictOn(context, attempt, pending, list.asOf);
  return { versionNo: pending.versionNo, verdict, isOwn: pending.name !== null && pending.name === attempt.ownName };
}

/** The version's value was stored before this call began, in whatever version. Of versions that nobody has read nothing is known. */
export function isFromBefore(attempt: Attempt, versionNo: number): boolean {
  const before = attempt.startHighestNo ?? 0;
  const value = secretIn(attempt, versionNo);
  const holders = [...attempt.contents.keys()].filter((no) => no <= before);
  return versionNo <= before || (value !== null && holders.some((no) => secretIn(attempt, no)?.equals(value) === true));
}

/**
 * CURRENT may carry another number than at the first look and still hold the same value: then nobody has rotated. Where the stored values
 * are compromised nobody has as long as it holds any of them, a PENDING one that works among them.
 */
function holdsFirstValue(attempt: Attempt, currentNo: number): boolean {
  if (attempt.isCompromised && isFromBefore(attempt, currentNo)) return true;
  if (attempt.startCurrentNo === null || attempt.startCurrentNo === currentNo) return true;
  const first = secretIn(attempt, attempt.startCurrentNo);
  const now = secretIn(attempt, currentNo);
  return first !== null && now !== null && first.equals(now);
}

/** The newest credential, not CURRENT itself, with CURRENT's value: applications are never given a claim for longer than needed. */
function twinOf(attempt: Attempt, { list, current }: Snapshot): number | null {
  const value = secretIn(attempt, current.versionNo);
  const twin = list.versions.find(({ versionNo, isBeingDeleted }) => {
    if (versionNo === current.versionNo || isBeingDeleted || attempt.unpromotable.has(versionNo)) return false;
    const known = attempt.contents.get(versionNo);
    return value !== null && isCredential(known) && value.equals(known.credential.clientSecret);
  });
  return twin?.versionNo ?? null;
}

/** Stored credentials that may still work: not CURRENT, not the newest PENDING, each value once, the newest first. */
export function otherCredentials(attempt: Attempt, { list, current, pending }: Snapshot): readonly VersionSummary[] {
  const seen = [current, pending].map((version) => (version === null ? null : secretIn(attempt, version.versionNo)));
  return list.versions.filter(({ versionNo, isBeingDeleted }) => {
    const known = attempt.contents.get(versionNo);
    if (isBeingDeleted || !isCredential(known)) return false;
    const { clientSecret } = known.credential;
    if (seen.some((other) => other?.equals(clientSecret) === true)) return false;
    seen.push(clientSecret);
    return true;
  });
}

function othersView(context: Context, attempt: Attempt, snapshot: Snapshot): IssuerState["others"] {
  if (!attempt.hasReadOthers) return null;
  return otherCredentials(attempt, snapshot).map((version) => ({
    versionNo: version.versionNo,
    verdict: verdictOn(context, attempt, version, snapshot.list.asOf),
    isPromotable: !attempt.unpromotable.has(version.versionNo),
  }));
}

function claimView(context: Context, attempt: Attempt, snapshot: Snapshot): IssuerState["claim"] {
  const [highest] = snapshot.list.versions;
  const isMine = highest !== undefined && isOwnClaim(attempt, highest);
  const age = context.clock.monotonic() - (attempt.claim?.startedAt ?? 0);
  return {
    isLive: isLiveClaim(context, attempt, snapshot),
    isMine,
    unknownMarkNo: attempt.unknownMarkNo,
    isFresh: isMine && age < context.settings.claimTtlSeconds * 1000,
    unproven: isMine ? unprovenBy(highest, attempt, snapshot.list) : null,
  };
}

/** A mint has landed when it killed the secret that was accepted just before; after the landing bound it has landed or never will. */
function isMintSettled(context: Context, attempt: Attempt, currentVerdict: string): boolean {
  const { openMint } = attempt;
  if (openMint === null) return true;
  if (openMint.wasCurrentAccepted && currentVerdict === "rejected") return true;
  return context.clock.monotonic() - openMint.at >= landingBoundMs(context);
}

/** Too little is left of the call for one more round of waiting and two tries to store. */
function isLastMoment({ budget, settings }: Context): boolean {
  return budget.remainingInCall() < 2 * settings.callTimeoutSeconds * 1000;
}

/**
 * Without a PENDING credential UPDATE_TARGET_SYSTEM may come after a promote: CURRENT is then ours, and it is the version asked about or
 * has just been made.
 */
export function mayBePromoted(snapshot: Snapshot, asked: number | null): boolean {
  const { current, list } = snapshot;
  return isOurs(current.name) && (current.versionNo === asked || list.asOf - current.createdAt < HOUR_MS);
}

function currentView(context: Context, attempt: Attempt, snapshot: Snapshot): IssuerState["current"] {
  const { current, list } = snapshot;
  const { currentRefusal } = attempt;
  return {
    versionNo: current.versionNo,
    verdict: verdictOn(context, attempt, current, list.asOf),
    isUnchanged: holdsFirstValue(attempt, current.versionNo),
    isClaim: attempt.contents.get(current.versionNo)?.kind === "claim",
    isConfirmedDead:
      currentRefusal !== null &&
      holdSame(attempt, currentRefusal.versionNo, current.versionNo) &&
      currentRefusal.looks > 1,
    sameValueNo: twinOf(attempt, snapshot),
  };
}

type Shared = Pick<IssuerState, "isPaused" | "current" | "others" | "hasAuthority" | "isPrepared">;

/** What matters whoever chooses the value. */
export function sharedViewOf(context: Context, attempt: Attempt, snapshot: Snapshot): Shared {
  return {
    isPaused: context.settings.paused,
    current: currentView(context, attempt, snapshot),
    others: othersView(context, attempt, snapshot),
    hasAuthority: nextRequester(context, attempt, snapshot) !== null,
    isPrepared: attempt.isPrepared,
  };
}

/** What the table judges by where the issuer chooses the value. */
export function viewOf(context: Context, attempt: Attempt, goal: IssuerState["goal"], snapshot: Snapshot): IssuerState {
  const shared = sharedViewOf(context, attempt, snapshot);
  return {
    ...shared,
    chosenBy: "issuer",
    goal,
    unsaved: handView(context, attempt),
    pending: pendingView(context, attempt, snapshot),
    claim: claimView(context, attempt, snapshot),
    writes: writesOf(attempt),
    isLastMoment: isLastMoment(context),
    mint: {
      left: MINTS_PER_CALL - attempt.mints,
      isSettled: isMintSettled(context, attempt, shared.current.verdict),
    },
    mayReadBack: shared.hasAuthority && !attempt.isReadBackSpent,
  };
}
