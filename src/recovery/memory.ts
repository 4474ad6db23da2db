import type { Content } from "../content.ts";
import type { RotationError } from "../errors.ts";
import type { Token } from "../http/token-cache.ts";
import type { Credential, Login } from "../issuers/issuer.ts";
import type { Secret } from "../secret.ts";

/** A version's content as far as it is understood: a credential to log in with, or why not. */
export type Known =
  | { readonly isCredential: true; readonly content: Content; readonly credential: Credential }
  | { readonly isCredential: false; readonly problem: RotationError };

/** A value made by this call that is not known to be stored. Until then it exists nowhere else. */
export interface Hand {
  /** The whole text of the version to be written. */
  readonly text: Secret;
  /** The same, understood. */
  readonly content: Content;
  readonly credential: Credential;
  /** The highest version number when the value was made. */
  readonly base: number;
  /** On `Clock.monotonic`. */
  readonly receivedAt: number;
  /** The verdict on it, where one was asked for. */
  login: Login | null;
  /** A version name that Vault called taken while the list did not show it. */
  takenName: string | null;
  /** Why storing it last failed. */
  failure: RotationError | null;
}

/**
 * What one call remembers between two observations. Contents never change, so they are read once; verdicts live only as long as the
 * observation they were asked in.
 */
export interface Memory {
  readonly contents: Map<number, Known>;
  readonly logins: Map<number, Login>;
  /** CURRENT's number at this call's first look: another value in CURRENT later means that someone else has rotated. */
  firstCurrentNo: number | null;
  hand: Hand | null;
  /** The name under which this call stored a value that it had minted, both answered 200. */
  ownName: string | null;
  /** The etag of the observation that decides: read before its list, never refreshed just to get past a lost race. */
  etag: string | null;
  /** The token of CURRENT's login in this call; null once the issuer has refused it. */
  token: Token | null;
  mints: number;
  /** When an unanswered mint was given up, on `Clock.monotonic`; null: none is open. */
  mintGivenUpAt: number | null;
  /** Set by fetch-token, undone by every new observation. */
  isPrepared: boolean;
  isReadBackSpent: boolean;
}

export function createMemory(): Memory {
  return {
    contents: new Map(),
    logins: new Map(),
    firstCurrentNo: null,
    hand: null,
    ownName: null,
    etag: null,
    token: null,
    mints: 0,
    mintGivenUpAt: null,
    isPrepared: false,
    isReadBackSpent: false,
  };
}
