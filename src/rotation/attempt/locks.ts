import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Content } from "../../clients/vault/content.ts";

/** This call's own claim. */
export interface OwnClaim {
  readonly callId: string;
  /** Ids of this call's earlier tries to write it in another place. */
  readonly earlierIds: readonly string[];
  readonly name: string;
  readonly content: Content;
  readonly credential: Credential;
  /** The time before its first PUT under this name, on `Clock.monotonic`: its life counts from here. */
  readonly startedAt: number;
  /** Vault answered its PUT with 200. */
  isConfirmed: boolean;
  /** Only the claim can have changed since the last look, so the next look reads only the secret. */
  isJustWritten: boolean;
}

/** What keeps other runs out while this one changes something. */
export class AttemptLocks {
  claim: OwnClaim | null = null;
  /**
   * Since when this call holds the lease under its id, on `Clock.monotonic`; null: never taken, or released. `isOpen`:
   * a change sent under it, or shortly before it, was not answered and may still take effect.
   */
  lease: { readonly callId: string; readonly startedAt: number; isOpen: boolean } | null = null;
}

/** A change sent under the lease was not answered. */
export function leaveOpen({ lease }: AttemptLocks): void {
  if (lease !== null) lease.isOpen = true;
}

/** The metadata was written without this call's lease, unless a change under it is open. */
export function forgetReleased(locks: AttemptLocks): void {
  if (locks.lease?.isOpen === false) locks.lease = null;
}
