import type { Tags, Write } from "../../clients/vault/store.ts";
import type { Attempt } from "../attempt.ts";
import type { Context } from "../context.ts";
import { withExpiryUnknown } from "../housekeeping/rotation-tags.ts";
import type { Snapshot } from "../observe/observe.ts";
import type { Stage, StageResult } from "./stage.ts";

/**
 * Makes a version CURRENT that has just logged in, by its number, sent once. The same write takes the expiry of another value out of the
 * tags: with it, the new value would look due. No tag keeps a version from being promoted: where Vault refuses both, it is asked for the one.
 * @param tags of the look that the etag is of; null: they could not be read
 */
export async function promoteByNumber(
  { clients: { vault }, clock }: Context,
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
const MAX_PROMOTIONS = 4;

/** Promotes by number. What Vault refuses to promote, by whatever answer, is copied instead. */
export async function promoteVersion(
  context: Context,
  attempt: Attempt,
  snapshot: Snapshot | null,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  // By whatever answer Vault would keep tags out of a promote: the next try goes without.
  const tags = attempt.promotions.has(versionNo) ? null : attempt.tags;
  const write = await promoteByNumber(context, versionNo, attempt.etag, tags);
  if (write.outcome === "done") return { outcome: "promoted", next: "promoted" };
  attempt.writeFailure = write.error;
  const version = snapshot?.list.versions.find((candidate) => candidate.versionNo === versionNo);
  const isOld = version !== undefined && !version.versionStages.includes("PENDING");
  if (write.outcome !== "refused") {
    const tries = (attempt.promotions.get(versionNo) ?? 0) + 1;
    attempt.promotions.set(versionNo, tries);
    // Look after look shows the secret ACTIVE, and the version where it was.
    const isRefusal = isOld && tries >= MAX_PROMOTIONS;
    if (!isRefusal) return { outcome: write.outcome, next: "look", isRetry: true };
  } else if (!isOld) throw write.error;
  attempt.unpromotable.add(versionNo);
  return { outcome: "refused", next: "decide" };
}

/** Makes CURRENT a version that has just logged in. */
export const promote: Stage<"promote", "promote"> = { name: "promote", handles: { promote: promoteVersion } };
