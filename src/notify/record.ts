import * as z from "zod/mini";
import { ownMember, withOwn } from "../recovery/own-metadata.ts";

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

// Members that another edition adds to an entry stay in it.
const entry = z.looseObject({ endpoint: z.string(), failures: z.optional(z.int().check(z.minimum(0))) });
const failure = z.object({ code: z.string(), day: z.string() });
const told = z.object({
  version: z.int(),
  seq: z.int(),
  owesTopic: z.optional(z.boolean()),
  failure: z.optional(failure),
});

type Entry = z.output<typeof entry>;

function entriesIn(metadata: Metadata): Entry[] {
  const list = ownMember(metadata, "subscribers");
  return (Array.isArray(list) ? list : []).flatMap((item) => {
    const parsed = entry.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

export function readRecord(metadata: Metadata): NotifyRecord {
  const parsed = told.safeParse(ownMember(metadata, "told"));
  return {
    subscribers: entriesIn(metadata).map(({ endpoint, failures }) => ({ endpoint, failures: failures ?? null })),
    told: parsed.success
      ? {
          version: parsed.data.version,
          seq: parsed.data.seq,
          owesTopic: parsed.data.owesTopic ?? false,
          failure: parsed.data.failure ?? null,
        }
      : null,
  };
}

/** The whole metadata with this record in it; everything else stays. */
export function withRecord(metadata: Metadata, record: NotifyRecord): Metadata {
  const known = new Map(entriesIn(metadata).map((item) => [item.endpoint, item]));
  const subscribers = record.subscribers.map(({ endpoint, failures }) => {
    const { failures: _, ...kept } = known.get(endpoint) ?? { endpoint };
    return failures === null ? kept : { ...kept, failures };
  });
  if (record.told === null) return withOwn(metadata, { subscribers });
  const { version, seq, owesTopic, failure: last } = record.told;
  return withOwn(metadata, {
    subscribers,
    told: { version, seq, ...(owesTopic && { owesTopic }), ...(last !== null && { failure: last }) },
  });
}
