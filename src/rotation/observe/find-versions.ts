import type { VersionList, VersionSummary } from "../../clients/vault/store.ts";
import { type AttemptRead, isCredential } from "../attempt/read.ts";
import type { Rotation } from "../rotation.ts";
import { readKnown } from "./contents.ts";
import { isProvenBy, noteUnproven } from "./proven.ts";
import { wasRefused } from "./values.ts";

/** No doubling keeps a claim alive longer. An older version is read only if its value may help. */
const OLDEST_LIVE_FACTOR = 64;

/**
 * The newest PENDING credential above CURRENT. A credential that the rotator did not make displaces nothing. If Vault
 * made a value of our own DEPRECATED for it, that value still counts as pending, since the issuer may hold it.
 */
export async function newestPending(
  rotation: Rotation,
  list: VersionList,
  currentNo: number,
): Promise<VersionSummary | null> {
  const { context, attempt } = rotation;
  let newest: VersionSummary | null = null;
  let isPushed = false;
  for (const version of list.versions) {
    if (version.versionNo <= currentNo) break;
    const isPending = version.versionStages.includes("PENDING");
    if (version.isBeingDeleted || !(isPending || isPushed)) continue;
    const known = await readKnown(rotation, version);
    if (isPending && known.kind === "unknown") {
      context.log.warn("pending-ignored", { versionNo: version.versionNo, code: known.problem.code });
    }
    if (isCredential(known) && isProvenBy(rotation, currentNo, known.credential.clientSecret)) {
      if (newest !== null) noteUnproven(rotation, newest.versionNo);
      return version;
    }
    if (isPending && isCredential(known)) newest ??= version;
    if (newest !== null && !isOfOurChoice(attempt.read, newest)) return newest;
    isPushed ||= isPending && known.kind !== "claim";
  }
  return newest;
}

function isOfOurChoice(read: AttemptRead, { versionNo }: VersionSummary): boolean {
  const known = read.contents.get(versionNo);
  return isCredential(known) && known.credential.capabilities.valueChosenBy === "caller";
}

/** Claims live for a few hours at most, so only young versions are read for them. */
export async function newestClaim(rotation: Rotation, list: VersionList): Promise<VersionSummary | null> {
  const { context, attempt } = rotation;
  const { claimTtlSeconds, landingBoundSeconds } = context.settings;
  const horizon = list.asOf - (claimTtlSeconds + landingBoundSeconds) * 1000 * OLDEST_LIVE_FACTOR;
  attempt.read.unknownMarkNo = null;
  for (const version of list.versions) {
    const isRelevant = version.versionStages.includes("CURRENT") || version.createdAt >= horizon;
    if (!isRelevant || version.isBeingDeleted) continue;
    const known = await readKnown(rotation, version);
    const isUnknownMark = known.kind === "unknown" && known.isReserved;
    if (isUnknownMark) attempt.read.unknownMarkNo = version.versionNo;
    if (known.kind === "claim" || isUnknownMark) return version;
  }
  return null;
}

/**
 * PREVIOUS, or the newest credential below CURRENT instead of it. PREVIOUS is ignored if it is of another client. It is
 * also ignored if it is newer than CURRENT and this call has seen it refused: then it was stored as CURRENT and
 * replaced.
 */
export async function previousOf(
  rotation: Rotation,
  list: VersionList,
  current: VersionSummary,
): Promise<VersionSummary | null> {
  const { attempt } = rotation;
  const known = await readKnown(rotation, current);
  if (known.kind === "unknown" || known.credential.capabilities.overlap === "none") return null;
  const previous = list.versions.find(
    ({ versionStages, isBeingDeleted }) => versionStages.includes("PREVIOUS") && !isBeingDeleted,
  );
  if (previous === undefined) return null;
  const found = await readKnown(rotation, previous);
  const wasReplaced = previous.versionNo > current.versionNo && wasRefused(attempt.read, previous.versionNo);
  if (found.kind !== "unknown" && !wasReplaced) return isCredential(found) ? previous : null;
  for (const version of list.versions) {
    if (version.versionNo >= current.versionNo || version.isBeingDeleted) continue;
    if (isCredential(await readKnown(rotation, version))) return version;
  }
  return null;
}
