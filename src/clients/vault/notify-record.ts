import * as z from "zod/mini";
import { durationText } from "../../base/durations.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { noticeTime } from "../../base/settings/table-notifications.ts";
import { ownMember, withOwn } from "./rotation-metadata.ts";

type Metadata = Readonly<Record<string, unknown>>;

export interface Subscriber {
  /** As `Endpoint.text`. */
  readonly endpoint: string;
  /** Consecutive failed runs since the latest change; null once that change was delivered. */
  readonly failures: number | null;
  /** The last notice that the value is due; absent: none was tried. */
  readonly due?: DueTold | undefined;
  /** The version that it says it has; absent: it never said so. Anyone who may invoke the function can say it. */
  readonly has?: number | undefined;
  /** How long before the value is due it hears so; absent: as the settings say. */
  readonly noticeBeforeMs?: number | undefined;
}

export interface DueTold {
  /** The version that it was about. */
  readonly version: number;
  /** Consecutive failed runs; 0: it was delivered. */
  readonly failures: number;
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
  /** The version of which the topic of the settings was notified that it is due; absent: none. */
  readonly topicDue?: number | undefined;
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
/** A subscriber's own time, as a text such as `7d`. */
const NOTICE_BEFORE = "noticeBefore";
/** Our own member beside the list. */
const TOPIC_DUE = "topicDue";
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
const versionNumber = onFirstUse(() => z.int().check(z.minimum(1)));
const due = onFirstUse(() => z.object({ version: versionNumber(), failures: z.optional(z.int().check(z.minimum(0))) }));
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

/** Undefined: none, or of a version that there is not. */
function dueIn(value: unknown, limits: RecordLimits): DueTold | undefined {
  const parsed = due().safeParse(value);
  if (!parsed.success || versionIn(parsed.data.version, limits) === undefined) return undefined;
  return { version: parsed.data.version, failures: parsed.data.failures ?? 0 };
}

/** Undefined: none, or one that there is not. */
function versionIn(value: unknown, { highestNo }: RecordLimits): number | undefined {
  const parsed = versionNumber().safeParse(value);
  return parsed.success && parsed.data <= (highestNo ?? parsed.data) ? parsed.data : undefined;
}

const ownNoticeTimeIn = (value: unknown): number | null => (typeof value === "string" ? noticeTime(value) : null);

/** A record that no call of ours could have written counts as absent. */
export function readRecord(metadata: Metadata, limits = WIDEST): NotifyRecord {
  const { counting } = entriesIn(metadata, limits);
  const topicDue = versionIn(ownMember(metadata, TOPIC_DUE), limits);
  return {
    subscribers: [...counting.values()].map((known) => {
      const told = dueIn(known["due"], limits);
      const has = versionIn(known["has"], limits);
      const noticeBeforeMs = ownNoticeTimeIn(known[NOTICE_BEFORE]);
      return {
        ...{ endpoint: known.endpoint, failures: known.failures ?? null },
        ...(told && { due: told }),
        ...(has !== undefined && { has }),
        ...(noticeBeforeMs !== null && { noticeBeforeMs }),
      };
    }),
    told: toldIn(metadata, limits),
    ...(topicDue !== undefined && { topicDue }),
  };
}

/** Those that have not said that they have this version. */
export function notAcknowledged({ subscribers }: NotifyRecord, versionNo: number): readonly Subscriber[] {
  return subscribers.filter(({ has }) => has !== versionNo);
}

const dueEntry = ({ version, failures }: DueTold) => ({ due: { version, ...(failures > 0 && { failures }) } });

/**
 * The whole metadata with this record in it; everything else stays.
 * @param limits the limits with which the record was read
 */
export function withRecord(metadata: Metadata, record: NotifyRecord, limits: RecordLimits): Metadata {
  const { counting, others } = entriesIn(metadata, limits);
  const counted = record.subscribers.map(({ endpoint, failures, due: notice, has, noticeBeforeMs }) => {
    const known = counting.get(endpoint);
    const base: Partial<Entry> = known !== undefined && isSmall(known) ? known : { endpoint };
    const { failures: _, due: __, has: ___, [NOTICE_BEFORE]: ____, ...kept } = base;
    return {
      ...kept,
      ...(failures !== null && { failures }),
      ...(notice && dueEntry(notice)),
      ...(has !== undefined && { has }),
      ...(noticeBeforeMs !== undefined && { [NOTICE_BEFORE]: durationText(noticeBeforeMs) }),
    };
  });
  const all = [...counted, ...others.slice(0, Math.max(0, MAX_SUBSCRIBERS - counted.length))];
  const subscribers = { subscribers: all, ...(record.topicDue !== undefined && { [TOPIC_DUE]: record.topicDue }) };
  if (record.told === null) return withOwn(metadata, subscribers);
  const { version, seq, owesTopic, failure: last } = record.told;
  return withOwn(metadata, {
    ...subscribers,
    told: { version, seq, ...(owesTopic && { owesTopic }), ...(last !== null && { failure: last }) },
  });
}
