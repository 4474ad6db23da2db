import * as z from "zod/mini";
import { ownMember, withOwn } from "../clients/vault/own-metadata.ts";

type Metadata = Readonly<Record<string, unknown>>;

export interface Subscriber {
  /** As `Endpoint.text`. */
  readonly endpoint: string;
  /** Null: it has heard of everything. Else it has not heard of the last, and so many calls in a row could not reach it. */
  readonly failures: number | null;
}

export interface Told {
  /** The version that was CURRENT when everybody was last told. */
  readonly version: number;
  /** How many changes have been told. */
  readonly seq: number;
  /** The topic of the settings has not heard of the last. */
  readonly owesTopic: boolean;
  /** The failure told since then; null: none. */
  readonly failure: ToldFailure | null;
}

export interface ToldFailure {
  readonly code: string;
  /** `YYYY-MM-DD` in UTC: what goes on failing is told once a day. */
  readonly day: string;
}

/** What the secret's metadata keeps of notifications. */
export interface NotifyRecord {
  readonly subscribers: readonly Subscriber[];
  /** Null: nobody was ever told. */
  readonly told: Told | null;
}

/** What holds for a record that anybody who may write the secret may have written. */
export interface RecordLimits {
  /** So many subscribers count, the first that can be read. */
  readonly subscriberLimit: number;
  /** Of the secret's versions; null: not known here. */
  readonly highestNo: number | null;
}

/** As many as any setting lets count. With those that do not count no more are kept: what another edition keeps there stays, but not without end. */
const MOST_SUBSCRIBERS = 20;
/** Of who knows neither the function's settings nor the versions. */
const WIDEST: RecordLimits = { subscriberLimit: MOST_SUBSCRIBERS, highestNo: null };
/** Of one entry with members of another edition, or that only another edition can read. */
const MOST_CHARACTERS = 1_000;
/** No endpoint that was registered is longer. */
const LONGEST_ENDPOINT = 500;
/** Below 2 to the power of 31. */
const HIGHEST_SEQ = 2_147_483_647;

// Members that another edition adds to an entry stay in it.
const entry = z.looseObject({
  endpoint: z.string().check(z.maxLength(LONGEST_ENDPOINT)),
  failures: z.optional(z.int().check(z.minimum(0))),
});
const failure = z.object({
  code: z.string().check(z.regex(/^[A-Z_]{2,40}$/)),
  day: z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/)),
});
const told = z.object({
  version: z.int().check(z.minimum(0)),
  seq: z.int().check(z.minimum(0), z.maximum(HIGHEST_SEQ)),
  owesTopic: z.optional(z.boolean()),
  failure: z.optional(failure),
});

type Entry = z.output<typeof entry>;

interface Entries {
  /** By endpoint, in their order. */
  readonly counting: ReadonlyMap<string, Entry>;
  /** What cannot be read, and who is beyond the limit. */
  readonly others: readonly unknown[];
}

function entriesIn(metadata: Metadata, { subscriberLimit }: RecordLimits): Entries {
  const list = ownMember(metadata, "subscribers");
  const counting = new Map<string, Entry>();
  const others: unknown[] = [];
  for (const item of Array.isArray(list) ? list : []) {
    // Neither counts nor is kept: what follows is nobody's.
    if (counting.size >= subscriberLimit && others.length >= MOST_SUBSCRIBERS) break;
    const parsed = entry.safeParse(item);
    if (parsed.success && counting.has(parsed.data.endpoint)) continue;
    if (parsed.success && counting.size < subscriberLimit) counting.set(parsed.data.endpoint, parsed.data);
    else if (others.length < MOST_SUBSCRIBERS && isSmall(item)) others.push(item);
  }
  return { counting, others };
}

function isSmall(item: unknown): boolean {
  return JSON.stringify(item).length <= MOST_CHARACTERS;
}

function toldIn(metadata: Metadata, { highestNo }: RecordLimits): Told | null {
  const parsed = told.safeParse(ownMember(metadata, "told"));
  if (!parsed.success) return null;
  const { version, seq, owesTopic = false, failure: last = null } = parsed.data;
  return version <= (highestNo ?? version) ? { version, seq, owesTopic, failure: last } : null;
}

/** What no call of ours could have written is as absent. */
export function readRecord(metadata: Metadata, limits = WIDEST): NotifyRecord {
  const { counting } = entriesIn(metadata, limits);
  return {
    subscribers: [...counting.values()].map(({ endpoint, failures }) => ({ endpoint, failures: failures ?? null })),
    told: toldIn(metadata, limits),
  };
}

/**
 * The whole metadata with this record in it; everything else stays.
 * @param limits by which the record was read
 */
export function withRecord(metadata: Metadata, record: NotifyRecord, limits: RecordLimits): Metadata {
  const { counting, others } = entriesIn(metadata, limits);
  const counted = record.subscribers.map(({ endpoint, failures }) => {
    const known = counting.get(endpoint);
    const { failures: _, ...kept } = known !== undefined && isSmall(known) ? known : { endpoint };
    return failures === null ? kept : { ...kept, failures };
  });
  const subscribers = [...counted, ...others.slice(0, Math.max(0, MOST_SUBSCRIBERS - counted.length))];
  if (record.told === null) return withOwn(metadata, { subscribers });
  const { version, seq, owesTopic, failure: last } = record.told;
  return withOwn(metadata, {
    subscribers,
    told: { version, seq, ...(owesTopic && { owesTopic }), ...(last !== null && { failure: last }) },
  });
}
