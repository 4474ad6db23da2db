import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { wantedOptions } from "../../../../src/cli/commands/keycloak/parameters.ts";
import { endOfCurrent, endsFirst, fittingDays, mendOf } from "../../../../src/cli/inventory/ends-first.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const at = (days: number) => NOW + days * DAY_MS;

describe("a value ends before its next rotation", () => {
  test.each([
    [30, 29, true],
    [30, 30, true],
    [30, 30 + 1 / 25, true],
    [30, 30 + 1 / 23, false],
    [null, 29, false],
    [30, null, false],
  ])("rotated in %s days and over in %s: %s", (next, end, expected) => {
    const dates = { nextRotationAt: next === null ? null : at(next), expiresAt: end === null ? null : at(end) };
    expect(endsFirst(dates)).toBe(expected);
  });
});

describe("the interval that fits", () => {
  test.each([
    [45, 30],
    [29, 19],
    [90, 60],
    [1.5, 1],
    [1.4, null],
    [2_000, 360],
  ])("values that live %s days is %s days", (life, days) => {
    expect(fittingDays(life * DAY_MS)).toBe(days);
  });

  test("the policy that is written by default is that of the docs' schedule", () => {
    const [, days] = /^(\d+)d$/.exec(wantedOptions.expiration.default) ?? [];
    expect(fittingDays(Number(days) * DAY_MS)).toBe(30);
  });
});

describe("what mends it", () => {
  test("is an interval that fits what is left, or a rotation if that is less than half of the value's life", () => {
    const set = (days: number) => ["schedule", "set", "id", "--every", `${days}d`];
    expect(mendOf("id", at(29), at(0), NOW)).toEqual(set(19));
    expect(mendOf("id", at(15), at(-15), NOW)).toEqual(set(10));
    expect(mendOf("id", at(15), null, NOW)).toEqual(set(10));
    expect(mendOf("id", at(14), at(-15), NOW)).toEqual(["rotate", "id"]);
    expect(mendOf("id", at(1), null, NOW)).toEqual(["rotate", "id"]);
    expect(mendOf("id", at(-1), at(-2), NOW)).toEqual(["rotate", "id"]);
  });
});

describe("the end of CURRENT", () => {
  const noted = (text: string) => ({ "orot-expires-on": text });
  const date = "2026-12-20T10:00:00Z";

  test.each([
    ["the issuer's date", noted(`${date} v7`), null, 28],
    ["the issuer's date of another version: none", noted(`${date} v6`), null, null],
    ["the issuer's date without a number", noted(date), null, 28],
    ["that it never ends", noted("never v7"), null, null],
    ["that it never ends, beside a rule of Vault's", noted("never v7"), 40, 40],
    ["a rule of Vault's that comes first", noted(`${date} v7`), 20, 20],
    ["tags that could not be read", null, 20, 20],
  ])("is told by %s", (_what, tags, rule, days) => {
    const found = endOfCurrent(tags, 7, rule === null ? null : at(rule), NOW);
    expect(found).toBe(days === null ? null : at(days));
  });
});
