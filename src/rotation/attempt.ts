import type { RotationError } from "../base/errors.ts";
import type { Place } from "../base/place.ts";
import type { Secret } from "../base/secret.ts";
import type { Token } from "../clients/http/token-cache.ts";
import type { Client, Held } from "../clients/issuers/client.ts";
import type { Authority, Authorization, Credential } from "../clients/issuers/issuer.ts";
import type { Login } from "../clients/issuers/verdict.ts";
import type { Claim } from "../clients/vault/claim.ts";
import type { Content } from "../clients/vault/content.ts";
import type { Tags, VersionList } from "../clients/vault/store.ts";
import { type SecondPending, unknownSecondPending } from "./observe/second-pending.ts";
import type { Warning } from "./warnings.ts";

/** A version's content as far as it is understood. A claim holds a credential too: CURRENT's own. */
export type KnownContent =
  | { readonly kind: "credential"; readonly content: Content; readonly credential: Credential }
  /** `claim`: what its mark says, as far as it is believed. */
  | { readonly kind: "claim"; readonly content: Content; readonly credential: Credential; readonly claim: Claim }
  /**
   * Of another client than the call serves, not understood, or with a mark that is not to be believed. `isReserved`: with a mark of ours that
   * is to be believed and that this edition does not know. `bare`: the text without a mark; null: it is no content at all.
   */
  | {
      readonly kind: "unknown";
      readonly problem: RotationError;
      readonly isReserved: boolean;
      readonly bare: Secret | null;
    };

/** A value that is not known to be stored. One that was minted exists nowhere else until it is. */
export interface UnsavedSecret {
  /** The whole text of the version to be written. */
  readonly text: Secret;
  /** The same, understood. */
  readonly content: Content;
  readonly credential: Credential;
  /** The highest version number when the value was made or found. */
  readonly base: number;
  /** On `Clock.monotonic`. */
  readonly receivedAt: number;
  /** Copied from a stored version: then only a version that is not DEPRECATED counts as holding it. */
  readonly isCopy: boolean;
  /** Given by the issuer's answer to this call's mint. */
  readonly isMinted: boolean;
  /** The verdict on it, where one was asked for. */
  login: Login | null;
  /** Why storing it last failed. */
  failure: RotationError | null;
  /** How often somebody else's write came between the look and the write. */
  races: number;
}

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

/** A write of content that this call sent and Vault confirmed: it is not read again. */
export interface Written {
  readonly name: string;
  readonly known: KnownContent;
}

/**
 * What one call remembers between two snapshots. Contents never change, so they are read once; verdicts live only as long as the
 * snapshot they were asked in.
 */
export interface Attempt {
  /** Whom this call serves: CURRENT's client at its first look, null if that cannot be understood. Null before that look. */
  served: { readonly client: Client | null } | null;
  /** A later look has found another client in CURRENT. */
  isClientChanged: boolean;
  /** Numbers of the versions met that are of another client, or that cannot be understood. */
  readonly strangers: Set<number>;
  /** Numbers of the PENDING versions that were left alone, since the rotator did not make their value and it is of no use. */
  readonly unproven: Set<number>;
  /** The versions as the last look listed them. */
  list: VersionList | null;
  /** When the answer came whose time on OCI's clock the last look goes by, on `Clock.monotonic`. */
  lookedAt: number | null;
  readonly contents: Map<number, KnownContent>;
  readonly logins: Map<number, { readonly login: Login; readonly at: number }>;
  /** How often this call met a refusal of a version's value, whatever it looked at anew between them. */
  readonly refusals: Map<number, number>;
  readonly written: Written[];
  /** CURRENT's number at this call's first look: another value in CURRENT later means that someone else has rotated. */
  startCurrentNo: number | null;
  /** The highest version number at that look. */
  startHighestNo: number | null;
  unsaved: UnsavedSecret | null;
  claim: OwnClaim | null;
  /** A version name that Vault called taken at the last write. */
  takenName: string | null;
  /** The name under which this call stored a value that it had minted, both answered 200. */
  ownName: string | null;
  /** The etag of the snapshot that decides: read before its list, never refreshed just to get past a lost race. */
  etag: string | null;
  /** Where the secret is, of the same look as the etag; null: not read. */
  place: Place | null;
  /** The secret's metadata, of the same look as the etag. */
  metadata: Readonly<Record<string, unknown>>;
  /** Its free-form tags, of the same look; null: not read, or unreadable. */
  tags: Tags | null;
  /** The token of CURRENT's login in this call. */
  token: (Held & Token) | null;
  /** The values in use when this call began are compromised: they get no grace. */
  readonly isCompromised: boolean;
  /** Asked of the login whose token goes into a claim, in seconds; null: this call writes none. */
  readonly tokenLifeSeconds: number | null;
  /** Tokens that the issuer refused in this call. */
  readonly refusedTokens: Secret[];
  /** Second authorities for this secret; null: not looked up yet. Those that do not log in are taken out. */
  authorities: readonly Authority[] | null;
  /** Those of them that did not log in, or were refused, once: they come last, and are asked once more. */
  readonly onceInVain: Authority[];
  /** The authorization of the first of them. */
  authorization: Authorization | null;
  /** Where we choose the value: what this call generated and stored, or tried to. */
  generated: { readonly clientSecret: Secret; readonly startedAt: number } | null;
  values: number;
  installs: number;
  /** One of them was answered with success. */
  isInstallAnswered: boolean;
  /** When the answer to the last of them was given up, on `Clock.monotonic`; null: it was answered, or there was none. */
  unansweredInstallAt: number | null;
  /** The last value sent to the issuer. `isRefused`: by the issuer's policy. */
  install: { readonly clientSecret: Secret; readonly at: number; readonly isRefused: boolean } | null;
  /**
   * Since when this call holds the lease under its id, on `Clock.monotonic`; null: it never asked for one, or has given it back. `isOpen`: a
   * change sent under it, or shortly before it, was left without an answer, and may still take effect.
   */
  lease: { readonly callId: string; readonly startedAt: number; isOpen: boolean } | null;
  retires: number;
  /** When this call last asked the issuer to delete PREVIOUS's value, on `Clock.monotonic`. */
  retiredAt: number | null;
  /** Since when the issuer says that it holds as many values as it may, on `Clock.monotonic`. */
  occupiedSince: number | null;
  mints: number;
  /** Mints that the issuer put off because of another change under way there. */
  busyMints: number;
  /** The last unanswered mint; null: none is open. `at` is when it was given up, on `Clock.monotonic`. */
  openMint: { readonly at: number; readonly wasCurrentAccepted: boolean } | null;
  /** How often the promote of a version was answered by something that passes, as a rule. */
  readonly promotions: Map<number, number>;
  /** Vault refused to promote these. */
  readonly unpromotable: Set<number>;
  /** Vault refused a second PENDING version, or shows that it would not become the only one. */
  refusesSecondPending: boolean;
  readonly secondPending: SecondPending;
  /** Why the last write that did not end well did not. */
  writeFailure: RotationError | null;
  /** How often a write was answered that the secret is between two states. */
  busyWrites: number;
  /** Deletions that this call has cancelled because a write was refused. */
  hasCancelledDeletions: boolean;
  /** Every stored version was read for a way back. */
  hasReadOthers: boolean;
  /** Nothing that the issuer shows before a change is in the way of one. */
  isInspected: boolean;
  /** Set by fetch-token, undone by every new snapshot. */
  isPrepared: boolean;
  isReadBackSpent: boolean;
  /** The first read-back since the last mint, on `Clock.monotonic`. */
  readBackSince: number | null;
  /** Which version was CURRENT when its value was first refused, since when (on `Clock.monotonic`) and in how many looks. */
  currentRefusal: { readonly versionNo: number; readonly since: number; readonly looks: number } | null;
  /** The newest version with a mark of ours that this edition does not know. */
  unknownMarkNo: number | null;
  /** No way back is proven: said in the answer. */
  warning: Warning | null;
}

export function createAttempt(tokenLifeSeconds: number | null, isCompromised = false): Attempt {
  return {
    served: null,
    isClientChanged: false,
    strangers: new Set(),
    unproven: new Set(),
    list: null,
    lookedAt: null,
    contents: new Map(),
    logins: new Map(),
    refusals: new Map(),
    written: [],
    startCurrentNo: null,
    startHighestNo: null,
    unsaved: null,
    claim: null,
    takenName: null,
    ownName: null,
    etag: null,
    place: null,
    metadata: {},
    tags: null,
    token: null,
    tokenLifeSeconds,
    isCompromised,
    refusedTokens: [],
    authorities: null,
    onceInVain: [],
    authorization: null,
    generated: null,
    values: 0,
    installs: 0,
    isInstallAnswered: false,
    unansweredInstallAt: null,
    install: null,
    lease: null,
    retires: 0,
    retiredAt: null,
    occupiedSince: null,
    mints: 0,
    busyMints: 0,
    openMint: null,
    promotions: new Map(),
    unpromotable: new Set(),
    refusesSecondPending: false,
    secondPending: unknownSecondPending(),
    writeFailure: null,
    busyWrites: 0,
    hasCancelledDeletions: false,
    hasReadOthers: false,
    isInspected: false,
    isPrepared: false,
    isReadBackSpent: false,
    readBackSince: null,
    currentRefusal: null,
    unknownMarkNo: null,
    warning: null,
  };
}

/** A version whose content is a credential, not a claim. */
export function isCredential(known: KnownContent | undefined): known is Extract<KnownContent, { kind: "credential" }> {
  return known?.kind === "credential";
}
