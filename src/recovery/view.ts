import type { Invocation } from "../invocation.ts";
import { VERSION_NAME_PREFIX } from "../vault/version-name.ts";
import type { View } from "./decide.ts";
import type { Known, Memory } from "./memory.ts";
import { type Observation, readKnown, verdictOn } from "./observe.ts";

/** A value of our own may be refused by a stale node as long as any request may still land. */
function landingBoundMs({ settings }: Invocation): number {
  return settings.landingBoundSeconds * 1000;
}

/** Regenerating once more after a lost answer is a way back; more than two in a call would be a loop. */
export const MINTS_PER_CALL = 2;

/** A version that must be a credential. @throws RotationError CONTENT_INVALID, ORIGIN_NOT_ALLOWED, ISSUER_UNKNOWN: with its content nothing can be done */
export async function readCredential(
  invocation: Invocation,
  memory: Memory,
  versionNo: number,
): Promise<Known & { isCredential: true }> {
  const known = await readKnown(invocation, memory, versionNo);
  if (!known.isCredential) throw known.problem;
  return known;
}

function handView(invocation: Invocation, memory: Memory, observation: Observation): View["hand"] {
  const { hand } = memory;
  if (hand === null) return null;
  const isYoung = invocation.clock.monotonic() - hand.receivedAt < landingBoundMs(invocation);
  const verdict = hand.login?.verdict ?? "not-asked";
  const highestNo = observation.list.versions[0]?.versionNo ?? 0;
  return { verdict: verdict === "rejected" && isYoung ? "unknown" : verdict, isOvertaken: highestNo > hand.base };
}

function pendingView(invocation: Invocation, memory: Memory, { pending, list }: Observation): View["pending"] {
  if (pending === null) return null;
  const verdict = verdictOn(invocation, memory, pending, list.asOf);
  return { versionNo: pending.versionNo, verdict, isOwn: pending.name !== null && pending.name === memory.ownName };
}

/** CURRENT may carry another number than at the first look and still hold the same value: then nobody has rotated. */
function holdsFirstValue(memory: Memory, currentNo: number): boolean {
  if (memory.firstCurrentNo === null || memory.firstCurrentNo === currentNo) return true;
  const first = memory.contents.get(memory.firstCurrentNo);
  const now = memory.contents.get(currentNo);
  return (
    first?.isCredential === true &&
    now?.isCredential === true &&
    first.credential.clientSecret.equals(now.credential.clientSecret)
  );
}

const HOUR_MS = 3_600_000;

/**
 * Without a PENDING credential UPDATE_TARGET_SYSTEM may come after a promote: CURRENT is then ours, and it is the version asked about or
 * has just been made.
 */
export function mayBePromoted(observation: Observation | null, asked: number | null): boolean {
  if (observation === null) return false;
  const { current, list } = observation;
  const isOurs = current.name?.startsWith(VERSION_NAME_PREFIX) ?? false;
  return isOurs && (current.versionNo === asked || list.asOf - current.createdAt < HOUR_MS);
}

/** What `decideRotation`, `decideVerify` and `decideUpdate` judge by. Null observation: the secret is UPDATING. */
export function viewOf(
  invocation: Invocation,
  memory: Memory,
  goal: View["goal"],
  observation: Observation | null,
): View {
  const rest = {
    goal,
    isPaused: invocation.settings.paused,
    mint: {
      left: MINTS_PER_CALL - memory.mints,
      isSettled: memory.mintGivenUpAt === null,
      hasPassedLanding:
        memory.mintGivenUpAt !== null &&
        invocation.clock.monotonic() - memory.mintGivenUpAt >= landingBoundMs(invocation),
    },
    readBack: memory.mints > 0 && !memory.isReadBackSpent ? ("possible" as const) : ("not-possible" as const),
    hasToken: memory.token !== null,
    isPrepared: memory.isPrepared,
  };
  if (observation === null) {
    return {
      ...rest,
      isUpdating: true,
      hand: null,
      pending: null,
      current: { versionNo: 0, verdict: "not-asked", isFirstSeen: true },
    };
  }
  const { current, list } = observation;
  return {
    ...rest,
    isUpdating: false,
    hand: handView(invocation, memory, observation),
    pending: pendingView(invocation, memory, observation),
    current: {
      versionNo: current.versionNo,
      verdict: verdictOn(invocation, memory, current, list.asOf),
      isFirstSeen: holdsFirstValue(memory, current.versionNo),
    },
  };
}
