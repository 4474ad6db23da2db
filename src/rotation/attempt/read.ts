import type { RotationError } from "../../base/errors.ts";
import type { Place } from "../../base/place.ts";
import type { Secret } from "../../base/secret.ts";
import type { Client } from "../../clients/issuers/client.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import type { Claim } from "../../clients/vault/claim.ts";
import type { Content } from "../../clients/vault/content.ts";
import type { SecretSchedule } from "../../clients/vault/schedule.ts";
import type { SecretState, Tags, VersionList, VersionSummary } from "../../clients/vault/store.ts";

/**
 * A version's content, as far as it is understood. A claim holds a credential too: CURRENT's. `content.isValueless`: a
 * placeholder, or a claim made from one. Its credential holds a client secret that nobody knows.
 */
export type KnownContent =
  | { readonly kind: "credential"; readonly content: Content; readonly credential: Credential }
  /** `claim`: the believed part of its mark. */
  | { readonly kind: "claim"; readonly content: Content; readonly credential: Credential; readonly claim: Claim }
  /**
   * Of another client than the call serves, not understood, or with a mark that is not believed. `isReserved`: with a
   * believed mark of ours that this edition does not know. `bare`: the text without a mark; null: not parsed.
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
export class AttemptRead {
  /**
   * The client that this call serves: CURRENT's at its first look. Null client: not understood. Null: before that look.
   */
  served: { readonly client: Client | null } | null = null;
  /** A later look has found another client in CURRENT. */
  isClientChanged = false;
  /** Numbers of the versions that are of another client, or not understood. */
  readonly strangers = new Set<number>();
  /** Numbers of the PENDING versions left alone because the rotator did not make their value and it is of no use. */
  readonly unproven = new Set<number>();
  /** The versions as the last look listed them. */
  list: VersionList | null = null;
  /** When the response came whose OCI time the last look uses, on `Clock.monotonic`. */
  lookedAt: number | null = null;
  /** When the version that PROMOTE names was made and looked at, on OCI's clock; null: no such look, or Vault does not say. */
  named: { readonly createdAt: number; readonly asOf: number } | null = null;
  readonly contents = new Map<number, KnownContent>();
  readonly logins = new Map<number, { readonly login: Login; readonly at: number }>();
  /** The number of refusals of a version's value in this call, over all looks. */
  readonly refusals = new Map<number, number>();
  /** CURRENT's number at this call's first look. Another value in CURRENT later means that another run has rotated. */
  startCurrentNo: number | null = null;
  /** The highest version number at that look. */
  startHighestNo: number | null = null;
  /** The etag of the snapshot that decides: read before its list, never refreshed just to get past a lost race. */
  etag: string | null = null;
  /** The secret's place, of the same look as the etag; null: not read. */
  place: Place | null = null;
  /** The secret's metadata, of the same look as the etag. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** Its free-form tags, of the same look; null: not read, or unreadable. */
  tags: Tags | null = null;
  /** The dates that Vault keeps of the secret, of the same look; null: not read, or unreadable. */
  schedule: SecretSchedule | null = null;
  /** The newest version with a mark of ours that this edition does not know. */
  unknownMarkNo: number | null = null;
  /** Every stored version was read for a way back. */
  hasReadOthers = false;
  /**
   * The version that was CURRENT when its value was first refused, since when (on `Clock.monotonic`) and in how many
   * looks.
   */
  currentRefusal: { readonly versionNo: number; readonly since: number; readonly looks: number } | null = null;
}

/** A version whose content is a credential, not a claim. */
export function isCredential(known: KnownContent | undefined): known is Extract<KnownContent, { kind: "credential" }> {
  return known?.kind === "credential";
}

/** A version that names the client and holds no client secret yet: nothing has to be asked to know that it does not log in. */
export function isPlaceholder(read: AttemptRead, versionNo: number): boolean {
  const known = read.contents.get(versionNo);
  return known !== undefined && known.kind !== "unknown" && known.content.isValueless;
}

/** Keeps what the secret itself says, from which the snapshot is decided. */
export function keepState(read: AttemptRead, { etag, metadata, tags, schedule }: SecretState): void {
  read.etag = etag;
  read.metadata = metadata;
  read.tags = tags;
  read.schedule = schedule ?? null;
}

/**
 * Keeps the versions as a look lists them, and at the first look where this call started.
 * @param at when the list came, on `Clock.monotonic`
 */
export function keepList(read: AttemptRead, list: VersionList, current: VersionSummary, at: number): void {
  read.startCurrentNo ??= current.versionNo;
  read.startHighestNo ??= (list.versions[0] ?? current).versionNo;
  read.list = list;
  read.lookedAt = at;
}

/** Keeps the issuer's verdict on a version's value, given at `at` on `Clock.monotonic`. */
export function keepLogin(read: AttemptRead, versionNo: number, login: Login, at: number): void {
  read.logins.set(versionNo, { login, at });
  if (login.verdict === "rejected") read.refusals.set(versionNo, (read.refusals.get(versionNo) ?? 0) + 1);
}
