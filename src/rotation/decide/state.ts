import type { Capabilities } from "../../clients/issuers/issuer.ts";
import type { Unproven, Writes } from "../observe/second-pending.ts";
import type { Candidate } from "./decide.ts";

type Asked = Candidate["verdict"];

/** CURRENT, where it logs in. */
export interface WorkingCurrent {
  readonly versionNo: number;
  readonly verdict: "accepted";
  /** `start-value`: as at this call's first look. Where the stored values are compromised, any value of that time. */
  readonly holds: "start-value" | "new-value";
}

/** CURRENT otherwise. One refusal alone may be a slip of the issuer. */
export type OtherCurrent =
  | {
      readonly versionNo: number;
      readonly verdict: "rejected";
      /** Refused in an earlier look of this call too; where we make the value, for as long as the landing bound. */
      readonly isConfirmed: boolean;
    }
  | { readonly versionNo: number; readonly verdict: "unknown" | "not-asked" };

/** A value that no version holds yet. */
export type Unsaved = {
  /** `current`: Vault takes no second PENDING version, so it must go to CURRENT. `either`: it seems so. */
  readonly writes: Writes;
  /** No time is left to wait for it to log in. */
  readonly isLastMoment: boolean;
} & (
  | {
      readonly verdict: Exclude<Asked, "rejected">;
      /** Received within the landing bound, so that a refusal would say nothing. */
      readonly isYoung: boolean;
    }
  | { readonly verdict: "rejected"; readonly isYoung: false }
);

/** Whose claim stands. Another's newest claim comes first while it is live. */
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
      /** What it does not show yet of the write by which a new value will be stored. */
      readonly unproven: Unproven;
    }
  | { readonly holder: "mine-expired" };

interface Shared {
  readonly isPaused: boolean;
  /** Every other stored credential, the newest first, each value once; null: not read yet. */
  readonly others: readonly (Candidate & { readonly isPromotable: boolean })[] | null;
  /** Nothing speaks against a new value, as checked in this snapshot. */
  readonly isPrepared: boolean;
}

/** The issuer makes the value: until it is stored it exists nowhere else. */
export interface IssuerState extends Shared {
  readonly chosenBy: "issuer";
  /** `create` ends with a PENDING version that works, `rotation` with it promoted, `heal` with CURRENT good. */
  readonly goal: "create" | "rotation" | "heal";
  readonly unsaved: Unsaved | null;
  /** The newest PENDING credential above CURRENT's number; `isOwn`: minted and stored by this call, both answered 200. */
  readonly pending: (Candidate & { readonly isOwn: boolean }) | null;
  readonly current:
    | (WorkingCurrent & {
        /** CURRENT is a claim: the newest credential that holds the same value and may be promoted. Null: there is none, or it is no claim. */
        readonly sameValueNo: number | null;
      })
    | OtherCurrent;
  readonly claim: ClaimState;
  /** What this call has sent, and what may still land. */
  readonly inFlight: "mint" | null;
  /** How many more this call may send. */
  readonly left: { readonly mints: number };
  /** What may be asked of the issuer while CURRENT is dead: a token in a claim, this call's own, or a second authority can do it. */
  readonly authority: "none" | "may-read-back" | "may-regenerate";
}

/** What is known of a value that somebody has made to be installed. */
type Phase = "stored" | "sent" | "refused" | "no-room" | "no-room-for-long";

/**
 * PENDING where we make the value. `origin`: this call made it, a short or a long while ago; somebody made it who knew CURRENT's value; or
 * nobody knows who did. `phase`, of the last that is known:
 * - `untried`: this call stored it and has not sent it yet, so it cannot log in.
 * - `sent`: this call sent it to the issuer less than the landing bound ago.
 * - `refused`: the issuer's policy refused the value.
 * - `no-room`: the issuer told this call that it holds two values. `no-room-for-long`: for as long as the landing bound.
 * - `theirs`: its writer may still install it.
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

/** PREVIOUS, a credential with another value than CURRENT's, where the issuer may accept both. */
export interface Overlap extends Candidate {
  /**
   * `newer`: its number is above CURRENT's, as an operator went back. `older`: CURRENT is this product's own, so the issuer got its value
   * last. What somebody else stored may be the older one there: `unknown`.
   */
  readonly order: "older" | "newer" | "unknown";
  /** `over`: or there is none. `unknown-start`: it is not known since when CURRENT is CURRENT, and that matters. */
  readonly grace: "running" | "over" | "unknown-start";
}

/** We make the value and store it before the issuer hears of it, so it cannot be lost. */
export interface CallerState extends Shared {
  readonly chosenBy: "caller";
  readonly goal: "create" | "rotation" | "heal" | "retire";
  /** The newest PENDING credential above CURRENT's number: it is its own claim. */
  readonly pending: CallerPending | null;
  readonly current: WorkingCurrent | OtherCurrent;
  /** What the issuer does with an older value beside CURRENT's. */
  readonly keeps: Capabilities["overlap"];
  readonly overlap: Overlap | null;
  /** Stored credentials with other values than CURRENT, PREVIOUS and PENDING, each value once, the newest first; null: not read yet. */
  readonly unexpected: readonly Candidate[] | null;
  /** Who may change what the issuer holds of this client: nobody has said so, this call, or another one. */
  readonly lease: "free" | "mine" | "others";
  /** The values stored when this call began. `unnoted`: and the issuer may accept one of them beside a newer one. */
  readonly compromised: "no" | "unnoted" | "noted";
  /** This call asked the issuer to delete PREVIOUS less than the landing bound ago. What is sent of PENDING is its phase. */
  readonly inFlight: "retire" | null;
  /** How many more this call may send, and make. */
  readonly left: { readonly installs: number; readonly values: number; readonly retires: number };
  /** Every install of this call was left without an answer that says anything. */
  readonly isUnanswered: boolean;
  /** A second authority, or a living token, may install while CURRENT is dead. */
  readonly authority: "none" | "may-install";
}

/** What the table judges by. Built by observe from what Vault and the issuer say now; never of an UPDATING secret. */
export type State = IssuerState | CallerState;
