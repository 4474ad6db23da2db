import { HOUR_MS } from "../../base/durations.ts";
import type { Capabilities } from "../../clients/issuers/issuer.ts";
import { currentSince, leaseIn, noGraceUpTo } from "../../clients/vault/rotation-metadata.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import type { CallerState } from "../decide/state.ts";
import type { Snapshot } from "./observe.ts";
import { isProvenBy, noteUnproven } from "./proven.ts";
import { holdSame, secretIn } from "./values.ts";
import { otherCredentials, sharedViewOf } from "./view.ts";

/** One value a call, and one other where the issuer's policy refused the first. */
const VALUES_PER_CALL = 2;
/** The same value again after an unanswered try; more would be a loop. */
const INSTALLS_PER_CALL = 2;

/**
 * PENDING, where it counts. One that logs in does, whoever stored it; else only a value that this call made, or one that somebody made who
 * knew CURRENT's: anybody who may write the secret can store a value that he knows. Any other is inert once it is known not to work, and
 * while CURRENT works nothing waits for it.
 */
function pendingView(context: Context, attempt: Attempt, snapshot: Snapshot): CallerState["pending"] {
  const { pending, current, list } = snapshot;
  const value = pending === null ? null : secretIn(attempt, pending.versionNo);
  // What Vault will not promote is no use where it stands: it is stored once more.
  if (pending === null || value === null || attempt.unpromotable.has(pending.versionNo)) return null;
  const { clock, settings } = context;
  const landingBoundMs = settings.landingBoundSeconds * 1000;
  const { generated, install } = attempt;
  const isMade = generated?.clientSecret.equals(value) ?? false;
  const isProven = isMade || isProvenBy(context, attempt, current.versionNo, value);
  const verdict = attempt.logins.get(pending.versionNo)?.login.verdict ?? "not-asked";
  const isCurrentGood = attempt.logins.get(current.versionNo)?.login.verdict === "accepted";
  if (!isProven && (verdict === "rejected" || (verdict === "unknown" && isCurrentGood))) {
    noteUnproven(context, attempt, pending.versionNo);
    return null;
  }
  const isOwn =
    generated !== null && isMade && clock.monotonic() - generated.startedAt < settings.claimTtlSeconds * 1000;
  const wasTried = install?.clientSecret.equals(value) ?? false;
  const isOccupied = wasTried && attempt.occupiedSince !== null;
  const isYoungInstall =
    install !== null &&
    wasTried &&
    !install.isRefused &&
    !isOccupied &&
    clock.monotonic() - install.at < landingBoundMs;
  const lifeMs = (settings.claimTtlSeconds + settings.landingBoundSeconds) * 1000;
  return {
    versionNo: pending.versionNo,
    verdict,
    isProven,
    isMade,
    isLive: isProven && !isOwn && !wasTried && list.asOf < pending.createdAt + lifeMs,
    isRefused: wasTried && install?.isRefused === true,
    isInstalling: isYoungInstall,
    isUntried: isOwn && !wasTried,
    isOwn,
    isOccupied,
    isLongOccupied: isOccupied && clock.monotonic() - (attempt.occupiedSince ?? 0) >= landingBoundMs,
  };
}

/** Two more tries where an answer was lost; more would be a loop. */
const RETIRES_PER_CALL = 3;

/** What CURRENT's content says of the issuer; of content that nobody understands nothing is known. */
function overlapOf(attempt: Attempt, { current }: Snapshot): Capabilities["overlap"] {
  const known = attempt.contents.get(current.versionNo);
  return known === undefined || known.kind === "unknown" ? "none" : known.credential.capabilities.overlap;
}

function isTwoSlot(attempt: Attempt, snapshot: Snapshot): boolean {
  return overlapOf(attempt, snapshot) === "two-slot";
}

/** Whether we choose the value, as far as CURRENT's content can be understood. */
export function isCallerChosen(attempt: Attempt, { current }: Snapshot): boolean {
  const known = attempt.contents.get(current.versionNo);
  return known !== undefined && known.kind !== "unknown" && known.credential.capabilities.valueChosenBy === "caller";
}

function tokenLifeMs(attempt: Attempt, currentNo: number): number {
  const asked = attempt.logins.get(currentNo);
  if (asked?.login.verdict !== "accepted" || asked.login.token === null) return 0;
  return asked.login.token.expiresAt - asked.at;
}

/** The grace, and never less than a token got with the older value may live. */
function graceMs({ settings }: Context, attempt: Attempt, currentNo: number): number {
  return settings.graceHours === 0 ? 0 : Math.max(settings.graceHours * HOUR_MS, tokenLifeMs(attempt, currentNo));
}

function highestNoIn({ versions }: VersionList): number {
  return versions[0]?.versionNo ?? 0;
}

/** When CURRENT's number was first seen as CURRENT, and how long PREVIOUS's value may live on from there, milliseconds. */
function graceOf(context: Context, attempt: Attempt, snapshot: Snapshot, previousNo: number) {
  const { current, list } = snapshot;
  const hasGrace = isTwoSlot(attempt, snapshot) && previousNo > noGraceUpTo(attempt.metadata, highestNoIn(list));
  return {
    since: currentSince(attempt.metadata, current, list.asOf),
    grace: hasGrace ? graceMs(context, attempt, current.versionNo) : 0,
  };
}

/**
 * When the grace of PREVIOUS's value is over, in milliseconds since the epoch; null: there is none, it has no beginning yet, or the issuer
 * itself ends it.
 */
export function graceEndsAt(context: Context, attempt: Attempt, snapshot: Snapshot): number | null {
  const { previous } = snapshot;
  if (previous === null || !isTwoSlot(attempt, snapshot)) return null;
  const { since, grace } = graceOf(context, attempt, snapshot, previous.versionNo);
  return since === null ? null : since + grace;
}

/** A refusal may be stray: that a value is at an end is only said after a second one. */
const REFUSALS_TO_END = 2;

function overlapView(
  context: Context,
  attempt: Attempt,
  goal: CallerState["goal"],
  snapshot: Snapshot,
): CallerState["overlap"] {
  const { previous, current, list } = snapshot;
  if (previous === null) return null;
  const value = secretIn(attempt, previous.versionNo);
  const currentValue = secretIn(attempt, current.versionNo);
  if (value === null || currentValue === null || value.equals(currentValue)) return null;
  const { clock, settings } = context;
  const { since, grace } = graceOf(context, attempt, snapshot, previous.versionNo);
  const asked = attempt.logins.get(previous.versionNo)?.login.verdict ?? "not-asked";
  const mustEnd = goal === "retire" || attempt.isCompromised;
  const isDoubtful = mustEnd && (attempt.refusals.get(previous.versionNo) ?? 0) < REFUSALS_TO_END;
  return {
    versionNo: previous.versionNo,
    verdict: asked === "rejected" && isDoubtful ? "not-asked" : asked,
    isNewer: previous.versionNo > current.versionNo,
    isOrderKnown: isOurs(current.name),
    isSinceUnknown: since === null && grace > 0,
    isDue: grace === 0 || (since !== null && list.asOf >= since + grace),
    isRetiring:
      attempt.retiredAt !== null && clock.monotonic() - attempt.retiredAt < settings.landingBoundSeconds * 1000,
    left: RETIRES_PER_CALL - attempt.retires,
  };
}

function straysView(attempt: Attempt, snapshot: Snapshot): CallerState["unexpected"] {
  if (!attempt.hasReadOthers) return null;
  const { previous } = snapshot;
  const older = previous === null ? null : secretIn(attempt, previous.versionNo);
  return otherCredentials(attempt, snapshot)
    .filter(({ versionNo }) => older === null || secretIn(attempt, versionNo)?.equals(older) !== true)
    .map(({ versionNo }) => ({ versionNo, verdict: attempt.logins.get(versionNo)?.login.verdict ?? "not-asked" }));
}

function leaseView({ clock, settings }: Context, attempt: Attempt, { list }: Snapshot): CallerState["lease"] {
  const lease = leaseIn(attempt.metadata, list.asOf);
  if (lease === null) return "free";
  if (attempt.lease !== null && lease.callId === attempt.lease.callId) {
    return clock.monotonic() - attempt.lease.startedAt < settings.claimTtlSeconds * 1000 ? "mine" : "free";
  }
  return list.asOf < lease.until + settings.landingBoundSeconds * 1000 ? "others" : "free";
}

/** What the table judges by where we choose the value. */
export function callerViewOf(
  context: Context,
  attempt: Attempt,
  goal: CallerState["goal"],
  snapshot: Snapshot,
): CallerState {
  const shared = sharedViewOf(context, attempt, snapshot);
  const { currentRefusal } = attempt;
  const isSame = currentRefusal !== null && holdSame(attempt, currentRefusal.versionNo, snapshot.current.versionNo);
  const deadFor = isSame ? context.clock.monotonic() - currentRefusal.since : 0;
  const isDead = shared.current.verdict === "rejected";
  return {
    chosenBy: "caller",
    goal,
    isPaused: shared.isPaused,
    pending: pendingView(context, attempt, snapshot),
    current: { ...shared.current, isConfirmedDead: isDead && deadFor >= context.settings.landingBoundSeconds * 1000 },
    others: shared.others,
    hasAuthority: shared.hasAuthority,
    left: { installs: INSTALLS_PER_CALL - attempt.installs, values: VALUES_PER_CALL - attempt.values },
    isUnanswered: !attempt.isInstallAnswered,
    isTwoSlot: isTwoSlot(attempt, snapshot),
    overlap: overlapView(context, attempt, goal, snapshot),
    keepsOlder: overlapOf(attempt, snapshot) !== "none",
    unexpected: straysView(attempt, snapshot),
    isCompromised: attempt.isCompromised,
    isUnnoted:
      attempt.isCompromised &&
      overlapOf(attempt, snapshot) !== "none" &&
      noGraceUpTo(attempt.metadata, highestNoIn(snapshot.list)) < (attempt.startHighestNo ?? 0),
    lease: leaseView(context, attempt, snapshot),
    isPrepared: shared.isPrepared,
  };
}
