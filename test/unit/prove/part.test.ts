import { describe, expect, test } from "vitest";
import { allCombinations } from "../../prove/combinations.ts";
import { isChosen, partOf } from "../../prove/part.ts";
import { flows, recoveries, type Schedule, scheduleId } from "../../prove/schedule.ts";

const CALLS = 10;
const schedules = allCombinations.flatMap((combination) =>
  flows.flatMap((flow) =>
    Array.from({ length: CALLS }, (_, at): Schedule => {
      return { combination, flow, recovery: "heal-later", run: null, faults: [{ at, kind: "answer-lost" }] };
    }),
  ),
);
const chosenBy = (seed: string, of: number) =>
  schedules.filter((single) => isChosen({ seed, of }, single)).map(scheduleId);

describe("a part of the single faults", () => {
  test.each(["0", "1", "7fffffff", "80000000", "ffffffff", "734ef9c1"])(
    "is nearly as large as asked for, whatever draws it, and takes of every combination: %s",
    (seed) => {
      expect(Math.abs(chosenBy(seed, 2).length / schedules.length - 0.5)).toBeLessThan(0.03);
      expect(Math.abs(chosenBy(seed, 20).length / schedules.length - 0.05)).toBeLessThan(0.01);
      for (const combination of allCombinations) {
        const own = schedules.filter((single) => single.combination === combination);
        const share = own.filter((single) => isChosen({ seed, of: 2 }, single)).length / own.length;
        expect(share).toBeGreaterThan(0.05);
        expect(share).toBeLessThan(0.95);
      }
    },
  );

  test("is another one with another seed", () => {
    const one = new Set(chosenBy("1a2b3c4d", 2));
    const both = chosenBy("1a2b3c4e", 2).filter((id) => one.has(id)).length;
    expect(Math.abs(both / schedules.length - 0.25)).toBeLessThan(0.03);
  });

  test("keeps the recoveries of a fault together", () => {
    const part = { seed: "1a2b3c4d", of: 3 };
    for (const single of schedules) {
      const chosen = recoveries.map((recovery) => isChosen(part, { ...single, recovery }));
      expect(new Set(chosen).size).toBe(1);
    }
  });
});

test("without a part every single fault is tried", () => {
  expect(schedules.every((single) => isChosen(null, single))).toBe(true);
});

test.each(["", "1a2b", "0x1f/2", "1A2B/2", "123456789/2", "g/2", "1/0", "1/", "/2", "1/2/3", "1/1.5", "1/1000"])(
  "a part is a seed of up to eight hexadecimal digits and into how many parts: not %j",
  (text) => {
    expect(() => partOf(text)).toThrow("Next: write --part-of-singles 1a2b3c4d/20.");
  },
);
