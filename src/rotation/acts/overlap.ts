import { withCurrentSince, withLease, withNoGraceUpTo } from "../../clients/vault/own-metadata.ts";
import { writeUnchanged } from "../../clients/vault/write-notes.ts";
import { grantFor, proofOf, refuse, requireAnotherAuthority } from "../authorities.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import type { Observation } from "../observe/observe.ts";
import { usable } from "../observe/view.ts";
import { requireTimeToMint } from "../stages/regenerate.ts";
import type { Effect } from "./effect.ts";

async function writeMetadata(
  invocation: Invocation,
  memory: Memory,
  metadata: Readonly<Record<string, unknown>>,
  outcome: string,
): Promise<Effect> {
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
export async function takeLease(invocation: Invocation, memory: Memory, { list }: Observation): Promise<Effect> {
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
): Promise<Effect> {
  const metadata = withCurrentSince(memory.metadata, current.versionNo, list.asOf);
  return writeMetadata(invocation, memory, metadata, "noted");
}

/** No value stored until this call began has a grace any more, for later calls too. */
export function noteNoGrace(invocation: Invocation, memory: Memory, { current }: Observation): Promise<Effect> {
  const versionNo = memory.firstHighestNo ?? current.versionNo;
  return writeMetadata(invocation, memory, withNoGraceUpTo(memory.metadata, versionNo), "noted");
}

/** Has the issuer forget PREVIOUS's value, which is the older of the two. */
export async function retire(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  versionNo: number,
): Promise<Effect> {
  const { credential } = usable(memory, observation.current.versionNo);
  const older = usable(memory, versionNo).credential;
  const grant = await grantFor(invocation, memory, observation, credential);
  const proof = await proofOf(invocation, memory, grant);
  if (proof === null) return { outcome: "authority-unusable", next: "decide" };
  requireTimeToMint(invocation);
  const age = invocation.clock.monotonic() - (memory.lease?.startedAt ?? Number.NEGATIVE_INFINITY);
  if (age >= invocation.settings.claimTtlSeconds * 1000) return { outcome: "lease-expired", next: "look" };
  const retired = await credential.retire(proof, older);
  if (retired.outcome === "proof-refused") {
    refuse(memory, grant);
    await requireAnotherAuthority(invocation, memory, credential, retired.error);
    return { outcome: "token-refused", next: "decide" };
  }
  if (retired.outcome === "refused") throw retired.error;
  if (memory.lease !== null && retired.outcome === "unknown") memory.lease.isOpen = true;
  memory.retires += 1;
  memory.retiredAt = invocation.clock.monotonic();
  if (memory.occupiedSince !== null) {
    // There may be room now: the same value is sent once more.
    memory.occupiedSince = null;
    memory.install = null;
  }
  return { outcome: retired.outcome, next: "look" };
}
