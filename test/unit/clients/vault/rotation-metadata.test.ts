import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import {
  currentSince,
  isSecondPendingTaken,
  isSurvivalUnknown,
  leaseIn,
  noGraceUpTo,
  ownMember,
  tokensSurvive,
  withCurrentSince,
  withHandOver,
  withLease,
  withNoGraceUpTo,
  withOwn,
  withSecondPendingTaken,
  withSurvival,
} from "../../../../src/clients/vault/rotation-metadata.ts";

const NOW = Date.UTC(2026, 5, 1);

/** What stands under the rotator's own key. */
const ownIn = (metadata: Readonly<Record<string, unknown>>): unknown => JSON.parse(String(metadata["orot"]));

describe("whether tokens survive a rotation", () => {
  test("is unknown where nobody has asked", () => {
    expect(tokensSurvive({}, NOW)).toBe(false);
    expect(isSurvivalUnknown({}, NOW)).toBe(true);
  });

  test.each([true, false])("is read as it was written: %s", (yes) => {
    const metadata = withSurvival({}, yes, NOW);
    expect(tokensSurvive(metadata, NOW)).toBe(yes);
    expect(isSurvivalUnknown(metadata, NOW)).toBe(false);
  });

  test("is asked again after thirty days, and what was known holds until then", () => {
    const metadata = withSurvival({}, true, NOW);
    expect(isSurvivalUnknown(metadata, NOW + 30 * DAY_MS)).toBe(false);
    expect(tokensSurvive(metadata, NOW + 30 * DAY_MS)).toBe(true);
    expect(isSurvivalUnknown(metadata, NOW + 30 * DAY_MS + 1)).toBe(true);
    expect(tokensSurvive(metadata, NOW + 30 * DAY_MS + 1)).toBe(false);
  });

  test("is said anew by a later answer", () => {
    const metadata = withSurvival(withSurvival({}, true, NOW), false, NOW + DAY_MS);
    expect(tokensSurvive(metadata, NOW)).toBe(false);
    expect(ownIn(metadata)).toEqual({ tokenSurvives: { yes: false, askedAt: "2026-06-02T00:00:00.000Z" } });
  });
});

describe("what Vault does with a second PENDING version", () => {
  test("is noted beside everything else, and read as it was written", () => {
    const before = { team: "payments", orot: JSON.stringify({ noGrace: 3 }) };
    expect(isSecondPendingTaken(before)).toBe(false);
    const metadata = withSecondPendingTaken(before);
    expect(isSecondPendingTaken(metadata)).toBe(true);
    expect([metadata["team"], ownIn(metadata)]).toEqual(["payments", { noGrace: 3, secondPending: "taken" }]);
  });

  test.each([null, true, "refused", "Taken", "taken ", ["taken"], { taken: true }])(
    "is as unknown where the note is %j",
    (forged) => {
      expect(isSecondPendingTaken(withOwn({}, { secondPending: forged }))).toBe(false);
    },
  );
});

describe("the secret's metadata", () => {
  test("keeps the keys of others, whatever they hold", () => {
    const foreign = { team: "payments", nested: { a: [1, null] }, empty: "", "orot-other": "theirs", count: 7 };
    const written = withSurvival(foreign, true, NOW);
    expect(written).toEqual({ ...foreign, orot: expect.any(String) });
    expect(withSurvival(written, false, NOW)).toEqual({ ...foreign, orot: expect.any(String) });
  });

  test("keeps members of our own key that this edition does not know", () => {
    const before = {
      orot: JSON.stringify({ told: { version: 3, seq: 9 }, tokenSurvives: { yes: true, askedAt: "x" } }),
    };
    expect(ownIn(withSurvival(before, false, NOW))).toEqual({
      told: { version: 3, seq: 9 },
      tokenSurvives: { yes: false, askedAt: new Date(NOW).toISOString() },
    });
  });

  test("gives each module its own member of our key, whatever it holds", () => {
    const metadata = withOwn(withOwn({}, { told: { seq: 9 } }), { subscribers: [] });
    expect(ownMember(metadata, "told")).toEqual({ seq: 9 });
    expect(ownMember(metadata, "subscribers")).toEqual([]);
    expect(ownMember(metadata, "lease")).toBeUndefined();
  });

  test("is left as it was: a new one is made", () => {
    const before = Object.freeze({ team: "payments" });
    withSurvival(before, true, NOW);
    expect(before).toEqual({ team: "payments" });
  });

  test.each([
    ["not JSON", "yes"],
    ["a list", "[]"],
    ["null", "null"],
    ["a number where a text should be", 7],
    ["a text in a list", ['{"tokenSurvives":{"yes":true,"askedAt":"2026-06-01T00:00:00.000Z"}}']],
    ["of another shape", '{"tokenSurvives":"yes"}'],
    ["without the time", '{"tokenSurvives":{"yes":true}}'],
  ])("whose own key is %s says nothing, and is written anew", (_what, orot) => {
    expect(tokensSurvive({ orot }, NOW)).toBe(false);
    expect(isSurvivalUnknown({ orot }, NOW)).toBe(true);
    expect(tokensSurvive(withSurvival({ orot, team: "payments" }, true, NOW), NOW)).toBe(true);
    expect(withSurvival({ orot, team: "payments" }, true, NOW)).toMatchObject({ team: "payments" });
  });

  test("with a time of asking that is none is asked again", () => {
    expect(isSurvivalUnknown({ orot: '{"tokenSurvives":{"yes":true,"askedAt":"soon"}}' }, NOW)).toBe(true);
  });
});

/** The version that is CURRENT, made a minute ago. */
const SEVEN = { versionNo: 7, createdAt: NOW - 60_000 };

describe("since when a version is CURRENT", () => {
  test("is read as it was written, for that version alone", () => {
    const metadata = withCurrentSince({ team: "payments" }, 7, NOW);
    expect(metadata).toEqual({
      team: "payments",
      orot: JSON.stringify({ currentSince: { version: 7, at: "2026-06-01T00:00:00.000Z" } }),
    });
    expect(currentSince(metadata, SEVEN, NOW)).toBe(NOW);
    expect(currentSince(metadata, { ...SEVEN, versionNo: 8 }, NOW)).toBeNull();
  });

  test.each([
    [{}],
    [{ orot: '{"currentSince":{"version":7,"at":"soon"}}' }],
    [{ orot: '{"currentSince":{"version":"7","at":"2026-06-01T00:00:00.000Z"}}' }],
    [{ orot: '{"currentSince":{"version":7.5,"at":"2026-06-01T00:00:00.000Z"}}' }],
    [{ orot: '{"currentSince":{"version":7}}' }],
    [{ orot: '{"currentSince":"2026-06-01T00:00:00.000Z"}' }],
  ])("is not known in %o", (metadata) => {
    expect(currentSince(metadata, SEVEN, NOW)).toBeNull();
  });
});

describe("the lease in the metadata", () => {
  test("is read as it was written, beside what else is ours", () => {
    const before = withCurrentSince(withSurvival({ team: "payments" }, true, NOW), 7, NOW);
    const metadata = withLease(before, "me", NOW + 90_000);
    expect(leaseIn(metadata, NOW)).toEqual({ callId: "me", until: NOW + 90_000 });
    expect(tokensSurvive(metadata, NOW)).toBe(true);
    expect(currentSince(metadata, SEVEN, NOW)).toBe(NOW);
    expect(metadata).toMatchObject({ team: "payments" });
    expect(ownIn(metadata)).toMatchObject({ lease: { callId: "me", until: "2026-06-01T00:01:30.000Z" } });
  });

  test.each([
    [{}],
    [{ orot: '{"lease":{"callId":"me","until":"soon"}}' }],
    [{ orot: '{"lease":{"callId":7,"until":"2026-06-01T00:00:00.000Z"}}' }],
    [{ orot: '{"lease":{"until":"2026-06-01T00:00:00.000Z"}}' }],
    [{ orot: '{"lease":{"callId":"me"}}' }],
  ])("is nobody's in %o", (metadata) => {
    expect(leaseIn(metadata, NOW)).toBeNull();
  });
});

describe("up to which version no value has a grace", () => {
  test("is read as it was written, beside what else is ours", () => {
    const metadata = withNoGraceUpTo(withCurrentSince({ team: "payments" }, 7, NOW), 7);
    expect(noGraceUpTo(metadata, 7)).toBe(7);
    expect(currentSince(metadata, SEVEN, NOW)).toBe(NOW);
    expect(metadata).toMatchObject({ team: "payments" });
  });

  test.each([[{}], [{ orot: '{"noGrace":"7"}' }], [{ orot: '{"noGrace":7.5}' }], [{ orot: '{"noGrace":null}' }]])(
    "is none in %o",
    (metadata) => {
      expect(noGraceUpTo(metadata, 7)).toBe(0);
    },
  );
});

test("for whom a version was encrypted is noted beside what else is ours", () => {
  const metadata = withHandOver({ orot: '{"noGrace":3}' }, { versionNo: 7, to: "thumbprint", at: NOW });
  expect(ownIn(metadata)).toEqual({
    noGrace: 3,
    handedOver: { version: 7, to: "thumbprint", at: "2026-06-01T00:00:00.000Z" },
  });
});
