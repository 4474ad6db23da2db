import { HOUR_MS } from "../../base/durations.ts";
import type { Traits } from "../../clients/issuers/issuer.ts";
import { currentSince, leaseIn, noGraceUpTo } from "../../clients/vault/own-metadata.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import type { CallerView } from "../decide/caller-view.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "./observe.ts";
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
function pendingView(invocation: Invocation, memory: Memory, observation: Observation): CallerView["pending"] {
  const { pending, current, list } = observation;
  const value = pending === null ? null : secretIn(memory, pending.versionNo);
  // What Vault will not promote is no use where it stands: it is stored once more.
  if (pending === null || value === null || memory.unpromotable.has(pending.versionNo)) return null;
  const { clock, settings } = invocation;
  const landingBoundMs = settings.landingBoundSeconds * 1000;
  const { generated, install } = memory;
  const isMade = generated?.clientSecret.equals(value) ?? false;
  const isProven = isMade || isProvenBy(invocation, memory, current.versionNo, value);
  const verdict = memory.logins.get(pending.versionNo)?.login.verdict ?? "not-asked";
  const isCurrentGood = memory.logins.get(current.versionNo)?.login.verdict === "accepted";
  if (!isProven && (verdict === "rejected" || (verdict === "unknown" && isCurrentGood))) {
    noteUnproven(invocation, memory, pending.versionNo);
    return null;
  }
  const isOwn =
    generated !== null && isMade && clock.monotonic() - generated.startedAt < settings.claimTtlSeconds * 1000;
  const wasTried = install?.clientSecret.equals(value) ?? false;
  const isOccupied = wasTried && memory.occupiedSince !== null;
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
    isLongOccupied: isOccupied && clock.monotonic() - (memory.occupiedSince ?? 0) >= landingBoundMs,
  };
}

/** Two more tries where an answer was lost; more would be a loop. */
const RETIRES_PER_CALL = 3;

/** What CURRENT's content says of the issuer; of content that nobody understands nothing is known. */
function overlapOf(memory: Memory, { current }: Observation): Traits["overlap"] {
  const known = memory.contents.get(current.versionNo);
  return known === undefined || known.kind === "unknown" ? "none" : known.credential.traits.overlap;
}

function isTwoSlot(memory: Memory, observation: Observation): boolean {
  return overlapOf(memory, observation) === "two-slot";
}

/** Whether we choose the value, as far as CURRENT's content can be understood. */
export function isCallerChosen(memory: Memory, { current }: Observation): boolean {
  const known = memory.contents.get(current.versionNo);
  return known !== undefined && known.kind !== "unknown" && known.credential.traits.valueChosenBy === "caller";
}

function tokenLifeMs(memory: Memory, currentNo: number): number {
  const asked = memory.logins.get(currentNo);
  if (asked?.login.verdict !== "accepted" || asked.login.token === null) return 0;
  return asked.login.token.expiresAt - asked.at;
}

/** The grace, and never less than a token got with the older value may live. */
function graceMs({ settings }: Invocation, memory: Memory, currentNo: number): number {
  return settings.graceHours === 0 ? 0 : Math.max(settings.graceHours * HOUR_MS, tokenLifeMs(memory, currentNo));
}

function highestNoIn({ versions }: VersionList): number {
  return versions[0]?.versionNo ?? 0;
}

/** When CURRENT's number was first seen as CURRENT, and how long PREVIOUS's value may live on from there, milliseconds. */
function graceOf(invocation: Invocation, memory: Memory, observation: Observation, previousNo: number) {
  const { current, list } = observation;
  const hasGrace = isTwoSlot(memory, observation) && previousNo > noGraceUpTo(memory.metadata, highestNoIn(list));
  return {
    since: currentSince(memory.metadata, current, list.asOf),
    grace: hasGrace ? graceMs(invocation, memory, current.versionNo) : 0,
  };
}

/**
 * When the grace of PREVIOUS's value is over, in milliseconds since the epoch; null: there is none, it has no beginning yet, or the issuer
 * itself ends it.
 */
export function graceEndsAt(invocation: Invocation, memory: Memory, observation: Observation): number | null {
  const { previous } = observation;
  if (previous === null || !isTwoSlot(memory, observation)) return null;
  const { since, grace } = graceOf(invocation, memory, observation, previous.versionNo);
  return since === null ? null : since + grace;
}

/** A refusal may be stray: that a value is at an end is only said after a second one. */
const REFUSALS_TO_END = 2;

function overlapView(
  invocation: Invocation,
  memory: Memory,
  goal: CallerView["goal"],
  observation: Observation,
): CallerView["overlap"] {
  const { previous, current, list } = observation;
  if (previous === null) return null;
  const value = secretIn(memory, previous.versionNo);
  const currentValue = secretIn(memory, current.versionNo);
  if (value === null || currentValue === null || value.equals(currentValue)) return null;
  const { clock, settings } = invocation;
  const { since, grace } = graceOf(invocation, memory, observation, previous.versionNo);
  const asked = memory.logins.get(previous.versionNo)?.login.verdict ?? "not-asked";
  const mustEnd = goal === "retire" || memory.isCompromised;
  const isDoubtful = mustEnd && (memory.refusals.get(previous.versionNo) ?? 0) < REFUSALS_TO_END;
  return {
    versionNo: previous.versionNo,
    verdict: asked === "rejected" && isDoubtful ? "not-asked" : asked,
    isNewer: previous.versionNo > current.versionNo,
    isOrderKnown: isOurs(current.name),
    isSinceUnknown: since === null && grace > 0,
    isDue: grace === 0 || (since !== null && list.asOf >= since + grace),
    isRetiring: memory.retiredAt !== null && clock.monotonic() - memory.retiredAt < settings.landingBoundSeconds * 1000,
    left: RETIRES_PER_CALL - memory.retires,
  };
}

function straysView(memory: Memory, observation: Observation): CallerView["strays"] {
  if (!memory.hasReadOthers) return null;
  const { previous } = observation;
  const older = previous === null ? null : secretIn(memory, previous.versionNo);
  return otherCredentials(memory, observation)
    .filter(({ versionNo }) => older === null || secretIn(memory, versionNo)?.equals(older) !== true)
    .map(({ versionNo }) => ({ versionNo, verdict: memory.logins.get(versionNo)?.login.verdict ?? "not-asked" }));
}

function leaseView({ clock, settings }: Invocation, memory: Memory, { list }: Observation): CallerView["lease"] {
  const lease = leaseIn(memory.metadata, list.asOf);
  if (lease === null) return "free";
  if (memory.lease !== null && lease.callId === memory.lease.callId) {
    return clock.monotonic() - memory.lease.startedAt < settings.claimTtlSeconds * 1000 ? "mine" : "free";
  }
  return list.asOf < lease.until + settings.landingBoundSeconds * 1000 ? "others" : "free";
}

/** What `decideCallerChosen` judges by. */
export function callerViewOf(
  invocation: Invocation,
  memory: Memory,
  goal: CallerView["goal"],
  observation: Observation | null,
): CallerView {
  const shared = sharedViewOf(invocation, memory, observation);
  const now = invocation.clock.monotonic();
  const isDead = shared.current.verdict === "rejected";
  const { dead } = memory;
  const isSame =
    dead !== null && observation !== null && holdSame(memory, dead.versionNo, observation.current.versionNo);
  const deadFor = isSame ? now - dead.since : 0;
  return {
    goal,
    isUpdating: shared.isUpdating,
    isPaused: shared.isPaused,
    pending: observation === null ? null : pendingView(invocation, memory, observation),
    current: { ...shared.current, isSurelyDead: isDead && deadFor >= invocation.settings.landingBoundSeconds * 1000 },
    others: shared.others,
    hasAuthority: shared.hasAuthority,
    left: { installs: INSTALLS_PER_CALL - memory.installs, values: VALUES_PER_CALL - memory.values },
    isUnanswered: !memory.isInstallAnswered,
    isTwoSlot: observation !== null && isTwoSlot(memory, observation),
    overlap: observation === null ? null : overlapView(invocation, memory, goal, observation),
    keepsOlder: observation !== null && overlapOf(memory, observation) !== "none",
    strays: observation === null ? null : straysView(memory, observation),
    isCompromised: memory.isCompromised,
    isUnnoted:
      memory.isCompromised &&
      observation !== null &&
      overlapOf(memory, observation) !== "none" &&
      noGraceUpTo(memory.metadata, highestNoIn(observation.list)) < (memory.firstHighestNo ?? 0),
    lease: observation === null ? "free" : leaseView(invocation, memory, observation),
    isPrepared: shared.isPrepared,
  };
}
