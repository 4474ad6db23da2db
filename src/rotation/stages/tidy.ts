import { DAY_MS } from "../../base/durations.ts";
import { asRotationError } from "../../base/errors.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import { isOwnValue } from "../../clients/issuers/own-value.ts";
import type { Claim } from "../../clients/vault/claim.ts";
import type { VersionList, VersionSummary } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import { COMFORTABLE_SLOTS, freeSlots } from "../../clients/vault/version-slots.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import { type AttemptRead, isCredential } from "../attempt/read.ts";
import type { Context } from "../context.ts";
import { readKnown } from "../observe/contents.ts";
import type { Rotation } from "../rotation.ts";

/** Vault asks for at least a day, counted from the arrival of the request. */
const BOUNDARY_MS = 3_600_000;
/** The next call schedules the rest. Each deletion changes the etag and takes a few requests. */
const MAX_AT_ONCE = 10;

function isOld({ versionStages, isBeingDeleted }: VersionSummary): boolean {
  return !isBeingDeleted && versionStages.length === 1 && versionStages[0] === "DEPRECATED";
}

/** A claim without a living token is of no more use. */
const isSpent = ({ token }: Claim, now: number) => (token?.expiresAt ?? 0) <= now;

interface OldCredential {
  readonly version: VersionSummary;
  readonly credential: Credential;
}

/**
 * Whether the credential counts towards the number that is kept. What others store must not push ours out. If we choose
 * values, it counts if its maker knew an older value. A value made by the issuer carries no proof, so it counts if its
 * version has a name of ours. That excludes versions stored by hand, but not names copied on purpose. When room is
 * scarce, any counts.
 */
function counts(
  { context, attempt }: Rotation,
  list: VersionList,
  { version: { versionNo, name }, credential }: OldCredential,
): boolean {
  if (credential.capabilities.valueChosenBy === "issuer") return isOurs(name) || freeSlots(list) < COMFORTABLE_SLOTS;
  return list.versions.some((version) => {
    const before = version.versionNo < versionNo ? attempt.read.contents.get(version.versionNo) : undefined;
    if (before === undefined || before.kind === "unknown") return false;
    const { client, clientSecret } = before.credential;
    return isOwnValue(credential.clientSecret, { secretId: context.secretId, client, clientSecret });
  });
}

/**
 * The claims that may go, the newest first, and the numbers of the versions that the others were made from. Only that
 * version tells a claim from a forged one. So this goes from the newest down, and keeps the base of every claim that
 * stays.
 */
function sortClaims(read: AttemptRead, list: VersionList, isCandidate: (version: VersionSummary) => boolean) {
  const claims = list.versions.flatMap((version) => {
    const known = read.contents.get(version.versionNo);
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
 * The versions whose deletion may be scheduled, in order: claims before the versions they were made from, and the
 * oldest credentials first. Contents must have been read.
 *
 * These always stay:
 * - the highest number
 * - a claim whose token lives
 * - a version of another client, or with a mark that is not believed
 * - the latest rotation: everything above the newest claim's base, CURRENT or PREVIOUS, except spent claims below the
 *   newest
 * - a version that a remaining claim was made from
 * - the newest OROT_KEEP_DEPRECATED_VERSIONS of the DEPRECATED credentials
 * - everything, if no more claims and credentials than that number are ours
 */
export function tidyable(rotation: Rotation, list: VersionList, currentNo: number): readonly VersionSummary[] {
  const { context, attempt } = rotation;
  const [highest] = list.versions;
  const isCandidate = (version: VersionSummary) => isOld(version) && version !== highest;
  const { spent, bases, newestBase } = sortClaims(attempt.read, list, isCandidate);
  const previousNo = list.versions.find(({ versionStages }) => versionStages.includes("PREVIOUS"))?.versionNo;
  const bound = Math.min(newestBase ?? currentNo, currentNo, previousNo ?? currentNo);
  const older = list.versions.flatMap((version) => {
    const known = attempt.read.contents.get(version.versionNo);
    const mayGo = isCandidate(version) && version.versionNo < bound;
    return mayGo && isCredential(known) ? [{ version, credential: known.credential }] : [];
  });
  // Versions that others stored are no reason to begin.
  const { keepDeprecatedVersions } = context.settings;
  const oldClaims = list.versions.filter(
    (version) => isOld(version) && attempt.read.contents.get(version.versionNo)?.kind === "claim",
  );
  const counting = older.filter((one) => counts(rotation, list, one));
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
 * Schedules the deletion of old DEPRECATED versions. A failure is only a warning: tidying helps later rotations, and
 * the right to it is optional.
 * @returns how many deletions were scheduled
 */
export async function tidy(rotation: Rotation, list: VersionList, currentNo: number): Promise<number> {
  const { context, attempt } = rotation;
  const {
    clients: { vault },
    settings,
    log,
  } = context;
  if (list.versions.filter(isOld).length === 0) return 0;
  // An operator who promoted an older version has not agreed to the deletion of newer ones.
  if (attempt.read.logins.get(currentNo)?.login.verdict !== "accepted") return 0;
  attempt.read.list = list;
  for (const version of list.versions) if (!version.isBeingDeleted) await readKnown(rotation, version);
  const at = list.asOf + Math.max(settings.versionDeletionDays * DAY_MS, DAY_MS + BOUNDARY_MS);
  let scheduled = 0;
  for (const { versionNo } of tidyable(rotation, list, currentNo).slice(0, MAX_AT_ONCE)) {
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

/**
 * Tidies after the work. Failures never change the answer.
 * @param seen the versions as the last look listed them, which may show that there is nothing to do; null: they have changed
 * @returns how many deletions were scheduled
 */
export async function tidyAtEnd(rotation: Rotation, seen: VersionList | null): Promise<number> {
  const { context } = rotation;
  const { settings, log } = context;
  // Contents are read only if there is something to tidy.
  const isWorth = ({ versions }: VersionList) => versions.filter(isOld).length > settings.keepDeprecatedVersions;
  if (seen !== null && !isWorth(seen)) return 0;
  try {
    const list = await listWhenActive(context);
    const current = list?.versions.find((version) => version.versionStages.includes("CURRENT"));
    if (list === null || current === undefined || !isWorth(list)) return 0;
    return await tidy(rotation, list, current.versionNo);
  } catch (thrown) {
    log.warn("tidy-failed", { stage: "tidy", outcome: asRotationError(thrown).code });
    return 0;
  }
}

async function listWhenActive(context: Context): Promise<VersionList | null> {
  const { vault } = context.clients;
  const list = await vault.listVersions();
  if (list !== null) return list;
  await waitUntilActive(context);
  return vault.listVersions();
}

/** One for the value, one for what must follow it. */
const SLOTS_FOR_HAND = 2;

/**
 * Makes room for an unsaved value when every slot is taken. Schedules the deletion of versions that others wrote since
 * the value was made. They are DEPRECATED and were never in use, and the log names them.
 * @param baseNo the highest version number when the value was made
 * @returns how many deletions were scheduled
 */
export async function makeRoomForUnsaved(
  { context, attempt }: Rotation,
  list: VersionList,
  baseNo: number,
): Promise<number> {
  const {
    clients: { vault },
    settings,
    log,
  } = context;
  const isOwn = ({ name }: VersionSummary) => attempt.writes.written.some((written) => written.name === name);
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
 * Cancels scheduled deletions after a write was refused, because a version awaiting deletion may be the reason. Vault
 * does not say who scheduled one, and a value that cannot be stored weighs more. So an operator's deletions are
 * cancelled too. The log names every version, so that the operator can schedule it again.
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
