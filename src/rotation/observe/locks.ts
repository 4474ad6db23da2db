import { leaseIn } from "../../clients/vault/rotation-metadata.ts";
import type { Observed } from "./observe.ts";
import { claimEndsAt, isLiveClaim, markOf } from "./observe.ts";
import { isCallerChosen } from "./overlap.ts";
import { callerStateOf } from "./state.ts";

/** A lock on changes of a secret. Times in milliseconds since the epoch, on OCI's clock. Holds nothing secret. */
export interface Lock {
  /** The call that wrote it; null: a later edition wrote it. */
  readonly callId: string | null;
  /** Other runs respect it until then. */
  readonly until: number;
  readonly isLive: boolean;
}

/** The newest claim, live or expired. */
export function claimSeen(rotation: Observed): (Lock & { readonly versionNo: number; readonly since: number }) | null {
  const { attempt } = rotation;
  const { claim } = rotation.snapshot;
  if (claim === null) return null;
  return {
    versionNo: claim.versionNo,
    callId: markOf(attempt.read, claim)?.callId ?? null,
    since: claim.createdAt,
    until: claimEndsAt(rotation, claim),
    isLive: isLiveClaim(rotation),
  };
}

/** The lease on what the issuer holds of the client. */
export function leaseSeen({ context: { settings }, attempt, snapshot: { list } }: Observed): Lock | null {
  const lease = leaseIn(attempt.read.metadata, list.asOf);
  if (lease === null) return null;
  const until = lease.until + settings.landingBoundSeconds * 1000;
  return { callId: lease.callId, until, isLive: list.asOf < until };
}

/**
 * Whether another run is between its lock and its promote. It holds a live claim or, if we choose the value, the lease
 * or a stored value that it may still install. A claim below CURRENT belongs to a rotation that has ended.
 */
export function isAnotherAtWork(rotation: Observed): boolean {
  const { attempt, snapshot } = rotation;
  const { claim, current } = snapshot;
  const isClaimed = claim !== null && claim.versionNo >= current.versionNo;
  if (isClaimed && isLiveClaim(rotation)) return true;
  if (!isCallerChosen(attempt.read, snapshot)) return false;
  const { lease, pending } = callerStateOf(rotation, "heal");
  return lease === "others" || pending?.phase === "theirs";
}
