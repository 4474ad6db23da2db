import { asRotationError } from "../../base/errors.ts";
import { withCurrentSince } from "../../clients/vault/rotation-metadata.ts";
import type { Annotations } from "../../clients/vault/store.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import { writeIfUnchanged } from "../../clients/vault/write-annotations.ts";
import { forgetReleased } from "../attempt/locks.ts";
import type { Rotation } from "../rotation.ts";
import { newTagsOf } from "./note-heal.ts";
import { released } from "./release-lease.ts";

/**
 * Runs right after a promote. If the issuer keeps two values at once, notes in the secret's metadata that this version
 * is CURRENT from now on. The grace of the value before it counts from there; without a note, the grace begins when a
 * later call sees that. A heal writes its tags in the same request. Best effort.
 */
export async function noteCurrent(rotation: Rotation, versionNo: number, isHeal: boolean): Promise<void> {
  const { context, attempt } = rotation;
  const known = attempt.read.contents.get(versionNo);
  if (known === undefined || known.kind === "unknown") return;
  const keepsTwo = known.credential.capabilities.overlap === "two-slot";
  if (!keepsTwo && !isHeal) return;
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
    // An existing note dates from an earlier time as CURRENT, before a rollback. This machine's clock may lag behind
    // OCI's, but no version is CURRENT before it was created.
    const createdAt = attempt.read.list?.versions.find((version) => version.versionNo === versionNo)?.createdAt ?? 0;
    const since = Math.max(clock.now(), createdAt);
    const metadata = keepsTwo ? withCurrentSince(released(attempt.locks, state.metadata), versionNo, since) : undefined;
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
