import { expect, test } from "vitest";
import { durationOf, durationText } from "../../../src/base/durations.ts";

test.each(["0d", "45s", "15m", "12h", "30d", "999999s", "999999d"])("%s is written as it is read", (text) => {
  expect(durationText(durationOf(text) ?? Number.NaN)).toBe(text);
});

test.each([
  ["0d", 0],
  ["45s", 45_000],
  ["15m", 900_000],
  ["12h", 43_200_000],
  ["30d", 2_592_000_000],
  ["999999d", 86_399_913_600_000],
])("%s is %i ms", (text, ms) => {
  expect(durationOf(text)).toBe(ms);
});

test.each(["", "s", "5", "5w", "5S", "1234567s", "-5s", "5.5s", "5 s", " 5s", "5s ", "5sm", "x5s"])(
  "%j is no duration",
  (text) => {
    expect(durationOf(text)).toBeNull();
  },
);

test("a time between two seconds is written as the earlier one", () => {
  expect([durationText(1_999), durationText(61_500), durationText(999)]).toEqual(["1s", "61s", "0s"]);
});

test("a duration is written in the largest unit, so that what was read can be read again", () => {
  expect([durationText(604_800_000), durationText(5_400_000)]).toEqual(["7d", "90m"]);
});
