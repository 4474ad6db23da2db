import { describe, expect, test } from "vitest";
import { intervalFor } from "../../../src/cli/spread.ts";

const NAMES = Array.from({ length: 1_000 }, (_, index) => `oauth-client-${index}`);

/** How many of a thousand secrets get each interval, the shortest first. */
function share(every: number, spread: number | undefined): readonly (readonly [days: number, secrets: number])[] {
  const counts = new Map<number, number>();
  for (const name of NAMES) {
    const days = intervalFor(name, { every, spread });
    counts.set(days, (counts.get(days) ?? 0) + 1);
  }
  return [...counts].toSorted(([one], [other]) => one - other);
}

describe("the intervals of many secrets", () => {
  test("are those of the schedule without a spread", () => {
    expect(share(30, undefined)).toEqual([[30, 1_000]]);
    expect(share(30, 1)).toEqual([[30, 1_000]]);
  });

  test("with a spread of ten days reach evenly over the last ten nights of the first interval", () => {
    const found = share(30, 10);
    expect(found.map(([days]) => days)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    for (const [, secrets] of found) expect(Math.abs(secrets - 100)).toBeLessThan(30);
  });

  test("are never shorter than the day that Vault takes, nor longer than the schedule's", () => {
    const found = share(360, 360);
    expect(found.at(0)?.[0]).toBe(1);
    expect(found.at(-1)?.[0]).toBe(360);
  });

  test("let no more than a third of all secrets fall due in any night of two years", () => {
    const groups = share(30, 10);
    for (let night = 1; night <= 730; night++) {
      const due = groups.filter(([days]) => night % days === 0).reduce((sum, [, secrets]) => sum + secrets, 0);
      expect(due, `night ${night}`).toBeLessThan(340);
    }
  });
});
