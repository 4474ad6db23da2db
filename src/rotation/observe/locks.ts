import { leaseIn } from "../../clients/vault/own-metadata.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { claimEndsAt, isLiveClaim, markOf, type Observation } from "./observe.ts";
import { callerViewOf, isCallerChosen } from "./view-caller.ts";

/** Whose turn it is to change a secret; instants in milliseconds since the epoch, on OCI's clock. Holds nothing secret. */
export interface Lock {
  /** The call that wrote it; null: it is of a later edition. */
  readonly callId: string | null;
  /** From then on others no longer leave it alone. */
  readonly until: number;
  readonly isLive: boolean;
}

/** The newest claim, live or over. */
export function claimSeen(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
): (Lock & { readonly versionNo: number; readonly since: number }) | null {
  const { claim } = observation;
  if (claim === null) return null;
  return {
    versionNo: claim.versionNo,
    callId: markOf(memory, claim)?.callId ?? null,
    since: claim.createdAt,
    until: claimEndsAt(invocation, memory, claim),
    isLive: isLiveClaim(invocation, memory, observation),
  };
}

/** The lease on what the issuer holds of the client. */
export function leaseSeen({ settings }: Invocation, memory: Memory, { list }: Observation): Lock | null {
  const lease = leaseIn(memory.metadata, list.asOf);
  if (lease === null) return null;
  const until = lease.until + settings.landingBoundSeconds * 1000;
  return { callId: lease.callId, until, isLive: list.asOf < until };
}

/**
 * Another run is between its lock and its promote: a claim, or where we choose the value what it has stored, or its lease. A claim below
 * CURRENT belongs to a rotation that has ended.
 */
export function isAnotherAtWork(invocation: Invocation, memory: Memory, observation: Observation): boolean {
  const { claim, current } = observation;
  const isClaimed = claim !== null && claim.versionNo >= current.versionNo;
  if (isClaimed && isLiveClaim(invocation, memory, observation)) return true;
  if (!isCallerChosen(memory, observation)) return false;
  const { lease, pending } = callerViewOf(invocation, memory, "heal", observation);
  return lease === "others" || pending?.isLive === true;
}
