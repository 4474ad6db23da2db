import type { RotationError } from "../../base/errors.ts";
import type { Place } from "../../base/place.ts";
import type { Secret } from "../../base/secret.ts";
import type { Client } from "../../clients/issuers/client.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Claim } from "../../clients/vault/claim.ts";
import type { Content } from "../../clients/vault/content.ts";
import type { Tags, VersionList } from "../../clients/vault/store.ts";

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

/**
 * What this run has read in Vault, and the issuer's verdicts. Contents never change, so each is read once. A verdict lives only as long as
 * the snapshot it was asked in.
 */
export interface AttemptRead {
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
  /** CURRENT's number at this call's first look: another value in CURRENT later means that someone else has rotated. */
  startCurrentNo: number | null;
  /** The highest version number at that look. */
  startHighestNo: number | null;
  /** The etag of the snapshot that decides: read before its list, never refreshed just to get past a lost race. */
  etag: string | null;
  /** Where the secret is, of the same look as the etag; null: not read. */
  place: Place | null;
  /** The secret's metadata, of the same look as the etag. */
  metadata: Readonly<Record<string, unknown>>;
  /** Its free-form tags, of the same look; null: not read, or unreadable. */
  tags: Tags | null;
  /** The newest version with a mark of ours that this edition does not know. */
  unknownMarkNo: number | null;
  /** Every stored version was read for a way back. */
  hasReadOthers: boolean;
  /** Which version was CURRENT when its value was first refused, since when (on `Clock.monotonic`) and in how many looks. */
  currentRefusal: { readonly versionNo: number; readonly since: number; readonly looks: number } | null;
}

export function createAttemptRead(): AttemptRead {
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
    startCurrentNo: null,
    startHighestNo: null,
    etag: null,
    place: null,
    metadata: {},
    tags: null,
    unknownMarkNo: null,
    hasReadOthers: false,
    currentRefusal: null,
  };
}

/** A version whose content is a credential, not a claim. */
export function isCredential(known: KnownContent | undefined): known is Extract<KnownContent, { kind: "credential" }> {
  return known?.kind === "credential";
}
