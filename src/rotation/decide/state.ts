import type { Capabilities } from "../../clients/issuers/issuer.ts";
import type { Unproven, Writes } from "../observe/second-pending.ts";
import type { Candidate } from "./decide.ts";

type Asked = Candidate["verdict"];

/** CURRENT, if it logs in. */
export interface WorkingCurrent {
  readonly versionNo: number;
  readonly verdict: "accepted";
  /** `start-value`: as at this call's first look. If the stored values are compromised, any value of that time. */
  readonly holds: "start-value" | "new-value";
}

/** CURRENT otherwise. One refusal can be spurious. */
export type OtherCurrent =
  | {
      readonly versionNo: number;
      readonly verdict: "rejected";
      /** Refused in an earlier look of this call too; if we make the value, for as long as the landing bound. */
      readonly isConfirmed: boolean;
      /** It only names the client: there is no client secret yet. */
      readonly isPlaceholder?: boolean;
    }
  | { readonly versionNo: number; readonly verdict: "unknown" | "not-asked" };

/** A value that no version holds yet. */
export type Unsaved = {
  /** `current`: Vault takes no second PENDING version, so the value must go to CURRENT. `either`: that is doubtful. */
  readonly writes: Writes;
  /** No time is left to wait for it to log in. */
  readonly isLastMoment: boolean;
} & (
  | {
      readonly verdict: Exclude<Asked, "rejected">;
      /** Received within the landing bound, so that a refusal would prove nothing. */
      readonly isYoung: boolean;
    }
  | { readonly verdict: "rejected"; readonly isYoung: false }
);

/** The holder of the claim. Another run's newest claim comes first while it is live. */
export type ClaimState =
  | { readonly holder: "none" }
  | {
      readonly holder: "theirs";
      /** The newest version with a mark of ours that this edition does not know; null: none. */
      readonly unknownMarkNo: number | null;
    }
  | {
      /** This call's claim is the highest version, and within its time. */
      readonly holder: "mine";
      /** What the claim does not prove yet about the write that will store a new value. */
      readonly unproven: Unproven;
    }
  | { readonly holder: "mine-expired" };

interface Shared {
  readonly isPaused: boolean;
  /** Every other stored credential, the newest first, each value once; null: not read yet. */
  readonly others: readonly (Candidate & { readonly isPromotable: boolean })[] | null;
  /** The preflight for a new value succeeded in this snapshot. */
  readonly isPrepared: boolean;
}

/** The issuer makes the value. Until it is stored, it exists nowhere else. */
export interface IssuerState extends Shared {
  readonly chosenBy: "issuer";
  /** `create` ends with a PENDING version that works, `rotation` with it promoted, `heal` with CURRENT good. */
  readonly goal: "create" | "rotation" | "heal";
  readonly unsaved: Unsaved | null;
  /** The newest PENDING credential above CURRENT's number; `isOwn`: minted and stored by this call, both answered 200. */
  readonly pending: (Candidate & { readonly isOwn: boolean }) | null;
  readonly current:
    | (WorkingCurrent & {
        /**
         * If CURRENT is a claim: the newest credential that holds the same value and may be promoted. Null: none, or
         * CURRENT is no claim.
         */
        readonly sameValueNo: number | null;
      })
    | OtherCurrent;
  readonly claim: ClaimState;
  /** The request of this call that may still land. */
  readonly inFlight: "mint" | null;
  /** The number of requests that this call may still send. */
  readonly left: { readonly mints: number };
  /**
   * What can still be asked of the issuer while CURRENT is dead, by a token in a claim, this call's own token, or a
   * second authority.
   */
  readonly authority: "none" | "may-read-back" | "may-regenerate";
}

/** What is known about a value that was made to be installed. */
type Phase = "stored" | "sent" | "refused" | "no-room" | "no-room-for-long";

/**
 * PENDING if we make the value. `origin`: this call made it, a short or a long while ago; its maker knew CURRENT's value;
 * or its maker is not known. `phase`, the latest one known:
 * - `untried`: this call stored it and has not sent it yet, so it cannot log in.
 * - `sent`: this call sent it to the issuer less than the landing bound ago.
 * - `refused`: the issuer's policy refused the value.
 * - `no-room`: the issuer told this call that it holds two values. `no-room-for-long`: for as long as the landing bound.
 * - `theirs`: another run stored it and may still install it.
 * - `stored`: none of these.
 */
export type CallerPending =
  | {
      readonly versionNo: number;
      readonly verdict: "not-asked";
      readonly origin: "this-call";
      readonly phase: "untried";
    }
  | (Candidate & { readonly origin: "this-call"; readonly phase: Phase })
  | (Candidate & { readonly origin: "this-call-before" | "known-writer"; readonly phase: Phase | "theirs" })
  | {
      readonly versionNo: number;
      readonly verdict: Exclude<Asked, "rejected">;
      readonly origin: "stranger";
      readonly phase: "stored";
    };

/** PREVIOUS, a credential with another value than CURRENT's, if the issuer may accept both. */
export interface Overlap extends Candidate {
  /**
   * `newer`: its number is above CURRENT's, because an operator went back. `older`: CURRENT is this product's own, so
   * the issuer got its value last. `unknown`: someone else stored CURRENT, whose value may be the older one at the
   * issuer.
   */
  readonly order: "older" | "newer" | "unknown";
  /** `over`: or there is none. `unknown-start`: it is not noted when CURRENT became CURRENT, and that matters. */
  readonly grace: "running" | "over" | "unknown-start";
  /** The issuer ends it by itself, but later: all subscribers have acknowledged CURRENT before. */
  readonly endsEarly: boolean;
}

/** We make the value and store it before the issuer gets it, so it cannot be lost. */
export interface CallerState extends Shared {
  readonly chosenBy: "caller";
  readonly goal: "create" | "rotation" | "heal" | "retire";
  /** The newest PENDING credential above CURRENT's number: it is its own claim. */
  readonly pending: CallerPending | null;
  readonly current: WorkingCurrent | OtherCurrent;
  /** Whether the issuer keeps an older value besides CURRENT's. */
  readonly keeps: Capabilities["overlap"];
  readonly overlap: Overlap | null;
  /** Stored credentials with other values than CURRENT, PREVIOUS and PENDING, each value once, the newest first; null: not read yet. */
  readonly unexpected: readonly Candidate[] | null;
  /** Who may change what the issuer holds of this client: no run has the lease, this call has it, or another one. */
  readonly lease: "free" | "mine" | "others";
  /**
   * Whether the values stored when this call began are compromised. `unnoted`: they are, it is not noted, and the
   * issuer may accept one of them besides a newer one.
   */
  readonly compromised: "no" | "unnoted" | "noted";
  /**
   * Whether the issuer holds a value beside CURRENT's that no version holds, as after an adoption. `possible`: it may, and
   * nobody has asked to end it. `to-end`: an operator has asked for it explicitly, and this call has not done it yet.
   * `ended`: it has.
   */
  readonly unstored: "no" | "possible" | "to-end" | "ended";
  /**
   * This call asked the issuer to delete PREVIOUS less than the landing bound ago. PENDING's phase says what was sent
   * of it.
   */
  readonly inFlight: "retire" | null;
  /** The numbers of requests that this call may still send, and of values that it may still make. */
  readonly left: { readonly installs: number; readonly values: number; readonly retires: number };
  /** No install of this call got a meaningful answer. */
  readonly isUnanswered: boolean;
  /** A second authority, or a living token, may install while CURRENT is dead. */
  readonly authority: "none" | "may-install";
}

/**
 * The state that the table judges. Built by observe from what Vault and the issuer say now; never of an UPDATING
 * secret.
 */
export type State = IssuerState | CallerState;
