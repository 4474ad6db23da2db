import { describe, expect, test } from "vitest";
import { drawn, isAskedFor, keyOf, type Mutant } from "../../../../scripts/mutation/choice.ts";

const mutant = (line: number): Mutant => ({
  id: "7",
  fileName: "/repo/src/a.ts",
  mutatorName: "BooleanLiteral",
  replacement: "true",
  location: { start: { line: line - 1, column: 4 }, end: { line, column: 0 } },
});
const keys = Array.from({ length: 1_000 }, (_, index) => `key ${index}`);

describe("a sample", () => {
  test("is as large as asked for, drawn without repeating, and the same for the same seed", () => {
    const one = drawn(keys, { seed: "1", sample: 400 });
    expect(new Set(one).size).toBe(400);
    expect(keys).toEqual(expect.arrayContaining([...one]));
    expect(drawn(keys.toReversed(), { seed: "1", sample: 400 })).toEqual(one);
  });

  test("is another one for another seed, and takes from everywhere", () => {
    const one = new Set(drawn(keys, { seed: "1", sample: 400 }));
    const other = drawn(keys, { seed: "2", sample: 400 });
    expect(other.filter((key) => one.has(key)).length).toBeLessThan(240);
    expect(keys.slice(0, 500).filter((key) => one.has(key)).length).toBeGreaterThan(150);
    expect(keys.slice(500).filter((key) => one.has(key)).length).toBeGreaterThan(150);
  });

  test("is everything where nothing is asked for, or not more is there", () => {
    expect(drawn(keys, { seed: "1", sample: null })).toEqual(keys);
    expect(drawn(keys, { seed: "1", sample: 1_000 })).toEqual(keys);
  });
});

test("a mutant is known by its place, counted from 1, and by what it puts there", () => {
  expect(keyOf(mutant(3), "src/a.ts")).toBe("src/a.ts:3:5-4:1 BooleanLiteral: true");
});

describe("of changed lines", () => {
  const lines = { "src/a.ts": [[3, 5] as const, [9, 9] as const] };
  test.each([
    [2, false],
    [3, true],
    [5, true],
    [6, false],
    [9, true],
  ])("a mutant that begins in line %d is asked for: %s", (line, isAsked) => {
    expect(isAskedFor(mutant(line), "src/a.ts", { lines })).toBe(isAsked);
  });

  test("none of another file is, and without lines every one is", () => {
    expect(isAskedFor(mutant(3), "src/b.ts", { lines })).toBe(false);
    expect(isAskedFor(mutant(3), "src/b.ts", { lines: null })).toBe(true);
  });
});
