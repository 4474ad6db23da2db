import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { readRotationState } from "../../../../src/clients/vault/rotation-responses.ts";
import { datesOf, ruleOn } from "../../../../src/rotation/due/due-dates.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
/** A millisecond, in days. */
const MOMENT = 1 / DAY_MS;
/** Days from now. */
const iso = (days: number) => new Date(NOW + days * DAY_MS).toISOString();

interface Shown {
  /** When CURRENT, version 7, was made; days from now. */
  readonly made: number;
  readonly within?: number;
  readonly next?: number;
  readonly interval?: number;
  /** The tag. */
  readonly tag?: string;
  readonly rule?: number;
  readonly absolute?: number;
}

/** What the secret's dates ask for, as GetSecret shows them. */
function ruling({ made, within = 7, next, interval = 30, tag, rule, absolute }: Shown) {
  const expiry = { ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P30D" };
  const answer = {
    secretName: "app",
    compartmentId: "ocid1.compartment.oc1..a",
    lifecycleState: "ACTIVE",
    freeformTags: tag === undefined ? {} : { "orot-expires-on": tag },
    ...(next !== undefined && {
      nextRotationTime: iso(next),
      rotationConfig: { rotationInterval: `P${interval}D`, isScheduledRotationEnabled: true },
    }),
    ...(rule !== undefined && { timeOfCurrentVersionExpiry: iso(rule) }),
    secretRules: absolute === undefined ? [expiry] : [{ ...expiry, timeOfAbsoluteExpiry: iso(absolute) }],
  };
  const dates = datesOf(readRotationState(answer, "etag"), NOW);
  const current = {
    versionNo: 7,
    createdAt: NOW + made * DAY_MS,
    name: null,
    versionStages: [],
    isBeingDeleted: false,
  };
  return ruleOn(dates, current, NOW, within * DAY_MS);
}
const kindOf = (shown: Shown) => ruling(shown).kind;

describe("a date asks for a rotation", () => {
  test.each<[string, Shown]>([
    ["of Vault's schedule that is past", { made: -31, next: -1, within: 0 }],
    ["of Vault's schedule that is now", { made: -30, next: 0, within: 0 }],
    ["of Vault's schedule within the time asked for", { made: -24, next: 6 }],
    ["of Vault's schedule at which CURRENT was made", { made: -1, next: -1, within: 0 }],
    ["of the issuer's when half of the value's life is over", { made: -15, tag: `${iso(15)} v7`, within: 60 }],
    [
      "of Vault's schedule that stands still while the last rotation is an interval ago",
      { made: -30, next: -50, within: 0 },
    ],
    ["of the issuer's that is past", { made: -31, tag: `${iso(-1)} v7` }],
    ["of the issuer's within the time asked for", { made: -24, tag: `${iso(6)} v7` }],
    ["of the issuer's without a number", { made: -24, tag: iso(6) }],
    ["of an expiry rule within the time asked for", { made: -24, rule: 6 }],
    ["of an expiry rule that stands still", { made: -24, rule: 6, absolute: 6 }],
    [
      "of an expiry rule, beside one of the issuer's that is another version's",
      { made: -24, rule: 6, tag: `${iso(1)} v6` },
    ],
    ["of the issuer's, beside a schedule that is far ahead", { made: -24, next: 60, tag: `${iso(6)} v7` }],
  ])("%s", (_what, shown) => {
    expect(kindOf(shown)).toBe("due");
  });
});

describe("a date asks for no rotation", () => {
  test.each<[string, string, Shown]>([
    ["of the issuer's that is an older version's", "other", { made: -24, tag: `${iso(6)} v6` }],
    ["of the issuer's that is a newer version's", "other", { made: -24, tag: `${iso(6)} v8` }],
    ["of the issuer's that nobody knows since the promote", "none", { made: -24, tag: "unknown v7" }],
    ["further ahead than asked for", "none", { made: -1, next: 29, tag: `${iso(29)} v7`, rule: 29 }],
    ["of Vault's schedule after which CURRENT was made", "rotated", { made: -1, next: -2, within: 0 }],
    ["of Vault's schedule, CURRENT made within the time asked for", "rotated", { made: -1, next: 5 }],
    ["of Vault's schedule, CURRENT made a moment after it", "rotated", { made: -1 + MOMENT, next: -1, within: 0 }],
    [
      "of the issuer's a moment before half of the value's life is over",
      "young",
      { made: -15 + 2 * MOMENT, tag: `${iso(15)} v7`, within: 60 },
    ],
    [
      "of Vault's schedule that stands still, the last rotation not quite an interval ago",
      "rotated",
      { made: -30 + MOMENT, next: -50, within: 0 },
    ],
    ["of the issuer's from before CURRENT was made", "rotated", { made: -1, tag: "1970-01-01T00:00:00Z v7" }],
    ["of the issuer's from before CURRENT was made, without a number", "rotated", { made: -1, tag: iso(-2) }],
    [
      "that a rule sets once for all, CURRENT made within the time asked for",
      "rotated",
      { made: -1, rule: 5, absolute: 5 },
    ],
    [
      "of the issuer's without a number, CURRENT made within the time asked for",
      "rotated",
      { made: -4, tag: iso(2.5) },
    ],
    ["that a rule sets once for all and is past", "rotated", { made: -1, rule: -0.5, absolute: -0.5 }],
    ["of Vault's schedule in the first half of its interval", "young", { made: -14, next: 16, within: 60 }],
    ["of the issuer's in the first half of the value's life", "young", { made: -14, tag: `${iso(16)} v7`, within: 60 }],
    ["of a rule in the first half of the version's life", "young", { made: -14, rule: 16, absolute: 90, within: 60 }],
  ])("%s", (_what, kind, shown) => {
    expect(kindOf(shown)).toBe(kind);
  });

  test("and the ruling names the version that it was noted for", () => {
    expect(ruling({ made: -24, tag: `${iso(6)} v6` })).toEqual({ kind: "other", versionNo: 6 });
  });

  test("where there is none", () => {
    expect(kindOf({ made: -400 })).toBe("none");
  });
});
