import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Content } from "../../clients/vault/content.ts";

/** This call's own claim. */
export interface OwnClaim {
  readonly callId: string;
  /** Under which this call has tried to write it before, elsewhere. */
  readonly earlierIds: readonly string[];
  readonly name: string;
  readonly content: Content;
  readonly credential: Credential;
  /** From before its first PUT under this name, on `Clock.monotonic`: its time runs from here. */
  readonly startedAt: number;
  /** Vault answered its PUT with 200. */
  isConfirmed: boolean;
  /** Nothing but the claim can have changed since the last look: the next look reads the secret alone. */
  isJustWritten: boolean;
}

/** What keeps other runs out while this one changes something. */
export interface AttemptLocks {
  claim: OwnClaim | null;
  /**
   * Since when this call holds the lease under its id, on `Clock.monotonic`; null: it never asked for one, or has given it back. `isOpen`: a
   * change sent under it, or shortly before it, was left without an answer, and may still take effect.
   */
  lease: { readonly callId: string; readonly startedAt: number; isOpen: boolean } | null;
}

export function createAttemptLocks(): AttemptLocks {
  return {
    claim: null,
    lease: null,
  };
}
