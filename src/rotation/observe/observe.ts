import { RotationError } from "../../base/errors.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import { type Claim, claimLifeMs } from "../../clients/vault/claim.ts";
import { isPassing, requireWritable } from "../../clients/vault/lifecycle.ts";
import { isSecondPendingTaken } from "../../clients/vault/rotation-metadata.ts";
import type { SecretState, VersionList, VersionSummary } from "../../clients/vault/store.ts";
import { type Attempt, dropVerdicts } from "../attempt/attempt.ts";
import { type AttemptRead, isCredential, isPlaceholder, keepList, keepState } from "../attempt/read.ts";
import type { Rotation } from "../rotation.ts";
import { isStoredOnTop, listBeside } from "./beside.ts";
import { notePlace, requireBound } from "./binding.ts";
import { readAll, readKnown, settleClient } from "./contents.ts";
import { newestClaim, newestPending, previousOf } from "./find-versions.ts";
import { noteSecondPending } from "./second-pending.ts";
import { type Dated, isYoung, wasRefused } from "./values.ts";

/** What Vault says now: the versions that matter. */
export interface Snapshot {
  readonly list: VersionList;
  readonly current: VersionSummary;
  /** The newest PENDING credential above CURRENT's number. */
  readonly pending: VersionSummary | null;
  /**
   * PREVIOUS, or the version that counts instead, read if the issuer keeps two values at once; null: none, or
   * irrelevant.
   */
  readonly previous: VersionSummary | null;
  /** The newest version that is a claim, or carries a mark that this edition does not know. */
  readonly claim: VersionSummary | null;
}

/** A rotation that has looked: what the tables decide from, and the stages work with. */
export interface Observed<S extends Snapshot | null = Snapshot> extends Rotation {
  readonly snapshot: S;
}

/** CURRENT's verdict serves the mint right after the claim only while it is this young. */
const VERDICT_REUSE_MS = 30_000;

/** Our value may have been stored although the answer was lost: then a version above the base holds it. */
async function forgetIfStored(rotation: Rotation, list: VersionList): Promise<void> {
  const { attempt } = rotation;
  const { unsaved } = attempt;
  if (unsaved === null) return;
  for (const version of list.versions) {
    if (version.versionNo <= unsaved.base) return;
    const known = await readKnown(rotation, version);
    const isStored = !(unsaved.isCopy && version.versionStages.includes("DEPRECATED"));
    if (isStored && isCredential(known) && known.credential.clientSecret.equals(unsaved.credential.clientSecret)) {
      attempt.unsaved = null;
      return;
    }
  }
}

/**
 * The short look after this call's own claim was confirmed: it reads only the secret. Null if more than the claim may
 * have changed, so that a full look is needed.
 */
function lookAfterClaim(
  { context, attempt }: Rotation,
  previous: Snapshot | null,
  state: SecretState,
): Snapshot | null {
  const { claim } = attempt.locks;
  if (claim === null || !claim.isJustWritten || previous === null) return null;
  claim.isJustWritten = false;
  const { current, list } = previous;
  const verdict = attempt.read.logins.get(current.versionNo);
  const isRecent = verdict?.login.verdict === "accepted" && context.clock.monotonic() - verdict.at < VERDICT_REUSE_MS;
  if (state.currentVersionNo !== current.versionNo || !isRecent) return null;
  const own: VersionSummary = {
    versionNo: (list.versions[0] ?? current).versionNo + 1,
    name: claim.name,
    versionStages: ["PENDING", "LATEST"],
    createdAt: list.asOf,
    isBeingDeleted: false,
  };
  return { ...previous, list: { versions: [own, ...list.versions], asOf: list.asOf }, claim: own };
}

/**
 * Whether a rotation has begun: a version is pending, a value is unsaved, or CURRENT was refused. Until it is finished,
 * the application may have no working secret.
 */
function hasBegun(attempt: Attempt, { versions }: VersionList, current: VersionSummary): boolean {
  const isPending = versions.some((version) => version.versionStages.includes("PENDING") && !version.isBeingDeleted);
  return isPending || attempt.unsaved !== null || wasRefused(attempt.read, current.versionNo);
}

/**
 * Looks at Vault again and drops the verdicts of the last look. Null while the secret is UPDATING.
 * @param withState also reads the secret itself, before the list, so that its etag is never newer than the list
 * @param previous the last look of this call, of which little may have changed since the call's own claim
 * @throws RotationError as SecretStore does; SECRET_NOT_ROTATABLE; CLIENT_NOT_BOUND
 */
export async function observe(
  rotation: Rotation,
  withState: boolean,
  previous: Snapshot | null,
): Promise<Snapshot | null> {
  const snapshot = await look(rotation, withState, previous);
  if (snapshot !== null) await requireBound(rotation);
  return snapshot;
}

/**
 * The short look of a run that has just stored its new value and does not promote it: it only needs the version's
 * number. `more`: something else may have changed, so that a full look is needed. Null: the secret is UPDATING.
 */
async function lookAfterStore(rotation: Rotation, previous: Snapshot): Promise<Snapshot | null | "more"> {
  const { context, attempt } = rotation;
  const list = await context.clients.vault.listVersions();
  if (list === null) return null;
  const { current } = previous;
  const isAlone = isStoredOnTop(attempt, list, current.versionNo);
  attempt.stored = null;
  const [own] = list.versions;
  if (!isAlone || own === undefined) return "more";
  dropVerdicts(attempt);
  keepList(attempt.read, list, current, context.clock.monotonic());
  await forgetIfStored(rotation, list);
  return { ...previous, list, pending: own };
}

async function look(rotation: Rotation, withState: boolean, previous: Snapshot | null): Promise<Snapshot | null> {
  const { context, attempt } = rotation;
  attempt.isPrepared = false;
  if (attempt.stored !== null && attempt.endsWithPending && previous !== null) {
    const short = await lookAfterStore(rotation, previous);
    if (short !== "more") return short;
  }
  let currentNo: number | null = null;
  if (withState) {
    const state = await context.clients.vault.readSecret();
    requireWritable(state);
    if (isPassing(state)) return null;
    keepState(attempt.read, state);
    notePlace(rotation, state);
    if (isSecondPendingTaken(state.metadata))
      Object.assign(attempt.writes.secondPending, { isTaken: true, isNoted: true });
    const short = lookAfterClaim(rotation, previous, state);
    if (short !== null) return short;
    currentNo = state.currentVersionNo;
  }
  dropVerdicts(attempt);
  const { list, keepContent } = await listBeside(rotation, currentNo);
  if (list === null) return null;
  const current = list.versions.find((version) => version.versionStages.includes("CURRENT"));
  if (current === undefined) throw new RotationError("SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  keepList(attempt.read, list, current, context.clock.monotonic());
  await keepContent(current);
  await settleClient(rotation, current);
  context.pace.isFinishing = hasBegun(attempt, list, current);
  await forgetIfStored(rotation, list);
  if (attempt.read.isClientChanged) return { list, current, pending: null, previous: null, claim: null };
  const pending = await newestPending(rotation, list, current.versionNo);
  if (withState) {
    // The claim in CURRENT must be replaced by a credential that holds the same value.
    if ((await readKnown(rotation, current)).kind === "claim") await readAll(rotation, list);
  }
  const claim = withState ? await newestClaim(rotation, list) : null;
  if (withState) noteSecondPending(attempt.writes, list, current.versionNo, (version) => isOwnClaim(attempt, version));
  const older = withState ? await previousOf(rotation, list, current) : null;
  return { list, current, pending, previous: older, claim };
}

/**
 * The verdict on a version. A refusal within the landing bound after the value was first stored, in any version, counts
 * as unknown.
 */
export function verdictOn(rotation: Rotation, version: Dated, asOf: number): Verdict | "not-asked" {
  const { attempt } = rotation;
  const asked = attempt.read.logins.get(version.versionNo);
  if (asked === undefined) return "not-asked";
  const isDoubtful =
    asked.login.verdict === "rejected" &&
    isYoung(rotation, version, asOf) &&
    !isPlaceholder(attempt.read, version.versionNo);
  return isDoubtful ? "unknown" : asked.login.verdict;
}

/** A claim's own mark; null: a later edition wrote it. */
export function markOf(read: AttemptRead, version: VersionSummary): Claim | null {
  const known = read.contents.get(version.versionNo);
  return known?.kind === "claim" ? known.claim : null;
}

/** Until when other runs respect a claim, in milliseconds since the epoch on OCI's clock. */
export function claimEndsAt({ context: { settings }, attempt }: Rotation, claim: VersionSummary): number {
  const { claimTtlSeconds, landingBoundSeconds } = settings;
  return (
    claim.createdAt + claimLifeMs(markOf(attempt.read, claim), { ttlSeconds: claimTtlSeconds, landingBoundSeconds })
  );
}

/** Whether another run's claim still belongs to its writer. */
export function isLiveClaim(rotation: Observed): boolean {
  const { attempt } = rotation;
  const { claim, list } = rotation.snapshot;
  return claim !== null && !isOwnClaim(attempt, claim) && list.asOf < claimEndsAt(rotation, claim);
}

/** Whether a claim is this call's. The call id decides; a version's name does not say who wrote it. */
export function isOwnClaim(attempt: Attempt, version: VersionSummary): boolean {
  const own = attempt.locks.claim;
  if (own === null) return false;
  if (own.isConfirmed && version.name === own.name) return true;
  const callId = markOf(attempt.read, version)?.callId;
  return callId !== undefined && [own.callId, ...own.earlierIds].includes(callId);
}
