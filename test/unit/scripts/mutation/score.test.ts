import { describe, expect, test } from "vitest";
import { isStatic, isUnnoticed, line, score, tally } from "../../../../scripts/mutation/score.ts";

const nothing = { killed: 0, survived: 0, uncovered: 0, silenced: 0, atLoad: 0 };

const unjudged = { silenced: 0, atLoad: 0 };

describe("the mutants of a run", () => {
  test("are counted by how they ended; a test that never ends has noticed too", () => {
    expect(tally(["Killed", "Survived", "Timeout", "NoCoverage", "RuntimeError"], unjudged)).toEqual({
      ...nothing,
      killed: 2,
      survived: 1,
      uncovered: 2,
    });
  });

  test("that were not judged are silenced by the code, or are made before the first test", () => {
    expect(tally([], { silenced: 1, atLoad: 2 })).toEqual({ ...nothing, silenced: 1, atLoad: 2 });
    expect(isStatic({ status: "Ignored", statusReason: 'Static mutant (and "ignoreStatic" was enabled)' })).toBe(true);
    expect(isStatic({ status: "Ignored", statusReason: "cannot come about" })).toBe(false);
    expect(isStatic({})).toBe(false);
  });

  test("are none in an empty run", () => {
    expect(tally([], unjudged)).toEqual(nothing);
  });

  test.each(["Pending", "CompileError", "not judged", "new"])("in the state %s make the run useless", (status) => {
    expect(() => tally([status], unjudged)).toThrow(status);
  });

  test.each([
    ["Killed", false],
    ["Timeout", false],
    ["Survived", true],
    ["NoCoverage", true],
    ["RuntimeError", true],
  ])("in the state %s are shown as unnoticed: %s", (status, isShown) => {
    expect(isUnnoticed(status)).toBe(isShown);
  });
});

describe("the score", () => {
  test("is the share of the judged that were noticed; what was not judged does not count", () => {
    expect(score({ killed: 19, survived: 0, uncovered: 1, silenced: 7, atLoad: 9 })).toBe(95);
    expect(score({ killed: 1, survived: 2, uncovered: 0, silenced: 0, atLoad: 0 })).toBe(33.33);
  });

  test("is never rounded up to its mark", () => {
    expect(score({ ...nothing, killed: 94_999, survived: 5_001 })).toBe(94.99);
    expect(score({ ...nothing, killed: 99_999, survived: 1 })).toBe(99.99);
  });

  test("of nothing is none", () => {
    expect(score({ ...nothing, silenced: 3 })).toBe(0);
  });
});

test("a group is one line, which says where it was sampled", () => {
  const counts = { killed: 19, survived: 1, uncovered: 0, silenced: 2, atLoad: 3 };
  const text = "recovery        95.00 %   killed 19, survived 1, not covered 0, silenced 2, at load 3";
  expect(line("recovery", counts, 20)).toBe(text);
  expect(line("recovery", counts, 400)).toBe(`${text} (a sample, 20 of 400)`);
});
