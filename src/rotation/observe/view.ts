import { HOUR_MS } from "../../base/durations.ts";
import { RotationError } from "../../base/errors.ts";
import type { VersionSummary } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import { nextGrant } from "../authorities.ts";
import type { View } from "../decide/decide.ts";
import type { Invocation } from "../invocation.ts";
import { isCredential, type Known, type Memory } from "../memory.ts";
import { isLiveClaim, isOwnClaim, type Observation, verdictOn } from "./observe.ts";
import { unprovenBy, writesOf } from "./second-pending.ts";
import { holdSame, secretIn } from "./values.ts";

/** Regenerating once more after a lost answer is a way back; more than two in a call would be a loop. */
const MINTS_PER_CALL = 2;

function landingBoundMs({ settings }: Invocation): number {
  return settings.landingBoundSeconds * 1000;
}

/**
 * The credential in a version that this call has read.
 * @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED, ISSUER_UNKNOWN: nothing can be done with its content
 */
export function usable(memory: Memory, versionNo: number): Extract<Known, { credential: unknown }> {
  const known = memory.contents.get(versionNo);
  if (known === undefined) throw new RotationError("INTERNAL", `version ${versionNo} was used without being read`);
  if (known.kind === "unknown") throw known.problem;
  return known;
}

function handView(invocation: Invocation, memory: Memory): View["hand"] {
  const { hand } = memory;
  if (hand === null) return null;
  const isYoung = invocation.clock.monotonic() - hand.receivedAt < landingBoundMs(invocation);
  const verdict = hand.login?.verdict ?? "not-asked";
  return { verdict: verdict === "rejected" && isYoung ? "unknown" : verdict, isYoung };
}

function pendingView(invocation: Invocation, memory: Memory, { pending, list }: Observation): View["pending"] {
  if (pending === null) return null;
  const verdict = verdictOn(invocation, memory, pending, list.asOf);
  return { versionNo: pending.versionNo, verdict, isOwn: pending.name !== null && pending.name === memory.ownName };
}

/** The version's value was stored before this call began, in whatever version. Of versions that nobody has read nothing is known. */
export function isFromBefore(memory: Memory, versionNo: number): boolean {
  const before = memory.firstHighestNo ?? 0;
  const value = secretIn(memory, versionNo);
  const holders = [...memory.contents.keys()].filter((no) => no <= before);
  return versionNo <= before || (value !== null && holders.some((no) => secretIn(memory, no)?.equals(value) === true));
}

/**
 * CURRENT may carry another number than at the first look and still hold the same value: then nobody has rotated. Where the stored values
 * are compromised nobody has as long as it holds any of them, a PENDING one that works among them.
 */
function holdsFirstValue(memory: Memory, currentNo: number): boolean {
  if (memory.isCompromised && isFromBefore(memory, currentNo)) return true;
  if (memory.firstCurrentNo === null || memory.firstCurrentNo === currentNo) return true;
  const first = secretIn(memory, memory.firstCurrentNo);
  const now = secretIn(memory, currentNo);
  return first !== null && now !== null && first.equals(now);
}

/** The newest credential, not CURRENT itself, with CURRENT's value: applications are never given a claim for longer than needed. */
function twinOf(memory: Memory, { list, current }: Observation): number | null {
  const value = secretIn(memory, current.versionNo);
  const twin = list.versions.find(({ versionNo, isBeingDeleted }) => {
    if (versionNo === current.versionNo || isBeingDeleted || memory.unpromotable.has(versionNo)) return false;
    const known = memory.contents.get(versionNo);
    return value !== null && isCredential(known) && value.equals(known.credential.clientSecret);
  });
  return twin?.versionNo ?? null;
}

/** Stored credentials that may still work: not CURRENT, not the newest PENDING, each value once, the newest first. */
export function otherCredentials(memory: Memory, { list, current, pending }: Observation): readonly VersionSummary[] {
  const seen = [current, pending].map((version) => (version === null ? null : secretIn(memory, version.versionNo)));
  return list.versions.filter(({ versionNo, isBeingDeleted }) => {
    const known = memory.contents.get(versionNo);
    if (isBeingDeleted || !isCredential(known)) return false;
    const { clientSecret } = known.credential;
    if (seen.some((other) => other?.equals(clientSecret) === true)) return false;
    seen.push(clientSecret);
    return true;
  });
}

function othersView(invocation: Invocation, memory: Memory, observation: Observation): View["others"] {
  if (!memory.hasReadOthers) return null;
  return otherCredentials(memory, observation).map((version) => ({
    versionNo: version.versionNo,
    verdict: verdictOn(invocation, memory, version, observation.list.asOf),
    isPromotable: !memory.unpromotable.has(version.versionNo),
  }));
}

function claimView(invocation: Invocation, memory: Memory, observation: Observation): View["claim"] {
  const [highest] = observation.list.versions;
  const isMine = highest !== undefined && isOwnClaim(memory, highest);
  const age = invocation.clock.monotonic() - (memory.claim?.startedAt ?? 0);
  return {
    isLive: isLiveClaim(invocation, memory, observation),
    isMine,
    unknownMarkNo: memory.unknownMarkNo,
    isFresh: isMine && age < invocation.settings.claimTtlSeconds * 1000,
    unproven: isMine ? unprovenBy(highest, memory, observation.list) : null,
  };
}

/** A mint has landed when it killed the secret that was accepted just before; after the landing bound it has landed or never will. */
function isMintSettled(invocation: Invocation, memory: Memory, currentVerdict: string): boolean {
  const { openMint } = memory;
  if (openMint === null) return true;
  if (openMint.wasCurrentAccepted && currentVerdict === "rejected") return true;
  return invocation.clock.monotonic() - openMint.at >= landingBoundMs(invocation);
}

/** Too little is left of the call for one more round of waiting and two tries to store. */
function isLastMoment({ budget, settings }: Invocation): boolean {
  return budget.remainingInCall() < 2 * settings.callTimeoutSeconds * 1000;
}

/**
 * Without a PENDING credential UPDATE_TARGET_SYSTEM may come after a promote: CURRENT is then ours, and it is the version asked about or
 * has just been made.
 */
export function mayBePromoted(observation: Observation | null, asked: number | null): boolean {
  if (observation === null) return false;
  const { current, list } = observation;
  return isOurs(current.name) && (current.versionNo === asked || list.asOf - current.createdAt < HOUR_MS);
}

const unseen: Pick<View, "current" | "claim"> = {
  current: { versionNo: 0, verdict: "not-asked", isFirstSeen: true, isClaim: false, isSurelyDead: false, twinNo: null },
  claim: { isLive: false, isMine: false, isFresh: false, unknownMarkNo: null, unproven: null },
};

function currentView(invocation: Invocation, memory: Memory, observation: Observation): View["current"] {
  const { current, list } = observation;
  const { dead } = memory;
  return {
    versionNo: current.versionNo,
    verdict: verdictOn(invocation, memory, current, list.asOf),
    isFirstSeen: holdsFirstValue(memory, current.versionNo),
    isClaim: memory.contents.get(current.versionNo)?.kind === "claim",
    isSurelyDead: dead !== null && holdSame(memory, dead.versionNo, current.versionNo) && dead.looks > 1,
    twinNo: twinOf(memory, observation),
  };
}

type Shared = Pick<View, "isUpdating" | "isPaused" | "current" | "others" | "hasAuthority" | "isPrepared">;

/** What matters whoever chooses the value. Null observation: the secret is UPDATING. */
export function sharedViewOf(invocation: Invocation, memory: Memory, observation: Observation | null): Shared {
  return {
    isUpdating: observation === null,
    isPaused: invocation.settings.paused,
    current: observation === null ? unseen.current : currentView(invocation, memory, observation),
    others: observation === null ? null : othersView(invocation, memory, observation),
    hasAuthority: observation !== null && nextGrant(invocation, memory, observation) !== null,
    isPrepared: memory.isPrepared,
  };
}

/** What the decide functions judge by. Null observation: the secret is UPDATING. */
export function viewOf(
  invocation: Invocation,
  memory: Memory,
  goal: View["goal"],
  observation: Observation | null,
): View {
  const shared = sharedViewOf(invocation, memory, observation);
  return {
    ...shared,
    goal,
    hand: observation === null ? null : handView(invocation, memory),
    pending: observation === null ? null : pendingView(invocation, memory, observation),
    claim: observation === null ? unseen.claim : claimView(invocation, memory, observation),
    writes: writesOf(memory),
    isLastMoment: isLastMoment(invocation),
    mint: {
      left: MINTS_PER_CALL - memory.mints,
      isSettled: isMintSettled(invocation, memory, shared.current.verdict),
    },
    mayReadBack: shared.hasAuthority && !memory.isReadBackSpent,
  };
}
