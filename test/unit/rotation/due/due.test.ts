import { describe, expect, test } from "vitest";
import { dueAt, dueState, isDue } from "../../../../src/rotation/due/due.ts";

const NOW = 1_000_000;
const dates = (nextRotationAt: number | null, expiresAt: number | null, tooOldAt: number | null = null) => ({
  nextRotationAt,
  expiresAt,
  tooOldAt,
});

describe("what is due", () => {
  test("the earliest of next rotation, expiry and greatest age counts", () => {
    expect(dueAt(dates(5, 3))).toBe(3);
    expect(dueAt(dates(5, 3, 2))).toBe(2);
    expect(dueAt(dates(null, null, 7))).toBe(7);
    expect(dueAt(dates(5, null))).toBe(5);
    expect(dueAt(dates(null, null))).toBeNull();
  });

  test("the moment itself is due, a moment after the time asked for is not", () => {
    expect(isDue(dates(NOW, null), NOW, 0)).toBe(true);
    expect(isDue(dates(NOW + 1, null), NOW, 0)).toBe(false);
    expect(isDue(dates(null, NOW + 10), NOW, 10)).toBe(true);
    expect(isDue(dates(null, NOW + 11), NOW, 10)).toBe(false);
    expect(isDue(dates(null, null), NOW, 1e9)).toBe(false);
  });

  test("says how: an expiry in the past outweighs a rotation in the past", () => {
    expect(dueState(dates(NOW - 5, NOW), NOW, 0)).toBe("expired");
    expect(dueState(dates(NOW, NOW + 1), NOW, 0)).toBe("overdue");
    expect(dueState(dates(NOW + 1, NOW + 5), NOW, 1)).toBe("due");
    expect(dueState(dates(NOW + 2, NOW + 5), NOW, 1)).toBe("later");
    expect(dueState(dates(null, null), NOW, 1)).toBe("no-date");
    expect(dueState(dates(null, null, NOW - 5), NOW, 1)).toBe("due");
    expect(dueState(dates(NOW + 5, null, NOW + 2), NOW, 1)).toBe("later");
  });
});
