import { expect, test } from "vitest";
import { durationOf, durationText } from "../../../src/base/durations.ts";

test.each(["0d", "45s", "15m", "12h", "30d", "999999s", "999999d"])("%s is written as it is read", (text) => {
  expect(durationText(durationOf(text) ?? Number.NaN)).toBe(text);
});

test("a duration is written in the largest unit, so that what was read can be read again", () => {
  expect([durationText(604_800_000), durationText(5_400_000)]).toEqual(["7d", "90m"]);
});
