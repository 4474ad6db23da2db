import { asRotationError } from "../../base/errors.ts";
import {
  withCurrentSince,
  withLease,
  withNoGraceUpTo,
  withSecondPendingTaken,
} from "../../clients/vault/rotation-metadata.ts";
import { writeIfUnchanged } from "../../clients/vault/write-annotations.ts";
import type { Observed } from "../observe/observe.ts";
import type { Rotation } from "../rotation.ts";
import { requireTimeToMint } from "./regenerate/time.ts";
import type { Handlers, StageResult } from "./stage.ts";

async function writeMetadata(
  { context, attempt }: Rotation,
  metadata: Readonly<Record<string, unknown>>,
  outcome: string,
): Promise<StageResult> {
  const write = await writeIfUnchanged(context, { metadata }, attempt.read.etag);
  if (write.outcome === "done") return { outcome, next: "look" };
  if (write.outcome === "refused") throw write.error;
  return { outcome: write.outcome, next: "look", isRetry: true };
}

/** Whether an install sent before the lease may still take effect under it. */
function isInstallOpen({
  context: { clock, settings },
  attempt: {
    requests: { unansweredInstallAt },
  },
}: Rotation): boolean {
  const landingBoundMs = settings.landingBoundSeconds * 1000;
  return unansweredInstallAt !== null && clock.monotonic() - unansweredInstallAt < landingBoundMs;
}

/** Takes the lease. For the claim's time to live, only this call may change what the issuer holds of the client. */
export async function takeLease(rotation: Observed): Promise<StageResult> {
  const { context, attempt } = rotation;
  const { list } = rotation.snapshot;
  requireTimeToMint(context);
  const { entropy, clock, settings } = context;
  const { callId = entropy.uuid(), isOpen = false } = attempt.locks.lease ?? {};
  attempt.locks.lease = { callId, startedAt: clock.monotonic(), isOpen: isOpen || isInstallOpen(rotation) };
  const until = list.asOf + settings.claimTtlSeconds * 1000;
  return writeMetadata(rotation, withLease(attempt.read.metadata, callId, until), "leased");
}

/** Notes that CURRENT has been CURRENT since now at the latest. The grace of the value before it counts from here. */
export function noteCurrentSince(rotation: Observed): Promise<StageResult> {
  const { attempt } = rotation;
  const { list, current } = rotation.snapshot;
  const metadata = withCurrentSince(attempt.read.metadata, current.versionNo, list.asOf);
  return writeMetadata(rotation, metadata, "noted");
}

/** Notes that no value stored before this call has a grace, for later calls too. */
export function noteNoGrace(rotation: Observed): Promise<StageResult> {
  const { attempt } = rotation;
  const { current } = rotation.snapshot;
  const versionNo = attempt.read.startHighestNo ?? current.versionNo;
  return writeMetadata(rotation, withNoGraceUpTo(attempt.read.metadata, versionNo), "noted");
}

/**
 * Notes that Vault takes a second PENDING version, so that each secret finds this out once. Best effort: the next
 * rotation retries it.
 */
export async function notePending({ context, attempt }: Rotation): Promise<StageResult> {
  const { log } = context;
  attempt.writes.secondPending.isNoted = true;
  try {
    const metadata = withSecondPendingTaken(attempt.read.metadata);
    const { outcome } = await writeIfUnchanged(context, { metadata }, attempt.read.etag);
    log.info("second-pending-noted", { outcome });
    return { outcome: outcome === "done" ? "noted" : outcome, next: "look" };
  } catch (thrown) {
    const { code } = asRotationError(thrown);
    log.warn("second-pending-not-noted", { outcome: code });
    return { outcome: code, next: "look" };
  }
}

/**
 * Bookkeeping in the secret's metadata: the lease, and what later calls must know. It changes no version and sends
 * nothing to the issuer.
 */
export const locks: Handlers<"take-lease" | "note-current" | "note-no-grace" | "note-pending"> = {
  "take-lease": takeLease,
  "note-current": noteCurrentSince,
  "note-no-grace": noteNoGrace,
  "note-pending": notePending,
};
