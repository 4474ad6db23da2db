import type { Unproven, Writes } from "../observe/second-pending.ts";
import type { Candidate } from "./decide.ts";

/** The issuer makes the value: until it is stored it exists nowhere else. */
export interface IssuerState {
  readonly chosenBy: "issuer";
  /** `create` ends with a PENDING version that works, `rotation` with it promoted, `heal` with CURRENT good. */
  readonly goal: "create" | "rotation" | "heal";
  readonly isPaused: boolean;
  /** A value that no version holds yet. `isYoung`: received within the landing bound, so that a refusal would say nothing. */
  readonly unsaved: { readonly verdict: Candidate["verdict"]; readonly isYoung: boolean } | null;
  /** `current`: Vault takes no second PENDING version, so writes must go to CURRENT. `either`: it seems so. */
  readonly writes: Writes;
  /** No time is left to wait for an unsaved value to log in. */
  readonly isLastMoment: boolean;
  /** The newest PENDING credential above CURRENT's number; `isOwn`: minted and stored by this call, both answered 200. */
  readonly pending: (Candidate & { readonly isOwn: boolean }) | null;
  readonly current: Candidate & {
    /** Its value is the one at this call's first look. */
    readonly isUnchanged: boolean;
    readonly isClaim: boolean;
    /** Refused in an earlier look of this call too: one refusal alone may be a slip of the issuer. */
    readonly isConfirmedDead: boolean;
    /** The newest credential that holds the same value and may be promoted; null: none. */
    readonly sameValueNo: number | null;
  };
  readonly claim: {
    /** Someone else's newest claim still belongs to its writer. */
    readonly isLive: boolean;
    /** The newest version with a mark of ours that this edition does not know; null: none. */
    readonly unknownMarkNo: number | null;
    /** This call's claim is the highest version; `isFresh`: and within its time. */
    readonly isMine: boolean;
    readonly isFresh: boolean;
    /** What it does not show yet of the write by which a new value will be stored. */
    readonly unproven: Unproven;
  };
  readonly mint: {
    readonly left: number;
    /** Every mint that this call sent has landed or never will. */
    readonly isSettled: boolean;
  };
  /** Every other stored credential, the newest first, each value once; null: not read yet. */
  readonly others: readonly (Candidate & { readonly isPromotable: boolean })[] | null;
  /** Reading the client secret at the issuer may still bring something. */
  readonly mayReadBack: boolean;
  /** A token in a claim, this call's own, or a second authority can still regenerate while CURRENT is dead. */
  readonly hasAuthority: boolean;
  /** Nothing speaks against a claim and a mint, as checked in this snapshot. */
  readonly isPrepared: boolean;
}

/** We make the value and store it before the issuer hears of it, so it cannot be lost. */
export interface CallerState {
  readonly chosenBy: "caller";
  readonly goal: "create" | "rotation" | "heal" | "retire";
  readonly isPaused: boolean;
  /** Where the issuer keeps two values: PREVIOUS, if it is a credential with another value than CURRENT's; null: none. */
  readonly overlap:
    | (Candidate & {
        /** Its number is above CURRENT's: an operator went back. */
        readonly isNewer: boolean;
        /** CURRENT is this product's own, so the issuer got its value last. What somebody else stored may be the older one there. */
        readonly isOrderKnown: boolean;
        /** It is not known since when CURRENT is CURRENT, and that matters. */
        readonly isSinceUnknown: boolean;
        /** The grace is over, or there is none. */
        readonly isDue: boolean;
        /** This call asked the issuer to delete it less than the landing bound ago. */
        readonly isRetiring: boolean;
        /** How often this call may still ask. */
        readonly left: number;
      })
    | null;
  /** The issuer may accept an older value beside CURRENT's. */
  readonly keepsOlder: boolean;
  /** Stored credentials with other values than CURRENT, PREVIOUS and PENDING, each value once, the newest first; null: not read yet. */
  readonly unexpected: readonly Candidate[] | null;
  /** The issuer keeps two values until it is asked to delete one. */
  readonly isTwoSlot: boolean;
  /** Who may change what the issuer holds of this client: nobody has said so, this call, or another one. */
  readonly lease: "free" | "mine" | "others";
  /** The values stored when this call began are compromised. */
  readonly isCompromised: boolean;
  /** And that is not noted yet, although the issuer may accept one of them beside a newer one. */
  readonly isUnnoted: boolean;
  /** The newest PENDING credential above CURRENT's number: it is its own claim. */
  readonly pending:
    | (Candidate & {
        /** The issuer has told this call that it has no room for the value, as it holds two. `isLongOccupied`: for as long as the landing bound. */
        readonly isOccupied: boolean;
        readonly isLongOccupied: boolean;
        /** Somebody made it who knew CURRENT's value. */
        readonly isProven: boolean;
        /** This call made it. */
        readonly isMade: boolean;
        /** Someone else's, and its writer may still install it. */
        readonly isLive: boolean;
        /** The issuer's policy refused the value. */
        readonly isRefused: boolean;
        /** This call sent it to the issuer less than the landing bound ago. */
        readonly isInstalling: boolean;
        /** This call stored it and has not sent it yet, so it cannot log in. */
        readonly isUntried: boolean;
        /** This call stored it, a while ago at most. */
        readonly isOwn: boolean;
      })
    | null;
  readonly current: Candidate & {
    readonly isUnchanged: boolean;
    /** Refused for as long as the landing bound. */
    readonly isConfirmedDead: boolean;
  };
  readonly others: readonly (Candidate & { readonly isPromotable: boolean })[] | null;
  /** A second authority, or a living token, may install while CURRENT is dead. */
  readonly hasAuthority: boolean;
  /** How many more this call may send, and make. */
  readonly left: { readonly installs: number; readonly values: number };
  /** Every install of this call was left without an answer that says anything. */
  readonly isUnanswered: boolean;
  readonly isPrepared: boolean;
}

/** What the table judges by. Built by observe from what Vault and the issuer say now; never of an UPDATING secret. */
export type State = IssuerState | CallerState;
