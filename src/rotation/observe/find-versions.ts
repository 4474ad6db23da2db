import type { VersionList, VersionSummary } from "../../clients/vault/store.ts";
import type { Invocation } from "../invocation.ts";
import { isCredential, type Memory } from "../memory.ts";
import { readKnown } from "./contents.ts";
import { isProvenBy, noteUnproven } from "./proven.ts";
import { wasRefused } from "./values.ts";

/** After this long no doubling keeps a claim alive, so an older version is read only where its value may help. */
const OLDEST_LIVE_FACTOR = 64;

/**
 * The newest PENDING credential above CURRENT. One that the rotator did not make pushes nothing out: where Vault has made a value of our own
 * choosing DEPRECATED for it, that value still counts as what is pending, as the issuer may hold it.
 */
export async function newestPending(
  invocation: Invocation,
  memory: Memory,
  list: VersionList,
  currentNo: number,
): Promise<VersionSummary | null> {
  let newest: VersionSummary | null = null;
  let isPushed = false;
  for (const version of list.versions) {
    if (version.versionNo <= currentNo) break;
    const isPending = version.versionStages.includes("PENDING");
    if (version.isBeingDeleted || !(isPending || isPushed)) continue;
    const known = await readKnown(invocation, memory, version);
    if (isPending && known.kind === "unknown") {
      invocation.log.warn("pending-ignored", { versionNo: version.versionNo, code: known.problem.code });
    }
    if (isCredential(known) && isProvenBy(invocation, memory, currentNo, known.credential.clientSecret)) {
      if (newest !== null) noteUnproven(invocation, memory, newest.versionNo);
      return version;
    }
    if (isPending && isCredential(known)) newest ??= version;
    if (newest !== null && !isOfOurChoice(memory, newest)) return newest;
    isPushed ||= isPending && known.kind !== "claim";
  }
  return newest;
}

function isOfOurChoice(memory: Memory, { versionNo }: VersionSummary): boolean {
  const known = memory.contents.get(versionNo);
  return isCredential(known) && known.credential.traits.valueChosenBy === "caller";
}

/** Claims live for hours at the most, so only young versions need to be read for them. */
export async function newestClaim(
  invocation: Invocation,
  memory: Memory,
  list: VersionList,
): Promise<VersionSummary | null> {
  const { claimTtlSeconds, landingBoundSeconds } = invocation.settings;
  const horizon = list.asOf - (claimTtlSeconds + landingBoundSeconds) * 1000 * OLDEST_LIVE_FACTOR;
  memory.unknownMarkNo = null;
  for (const version of list.versions) {
    const isRelevant = version.versionStages.includes("CURRENT") || version.createdAt >= horizon;
    if (!isRelevant || version.isBeingDeleted) continue;
    const known = await readKnown(invocation, memory, version);
    const isUnknownMark = known.kind === "unknown" && known.isReserved;
    if (isUnknownMark) memory.unknownMarkNo = version.versionNo;
    if (known.kind === "claim" || isUnknownMark) return version;
  }
  return null;
}

/**
 * PREVIOUS. One of another client stands in nobody's place, and so does a newer one than CURRENT that this call has seen refused: somebody has
 * stored it as CURRENT, and it was replaced. Then it is the newest credential below CURRENT, as if that had not been stored.
 */
export async function previousOf(
  invocation: Invocation,
  memory: Memory,
  list: VersionList,
  current: VersionSummary,
): Promise<VersionSummary | null> {
  const known = await readKnown(invocation, memory, current);
  if (known.kind === "unknown" || known.credential.traits.overlap === "none") return null;
  const previous = list.versions.find(
    ({ versionStages, isBeingDeleted }) => versionStages.includes("PREVIOUS") && !isBeingDeleted,
  );
  if (previous === undefined) return null;
  const found = await readKnown(invocation, memory, previous);
  const wasReplaced = previous.versionNo > current.versionNo && wasRefused(memory, previous.versionNo);
  if (found.kind !== "unknown" && !wasReplaced) return isCredential(found) ? previous : null;
  for (const version of list.versions) {
    if (version.versionNo >= current.versionNo || version.isBeingDeleted) continue;
    if (isCredential(await readKnown(invocation, memory, version))) return version;
  }
  return null;
}
