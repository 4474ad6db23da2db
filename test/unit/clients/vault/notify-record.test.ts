import { describe, expect, test } from "vitest";
import {
  type NotifyRecord,
  type RecordLimits,
  readRecord,
  withRecord,
} from "../../../../src/clients/vault/notify-record.ts";

const HOOK = "https://hooks.example.org/";
const MAIL = "mailto:ops@example.org";
const ownIn = (metadata: Readonly<Record<string, unknown>>): unknown => JSON.parse(String(metadata["orot"]));
const own = (members: unknown) => ({ orot: JSON.stringify(members) });
const limits = { subscriberLimit: 3, highestNo: 7 };
const read = (metadata: Readonly<Record<string, unknown>>, more: Partial<RecordLimits> = {}) =>
  readRecord(metadata, { ...limits, ...more });
const write = (metadata: Readonly<Record<string, unknown>>, record: NotifyRecord, more: Partial<RecordLimits> = {}) =>
  withRecord(metadata, record, { ...limits, ...more });
const endpointsIn = (metadata: Readonly<Record<string, unknown>>, more: Partial<RecordLimits> = {}) =>
  read(metadata, more).subscribers.map(({ endpoint }) => endpoint);
const hook = (at: number) => ({ endpoint: `${HOOK}${at}` });

describe("what is kept of notifications", () => {
  test("is read as it was written, beside what else is there", () => {
    const record = {
      subscribers: [
        { endpoint: HOOK, failures: 3 },
        { endpoint: MAIL, failures: null },
      ],
      told: { version: 7, seq: 2, owesTopic: true, failure: { code: "LOCKED_OUT", day: "2026-06-01" } },
    };
    const metadata = write({ team: "payments", ...own({ noGrace: 3 }) }, record);
    expect(read(metadata)).toEqual(record);
    expect(metadata).toMatchObject({ team: "payments" });
    expect(ownIn(metadata)).toMatchObject({ noGrace: 3 });
  });

  test("is short where all is well", () => {
    const told = { version: 7, seq: 2, owesTopic: false, failure: null };
    expect(ownIn(write({}, { subscribers: [{ endpoint: HOOK, failures: null }], told }))).toEqual({
      subscribers: [{ endpoint: HOOK }],
      told: { version: 7, seq: 2 },
    });
  });

  test("keeps what another edition has added to a subscriber", () => {
    const metadata = own({ subscribers: [{ endpoint: HOOK, failures: 1, since: "2026" }] });
    const written = write(metadata, { subscribers: [{ endpoint: HOOK, failures: null }], told: null });
    expect(ownIn(written)).toEqual({ subscribers: [{ endpoint: HOOK, since: "2026" }] });
  });

  test.each([
    [{}],
    [own({})],
    [own({ subscribers: "all", told: 7 })],
    [own({ subscribers: [HOOK, { to: HOOK }, { endpoint: HOOK, failures: -1 }], told: { version: "7", seq: 1 } })],
    [{ orot: "no JSON" }],
  ])("is nothing in %j", (metadata) => {
    expect(read(metadata)).toEqual({ subscribers: [], told: null });
  });
});

describe("of what anybody may have written there", () => {
  const told = (members: object) => read(own({ told: { version: 7, seq: 2, ...members } })).told;

  test.each([
    ["a version above the highest", { version: 8 }],
    ["a version below none", { version: -1 }],
    ["half a version", { version: 6.5 }],
    ["a count of changes that no secret reaches", { seq: 2 ** 31 }],
    ["a negative count", { seq: -1 }],
    ["a failure whose code is a sentence", { failure: { code: "Call me", day: "2026-06-01" } }],
    ["a failure on no day", { failure: { code: "LOCKED_OUT", day: "tomorrow" } }],
  ])("%s is as if nothing was told", (_what, members) => {
    expect(told(members)).toBeNull();
  });

  test("the highest version and count that can be are believed", () => {
    expect(told({ seq: 2 ** 31 - 1 })).toEqual({ version: 7, seq: 2 ** 31 - 1, owesTopic: false, failure: null });
  });

  test("a version above the highest is believed by whoever has not seen the versions", () => {
    expect(read(own({ told: { version: 8, seq: 2 } }), { highestNo: null }).told).toMatchObject({ version: 8 });
  });

  test("the first subscribers up to the limit count, each once", () => {
    const list = [hook(1), hook(1), hook(2), hook(3), hook(4)];
    expect(endpointsIn(own({ subscribers: list }))).toEqual([1, 2, 3].map((at) => hook(at).endpoint));
    expect(endpointsIn(own({ subscribers: list }), { subscriberLimit: 0 })).toEqual([]);
  });

  test("entries that cannot be read take no place of the others", () => {
    const long = { endpoint: `${HOOK}${"a".repeat(500)}` };
    const list = ["", null, { endpoint: 7 }, hook(1), [hook(9)], { ...hook(8), failures: 1.5 }, long, hook(2)];
    expect(endpointsIn(own({ subscribers: list }))).toEqual([hook(1).endpoint, hook(2).endpoint]);
  });

  test("entries that do not count stay where another edition may read them, twenty with the others", () => {
    const strange = Array.from({ length: 50 }, (_, at) => ({ to: at }));
    const metadata = own({ subscribers: [hook(1), ...strange, hook(2), hook(3), hook(4)] });
    const record = read(metadata);
    const written = write(metadata, { ...record, subscribers: record.subscribers.slice(1) });
    expect(ownIn(written)).toEqual({ subscribers: [hook(2), hook(3), ...strange.slice(0, 18)] });
  });

  test("whoever was beyond the limit counts when there is room again", () => {
    const metadata = own({ subscribers: [1, 2, 3, 4, 5].map(hook) });
    const record = read(metadata);
    const written = write(metadata, { ...record, subscribers: record.subscribers.slice(1) });
    expect(endpointsIn(written)).toEqual([2, 3, 4].map((at) => hook(at).endpoint));
  });

  test("what others add to an entry stays only where it is short", () => {
    const long = { ...hook(1), note: "a".repeat(1_000) };
    const metadata = own({ subscribers: [long, { ...hook(2), note: "short" }, { to: "a".repeat(1_000) }] });
    expect(ownIn(write(metadata, read(metadata)))).toEqual({ subscribers: [hook(1), { ...hook(2), note: "short" }] });
  });

  test("ten thousand subscribers become twenty at the first write, the first of them counting", () => {
    const metadata = own({ subscribers: Array.from({ length: 10_000 }, (_, at) => hook(at)) });
    const limit = { subscriberLimit: 20 };
    expect(endpointsIn(metadata, limit)).toHaveLength(20);
    const { subscribers } = Object(ownIn(write(metadata, read(metadata, limit), limit)));
    expect(subscribers).toEqual(Array.from({ length: 20 }, (_, at) => hook(at)));
  });
});

describe("the bounds of what is kept", () => {
  /** An entry that is so many characters of JSON. */
  const entryOf = (characters: number, entry: object) => {
    const filled = (note: string) => ({ ...entry, note });
    return filled("a".repeat(characters - JSON.stringify(filled("")).length));
  };
  const toldWith = (failure: unknown, more: object = {}) =>
    read(own({ told: { version: 7, seq: 2, failure, ...more } })).told;

  test("an endpoint has 500 characters at most", () => {
    const of = (characters: number) => HOOK.padEnd(characters, "a");
    const metadata = own({ subscribers: [{ endpoint: of(501) }, { endpoint: of(500) }] });
    expect(endpointsIn(metadata)).toEqual([of(500)]);
  });

  test.each([
    [1_000, true],
    [1_001, false],
  ])("of an entry of %i characters what another edition keeps there stays: %s", (characters, stays) => {
    const counts = entryOf(characters, hook(1));
    const strange = entryOf(characters, { to: 1 });
    const metadata = own({ subscribers: [counts, strange] });
    expect(ownIn(write(metadata, read(metadata)))).toEqual({
      subscribers: stays ? [counts, strange] : [hook(1)],
    });
  });

  test.each(["AB", "A".repeat(40), "LOCKED_OUT"])("a failure may have the code %s", (code) => {
    expect(toldWith({ code, day: "2026-06-01" })).toMatchObject({ failure: { code, day: "2026-06-01" } });
  });

  test.each([
    { code: "A", day: "2026-06-01" },
    { code: "A".repeat(41), day: "2026-06-01" },
    { code: "xLOCKED_OUT", day: "2026-06-01" },
    { code: "LOCKED_OUTx", day: "2026-06-01" },
    { code: "LOCKED_OUT", day: "x2026-06-01" },
    { code: "LOCKED_OUT", day: "2026-06-01x" },
    { code: "LOCKED_OUT", day: "2026-6-1" },
    { code: "LOCKED_OUT" },
    "LOCKED_OUT",
  ])("and nothing is believed with the failure %j", (failure) => {
    expect(toldWith(failure)).toBeNull();
  });

  test.each([{ owesTopic: "yes" }, { seq: 1.5 }, { seq: undefined }, { version: undefined }])("nor with %j", (more) => {
    expect(toldWith(undefined, more)).toBeNull();
  });

  test("nothing told is a beginning: version 0, number 0", () => {
    const told = { version: 0, seq: 0, owesTopic: false, failure: null };
    expect(read(own({ told: { version: 0, seq: 0 } })).told).toEqual(told);
    expect(read(own({ told: { version: 0, seq: 0, owesTopic: false } })).told).toEqual(told);
  });

  test("nobody has failed, or each so often as is written", () => {
    const list = [{ ...hook(1), failures: 0 }, hook(2), { ...hook(3), failures: 7 }];
    expect(read(own({ subscribers: list })).subscribers.map(({ failures }) => failures)).toEqual([0, null, 7]);
  });

  test("what was told stays where a change of the list has nothing to say of it", () => {
    const metadata = own({ subscribers: [hook(1)], told: { version: 9, seq: 4 } });
    expect(ownIn(write(metadata, { subscribers: [], told: null }))).toEqual({
      subscribers: [],
      told: { version: 9, seq: 4 },
    });
  });

  test("who knows neither settings nor versions reads twenty, and what was told of any version", () => {
    const subscribers = Array.from({ length: 25 }, (_, at) => hook(at));
    const known = readRecord(own({ subscribers, told: { version: 1_000, seq: 1 } }));
    expect(known.subscribers).toHaveLength(20);
    expect(known.told).toMatchObject({ version: 1_000 });
  });

  test("twenty that count leave no room for others", () => {
    const subscribers = Array.from({ length: 20 }, (_, at) => hook(at));
    const limit = { subscriberLimit: 20 };
    const metadata = own({ subscribers: [{ to: 1 }, ...subscribers] });
    expect(ownIn(write(metadata, read(metadata, limit), limit))).toEqual({ subscribers });
  });
});
