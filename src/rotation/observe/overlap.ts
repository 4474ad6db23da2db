import { HOUR_MS } from "../../base/durations.ts";
import type { Capabilities } from "../../clients/issuers/issuer.ts";
import { currentSince, noGraceUpTo } from "../../clients/vault/rotation-metadata.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { CallerState, Overlap } from "../decide/state.ts";
import type { Rotation } from "../rotation.ts";
import type { Observed, Snapshot } from "./observe.ts";
import { otherCredentials } from "./others.ts";
import { secretIn } from "./values.ts";

/** What CURRENT's content says of the issuer; null: nobody understands it. */
export function capabilitiesOf(attempt: Attempt, { current }: Snapshot): Capabilities | null {
  const known = attempt.read.contents.get(current.versionNo);
  return known === undefined || known.kind === "unknown" ? null : known.credential.capabilities;
}

/** What the issuer does with an older value beside CURRENT's, as far as that is known. */
export function keepsOf(attempt: Attempt, snapshot: Snapshot): Capabilities["overlap"] {
  return capabilitiesOf(attempt, snapshot)?.overlap ?? "none";
}

/** Whether we choose the value, as far as CURRENT's content can be understood. */
export function isCallerChosen(attempt: Attempt, snapshot: Snapshot): boolean {
  return capabilitiesOf(attempt, snapshot)?.valueChosenBy === "caller";
}

function tokenLifeMs(attempt: Attempt, currentNo: number): number {
  const asked = attempt.read.logins.get(currentNo);
  if (asked?.login.verdict !== "accepted" || asked.login.token === null) return 0;
  return asked.login.token.expiresAt - asked.at;
}

/** The grace, and never less than a token got with the older value may live. */
function graceMs({ context: { settings }, attempt }: Rotation, currentNo: number): number {
  return settings.graceHours === 0 ? 0 : Math.max(settings.graceHours * HOUR_MS, tokenLifeMs(attempt, currentNo));
}

/** The newest version whose value gets no grace, as it is compromised. */
function noGraceIn({ read: { metadata } }: Attempt, { list }: Snapshot): number {
  return noGraceUpTo(metadata, list.versions[0]?.versionNo ?? 0);
}

/** When CURRENT's number was first seen as CURRENT, and how long PREVIOUS's value may live on from there, milliseconds. */
function graceOf(rotation: Observed, previousNo: number) {
  const { attempt, snapshot } = rotation;
  const { current, list } = snapshot;
  const hasGrace = keepsOf(attempt, snapshot) === "two-slot" && previousNo > noGraceIn(attempt, snapshot);
  return {
    since: currentSince(attempt.read.metadata, current, list.asOf),
    grace: hasGrace ? graceMs(rotation, current.versionNo) : 0,
  };
}

/**
 * When the grace of PREVIOUS's value is over, in milliseconds since the epoch; null: there is none, it has no beginning yet, or the issuer
 * itself ends it.
 */
export function graceEndsAt(rotation: Observed): number | null {
  const { attempt, snapshot } = rotation;
  const { previous } = snapshot;
  if (previous === null || keepsOf(attempt, snapshot) !== "two-slot") return null;
  const { since, grace } = graceOf(rotation, previous.versionNo);
  return since === null ? null : since + grace;
}

function graceState(rotation: Observed, previousNo: number): Overlap["grace"] {
  const { since, grace } = graceOf(rotation, previousNo);
  if (grace === 0) return "over";
  if (since === null) return "unknown-start";
  return rotation.snapshot.list.asOf >= since + grace ? "over" : "running";
}

function orderOf({ current }: Snapshot, previousNo: number): Overlap["order"] {
  if (previousNo > current.versionNo) return "newer";
  return isOurs(current.name) ? "older" : "unknown";
}

/** A refusal may be stray: that a value is at an end is only said after a second one. */
const REFUSALS_TO_END = 2;

export function overlapOf(rotation: Observed, goal: CallerState["goal"]): Overlap | null {
  const { attempt, snapshot } = rotation;
  const { previous, current } = snapshot;
  if (previous === null) return null;
  const { versionNo } = previous;
  const value = secretIn(attempt, versionNo);
  const currentValue = secretIn(attempt, current.versionNo);
  if (value === null || currentValue === null || value.equals(currentValue)) return null;
  const asked = attempt.read.logins.get(versionNo)?.login.verdict ?? "not-asked";
  const mustEnd = goal === "retire" || attempt.isCompromised;
  const isDoubtful = mustEnd && (attempt.read.refusals.get(versionNo) ?? 0) < REFUSALS_TO_END;
  return {
    versionNo,
    verdict: asked === "rejected" && isDoubtful ? "not-asked" : asked,
    order: orderOf(snapshot, versionNo),
    grace: graceState(rotation, versionNo),
  };
}

/** Values beside CURRENT's, PREVIOUS's and PENDING's. What is to be dead need not be waited for, so a refusal counts at once. */
export function unexpectedOf(attempt: Attempt, snapshot: Snapshot): CallerState["unexpected"] {
  if (!attempt.read.hasReadOthers) return null;
  const { previous } = snapshot;
  const older = previous === null ? null : secretIn(attempt, previous.versionNo);
  return otherCredentials(attempt, snapshot)
    .filter(({ versionNo }) => older === null || secretIn(attempt, versionNo)?.equals(older) !== true)
    .map(({ versionNo }) => ({ versionNo, verdict: attempt.read.logins.get(versionNo)?.login.verdict ?? "not-asked" }));
}

/** What is compromised is noted where the issuer may accept an older value beside a newer one. */
export function compromisedOf(attempt: Attempt, snapshot: Snapshot): CallerState["compromised"] {
  if (!attempt.isCompromised) return "no";
  const isNoted = noGraceIn(attempt, snapshot) >= (attempt.read.startHighestNo ?? 0);
  return isNoted || keepsOf(attempt, snapshot) === "none" ? "noted" : "unnoted";
}
