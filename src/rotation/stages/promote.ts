import type { Annotations, Tags, Write } from "../../clients/vault/store.ts";
import type { Context } from "../context.ts";
import { noteDeadWindow } from "../housekeeping/dead-window.ts";
import { learnExpiryAtOnce } from "../housekeeping/learn-expiry.ts";
import { keepCurrentNoted, noteForPromote } from "../housekeeping/note-current.ts";
import { type ToldExpiry, withPromoted } from "../housekeeping/rotation-tags.ts";
import type { Observed, Snapshot } from "../observe/observe.ts";
import type { Stage, StageResult } from "./stage.ts";

/** How a promote ended, and whether the metadata went with it. */
interface Promoted {
  readonly write: Write;
  readonly isNoted: boolean;
}

/**
 * Promotes a version that has just logged in, by its number, sent once. The same write replaces the expiry tag, since
 * another value's expiry would make the new one look due. Nothing beside it may block a promote: if Vault refuses the
 * write with tags or metadata, it is sent without them.
 * @param tags of the same look as the etag; null: they could not be read
 * @param told when the issuer ends the version's value; null: the issuer discloses nothing, or was not asked
 * @param metadata to write with it, of a look right before; null: none
 */
export async function promoteByNumber(
  { clients: { vault }, clock }: Context,
  versionNo: number,
  etag: string | null,
  tags: Tags | null,
  told: ToldExpiry | null = null,
  metadata: Annotations["metadata"] | null = null,
): Promise<Promoted> {
  const changed = tags === null ? null : withPromoted(tags, versionNo, told, clock.now());
  const annotations: Annotations = { ...(metadata && { metadata }), ...(changed && { tags: changed }) };
  if (Object.keys(annotations).length === 0) return { write: await vault.promote(versionNo, etag), isNoted: false };
  const write = await vault.promote(versionNo, etag, annotations);
  return write.outcome === "refused"
    ? { write: await vault.promote(versionNo, etag), isNoted: false }
    : { write, isNoted: metadata !== null };
}

/** A version that is not PENDING and still is not promoted after this many tries is copied. */
const MAX_PROMOTIONS = 4;

/** Promotes by number. A version that Vault refuses to promote, with whatever answer, is copied instead. */
export async function promoteVersion(
  rotation: Observed<Snapshot | null>,
  { versionNo }: { readonly versionNo: number },
): Promise<StageResult> {
  const { context, attempt, snapshot } = rotation;
  // The first failure may be due to the tags or the metadata, whatever Vault answered. The next try goes without them.
  const isFirstTry = !attempt.writes.promotions.has(versionNo);
  const told = isFirstTry && attempt.read.tags !== null ? await learnExpiryAtOnce(rotation, versionNo) : null;
  const metadata = isFirstTry ? await noteForPromote(rotation, versionNo) : null;
  const tags = isFirstTry ? attempt.read.tags : null;
  const { write, isNoted } = await promoteByNumber(context, versionNo, attempt.read.etag, tags, told, metadata);
  if (write.outcome === "done") {
    noteDeadWindow(rotation, versionNo);
    if (isNoted) keepCurrentNoted(rotation, versionNo);
    return { outcome: "promoted", next: "promoted" };
  }
  attempt.writes.writeFailure = write.error;
  const version = snapshot?.list.versions.find((candidate) => candidate.versionNo === versionNo);
  const isOld = version !== undefined && !version.versionStages.includes("PENDING");
  if (write.outcome !== "refused") {
    const tries = (attempt.writes.promotions.get(versionNo) ?? 0) + 1;
    attempt.writes.promotions.set(versionNo, tries);
    // Each look in between showed the secret ACTIVE and the version unmoved.
    const isRefusal = isOld && tries >= MAX_PROMOTIONS;
    if (!isRefusal) return { outcome: write.outcome, next: "look", isRetry: true };
  } else if (!isOld) throw write.error;
  attempt.writes.unpromotable.add(versionNo);
  return { outcome: "refused", next: "decide" };
}

/** Makes a version CURRENT that has just logged in. */
export const promote: Stage<"promote", "promote"> = { name: "promote", handles: { promote: promoteVersion } };
