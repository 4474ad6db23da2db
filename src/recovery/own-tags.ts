import type { Tags } from "../vault/store.ts";

/**
 * The rotator's own free-form tags on a secret: what a list of secrets shows without reading one of them. Plain text: never a secret,
 * never a digest of one.
 */
const ISSUER = "orot-issuer";
const CLIENT = "orot-client";
const OUTCOME = "orot-outcome";
const EXPIRES_ON = "orot-expires-on";

/** Of a tag's value, and free-form tags of a resource (Source: OCI documentation, Limits on Tags). */
const MOST_CHARACTERS = 256;
const MOST_TAGS = 10;

/** `OK`, or the code of the error that ended it; since when this is so, in milliseconds since the epoch; and CURRENT's number then. */
export interface NotedOutcome {
  readonly code: string;
  readonly at: number;
  readonly versionNo: number;
}

/** What a heal noted; null: nothing, or something that cannot be read. */
export interface OwnTags {
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly outcome: NotedOutcome | null;
  /** When the issuer itself ends the client secret, in milliseconds since the epoch. */
  readonly expiresOn: number | null;
}

/** What a heal has to say; undefined: nothing new, and what stands there stays. */
export interface NewTags {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly outcome?: NotedOutcome | undefined;
  /** Null: the issuer ends it never, or nobody may ask. */
  readonly expiresOn?: number | null | undefined;
}

const OUTCOME_TEXT = /^([A-Z_]{2,40}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) v(\d{1,9})$/;

function instant(text: string | undefined): number | null {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : at;
}

/** RFC 3339 in UTC, to the second. */
function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Control characters and the rest of a long text say nothing to anybody. */
function bounded(text: string): string {
  return text.replace(/\p{Cc}/gu, "").slice(0, MOST_CHARACTERS);
}

export function readOwnTags(tags: Tags): OwnTags {
  const outcome = OUTCOME_TEXT.exec(tags[OUTCOME] ?? "");
  const at = instant(outcome?.[2]);
  return {
    issuer: tags[ISSUER] ?? null,
    clientId: tags[CLIENT] ?? null,
    outcome: outcome === null || at === null ? null : { code: String(outcome[1]), at, versionNo: Number(outcome[3]) },
    expiresOn: instant(tags[EXPIRES_ON]),
  };
}

/** Whether an outcome is worth a write: only with another code or another version. The time alone is not. */
export function isNewOutcome(tags: Tags, { code, versionNo }: NotedOutcome): boolean {
  const known = readOwnTags(tags).outcome;
  return known === null || known.code !== code || known.versionNo !== versionNo;
}

/** All tags of the secret with what is new in them; everybody else's stay. Null where nothing differs. */
export function withOwnTags(tags: Tags, { issuer, clientId, outcome, expiresOn }: NewTags): Tags | null {
  const { [EXPIRES_ON]: _, ...withoutExpiry } = tags;
  const changed: Record<string, string> = {
    ...(expiresOn === null ? withoutExpiry : tags),
    ...(issuer === undefined ? {} : { [ISSUER]: bounded(issuer) }),
    ...(clientId === undefined ? {} : { [CLIENT]: bounded(clientId) }),
    ...(outcome !== undefined && isNewOutcome(tags, outcome)
      ? { [OUTCOME]: `${outcome.code} ${timeText(outcome.at)} v${outcome.versionNo}` }
      : {}),
    ...(typeof expiresOn === "number" ? { [EXPIRES_ON]: timeText(expiresOn) } : {}),
  };
  const isSame =
    Object.keys(changed).length === Object.keys(tags).length &&
    Object.entries(changed).every(([key, value]) => tags[key] === value);
  return isSame ? null : changed;
}

/** Vault would refuse so many, at every heal anew. */
export function areTooMany(tags: Tags): boolean {
  return Object.keys(tags).length > MOST_TAGS;
}
