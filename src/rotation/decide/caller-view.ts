import type { Judged } from "./decide.ts";
import type { OverlapView } from "./overlap.ts";

/** What the table for values of our own choosing sees: there the value is stored first, so it cannot be lost. */
export interface CallerView extends OverlapView {
  readonly isUpdating: boolean;
  /** The newest PENDING credential above CURRENT's number: it is its own claim. */
  readonly pending:
    | (NonNullable<OverlapView["pending"]> & {
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
  readonly current: Judged & {
    readonly isFirstSeen: boolean;
    /** Refused for as long as the landing bound. */
    readonly isSurelyDead: boolean;
  };
  readonly others: readonly (Judged & { readonly isPromotable: boolean })[] | null;
  /** A second authority, or a living token, may install while CURRENT is dead. */
  readonly hasAuthority: boolean;
  /** How many more this call may send, and make. */
  readonly left: { readonly installs: number; readonly values: number };
  /** Every install of this call was left without an answer that says anything. */
  readonly isUnanswered: boolean;
  readonly isPrepared: boolean;
}
