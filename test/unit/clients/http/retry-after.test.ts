import { expect, test } from "vitest";
import { retryAfterMs } from "../../../../src/clients/http/retry-after.ts";

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);

test.each([
  ["0", 0],
  ["1", 1_000],
  [" 90 ", 90_000],
  ["86400", 86_400_000],
  ["Sun, 22 Nov 2026 10:02:00 GMT", 120_000],
  // The two obsolete forms that a recipient must accept too: RFC 9110, section 5.6.7.
  ["Sunday, 22-Nov-26 10:02:00 GMT", 120_000],
])("%j is a pause of %i ms", (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});

test.each(["Sun, 22 Nov 2026 09:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"])("%s has passed: no pause", (header) => {
  expect(retryAfterMs(header, NOW)).toBe(0);
});

test.each(["86401", "9999999999", "Mon, 22 Nov 2027 10:00:00 GMT"])("%s is cut to a day", (header) => {
  expect(retryAfterMs(header, NOW)).toBe(86_400_000);
});

test.each([undefined, "", " ", "soon", "1 minute please", "NaN", "60, 60", "1.5", "-5", "soon 2099"])(
  "%j says nothing",
  (header) => {
    expect(retryAfterMs(header, NOW)).toBeNull();
  },
);
