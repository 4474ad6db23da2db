import { describe, expect, test } from "vitest";
import { createLog } from "../../../src/log.ts";
import type { Delivery } from "../../../src/notify/channels.ts";
import type { NotifyRecord, Told } from "../../../src/notify/record.ts";
import { withChangeTold } from "../../../src/notify/results.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const quiet = createLog(() => undefined, createInstantClock(), false);
const before: Told = { version: 1, seq: 1, owesTopic: false, failure: null };

/** Who is left of those whom nobody could tell in one call too many. */
function leftOf(endpoints: readonly string[], told: Told = before): readonly string[] | null {
  const record: NotifyRecord = { subscribers: endpoints.map((endpoint) => ({ endpoint, failures: null })), told };
  const results = { endpoints: new Map(endpoints.map((endpoint) => [endpoint, "failed" as Delivery])), topic: null };
  const change = { versionNo: 2, seq: 2, results, settings: { notifyMaxFailures: 1 }, log: quiet };
  return withChangeTold(record, change)?.subscribers.map(({ endpoint }) => endpoint) ?? null;
}

describe("of those that cannot be reached", () => {
  test("the last mail address stays", () => {
    expect(leftOf(["https://a.example.org/", "mailto:a@example.org", "mailto:b@example.org"])).toEqual([
      "mailto:b@example.org",
    ]);
  });

  test("an address written by hand is one too, however its scheme is written", () => {
    expect(leftOf(["MAILTO:a@example.org", "https://a.example.org/"])).toEqual(["MAILTO:a@example.org"]);
  });

  test("what is no address that mail can be sent to does not stand in for the last one", () => {
    expect(leftOf(["mailto:a@example.org", "mailto:b@example.org?subject=x"])).toEqual(["mailto:a@example.org"]);
  });
});

test("what somebody else has told meanwhile is not undone", () => {
  expect(leftOf(["https://a.example.org/"], { ...before, version: 3, seq: 2 })).toBeNull();
});
