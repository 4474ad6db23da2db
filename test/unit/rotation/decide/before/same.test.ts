import { expect, test, vi } from "vitest";
import { firstDeciding, rules } from "../../../../../src/rotation/decide/index.ts";
import type * as now from "../../../../../src/rotation/decide/state.ts";
import { firstDeciding as firstBefore, rules as rulesBefore } from "./index.ts";
import type { CallerState, IssuerState } from "./state.ts";
import { allCallerStates, allIssuerStates } from "./states.ts";

vi.setConfig({ testTimeout: 300_000 });

type Current = IssuerState["current"] | CallerState["current"];

function currentOf({ versionNo, verdict, isUnchanged, isConfirmedDead }: Current) {
  if (verdict === "accepted") return { versionNo, verdict, holds: isUnchanged ? "start-value" : "new-value" } as const;
  return verdict === "rejected" ? { versionNo, verdict, isConfirmed: isConfirmedDead } : { versionNo, verdict };
}

/** Null: cannot be written any more. */
function unsavedOf({ unsaved, writes, isLastMoment }: IssuerState): now.Unsaved | null | undefined {
  if (unsaved === null) return null;
  const { verdict, isYoung } = unsaved;
  if (verdict === "rejected") return isYoung ? undefined : { verdict, isYoung, writes, isLastMoment };
  return { verdict, isYoung, writes, isLastMoment };
}

function claimOf({ isLive, isMine, isFresh, unknownMarkNo, unproven }: IssuerState["claim"]) {
  if ((isLive && isMine) || (isFresh && !isMine)) return undefined;
  if (isLive) return { holder: "theirs", unknownMarkNo } as const;
  if (!isMine) return { holder: "none" } as const;
  return isFresh ? ({ holder: "mine", unproven } as const) : ({ holder: "mine-expired" } as const);
}

function issuerStateOf(s: IssuerState): now.IssuerState | undefined {
  const { chosenBy, goal, isPaused, pending, others, isPrepared } = s;
  const [unsaved, claim, current] = [unsavedOf(s), claimOf(s.claim), currentOf(s.current)];
  if (unsaved === undefined || claim === undefined || (s.mayReadBack && !s.hasAuthority)) return undefined;
  const sameValueNo = s.current.isClaim ? s.current.sameValueNo : null;
  return {
    ...{ chosenBy, goal, isPaused, pending, others, isPrepared, unsaved, claim },
    current: current.verdict === "accepted" ? { ...current, sameValueNo } : current,
    inFlight: s.mint.isSettled ? null : "mint",
    left: { mints: s.mint.left },
    authority: s.hasAuthority ? (s.mayReadBack ? "may-read-back" : "may-regenerate") : "none",
  };
}

function pendingOf(pending: CallerState["pending"]): now.CallerPending | null | undefined {
  if (pending === null) return null;
  const { versionNo, verdict, isProven, isMade, isOwn } = pending;
  const { isLive, isRefused, isInstalling, isUntried, isOccupied, isLongOccupied } = pending;
  const phases: [boolean, Exclude<now.CallerPending["phase"], "stored">][] = [
    [isLive, "theirs"],
    [isRefused, "refused"],
    [isInstalling, "sent"],
    [isUntried, "untried"],
    [isLongOccupied, "no-room-for-long"],
    [isOccupied && !isLongOccupied, "no-room"],
  ];
  const [found, another] = phases.filter(([is]) => is);
  if (another !== undefined) return undefined;
  const phase = found?.[1] ?? "stored";
  // Nothing was ever decided by the phase of a value that nobody proves.
  if (!isProven)
    return verdict === "rejected" ? undefined : { versionNo, verdict, origin: "stranger", phase: "stored" };
  if (phase === "untried")
    return isMade && verdict === "not-asked" ? { versionNo, verdict, origin: "this-call", phase } : undefined;
  if (phase === "theirs")
    return isOwn ? undefined : { versionNo, verdict, origin: isMade ? "this-call-before" : "known-writer", phase };
  if (isOwn) return { versionNo, verdict, origin: "this-call", phase };
  return { versionNo, verdict, origin: isMade ? "this-call-before" : "known-writer", phase };
}

function overlapOf(overlap: CallerState["overlap"]): now.Overlap | null {
  if (overlap === null) return null;
  const { versionNo, verdict, isNewer, isOrderKnown, isSinceUnknown, isDue } = overlap;
  const order = isNewer ? "newer" : isOrderKnown ? "older" : "unknown";
  return { versionNo, verdict, order, grace: isSinceUnknown ? "unknown-start" : isDue ? "over" : "running" };
}

function callerStateOf(s: CallerState): now.CallerState | undefined {
  const { chosenBy, goal, isPaused, others, isPrepared, unexpected, lease, isUnanswered } = s;
  const pending = pendingOf(s.pending);
  if (pending === undefined || (s.isTwoSlot && !s.keepsOlder) || (s.isUnnoted && !s.isCompromised)) return undefined;
  return {
    ...{ chosenBy, goal, isPaused, others, isPrepared, unexpected, lease, isUnanswered, pending },
    current: currentOf(s.current),
    keeps: s.isTwoSlot ? "two-slot" : s.keepsOlder ? "timed" : "none",
    overlap: overlapOf(s.overlap),
    compromised: s.isUnnoted ? "unnoted" : s.isCompromised ? "noted" : "no",
    inFlight: s.overlap?.isRetiring === true ? "retire" : null,
    left: { ...s.left, retires: s.overlap?.left ?? 1 },
    authority: s.hasAuthority ? "may-install" : "none",
  };
}

function compare<Old extends IssuerState | CallerState>(
  states: Iterable<Old>,
  adapt: (state: Old) => now.State | undefined,
) {
  const counts = { compared: 0, unwritable: 0, different: 0 };
  for (const state of states) {
    const adapted = adapt(state);
    if (adapted === undefined) {
      counts.unwritable += 1;
      continue;
    }
    counts.compared += 1;
    const [now, before] = [firstDeciding(rules, adapted), firstBefore(rulesBefore, state)];
    if (now.rule.id !== before.rule.id || JSON.stringify(now.decision) !== JSON.stringify(before.decision))
      counts.different += 1;
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  return counts;
}

test("every state where the issuer chooses the value is decided as before", () => {
  const { compared, different } = compare(allIssuerStates(), issuerStateOf);
  expect(compared).toBeGreaterThan(1_000_000);
  expect(different).toBe(0);
});

test("every state where we choose the value is decided as before", () => {
  const { compared, different } = compare(allCallerStates(), callerStateOf);
  expect(compared).toBeGreaterThan(500_000);
  expect(different).toBe(0);
});
