import { isErrorCode } from "../../base/errors.ts";
import { issuerNames } from "../../clients/issuers/index.ts";
import type { Tags } from "../../clients/vault/store.ts";

/**
 * The rotator's own free-form tags on a secret, visible in a list of secrets without reading one. Plain text: never a
 * secret, never a digest of one. Anyone who may write the secret may set them. They are only displayed and used for
 * ordering, and text that no heal could have written counts as absent.
 */
const ISSUER = "orot-issuer";
const CLIENT = "orot-client";
const OUTCOME = "orot-outcome";
const EXPIRES_ON = "orot-expires-on";

/** Limits of a tag's value and of a resource's free-form tags (Source: OCI documentation, Limits on Tags). */
const MAX_CHARACTERS = 256;
const MAX_TAGS = 10;

/** The most that the clocks of two machines, or of OCI, may differ. */
const SKEW_MS = 5 * 60_000;
/** No known issuer gives a client secret a longer life. */
const LONGEST_LIFE_MS = 10 * 365 * 86_400_000;

/**
 * `code`: `OK`, or the code of the error that ended the heal. `at`: since when this is so, in milliseconds since the
 * epoch. `versionNo`: CURRENT's number then.
 */
export interface NotedOutcome {
  readonly code: string;
  readonly at: number;
  readonly versionNo: number;
}

/** When the issuer itself expires a version's client secret. */
export interface NotedExpiry {
  /** Milliseconds since the epoch; null: never, or unknown. */
  readonly at: number | null;
  /** The issuer said that it never ends. Otherwise `at` null means that nobody has been told. */
  readonly isNever: boolean;
  /** The version that holds the client secret; null: an earlier edition wrote no number. */
  readonly versionNo: number | null;
}

/** What a heal noted; null: nothing, or text that cannot be read. */
export interface RotationTags {
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly outcome: NotedOutcome | null;
  readonly expiry: NotedExpiry | null;
}

/** What the issuer said of the end of a client secret, in milliseconds since the epoch. `unknown`: nobody has been told. */
export type ToldExpiry = number | "never" | "unknown";

/** What a heal notes; undefined: nothing new, and the existing tag stays. */
export interface NewTags {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly outcome?: NotedOutcome | undefined;
  /** Null: this issuer lets none end by itself, or discloses nothing. */
  readonly expiry?: { readonly at: ToldExpiry; readonly versionNo: number } | null | undefined;
}

const OUTCOME_TEXT = /^([A-Z_]{2,40}) (\S+) v([1-9]\d{0,8})$/;
/** An earlier edition wrote only the time. */
const EXPIRY_TEXT = /^(\S+?)(?: v([1-9]\d{0,8}))?$/;
const WITHOUT_DATE: readonly string[] = ["never", "unknown"] satisfies ToldExpiry[];
/** As `timeText` writes it, or `Date.toISOString`. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** Null: none, or one after `latest`. */
function instant(text: string | undefined, latest: number): number | null {
  const at = text !== undefined && TIME.test(text) ? Date.parse(text) : Number.NaN;
  return at <= latest ? at : null;
}

/** RFC 3339 in UTC, to the second. */
function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function expiryText(at: ToldExpiry, versionNo: number): string {
  return `${typeof at === "number" ? timeText(at) : at} v${versionNo}`;
}

/** Text as a tag takes it, whoever wrote it: without control characters and the end of a long one. */
export function bounded(text: string): string {
  return text.replace(/\p{Cc}/gu, "").slice(0, MAX_CHARACTERS);
}

function outcomeIn(text: string | undefined, now: number, highestNo: number | null): NotedOutcome | null {
  const [, code = "", time, version] = text?.match(OUTCOME_TEXT) ?? [];
  const at = instant(time, now + SKEW_MS);
  const versionNo = Number(version);
  const isOurs = code === "OK" || isErrorCode(code);
  return at !== null && isOurs && versionNo <= (highestNo ?? versionNo) ? { code, at, versionNo } : null;
}

function expiryIn(text: string | undefined, now: number, highestNo: number | null): NotedExpiry | null {
  const [, time, version] = text?.match(EXPIRY_TEXT) ?? [];
  const at = instant(time, now + LONGEST_LIFE_MS);
  const versionNo = version === undefined ? null : Number(version);
  const isOurs = at !== null || (WITHOUT_DATE.includes(time ?? "") && versionNo !== null);
  const isNever = time === "never";
  return isOurs && (versionNo ?? 0) <= (highestNo ?? versionNo ?? 0) ? { at, isNever, versionNo } : null;
}

/**
 * @param now milliseconds since the epoch
 * @param highestNo of the secret's versions; null: a list of secrets does not show it
 */
export function readOwnTags(tags: Tags, now: number, highestNo: number | null = null): RotationTags {
  const { [ISSUER]: issuer = "", [CLIENT]: clientId = "" } = tags;
  return {
    issuer: issuerNames.includes(issuer) ? issuer : null,
    clientId: clientId !== "" && clientId.length <= MAX_CHARACTERS ? clientId : null,
    outcome: outcomeIn(tags[OUTCOME], now, highestNo),
    expiry: expiryIn(tags[EXPIRES_ON], now, highestNo),
  };
}

/** Whether an outcome is worth a write: only if the code or the version differs. A new time is not enough. */
export function isNewOutcome(tags: Tags, { code, at, versionNo }: NotedOutcome): boolean {
  const known = readOwnTags(tags, at).outcome;
  return known === null || known.code !== code || known.versionNo !== versionNo;
}

/** All tags of the secret with the new values; tags of others stay. Null if nothing differs. */
export function withOwnTags(tags: Tags, { issuer, clientId, outcome, expiry }: NewTags): Tags | null {
  const { [EXPIRES_ON]: _, ...withoutExpiry } = tags;
  const changed: Record<string, string> = {
    ...(expiry === null ? withoutExpiry : tags),
    ...(issuer === undefined ? {} : { [ISSUER]: bounded(issuer) }),
    ...(clientId === undefined ? {} : { [CLIENT]: bounded(clientId) }),
    ...(outcome !== undefined && isNewOutcome(tags, outcome)
      ? { [OUTCOME]: `${outcome.code} ${timeText(outcome.at)} v${outcome.versionNo}` }
      : {}),
    ...(expiry ? { [EXPIRES_ON]: expiryText(expiry.at, expiry.versionNo) } : {}),
  };
  const isSame =
    Object.keys(changed).length === Object.keys(tags).length &&
    Object.entries(changed).every(([key, value]) => tags[key] === value);
  return isSame ? null : changed;
}

/**
 * All tags of the secret after the promote of a version. An existing expiry with this number is not believed, since it
 * may have been written beforehand. Null if nothing is to be noted, or if this is noted already.
 * @param told null: the issuer discloses nothing; then the tag is only written over an existing one
 * @param now milliseconds since the epoch
 */
export function withPromoted(tags: Tags, versionNo: number, told: ToldExpiry | null, now: number): Tags | null {
  const text = expiryText(told ?? "unknown", versionNo);
  const isNothing = told === null && readOwnTags(tags, now).expiry === null;
  const changed = { ...tags, [EXPIRES_ON]: text };
  return isNothing || tags[EXPIRES_ON] === text || areTooMany(changed) ? null : changed;
}

/** Vault refuses more tags than this, and would do so at each heal. */
export function areTooMany(tags: Tags): boolean {
  return Object.keys(tags).length > MAX_TAGS;
}

/** In place of an outcome's code: an operator has ended the rotation of this secret. */
const ABANDONED = "ABANDONED";

/**
 * Whether work on many secrets leaves this one alone. Anyone who may write the secret can forge it; such a writer can
 * stop its rotations anyway.
 */
export function isAbandoned(tags: Tags | null): boolean {
  return OUTCOME_TEXT.exec(tags?.[OUTCOME] ?? "")?.[1] === ABANDONED;
}

/** All tags of the secret with the mark. @param at milliseconds since the epoch */
export function withAbandoned(tags: Tags, at: number, versionNo: number): Tags {
  return { ...tags, [OUTCOME]: `${ABANDONED} ${timeText(at)} v${versionNo}` };
}

/** All tags of the secret without the mark. */
export function withoutAbandoned(tags: Tags): Tags {
  const { [OUTCOME]: _, ...others } = tags;
  return isAbandoned(tags) ? others : tags;
}
