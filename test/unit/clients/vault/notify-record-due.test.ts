import { describe, expect, test } from "vitest";
import {
  type NotifyRecord,
  notAcknowledged,
  readRecord,
  withRecord,
} from "../../../../src/clients/vault/notify-record.ts";

const HOOK = "https://hooks.example.org/";
const MAIL = "mailto:ops@example.org";
const limits = { subscriberLimit: 3, highestNo: 7 };
const own = (members: unknown) => ({ orot: JSON.stringify(members) });
const ownIn = (metadata: Readonly<Record<string, unknown>>): unknown => JSON.parse(String(metadata["orot"]));
const read = (members: unknown) => readRecord(own(members), limits);
/** What is read of the one subscriber with these members. */
const readHook = (members: object) => read({ subscribers: [{ endpoint: HOOK, ...members }] }).subscribers;

describe("the notice that a value is due, and who has which version", () => {
  const record: NotifyRecord = {
    subscribers: [
      { endpoint: HOOK, failures: null, due: { version: 7, failures: 2 }, has: 6 },
      { endpoint: MAIL, failures: 1, due: { version: 6, failures: 0 }, noticeBeforeMs: 1_209_600_000 },
    ],
    told: null,
    topicDue: 7,
  };
  const written = {
    subscribers: [
      { endpoint: HOOK, due: { version: 7, failures: 2 }, has: 6 },
      { endpoint: MAIL, failures: 1, due: { version: 6 }, noticeBefore: "14d" },
    ],
    topicDue: 7,
  };

  test("are read as they were written, and kept short", () => {
    const metadata = withRecord({}, record, limits);
    expect(ownIn(metadata)).toEqual(written);
    expect(readRecord(metadata, limits)).toStrictEqual(record);
  });

  test("are absent from a record that says nothing of them", () => {
    const plain: NotifyRecord = { subscribers: [{ endpoint: HOOK, failures: null }], told: null };
    expect(read({ subscribers: [{ endpoint: HOOK }] })).toStrictEqual(plain);
    expect(ownIn(withRecord(own(written), plain, limits))).toMatchObject({ subscribers: [{ endpoint: HOOK }] });
    expect(ownIn(withRecord({}, plain, limits))).toStrictEqual({ subscribers: [{ endpoint: HOOK }] });
  });

  test.each([
    [{ due: { version: 8 } }],
    [{ due: { version: 0 } }],
    [{ due: { version: 7, failures: -1 } }],
    [{ due: 7 }],
    [{ has: 8 }],
    [{ has: 0 }],
    [{ has: "7" }],
    [{ noticeBefore: 7 }],
    [{ noticeBefore: "59s" }],
    [{ noticeBefore: "361d" }],
    [{ noticeBefore: "soon" }],
  ])("count as absent where they are %j, and 7 is the highest version", (members) => {
    expect(readHook(members)).toStrictEqual([{ endpoint: HOOK, failures: null }]);
  });

  test.each([[8], [0], ["7"]])("of the topic: %j is none", (topicDue) => {
    expect(read({ topicDue })).toStrictEqual({ subscribers: [], told: null });
  });

  test("are believed of any version by whoever has not seen the versions", () => {
    const members = { subscribers: [{ endpoint: HOOK, due: { version: 800 }, has: 900 }], topicDue: 1_000 };
    expect(readRecord(own(members))).toStrictEqual({
      subscribers: [{ endpoint: HOOK, failures: null, due: { version: 800, failures: 0 }, has: 900 }],
      told: null,
      topicDue: 1_000,
    });
  });

  test("tell who has not said that it has a version", () => {
    expect(notAcknowledged(record, 6).map(({ endpoint }) => endpoint)).toEqual([MAIL]);
    expect(notAcknowledged(record, 7).map(({ endpoint }) => endpoint)).toEqual([HOOK, MAIL]);
  });
});

test.each(["A", "LOCKED_OUT, and more", "locked_out"])("a failure with the code %j was told by nobody", (code) => {
  expect(read({ told: { version: 7, seq: 1, failure: { code, day: "2026-06-01" } } }).told).toBeNull();
});

test("besides those that count, twenty others are kept and no more", () => {
  const others = Array.from({ length: 25 }, (_, at) => ({ to: at }));
  const metadata = own({ subscribers: [...others, { endpoint: HOOK }] });
  const kept = ownIn(withRecord(metadata, { subscribers: [], told: null }, limits)) as { subscribers: unknown[] };
  expect(kept.subscribers).toEqual(others.slice(0, 20));
});
