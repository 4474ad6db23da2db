import type { Tags, Write } from "../../clients/vault/store.ts";
import { withExpiryUnknown } from "../housekeeping/own-tags.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import type { Stage, StageResult } from "./stage.ts";

/**
 * Makes a version CURRENT that has just logged in, by its number, sent once. The same write takes the expiry of another value out of the
 * tags: with it, the new value would look due. No tag keeps a version from being promoted: where Vault refuses both, it is asked for the one.
 * @param tags of the look that the etag is of; null: they could not be read
 */
export async function promoteByNumber(
  { clients: { vault }, clock }: Invocation,
  versionNo: number,
  etag: string | null,
  tags: Tags | null,
): Promise<Write> {
  const changed = tags === null ? null : withExpiryUnknown(tags, versionNo, clock.now());
  if (changed === null) return vault.promote(versionNo, etag);
  const write = await vault.promote(versionNo, etag, changed);
  return write.outcome === "refused" ? vault.promote(versionNo, etag) : write;
}

/** What is no PENDING version, and cannot be promoted by then, can still be copied. */
const MOST_PROMOTIONS = 4;

/** Promotes by number. What Vault refuses to promote, by whatever answer, is copied instead. */
export async function promoteVersion(
  invocation: Invocation,
  memory: Memory,
  observation: Observation | null,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  // By whatever answer Vault would keep tags out of a promote: the next try goes without.
  const tags = memory.promotions.has(versionNo) ? null : memory.tags;
  const write = await promoteByNumber(invocation, versionNo, memory.etag, tags);
  if (write.outcome === "done") return { outcome: "promoted", next: "promoted" };
  memory.writeFailure = write.error;
  const version = observation?.list.versions.find((candidate) => candidate.versionNo === versionNo);
  const isOld = version !== undefined && !version.versionStages.includes("PENDING");
  if (write.outcome !== "refused") {
    const tries = (memory.promotions.get(versionNo) ?? 0) + 1;
    memory.promotions.set(versionNo, tries);
    // Look after look shows the secret ACTIVE, and the version where it was.
    const isRefusal = isOld && tries >= MOST_PROMOTIONS;
    if (!isRefusal) return { outcome: write.outcome, next: "look", isRetry: true };
  } else if (!isOld) throw write.error;
  memory.unpromotable.add(versionNo);
  return { outcome: "refused", next: "decide" };
}

/** Makes CURRENT a version that has just logged in. */
export const promote: Stage<"promote", "promote"> = { name: "promote", handles: { promote: promoteVersion } };
