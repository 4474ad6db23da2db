import * as z from "zod/mini";
import { onFirstUse } from "../base/on-first-use.ts";
import { ownMember, withOwn } from "../clients/vault/rotation-metadata.ts";

type Metadata = Readonly<Record<string, unknown>>;

export interface Subscriber {
  /** As `Endpoint.text`. */
  readonly endpoint: string;
  /** Consecutive failed runs since the latest change; null once that change was delivered. */
  readonly failures: number | null;
}

export interface Told {
  /** The version that was CURRENT at the last notification of a change. */
  readonly version: number;
  /** Number of changes notified. */
  readonly seq: number;
  /** Whether the topic of the settings was not notified of the latest change. */
  readonly owesTopic: boolean;
  /** The failure notified since then; null: none. */
  readonly failure: ToldFailure | null;
}

export interface ToldFailure {
  readonly code: string;
  /** `YYYY-MM-DD` in UTC, since a failure that repeats is notified once a day. */
  readonly day: string;
}

/** The record of notifications in the secret's metadata. */
export interface NotifyRecord {
  readonly subscribers: readonly Subscriber[];
  /** Null: nothing was ever notified. */
  readonly told: Told | null;
}

/** Limits for a record that anyone with write access to the secret may have written. */
export interface RecordLimits {
  /** Only the first n readable subscribers count. */
  readonly subscriberLimit: number;
  /** The secret's highest version number; null: not known here. */
  readonly highestNo: number | null;
}

/**
 * The most that any setting allows to count. The same number of other entries is kept at most, so that another edition's entries survive,
 * but not without limit.
 */
const MAX_SUBSCRIBERS = 20;
/** For code that knows neither the function's settings nor the versions. */
const WIDEST: RecordLimits = { subscriberLimit: MAX_SUBSCRIBERS, highestNo: null };
/** For one entry with another edition's members, or one that only another edition can read. */
const MAX_CHARACTERS = 1_000;
/** No registered endpoint is longer. */
const LONGEST_ENDPOINT = 500;
/** Below 2 to the power of 31. */
const HIGHEST_SEQ = 2_147_483_647;

// Members added by another edition stay in the entry.
const entry = onFirstUse(() =>
  z.looseObject({
    endpoint: z.string().check(z.maxLength(LONGEST_ENDPOINT)),
    failures: z.optional(z.int().check(z.minimum(0))),
  }),
);
const failure = onFirstUse(() =>
  z.object({
    code: z.string().check(z.regex(/^[A-Z_]{2,40}$/)),
    day: z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/)),
  }),
);
const told = onFirstUse(() =>
  z.object({
    version: z.int().check(z.minimum(0)),
    seq: z.int().check(z.minimum(0), z.maximum(HIGHEST_SEQ)),
    owesTopic: z.optional(z.boolean()),
    failure: z.optional(failure()),
  }),
);

type Entry = z.output<ReturnType<typeof entry>>;

interface Entries {
  /** By endpoint, in their order. */
  readonly counting: ReadonlyMap<string, Entry>;
  /** Unreadable entries, and those beyond the limit. */
  readonly others: readonly unknown[];
}

function entriesIn(metadata: Metadata, { subscriberLimit }: RecordLimits): Entries {
  const list = ownMember(metadata, "subscribers");
  const counting = new Map<string, Entry>();
  const others: unknown[] = [];
  for (const item of Array.isArray(list) ? list : []) {
    // All further entries neither count nor are kept.
    if (counting.size >= subscriberLimit && others.length >= MAX_SUBSCRIBERS) break;
    const parsed = entry().safeParse(item);
    if (parsed.success && counting.has(parsed.data.endpoint)) continue;
    if (parsed.success && counting.size < subscriberLimit) counting.set(parsed.data.endpoint, parsed.data);
    else if (others.length < MAX_SUBSCRIBERS && isSmall(item)) others.push(item);
  }
  return { counting, others };
}

function isSmall(item: unknown): boolean {
  return JSON.stringify(item).length <= MAX_CHARACTERS;
}

function toldIn(metadata: Metadata, { highestNo }: RecordLimits): Told | null {
  const parsed = told().safeParse(ownMember(metadata, "told"));
  if (!parsed.success) return null;
  const { version, seq, owesTopic = false, failure: last = null } = parsed.data;
  return version <= (highestNo ?? version) ? { version, seq, owesTopic, failure: last } : null;
}

/** A record that no call of ours could have written counts as absent. */
export function readRecord(metadata: Metadata, limits = WIDEST): NotifyRecord {
  const { counting } = entriesIn(metadata, limits);
  return {
    subscribers: [...counting.values()].map(({ endpoint, failures }) => ({ endpoint, failures: failures ?? null })),
    told: toldIn(metadata, limits),
  };
}

/**
 * The whole metadata with this record in it; everything else stays.
 * @param limits the limits with which the record was read
 */
export function withRecord(metadata: Metadata, record: NotifyRecord, limits: RecordLimits): Metadata {
  const { counting, others } = entriesIn(metadata, limits);
  const counted = record.subscribers.map(({ endpoint, failures }) => {
    const known = counting.get(endpoint);
    const { failures: _, ...kept } = known !== undefined && isSmall(known) ? known : { endpoint };
    return failures === null ? kept : { ...kept, failures };
  });
  const subscribers = [...counted, ...others.slice(0, Math.max(0, MAX_SUBSCRIBERS - counted.length))];
  if (record.told === null) return withOwn(metadata, { subscribers });
  const { version, seq, owesTopic, failure: last } = record.told;
  return withOwn(metadata, {
    subscribers,
    told: { version, seq, ...(owesTopic && { owesTopic }), ...(last !== null && { failure: last }) },
  });
}
