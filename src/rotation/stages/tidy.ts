import { DAY_MS } from "../../base/durations.ts";
import { asRotationError } from "../../base/errors.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import { isOwnValue } from "../../clients/issuers/own-value.ts";
import type { Claim } from "../../clients/vault/claim.ts";
import type { VersionList, VersionSummary } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import { COMFORTABLE_SLOTS, freeSlots } from "../../clients/vault/version-slots.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import { type Attempt, isCredential } from "../attempt.ts";
import type { Context } from "../context.ts";
import { readKnown } from "../observe/contents.ts";

/** Vault asks for at least a day, counted from when the request arrives. */
const BOUNDARY_MS = 3_600_000;
/** More are scheduled by the next call; each deletion changes the etag and takes a few requests. */
const MAX_AT_ONCE = 10;

function isOld({ versionStages, isBeingDeleted }: VersionSummary): boolean {
  return !isBeingDeleted && versionStages.length === 1 && versionStages[0] === "DEPRECATED";
}

/** A claim whose token has expired carries nothing any more. */
const isSpent = ({ token }: Claim, now: number) => (token?.expiresAt ?? 0) <= now;

interface OldCredential {
  readonly version: VersionSummary;
  readonly credential: Credential;
}

/**
 * Whether the credential counts among those that are kept: what somebody else has stored must not push the others out. Where values are of our
 * own choosing, only one that somebody made who knew a value before it counts. What the issuer has made carries no proof; there one with a
 * name of ours counts, which keeps apart what was stored by hand, and not what was named like ours on purpose; and where room is scarce, any.
 */
function counts(
  context: Context,
  attempt: Attempt,
  list: VersionList,
  { version: { versionNo, name }, credential }: OldCredential,
): boolean {
  if (credential.capabilities.valueChosenBy === "issuer") {
    return isOurs(name) || freeSlots(list) < COMFORTABLE_SLOTS;
  }
  return list.versions.some((version) => {
    const before = version.versionNo < versionNo ? attempt.contents.get(version.versionNo) : undefined;
    if (before === undefined || before.kind === "unknown") return false;
    const { client, clientSecret } = before.credential;
    return isOwnValue(credential.clientSecret, { secretId: context.secretId, client, clientSecret });
  });
}

/**
 * The claims that may go, the newest first, and the numbers of the versions that the others were made from.
 * A claim can be told from a forged one only while that version is there, so this goes downward: what a claim that stays was made from stays.
 */
function sortClaims(attempt: Attempt, list: VersionList, isCandidate: (version: VersionSummary) => boolean) {
  const claims = list.versions.flatMap((version) => {
    const known = attempt.contents.get(version.versionNo);
    return known?.kind === "claim" ? [{ version, claim: known.claim }] : [];
  });
  const [newest] = claims;
  const spent: VersionSummary[] = [];
  const bases = new Set<number>();
  for (const one of claims) {
    const { version, claim } = one;
    const mayGo = isCandidate(version) && one !== newest && isSpent(claim, list.asOf);
    if (mayGo && !bases.has(version.versionNo)) spent.push(version);
    else bases.add(claim.base);
  }
  return { spent, bases, newestBase: newest?.claim.base ?? null };
}

/**
 * The versions whose deletion may be scheduled, in their turn: claims before what they were made from, the oldest credentials first. Never the
 * highest number, a claim whose token lives, a version of another client or with a mark that is not to be believed; nothing of the latest
 * rotation, which is what lies above the newest claim's base, nor above CURRENT or PREVIOUS, but spent claims below the newest; no version
 * that a claim which stays was made from. Of the DEPRECATED credentials the newest OROT_KEEP_DEPRECATED_VERSIONS stay, and where no more
 * claims and credentials than that are ours, all stay. Contents must have been read.
 */
export function tidyable(
  context: Context,
  attempt: Attempt,
  list: VersionList,
  currentNo: number,
): readonly VersionSummary[] {
  const [highest] = list.versions;
  const isCandidate = (version: VersionSummary) => isOld(version) && version !== highest;
  const { spent, bases, newestBase } = sortClaims(attempt, list, isCandidate);
  const previousNo = list.versions.find(({ versionStages }) => versionStages.includes("PREVIOUS"))?.versionNo;
  const bound = Math.min(newestBase ?? currentNo, currentNo, previousNo ?? currentNo);
  const older = list.versions.flatMap((version) => {
    const known = attempt.contents.get(version.versionNo);
    const mayGo = isCandidate(version) && version.versionNo < bound;
    return mayGo && isCredential(known) ? [{ version, credential: known.credential }] : [];
  });
  // What others have stored is no reason to begin.
  const { keepDeprecatedVersions } = context.settings;
  const oldClaims = list.versions.filter(
    (version) => isOld(version) && attempt.contents.get(version.versionNo)?.kind === "claim",
  );
  const counting = older.filter((one) => counts(context, attempt, list, one));
  if (oldClaims.length + counting.length <= keepDeprecatedVersions) return [];
  let kept = 0;
  const credentials = older.filter((one) => {
    const isKept = kept < keepDeprecatedVersions || bases.has(one.version.versionNo);
    if (counting.includes(one)) kept += 1;
    return !isKept;
  });
  return [...spent, ...credentials.map(({ version }) => version).reverse()];
}

function hasTime({ budget, settings }: Context): boolean {
  return budget.remainingInCall() > settings.callTimeoutSeconds * 2_000;
}

/**
 * Schedules the deletion of old DEPRECATED versions. Its failure is a warning: tidying is a favour to later rotations, and the right to it
 * is optional.
 * @returns how many were scheduled
 */
export async function tidy(context: Context, attempt: Attempt, list: VersionList, currentNo: number): Promise<number> {
  const {
    clients: { vault },
    settings,
    log,
  } = context;
  if (list.versions.filter(isOld).length === 0) return 0;
  // Whoever has promoted an older version has no right to have newer ones deleted.
  if (attempt.logins.get(currentNo)?.login.verdict !== "accepted") return 0;
  attempt.list = list;
  for (const version of list.versions) if (!version.isBeingDeleted) await readKnown(context, attempt, version);
  const at = list.asOf + Math.max(settings.versionDeletionDays * DAY_MS, DAY_MS + BOUNDARY_MS);
  let scheduled = 0;
  for (const { versionNo } of tidyable(context, attempt, list, currentNo).slice(0, MAX_AT_ONCE)) {
    const state = hasTime(context) ? await waitUntilActive(context) : null;
    if (state === null) break;
    const write = await vault.scheduleVersionDeletion(versionNo, at, state.etag);
    if (write.outcome !== "done") {
      const { code, returnMessage } = write.error;
      log.warn("tidy-failed", { stage: "tidy", versionNo, outcome: write.outcome, code, message: returnMessage });
      break;
    }
    scheduled += 1;
    const ended = { stage: "tidy", outcome: "deletion-scheduled" };
    log.info("stage", { ...ended, versionNo });
    context.onStage?.(ended);
  }
  return scheduled;
}

/** Tidies when the work is done; whatever happens here leaves its answer as it is. */
export async function tidyAtEnd(context: Context, attempt: Attempt): Promise<void> {
  const {
    clients: { vault },
    settings,
    log,
  } = context;
  try {
    let list = await vault.listVersions();
    if (list === null) {
      await waitUntilActive(context);
      list = await vault.listVersions();
    }
    if (list === null) return;
    const current = list.versions.find((version) => version.versionStages.includes("CURRENT"));
    if (current === undefined) return;
    // Contents are read only where there is something to tidy.
    if (list.versions.filter(isOld).length > settings.keepDeprecatedVersions) {
      await tidy(context, attempt, list, current.versionNo);
    }
  } catch (thrown) {
    log.warn("tidy-failed", { stage: "tidy", outcome: asRotationError(thrown).code });
  }
}

/** For the value, and for what must follow it. */
const SLOTS_FOR_HAND = 2;

/**
 * Where every slot is taken, an unsaved value could not be stored. What others have written since this call's look before it goes: such
 * versions are DEPRECATED, hold nothing that was in use, and the log names them.
 * @param baseNo the highest version number when the value was made
 * @returns how many deletions were scheduled
 */
export async function makeRoomForUnsaved(
  context: Context,
  attempt: Attempt,
  list: VersionList,
  baseNo: number,
): Promise<number> {
  const {
    clients: { vault },
    settings,
    log,
  } = context;
  const isOwn = ({ name }: VersionSummary) => attempt.written.some((written) => written.name === name);
  const others = list.versions.filter((version) => isOld(version) && version.versionNo > baseNo && !isOwn(version));
  const at = list.asOf + Math.max(settings.versionDeletionDays * DAY_MS, DAY_MS + BOUNDARY_MS);
  let scheduled = 0;
  for (const { versionNo } of others.slice(-SLOTS_FOR_HAND)) {
    const state = await vault.readSecret();
    const write = await vault.scheduleVersionDeletion(versionNo, at, state.etag);
    log.warn("room-made", { versionNo, outcome: write.outcome });
    if (write.outcome === "done") scheduled += 1;
  }
  return scheduled;
}

/**
 * Takes scheduled deletions back: a write was refused, and a version awaiting deletion may be why. Nobody can tell who scheduled one, and
 * a value that cannot be stored weighs more, so an operator's go too; the log names every version, so that it can be scheduled again.
 */
export async function cancelDeletions(context: Context, list: VersionList): Promise<void> {
  const leaving = list.versions.filter(({ isBeingDeleted }) => isBeingDeleted);
  for (const { versionNo } of leaving.slice(0, MAX_AT_ONCE)) {
    const state = hasTime(context) ? await waitUntilActive(context) : null;
    if (state === null) return;
    const write = await context.clients.vault.cancelVersionDeletion(versionNo, state.etag);
    context.log.warn("deletion-cancelled", { stage: "tidy", versionNo, outcome: write.outcome });
  }
}
