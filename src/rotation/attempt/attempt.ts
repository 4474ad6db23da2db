import type { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Content } from "../../clients/vault/content.ts";
import type { Warning } from "../warnings.ts";
import { AttemptAuthorities } from "./authorities.ts";
import { AttemptLocks } from "./locks.ts";
import { AttemptRead } from "./read.ts";
import { AttemptRequests } from "./requests.ts";
import { AttemptWrites } from "./writes.ts";

/** A value that is not known to be stored. A minted one exists nowhere else until it is. */
export interface UnsavedSecret {
  /** The whole text of the version to be written. */
  readonly text: Secret;
  /** The same text, parsed. */
  readonly content: Content;
  readonly credential: Credential;
  /** The highest version number when the value was made or found. */
  readonly base: number;
  /** On `Clock.monotonic`. */
  readonly receivedAt: number;
  /** Copied from a stored version, so only a version that is not DEPRECATED counts as holding it. */
  readonly isCopy: boolean;
  /** Given by the issuer's answer to this call's mint. */
  readonly isMinted: boolean;
  /** The verdict on it; null: not asked. */
  login: Login | null;
  /** Why storing it last failed. */
  failure: RotationError | null;
  /** The number of other writes that came between the look and the write. */
  races: number;
}

/** A minted value whose write was answered 200, and that no look has shown yet. */
export interface StoredSecret {
  /** The version's name. */
  readonly name: string;
  logIn(): Promise<Login>;
  /** What `logIn` was answered, if it was sent beside the list of the last look. */
  login: Promise<Login> | null;
}

/** What one run has learnt and done, part by part. It ends with the run: what later runs must know is in Vault. */
export interface Attempt {
  readonly read: AttemptRead;
  readonly requests: AttemptRequests;
  readonly writes: AttemptWrites;
  readonly authorities: AttemptAuthorities;
  readonly locks: AttemptLocks;
  unsaved: UnsavedSecret | null;
  /** The new value that this run has just stored, until the look after that; null: none. */
  stored: StoredSecret | null;
  /** This run promotes nothing that it stores. */
  readonly endsWithPending: boolean;
  /** The values in use when this call began are compromised: they get no grace. */
  readonly isCompromised: boolean;
  /** An operator has asked to end the values that no version holds. */
  readonly endsUnstored: boolean;
  /** The issuer showed no obstacle to a change. */
  isInspected: boolean;
  /** Set by fetch-token, reset by each new snapshot. */
  isPrepared: boolean;
  /** The warning that no way back is proven, for the answer. */
  warning: Warning | null;
}

export function createAttempt(
  tokenLifeSeconds: number | null,
  isCompromised = false,
  endsWithPending = false,
  endsUnstored = false,
): Attempt {
  return {
    read: new AttemptRead(),
    requests: new AttemptRequests(),
    writes: new AttemptWrites(),
    authorities: new AttemptAuthorities(tokenLifeSeconds),
    locks: new AttemptLocks(),
    unsaved: null,
    stored: null,
    endsWithPending,
    isCompromised,
    endsUnstored,
    isInspected: false,
    isPrepared: false,
    warning: null,
  };
}

/** Drops the verdicts of the last look. That the unsaved value works stays known. */
export function dropVerdicts(attempt: Attempt): void {
  const { read, unsaved, stored } = attempt;
  read.logins.clear();
  if (stored !== null && stored.login !== null) attempt.stored = null;
  if (unsaved !== null && unsaved.login?.verdict !== "accepted") unsaved.login = null;
}
