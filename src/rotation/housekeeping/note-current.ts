import { asRotationError } from "../../base/errors.ts";
import type { Capabilities } from "../../clients/issuers/issuer.ts";
import { withCurrentSince } from "../../clients/vault/rotation-metadata.ts";
import type { Annotations } from "../../clients/vault/store.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import { writeIfUnchanged } from "../../clients/vault/write-annotations.ts";
import { forgetReleased } from "../attempt/locks.ts";
import type { Rotation } from "../rotation.ts";
import { newTagsOf } from "./note-heal.ts";
import { released } from "./release-lease.ts";

type Metadata = Readonly<Record<string, unknown>>;

/** How many values of the version's client the issuer keeps at once; null: the version was not read or understood. */
function overlapOf({ attempt }: Rotation, versionNo: number): Capabilities["overlap"] | null {
  const known = attempt.read.contents.get(versionNo);
  return known === undefined || known.kind === "unknown" ? null : known.credential.capabilities.overlap;
}

/** Whether somebody will ask since when this version is CURRENT: whoever ends the overlap. */
function isSinceAsked(rotation: Rotation, versionNo: number): boolean {
  const overlap = overlapOf(rotation, versionNo);
  const { retireAfter } = rotation.context.settings;
  return overlap === "two-slot" || (overlap === "timed" && retireAfter === "acknowledged");
}

/** The metadata with a note that the version is CURRENT from now on. */
function withNote({ context: { clock }, attempt }: Rotation, versionNo: number, metadata: Metadata): Metadata {
  // An existing note dates from an earlier time as CURRENT, before a rollback. This machine's clock may lag behind
  // OCI's, but no version is CURRENT before it was created.
  const createdAt = attempt.read.list?.versions.find((version) => version.versionNo === versionNo)?.createdAt ?? 0;
  return withCurrentSince(metadata, versionNo, Math.max(clock.now(), createdAt));
}

/** Whether the lease may go with the promote: nothing that needs it follows. */
const endsLease = ({ attempt }: Rotation) => !attempt.isCompromised && !attempt.endsWithPending;

/**
 * The whole metadata to be written with the promote itself, if somebody will ask for it. If Vault ignores
 * `if-match`, only the look right before protects what others have added. Null: there is nothing to write, or the
 * secret has changed or cannot be read, which must not hold up the promote.
 */
export async function noteForPromote(rotation: Rotation, versionNo: number): Promise<Metadata | null> {
  const { context, attempt } = rotation;
  if (!isSinceAsked(rotation, versionNo)) return null;
  try {
    const { etag, metadata } = await context.clients.vault.readSecret();
    if (etag !== attempt.read.etag) return null;
    return withNote(rotation, versionNo, endsLease(rotation) ? released(attempt.locks, metadata) : metadata);
  } catch {
    return null;
  }
}

/** Records that the promote was answered with success, and the note with it. */
export function keepCurrentNoted(rotation: Rotation, versionNo: number): void {
  const { context, attempt } = rotation;
  attempt.writes.currentNoted = versionNo;
  if (endsLease(rotation)) forgetReleased(attempt.locks);
  context.log.info("current-noted", { versionNo, outcome: "done" });
}

/**
 * Runs right after a promote. A heal writes its tags. If the promote could not note that this version is CURRENT from
 * now on, this does; without a note, the grace of the value before begins when a later call sees that. Best effort.
 */
export async function noteCurrent(rotation: Rotation, versionNo: number, isHeal: boolean): Promise<void> {
  const { context, attempt } = rotation;
  const overlap = overlapOf(rotation, versionNo);
  const isToNote = isSinceAsked(rotation, versionNo) && attempt.writes.currentNoted !== versionNo;
  if (overlap === null || !(isToNote || isHeal)) return;
  const {
    clients: { vault },
    settings,
    clock,
    log,
  } = context;
  try {
    const leastMs = 2 * settings.callTimeoutSeconds * 1000;
    const state = await waitUntilActive(context, leastMs);
    if (state === null || state.currentVersionNo !== versionNo) return;
    const metadata = isToNote ? withNote(rotation, versionNo, released(attempt.locks, state.metadata)) : undefined;
    const tags = isHeal ? await newTagsOf(rotation, state.tags, versionNo, clock.now()) : null;
    const annotations: Annotations = { ...(metadata && { metadata }), ...(tags && { tags }) };
    if (Object.keys(annotations).length === 0) return;
    // Reading the tags' values may have taken a request to the issuer, so the secret may have changed.
    const write = await (tags === null
      ? vault.writeAnnotations(annotations, state.etag)
      : writeIfUnchanged(context, annotations, state.etag));
    if (metadata !== undefined && write.outcome === "done") forgetReleased(attempt.locks);
    log.info("current-noted", { versionNo, outcome: write.outcome });
  } catch (thrown) {
    log.warn("current-not-noted", { versionNo, outcome: asRotationError(thrown).code });
  }
}
