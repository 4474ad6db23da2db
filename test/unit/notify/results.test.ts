import { describe, expect, test } from "vitest";
import { createLog } from "../../../src/base/log.ts";
import type { Subscriber, Told } from "../../../src/clients/vault/notify-record.ts";
import type { Delivery } from "../../../src/notify/channels.ts";
import { type Results, withChangeTold, withFailureTold } from "../../../src/notify/results.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const HOOK = "https://a.example.org/token";
const OTHER = "https://b.example.org/";
const MAIL = "mailto:a@example.org";
const TWO = "mailto:b@example.org";
const MAX_FAILURES = 3;
const before: Told = { version: 1, seq: 1, owesTopic: false, failure: null };
const failure = { code: "LOCKED_OUT", day: "2026-06-01" };

type Deliveries = Readonly<Record<string, Delivery>>;

/** What is kept once version 2 was told as the second change, and the log of it. */
function afterChange(
  subscribers: readonly Subscriber[],
  deliveries: Deliveries,
  { told = before, topic = null }: { readonly told?: Told | null; readonly topic?: Results["topic"] } = {},
) {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), createInstantClock(), false);
  const results = { endpoints: new Map(Object.entries(deliveries)), topic };
  const settings = { notifyMaxFailures: MAX_FAILURES };
  return { record: withChangeTold({ subscribers, told }, { versionNo: 2, seq: 2, results, settings, log }), lines };
}

/** Who is left of those that each failed once too often. */
function leftOf(endpoints: readonly string[], deliveries: Deliveries = {}): readonly string[] | undefined {
  const subscribers = endpoints.map((endpoint) => ({ endpoint, failures: MAX_FAILURES - 1 }));
  const failed = Object.fromEntries(endpoints.map((endpoint) => [endpoint, "failed" as const]));
  return afterChange(subscribers, { ...failed, ...deliveries }).record?.subscribers.map(({ endpoint }) => endpoint);
}

describe("of a subscriber is kept", () => {
  test.each<[string, number | null, Delivery | undefined, number | null]>([
    ["that it has heard", null, "delivered", null],
    ["that it has heard, and no failure before", 2, "delivered", null],
    ["its first failure", null, "failed", 1],
    ["one failure more", 1, "failed", 2],
    ["that it has not heard, by no fault of its own", null, "not-sent", 0],
    ["no failure more where nobody tried", 2, "not-sent", 2],
    ["what was, where it was registered meanwhile", null, undefined, null],
    ["what was, where another call had to tell it", 2, undefined, 2],
  ])("%s", (_what, failures, delivery, kept) => {
    const told = delivery === undefined ? {} : { [HOOK]: delivery };
    expect(afterChange([{ endpoint: HOOK, failures }], told).record?.subscribers).toEqual([
      { endpoint: HOOK, failures: kept },
    ]);
  });
});

describe("of those that cannot be reached", () => {
  test("one is removed by the failure that is too many, and the log names its host alone", () => {
    const subscribers = [
      { endpoint: HOOK, failures: MAX_FAILURES - 1 },
      { endpoint: OTHER, failures: MAX_FAILURES - 2 },
    ];
    const { record, lines } = afterChange(subscribers, { [HOOK]: "failed", [OTHER]: "failed" });
    expect(record?.subscribers).toEqual([{ endpoint: OTHER, failures: MAX_FAILURES - 1 }]);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: "warn",
        event: "subscriber-removed",
        host: "a.example.org",
        failures: MAX_FAILURES,
      }),
    ]);
    expect(lines.join("")).not.toContain("token");
  });

  test.each<[Delivery | undefined]>([["not-sent"], [undefined]])(
    "none is removed by a call in which it did not fail (%s), however often it did before",
    (delivery) => {
      const subscriber = { endpoint: HOOK, failures: 2 * MAX_FAILURES };
      expect(afterChange([subscriber], delivery === undefined ? {} : { [HOOK]: delivery }).record).toMatchObject({
        subscribers: [subscriber],
      });
    },
  );

  test("the last mail address stays", () => {
    expect(leftOf([HOOK, MAIL, TWO])).toEqual([TWO]);
  });

  test("every mail address goes that another outlives", () => {
    expect(leftOf([MAIL, TWO], { [TWO]: "not-sent" })).toEqual([TWO]);
    expect(leftOf([MAIL, TWO], { [MAIL]: "delivered" })).toEqual([MAIL]);
  });

  test("an address written by hand is one too, however its scheme is written", () => {
    expect(leftOf(["MAILTO:a@example.org", HOOK])).toEqual(["MAILTO:a@example.org"]);
  });

  test("what is no address that mail can be sent to does not stand in for the last one", () => {
    expect(leftOf([MAIL, "mailto:b@example.org?subject=x"])).toEqual([MAIL]);
  });
});

describe("of a change is kept", () => {
  test("its version and number; the failure told before it is over", () => {
    expect(afterChange([], {}, { told: { ...before, failure } }).record?.told).toEqual({
      version: 2,
      seq: 2,
      owesTopic: false,
      failure: null,
    });
    expect(afterChange([], {}, { told: null }).record?.told).toMatchObject({ version: 2, seq: 2 });
  });

  test("the failure told since, where the change is only told again", () => {
    expect(afterChange([], {}, { told: { version: 2, seq: 2, owesTopic: false, failure } }).record?.told).toEqual({
      version: 2,
      seq: 2,
      owesTopic: false,
      failure,
    });
  });

  test.each<[Results["topic"], boolean, boolean, boolean]>([
    ["delivered", true, false, false],
    ["failed", false, false, true],
    ["not-sent", false, false, true],
    // Told in another call, or to nobody.
    [null, true, true, true],
    [null, true, false, false],
    [null, false, true, false],
  ])("whether the topic still has to hear: %s, told again %s, owed before %s", (topic, isSame, owed, owes) => {
    const told = { ...(isSame ? { ...before, version: 2, seq: 2 } : before), owesTopic: owed };
    expect(afterChange([], {}, { told, topic }).record?.told?.owesTopic).toBe(owes);
  });

  test.each([
    ["a later change", 3, 3],
    ["another version under the same number", 3, 2],
    ["the same version as a later change", 2, 3],
  ])("nothing where somebody else has told %s meanwhile", (_what, version, seq) => {
    expect(afterChange([], {}, { told: { ...before, version, seq } }).record).toBeNull();
  });

  test("a change that went back to the version told before", () => {
    expect(afterChange([], {}, { told: { ...before, version: 2 } }).record?.told).toMatchObject({ version: 2, seq: 2 });
  });
});

describe("of a failure is kept", () => {
  const subscribers = [{ endpoint: HOOK, failures: 1 }];
  const told: Told = { version: 2, seq: 4, owesTopic: true, failure: null };

  test("its code and day, and nothing else changes", () => {
    expect(withFailureTold({ subscribers, told }, 4, failure)).toEqual({ subscribers, told: { ...told, failure } });
  });

  test("that what is CURRENT has still to be told, where nothing ever was", () => {
    expect(withFailureTold({ subscribers, told: null }, 0, failure)).toEqual({
      subscribers,
      told: { version: 0, seq: 0, owesTopic: false, failure },
    });
  });

  test.each([
    [3, told],
    [5, told],
    [1, null],
  ])("nothing where a change has been told meanwhile", (seq, known) => {
    expect(withFailureTold({ subscribers, told: known }, seq, failure)).toBeNull();
  });
});
