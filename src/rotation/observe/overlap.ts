import { HOUR_MS } from "../../base/durations.ts";
import type { Capabilities } from "../../clients/issuers/issuer.ts";
import { highestNo } from "../../clients/vault/highest.ts";
import { notAcknowledged, readRecord } from "../../clients/vault/notify-record.ts";
import { currentSince, noGraceUpTo } from "../../clients/vault/rotation-metadata.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { type AttemptRead, isPlaceholder } from "../attempt/read.ts";
import type { CallerState, Overlap } from "../decide/state.ts";
import type { Rotation } from "../rotation.ts";
import type { Observed, Snapshot } from "./observe.ts";
import { otherCredentials } from "./others.ts";
import { secretIn } from "./values.ts";

/** What CURRENT's content says about the issuer; null: it cannot be understood. */
export function capabilitiesOf(read: AttemptRead, { current }: Snapshot): Capabilities | null {
  const known = read.contents.get(current.versionNo);
  return known === undefined || known.kind === "unknown" ? null : known.credential.capabilities;
}

/** Whether the issuer keeps an older value besides CURRENT's. */
export function keepsOf(read: AttemptRead, snapshot: Snapshot): Capabilities["overlap"] {
  return capabilitiesOf(read, snapshot)?.overlap ?? "none";
}

/** Whether we choose the value, as far as CURRENT's content can be understood. */
export function isCallerChosen(read: AttemptRead, snapshot: Snapshot): boolean {
  return capabilitiesOf(read, snapshot)?.valueChosenBy === "caller";
}

function tokenLifeMs(read: AttemptRead, currentNo: number): number {
  const asked = read.logins.get(currentNo);
  if (asked?.login.verdict !== "accepted" || asked.login.token === null) return 0;
  return asked.login.token.expiresAt - asked.at;
}

/** The shortest grace, which is at least the life of a token that was got with the older value. */
function leastGraceMs({ context: { settings }, attempt }: Rotation, currentNo: number): number {
  return settings.graceHours === 0 ? 0 : Math.max(settings.graceHours * HOUR_MS, tokenLifeMs(attempt.read, currentNo));
}

/**
 * Whether the older value ends once its shortest grace is over, since all subscribers say that they have CURRENT. Where
 * there is none, nobody says so. Whoever forges that gains what is so without the setting.
 */
function isHandedOver({ context: { settings }, attempt, snapshot }: Observed): boolean {
  const limits = { subscriberLimit: settings.subscriberLimit, highestNo: highestNo(snapshot.list) };
  const record = readRecord(attempt.read.metadata, limits);
  return record.subscribers.length > 0 && notAcknowledged(record, snapshot.current.versionNo).length === 0;
}

function graceMs(rotation: Observed): number {
  const { settings } = rotation.context;
  const least = leastGraceMs(rotation, rotation.snapshot.current.versionNo);
  return settings.retireAfter === "grace" || isHandedOver(rotation)
    ? least
    : Math.max(least, settings.longestGraceHours * HOUR_MS);
}

/** The newest version whose value gets no grace, as it is compromised. */
function noGraceIn({ metadata }: AttemptRead, { list }: Snapshot): number {
  return noGraceUpTo(metadata, highestNo(list));
}

/**
 * When CURRENT's number was first seen as CURRENT, and how long PREVIOUS's value may live from then, in milliseconds.
 */
function graceOf(rotation: Observed, previousNo: number) {
  const { attempt, snapshot } = rotation;
  const { current, list } = snapshot;
  const hasGrace = keepsOf(attempt.read, snapshot) === "two-slot" && previousNo > noGraceIn(attempt.read, snapshot);
  return {
    since: currentSince(attempt.read.metadata, current, list.asOf),
    grace: hasGrace ? graceMs(rotation) : 0,
  };
}

/**
 * When the grace of PREVIOUS's value is over, in milliseconds since the epoch; null: there is none, it has not begun,
 * or the issuer itself ends it.
 */
export function graceEndsAt(rotation: Observed): number | null {
  const { attempt, snapshot } = rotation;
  const { previous } = snapshot;
  if (previous === null || keepsOf(attempt.read, snapshot) !== "two-slot") return null;
  const { since, grace } = graceOf(rotation, previous.versionNo);
  return since === null ? null : since + grace;
}

function graceState(rotation: Observed, previousNo: number): Overlap["grace"] {
  const { since, grace } = graceOf(rotation, previousNo);
  if (grace === 0) return "over";
  if (since === null) return "unknown-start";
  return rotation.snapshot.list.asOf >= since + grace ? "over" : "running";
}

/** Whether the issuer would end PREVIOUS's value by itself, and all subscribers have acknowledged CURRENT before. */
function endsEarly(rotation: Observed): boolean {
  const { context, attempt, snapshot } = rotation;
  const { current, list } = snapshot;
  const isToEnd = keepsOf(attempt.read, snapshot) === "timed" && context.settings.retireAfter === "acknowledged";
  const since = isToEnd ? currentSince(attempt.read.metadata, current, list.asOf) : null;
  if (since === null || !isHandedOver(rotation)) return false;
  return list.asOf >= since + leastGraceMs(rotation, current.versionNo);
}

function orderOf({ current }: Snapshot, previousNo: number): Overlap["order"] {
  if (previousNo > current.versionNo) return "newer";
  return isOurs(current.name) ? "older" : "unknown";
}

/** One refusal can be spurious; a value counts as dead only after two. */
const REFUSALS_TO_END = 2;

export function overlapOf(rotation: Observed, goal: CallerState["goal"]): Overlap | null {
  const { attempt, snapshot } = rotation;
  const { previous, current } = snapshot;
  if (previous === null) return null;
  const { versionNo } = previous;
  const value = secretIn(attempt.read, versionNo);
  const currentValue = secretIn(attempt.read, current.versionNo);
  if (value === null || currentValue === null || value.equals(currentValue)) return null;
  const asked = attempt.read.logins.get(versionNo)?.login.verdict ?? "not-asked";
  const mustEnd = goal === "retire" || attempt.isCompromised;
  const isDoubtful = mustEnd && (attempt.read.refusals.get(versionNo) ?? 0) < REFUSALS_TO_END;
  return {
    versionNo,
    verdict: asked === "rejected" && isDoubtful ? "not-asked" : asked,
    order: orderOf(snapshot, versionNo),
    grace: graceState(rotation, versionNo),
    endsEarly: endsEarly(rotation),
  };
}

/**
 * Values besides CURRENT's, PREVIOUS's and PENDING's. A value that should be dead is not waited for, so a refusal
 * counts at once.
 */
export function unexpectedOf(read: AttemptRead, snapshot: Snapshot): CallerState["unexpected"] {
  if (!read.hasReadOthers) return null;
  const { previous } = snapshot;
  const older = previous === null ? null : secretIn(read, previous.versionNo);
  return otherCredentials(read, snapshot)
    .filter(({ versionNo }) => older === null || secretIn(read, versionNo)?.equals(older) !== true)
    .map(({ versionNo }) => ({ versionNo, verdict: read.logins.get(versionNo)?.login.verdict ?? "not-asked" }));
}

/** Compromised values are noted if the issuer may accept an older value besides a newer one. */
export function compromisedOf(attempt: Attempt, snapshot: Snapshot): CallerState["compromised"] {
  if (!attempt.isCompromised) return "no";
  const isNoted = noGraceIn(attempt.read, snapshot) >= (attempt.read.startHighestNo ?? 0);
  return isNoted || keepsOf(attempt.read, snapshot) === "none" ? "noted" : "unnoted";
}

/** Whether the issuer may hold a value that no version holds: an adoption has put ours beside one that Vault never had. */
export function unstoredOf(attempt: Attempt, snapshot: Snapshot, goal: CallerState["goal"]): CallerState["unstored"] {
  const { endsUnstored, requests, read } = attempt;
  if (goal !== "retire" || keepsOf(read, snapshot) === "none" || requests.isAlone) return "no";
  if (endsUnstored) return "to-end";
  const { previous } = snapshot;
  return previous !== null && isPlaceholder(read, previous.versionNo) ? "possible" : "no";
}
