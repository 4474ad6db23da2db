import { expect, test } from "vitest";
import { dayText, instantAndSpan, instantOrNull, instantText, spanText } from "../../../../src/cli/output/times.ts";

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0, 999);

test("instants are RFC 3339 in UTC, to the second", () => {
  expect(instantText(NOON)).toBe("2026-11-22T12:00:00Z");
  expect(instantOrNull(null)).toBeNull();
  expect(instantOrNull(0)).toBe("1970-01-01T00:00:00Z");
});

const HOUR = 3_600_000;
const MIDNIGHT = Date.UTC(2026, 10, 23);

test.each([
  [0, "0 s"],
  [1_499, "1 s"],
  [59_400, "59 s"],
  [59_500, "1 min"],
  [89_000, "1 min"],
  [90_000, "2 min"],
  [3_569_000, "59 min"],
  [3_599_999, "1 h"],
  [7_200_000, "2 h"],
  [-7_200_000, "2 h"],
  [23.4 * HOUR, "23 h"],
  [24 * HOUR, "1 d"],
])("%i ms after noon are %s", (ms, text) => {
  expect(spanText(NOON, NOON + ms)).toBe(text);
});

test.each([
  ["thirty days less twelve seconds are thirty days", NOON, NOON + 30 * 24 * HOUR - 12_000, "30 d"],
  ["two nights are two days", MIDNIGHT - HOUR, MIDNIGHT + 25 * HOUR, "2 d"],
  ["one night is a day", MIDNIGHT - 23 * HOUR, MIDNIGHT + 23 * HOUR, "1 d"],
  ["the past counts alike", MIDNIGHT + 25 * HOUR, MIDNIGHT - HOUR, "2 d"],
])("days are those of the calendar: %s", (_what, from, to, text) => {
  expect(spanText(from, to)).toBe(text);
});

test.each([
  ["a second later, on the same date", MIDNIGHT, MIDNIGHT + 1_000, "today"],
  ["an hour ago, on the same date", MIDNIGHT + HOUR, MIDNIGHT, "today"],
  ["nearly a day later, on the same date", MIDNIGHT, MIDNIGHT + 24 * HOUR - 1, "today"],
  ["a minute later, on the next date", MIDNIGHT - 30_000, MIDNIGHT + 30_000, "in 1 d"],
  ["a minute ago, on the date before", MIDNIGHT + 30_000, MIDNIGHT - 30_000, "1 d ago"],
  ["thirty dates on", MIDNIGHT + 12_000, MIDNIGHT + 30 * 24 * HOUR, "in 30 d"],
])("a date is told from today: %s", (_what, from, to, text) => {
  expect(dayText(from, to)).toBe(text);
});

test("an instant says how far off it is, and on which side", () => {
  expect(instantAndSpan(NOON, NOON + 5_000)).toBe("2026-11-22T12:00:00Z (5 s ago)");
  expect(instantAndSpan(NOON + 7_200_000, NOON)).toBe("2026-11-22T14:00:00Z (in 2 h)");
});
