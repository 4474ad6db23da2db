import { RotationError } from "../../base/errors.ts";
import type { Verdict } from "../../clients/issuers/verdict.ts";
import { type Claim, claimLifeMs } from "../../clients/vault/claim.ts";
import { isPassing, requireWritable } from "../../clients/vault/lifecycle.ts";
import { isSecondPendingTaken } from "../../clients/vault/own-metadata.ts";
import type { SecretState, VersionList, VersionSummary } from "../../clients/vault/store.ts";
import type { Invocation } from "../invocation.ts";
import { isCredential, type Memory } from "../memory.ts";
import { notePlace, requireBound } from "./binding.ts";
import { readAll, readKnown, settleClient } from "./contents.ts";
import { newestClaim, newestPending, previousOf } from "./find-versions.ts";
import { noteSecondPending } from "./second-pending.ts";
import { type Dated, isYoung, wasRefused } from "./values.ts";

/** What Vault says now: the versions that matter. */
export interface Observation {
  readonly list: VersionList;
  readonly current: VersionSummary;
  /** The newest PENDING credential above CURRENT's number. */
  readonly pending: VersionSummary | null;
  /** PREVIOUS, or what stands in its place, read where the issuer keeps two values at once; null: there is none, or it does not matter. */
  readonly previous: VersionSummary | null;
  /** The newest version that is a claim, or of a kind that this edition does not know. */
  readonly claim: VersionSummary | null;
}

/** C's verdict serves the mint right after the claim only while it is this young. */
const VERDICT_REUSE_MS = 30_000;

/** Our value may have landed although the answer was lost: then a version above the base holds it. */
async function findHand(invocation: Invocation, memory: Memory, list: VersionList): Promise<void> {
  const { hand } = memory;
  if (hand === null) return;
  for (const version of list.versions) {
    if (version.versionNo <= hand.base) return;
    const known = await readKnown(invocation, memory, version);
    const isStored = !(hand.isCopy && version.versionStages.includes("DEPRECATED"));
    if (isStored && isCredential(known) && known.credential.clientSecret.equals(hand.credential.clientSecret)) {
      memory.hand = null;
      return;
    }
  }
}

/**
 * The short look after this call's own claim was confirmed: the secret alone. Null where anything but the claim may have changed, so that
 * a full look is needed.
 */
function lookAfterClaim(
  invocation: Invocation,
  memory: Memory,
  previous: Observation | null,
  state: SecretState,
): Observation | null {
  const { claim } = memory;
  if (claim === null || !claim.isJustWritten || previous === null) return null;
  claim.isJustWritten = false;
  const { current, list } = previous;
  const verdict = memory.logins.get(current.versionNo);
  const isRecent =
    verdict?.login.verdict === "accepted" && invocation.clock.monotonic() - verdict.at < VERDICT_REUSE_MS;
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

/** Something is pending, or CURRENT was refused: the application may be without a client secret until this is finished. */
function hasBegun(memory: Memory, { versions }: VersionList, current: VersionSummary): boolean {
  const isPending = versions.some((version) => version.versionStages.includes("PENDING") && !version.isBeingDeleted);
  return isPending || memory.hand !== null || wasRefused(memory, current.versionNo);
}

/**
 * Looks at Vault anew and forgets the verdicts of the last look. Null while the secret is UPDATING.
 * @param withState also reads the secret itself, before the list, so that its etag is never younger than the list
 * @param previous the last look of this call: after the call's own claim it needs little to be true again
 * @throws RotationError as SecretStore does; SECRET_NOT_ROTATABLE; CLIENT_NOT_BOUND
 */
export async function observe(
  invocation: Invocation,
  memory: Memory,
  withState: boolean,
  previous: Observation | null,
): Promise<Observation | null> {
  const observation = await look(invocation, memory, withState, previous);
  if (observation !== null) await requireBound(invocation, memory);
  return observation;
}

async function look(
  invocation: Invocation,
  memory: Memory,
  withState: boolean,
  previous: Observation | null,
): Promise<Observation | null> {
  memory.isPrepared = false;
  if (withState) {
    const state = await invocation.clients.vault.readSecret();
    requireWritable(state);
    if (isPassing(state)) return null;
    memory.etag = state.etag;
    memory.metadata = state.metadata;
    memory.tags = state.tags;
    notePlace(invocation, memory, state);
    if (isSecondPendingTaken(state.metadata)) Object.assign(memory.secondPending, { isTaken: true, isNoted: true });
    const short = lookAfterClaim(invocation, memory, previous, state);
    if (short !== null) return short;
  }
  memory.logins.clear();
  if (memory.hand !== null && memory.hand.login?.verdict !== "accepted") memory.hand.login = null;
  const list = await invocation.clients.vault.listVersions();
  if (list === null) return null;
  const current = list.versions.find((version) => version.versionStages.includes("CURRENT"));
  if (current === undefined) throw new RotationError("SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  memory.firstCurrentNo ??= current.versionNo;
  memory.firstHighestNo ??= (list.versions[0] ?? current).versionNo;
  memory.list = list;
  memory.lookedAt = invocation.clock.monotonic();
  await settleClient(invocation, memory, current);
  invocation.pace.isFinishing = hasBegun(memory, list, current);
  await findHand(invocation, memory, list);
  if (memory.isClientChanged) return { list, current, pending: null, previous: null, claim: null };
  const pending = await newestPending(invocation, memory, list, current.versionNo);
  if (withState) {
    // Its value must leave the claim again, by way of a credential that holds it too.
    if ((await readKnown(invocation, memory, current)).kind === "claim") await readAll(invocation, memory, list);
  }
  const claim = withState ? await newestClaim(invocation, memory, list) : null;
  if (withState) noteSecondPending(memory, list, current.versionNo, (version) => isOwnClaim(memory, version));
  const older = withState ? await previousOf(invocation, memory, list, current) : null;
  return { list, current, pending, previous: older, claim };
}

/** A refusal within the landing bound after the value was first stored, in whatever version, counts as unknown. */
export function verdictOn(invocation: Invocation, memory: Memory, version: Dated, asOf: number): Verdict | "not-asked" {
  const asked = memory.logins.get(version.versionNo);
  if (asked === undefined) return "not-asked";
  const isDoubtful = asked.login.verdict === "rejected" && isYoung(invocation, memory, version, asOf);
  return isDoubtful ? "unknown" : asked.login.verdict;
}

/** What a claim says of itself; null: it is of a later edition. */
export function markOf(memory: Memory, version: VersionSummary): Claim | null {
  const known = memory.contents.get(version.versionNo);
  return known?.kind === "claim" ? known.claim : null;
}

/** Until when others leave a claim alone, in milliseconds since the epoch on OCI's clock. */
export function claimEndsAt({ settings }: Invocation, memory: Memory, claim: VersionSummary): number {
  const { claimTtlSeconds, landingBoundSeconds } = settings;
  return claim.createdAt + claimLifeMs(markOf(memory, claim), { ttlSeconds: claimTtlSeconds, landingBoundSeconds });
}

/** Whether someone else's claim still belongs to its writer. */
export function isLiveClaim(invocation: Invocation, memory: Memory, { claim, list }: Observation): boolean {
  return claim !== null && !isOwnClaim(memory, claim) && list.asOf < claimEndsAt(invocation, memory, claim);
}

/** By its call id, not by its name: names say nothing of who wrote a version. */
export function isOwnClaim(memory: Memory, version: VersionSummary): boolean {
  const own = memory.claim;
  if (own === null) return false;
  if (own.isConfirmed && version.name === own.name) return true;
  const callId = markOf(memory, version)?.callId;
  return callId !== undefined && [own.callId, ...own.earlierIds].includes(callId);
}
