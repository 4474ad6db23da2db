import { describe, expect, test } from "vitest";
import { allCombinations } from "../../../src/prove/combinations.ts";
import { halfOf, isChosen } from "../../../src/prove/half.ts";
import { flows, recoveries, type Schedule, scheduleId } from "../../../src/prove/schedule.ts";

const CALLS = 10;
const schedules = allCombinations.flatMap((combination) =>
  flows.flatMap((flow) =>
    Array.from({ length: CALLS }, (_, at): Schedule => {
      return { combination, flow, recovery: "heal-later", run: null, faults: [{ at, kind: "answer-lost" }] };
    }),
  ),
);
const chosenBy = (seed: string, isOther: boolean) =>
  schedules.filter((single) => isChosen({ seed, isOther }, single)).map(scheduleId);

describe("the two halves of a seed", () => {
  test("have no single fault in common, and are all of them together", () => {
    const first = chosenBy("1a2b3c4d", false);
    const other = new Set(chosenBy("1a2b3c4d", true));
    expect(first.filter((id) => other.has(id))).toEqual([]);
    expect([...first, ...other].sort()).toEqual(schedules.map(scheduleId).sort());
  });

  test.each(["0", "1", "7fffffff", "80000000", "ffffffff", "734ef9c1"])(
    "part the single faults of every combination nearly in the middle: %s",
    (seed) => {
      expect(Math.abs(chosenBy(seed, false).length / schedules.length - 0.5)).toBeLessThan(0.03);
      for (const combination of allCombinations) {
        const own = schedules.filter((single) => single.combination === combination);
        const share = own.filter((single) => isChosen({ seed, isOther: false }, single)).length / own.length;
        expect(share).toBeGreaterThan(0.05);
        expect(share).toBeLessThan(0.95);
      }
    },
  );

  test("are others with another seed", () => {
    const one = new Set(chosenBy("1a2b3c4d", false));
    const both = chosenBy("1a2b3c4e", false).filter((id) => one.has(id)).length;
    expect(Math.abs(both / schedules.length - 0.25)).toBeLessThan(0.03);
  });

  test("keep the recoveries of a fault together", () => {
    const half = { seed: "1a2b3c4d", isOther: false };
    for (const single of schedules) {
      const chosen = recoveries.map((recovery) => isChosen(half, { ...single, recovery }));
      expect(new Set(chosen).size).toBe(1);
    }
  });
});

test("without a half every single fault is tried", () => {
  expect(schedules.every((single) => isChosen(null, single))).toBe(true);
});

describe("a seed of halves", () => {
  test.each(["", "0x1f", "1A2B", "123456789", "g", "-1"])("must be up to eight hexadecimal digits: %j", (seed) => {
    expect(() => halfOf(seed, false)).toThrow("Next: write --half-of-singles 1a2b3c4d.");
  });

  test("is needed to name the other half", () => {
    expect(() => halfOf(undefined, true)).toThrow("Next: add --half-of-singles <seed>.");
  });
});
