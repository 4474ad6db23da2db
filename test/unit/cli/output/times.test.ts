import { expect, test } from "vitest";
import { instantAndSpan, instantOrNull, instantText, spanText } from "../../../../src/cli/output/times.ts";

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0, 999);

test("instants are RFC 3339 in UTC, to the second", () => {
  expect(instantText(NOON)).toBe("2026-11-22T12:00:00Z");
  expect(instantOrNull(null)).toBeNull();
  expect(instantOrNull(0)).toBe("1970-01-01T00:00:00Z");
});

test.each([
  [0, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [7_200_000, "2 h"],
  [86_400_000, "1 d"],
  [-90_000_000, "1 d"],
])("%i ms are %s", (ms, text) => {
  expect(spanText(ms)).toBe(text);
});

test("an instant says how far off it is, and on which side", () => {
  expect(instantAndSpan(NOON, NOON + 5_000)).toBe("2026-11-22T12:00:00Z (5 s ago)");
  expect(instantAndSpan(NOON + 7_200_000, NOON)).toBe("2026-11-22T14:00:00Z (in 2 h)");
});
