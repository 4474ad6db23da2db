import { asRotationError } from "../../base/errors.ts";
import {
  withCurrentSince,
  withLease,
  withNoGraceUpTo,
  withSecondPendingTaken,
} from "../../clients/vault/own-metadata.ts";
import { writeUnchanged } from "../../clients/vault/write-notes.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { requireTimeToMint } from "./regenerate/time.ts";
import type { Handlers, StageResult } from "./stage.ts";

async function writeMetadata(
  invocation: Invocation,
  memory: Memory,
  metadata: Readonly<Record<string, unknown>>,
  outcome: string,
): Promise<StageResult> {
  const write = await writeUnchanged(invocation, { metadata }, memory.etag);
  if (write.outcome === "done") return { outcome, next: "look" };
  if (write.outcome === "refused") throw write.error;
  return { outcome: write.outcome, next: "look", isRetry: true };
}

/** An install that was sent before the lease may still take effect under it. */
function isInstallOpen({ clock, settings }: Invocation, { unansweredInstallAt }: Memory): boolean {
  const landingBoundMs = settings.landingBoundSeconds * 1000;
  return unansweredInstallAt !== null && clock.monotonic() - unansweredInstallAt < landingBoundMs;
}

/** From now on, and for the claim's time to live, only this call changes what the issuer holds of the client. */
export async function takeLease(invocation: Invocation, memory: Memory, { list }: Observation): Promise<StageResult> {
  requireTimeToMint(invocation);
  const { entropy, clock, settings } = invocation;
  const { callId = entropy.uuid(), isOpen = false } = memory.lease ?? {};
  memory.lease = { callId, startedAt: clock.monotonic(), isOpen: isOpen || isInstallOpen(invocation, memory) };
  const until = list.asOf + settings.claimTtlSeconds * 1000;
  return writeMetadata(invocation, memory, withLease(memory.metadata, callId, until), "leased");
}

/** CURRENT's number is CURRENT since now at the latest: the grace of the value before it counts from here. */
export function noteCurrentSince(
  invocation: Invocation,
  memory: Memory,
  { list, current }: Observation,
): Promise<StageResult> {
  const metadata = withCurrentSince(memory.metadata, current.versionNo, list.asOf);
  return writeMetadata(invocation, memory, metadata, "noted");
}

/** No value stored until this call began has a grace any more, for later calls too. */
export function noteNoGrace(invocation: Invocation, memory: Memory, { current }: Observation): Promise<StageResult> {
  const versionNo = memory.firstHighestNo ?? current.versionNo;
  return writeMetadata(invocation, memory, withNoGraceUpTo(memory.metadata, versionNo), "noted");
}

/** What was found out is found out once for each secret. Best effort: what is not noted is tried again by the next rotation. */
export async function notePending(invocation: Invocation, memory: Memory): Promise<StageResult> {
  const { log } = invocation;
  memory.secondPending.isNoted = true;
  try {
    const metadata = withSecondPendingTaken(memory.metadata);
    const { outcome } = await writeUnchanged(invocation, { metadata }, memory.etag);
    log.info("second-pending-noted", { outcome });
    return { outcome: outcome === "done" ? "noted" : outcome, next: "look" };
  } catch (thrown) {
    const { code } = asRotationError(thrown);
    log.warn("second-pending-not-noted", { outcome: code });
    return { outcome: code, next: "look" };
  }
}

/** Book-keeping in the secret's metadata: the lease, and what later calls must know. It changes no version and asks no issuer. */
export const locks: Handlers<"take-lease" | "note-current" | "note-no-grace" | "note-pending"> = {
  "take-lease": takeLease,
  "note-current": noteCurrentSince,
  "note-no-grace": noteNoGrace,
  "note-pending": notePending,
};
