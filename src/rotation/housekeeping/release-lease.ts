import { asRotationError } from "../../base/errors.ts";
import { isLeaseOf, withoutLease } from "../../clients/vault/rotation-metadata.ts";
import { waitUntilActive } from "../../clients/vault/wait-active.ts";
import type { AttemptLocks } from "../attempt/locks.ts";
import type { Rotation } from "../rotation.ts";

/**
 * The metadata without this call's own lease, if every change sent under it, or shortly before, was answered. Keeps the
 * lease while an unanswered request could still take effect, since it would remove a value that another run has added
 * meanwhile.
 */
export function released(
  { lease }: AttemptLocks,
  metadata: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isOwn = lease !== null && isLeaseOf(metadata, lease.callId);
  return isOwn && !lease.isOpen ? withoutLease(metadata) : metadata;
}

/**
 * Releases the lease at the end of a call, so that no other run waits for it. Best effort: a lease that stays expires.
 */
export async function releaseLease({ context, attempt }: Rotation): Promise<void> {
  const { lease } = attempt.locks;
  if (lease === null || lease.isOpen) return;
  const {
    clients: { vault },
    settings,
    log,
  } = context;
  try {
    const state = await waitUntilActive(context, 2 * settings.callTimeoutSeconds * 1000);
    if (state === null) return;
    const metadata = released(attempt.locks, state.metadata);
    if (metadata === state.metadata) return;
    const write = await vault.writeAnnotations({ metadata }, state.etag);
    log.info("lease-released", { outcome: write.outcome });
  } catch (thrown) {
    log.warn("lease-not-released", { outcome: asRotationError(thrown).code });
  }
}
