import { describe, expect, test } from "vitest";
import { catalogueTexts, isErrorCode, RotationError } from "../../../src/base/errors.ts";
import { createTally, metrics, resultOf, SUCCESSES } from "../../../src/base/tally.ts";
import { MAX_STREAMS } from "../../../src/clients/metrics/post-metrics.ts";

const codes = catalogueTexts.filter(isErrorCode);

describe("a tally", () => {
  test("adds what is counted, and keeps the least of slots and the longest of dead windows", () => {
    const tally = createTally();
    for (const value of [3, 2, 5]) {
      tally.note("NotificationsUndelivered", value);
      tally.note("VersionSlotsLeft", value);
      tally.note("DeadWindowMilliseconds", value);
    }
    expect(tally.points()).toEqual([
      { metric: "NotificationsUndelivered", dimensions: {}, value: 10 },
      { metric: "VersionSlotsLeft", dimensions: {}, value: 2 },
      { metric: "DeadWindowMilliseconds", dimensions: {}, value: 5 },
    ]);
  });

  test("keeps what differs in a dimension apart", () => {
    const tally = createTally();
    tally.note("Runs", 1, { task: "heal", outcome: "OK", result: "ok" });
    tally.note("Runs", 1, { task: "heal", outcome: "LOCKED_OUT", result: "failed" });
    tally.note("Runs", 1, { task: "heal", outcome: "OK", result: "ok" });
    expect(tally.points().map(({ value }) => value)).toEqual([2, 1]);
  });

  test("says that nothing is left, too", () => {
    const tally = createTally();
    tally.note("SecretsUnhealthy", 0);
    expect(tally.points()).toEqual([{ metric: "SecretsUnhealthy", dimensions: {}, value: 0 }]);
  });
});

describe("the result of a call", () => {
  test("is a failure for every code that somebody must look at", () => {
    const failed = codes.filter((code) => resultOf(code) === "failed");
    expect(failed).toEqual(expect.arrayContaining(["LOCKED_OUT", "ISSUER_UNAVAILABLE", "VAULT_FORBIDDEN", "INTERNAL"]));
    const refused = codes.filter((code) => resultOf(code) === "refused");
    expect([...failed, ...refused].sort()).toEqual(codes.toSorted());
    expect(refused.sort()).toEqual([
      "CLAIM_LIVE",
      "EVENT_INVALID",
      "GRACE_RUNNING",
      "PAUSED",
      "ROLLBACK_REFUSED",
      "SUBSCRIBER_INVALID",
    ]);
    expect(new RotationError("PAUSED", "").responseCode).not.toBe(200);
  });

  test.each(SUCCESSES)("is fine for %s", (code) => {
    expect(resultOf(code)).toBe("ok");
  });
});

test("a call in which every secret ends otherwise posts no more streams than one request may", () => {
  const endings = codes.length + SUCCESSES.length;
  // A call has one task.
  expect(endings + Object.keys(metrics).length - 1).toBeLessThanOrEqual(MAX_STREAMS);
});
