import { AuthorityError, asRotationError, type ErrorCode, type RotationError } from "../../base/errors.ts";
import type { Annotations, Tags } from "../../clients/vault/store.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import { writeIfUnchanged } from "../../clients/vault/write-annotations.ts";
import { forgetReleased } from "../attempt/locks.ts";
import { keepState } from "../attempt/read.ts";
import type { Context } from "../context.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";
import type { Rotation } from "../rotation.ts";
import { learnExpiry } from "./learn-expiry.ts";
import { probeTokenSurvival } from "./probe-token-survival.ts";
import { released } from "./release-lease.ts";
import { areTooMany, isNewOutcome, type NotedOutcome, readOwnTags, withOwnTags } from "./rotation-tags.ts";

/**
 * All tags as they should be after a successful heal with this version as CURRENT; null if nothing is worth a write.
 * The issuer is asked for the expiry until it names a date ahead for this version, and again whenever something is new.
 * That nobody could be told is not that it never ends, and what never ended may end from today.
 * @param now milliseconds since the epoch
 */
export async function newTagsOf(
  rotation: Rotation,
  tags: Tags | null,
  versionNo: number,
  now: number,
): Promise<Tags | null> {
  const { context, attempt } = rotation;
  const known = attempt.read.contents.get(versionNo);
  if (tags === null || known === undefined || known.kind === "unknown") return null;
  const { credential } = known;
  const outcome: NotedOutcome = { code: "OK", at: now, versionNo };
  const { issuer, clientId } = credential.client;
  const plain = { issuer, clientId, outcome };
  const { expiry: noted } = readOwnTags(tags, now);
  const isDateAhead = noted !== null && noted.versionNo === versionNo && noted.at !== null && noted.at > now;
  if (isDateAhead && !isNewOutcome(tags, outcome)) return bounded(context, withOwnTags(tags, plain));
  const told = await learnExpiry(rotation, versionNo, credential);
  // What was told before about this version still holds, unless it has turned out to be wrong.
  const isKept = told === "unknown" && noted?.versionNo === versionNo && (isDateAhead || noted.isNever);
  const expiry = told === null ? null : { at: told, versionNo };
  const changed = withOwnTags(tags, isKept ? plain : { ...plain, expiry });
  // A tag that names no date may not cost the others their place.
  const isSpare = !isKept && changed !== null && areTooMany(changed) && typeof told !== "number";
  return bounded(context, isSpare ? withOwnTags(tags, { ...plain, expiry: null }) : changed);
}

function bounded({ log }: Context, tags: Tags | null): Tags | null {
  if (tags === null || !areTooMany(tags)) return tags;
  log.warn("heal-not-noted", { outcome: "too-many-tags" });
  return null;
}

/**
 * Records a successful heal on the secret: in the metadata whether tokens survive a rotation, and the tags. The tags
 * are left out while another run is at work. One write, and only if something is new. Never throws; best effort.
 */
export async function noteHeal(rotation: Observed): Promise<void> {
  const { context, attempt } = rotation;
  const { log } = context;
  try {
    const learnt = await probeTokenSurvival(rotation);
    const { current, list } = rotation.snapshot;
    const tags = isAnotherAtWork(rotation)
      ? null
      : await newTagsOf(rotation, attempt.read.tags, current.versionNo, list.asOf);
    if (learnt === null && tags === null) return;
    const metadata = released(attempt.locks, learnt?.metadata ?? attempt.read.metadata);
    const isNew = metadata !== attempt.read.metadata;
    const annotations: Annotations = { ...(isNew && { metadata }), ...(tags && { tags }) };
    const write = await writeIfUnchanged(context, annotations, attempt.read.etag);
    if (isNew && write.outcome === "done") forgetReleased(attempt.locks);
    if (learnt !== null) {
      log.info("token-survival", { outcome: learnt.survives ? "survives" : "dies", write: write.outcome });
    }
    if (tags !== null) log.info("heal-noted", { outcome: write.outcome });
  } catch (thrown) {
    log.warn("heal-not-noted", { outcome: asRotationError(thrown).code });
  }
}

/**
 * Tidying changes the etag. Takes the new one for what is to be noted, unless somebody else has written a version since
 * the look.
 */
export async function lookAfterTidying({ context, attempt, snapshot }: Observed): Promise<boolean> {
  const { vault } = context.clients;
  try {
    const state = await waitUntilActive(context);
    const list = state === null ? null : await vault.listVersions();
    const isSame = list?.versions[0]?.versionNo === snapshot.list.versions[0]?.versionNo;
    if (state === null || !isSame || state.currentVersionNo !== snapshot.current.versionNo) return false;
    keepState(attempt.read, state);
    return true;
  } catch (thrown) {
    context.log.warn("heal-not-noted", { outcome: asRotationError(thrown).code });
    return false;
  }
}

/**
 * Whether an operator must act, so that the error is recorded. Left out: errors that pass by themselves, errors that mean
 * that Vault would refuse the write, and PAUSED.
 */
export function isLasting(error: RotationError): boolean {
  const { code, responseCode } = error;
  const unwritable: readonly ErrorCode[] = ["VAULT_FORBIDDEN", "SECRET_NOT_FOUND", "SECRET_NOT_ROTATABLE", "PAUSED"];
  // Vault's error about a second authority's secret does not block a write to this secret.
  const isWritable = error instanceof AuthorityError || !unwritable.includes(code);
  return responseCode < 500 && isWritable;
}

/**
 * Records a failed heal in the tags, so that a list of secrets shows where an operator is needed. Writes nothing while
 * another run is at work. Never throws; best effort.
 * @param rotation with the last look of the call
 */
export async function noteFailedHeal(rotation: Observed<Snapshot | null>, error: RotationError): Promise<void> {
  const { context, attempt, snapshot } = rotation;
  const { log, budget, settings } = context;
  if (!isLasting(error) || snapshot === null || attempt.read.tags === null || attempt.unsaved !== null) return;
  // The tags were read while another client was in CURRENT.
  if (attempt.read.isClientChanged) return;
  if (budget.remainingInCall() <= 2 * settings.callTimeoutSeconds * 1000) return;
  try {
    if (isAnotherAtWork({ ...rotation, snapshot })) return;
    const { versionNo } = snapshot.current;
    const known = attempt.read.contents.get(versionNo);
    const noted = withOwnTags(attempt.read.tags, {
      ...(known === undefined || known.kind === "unknown"
        ? {}
        : { issuer: known.credential.client.issuer, clientId: known.credential.client.clientId }),
      outcome: { code: error.code, at: snapshot.list.asOf, versionNo },
    });
    const tags = bounded(context, noted);
    if (tags === null) return;
    const write = await writeIfUnchanged(context, { tags }, attempt.read.etag);
    log.info("heal-noted", { outcome: write.outcome });
  } catch (thrown) {
    log.warn("heal-not-noted", { outcome: asRotationError(thrown).code });
  }
}
