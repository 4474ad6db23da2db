import { describe, expect, test } from "vitest";
import { line, type MutationReport, score, tally } from "../../../scripts/mutation-score.ts";

const report = (...files: (readonly (string | readonly [status: string, reason: string])[])[]): MutationReport => ({
  files: Object.fromEntries(
    files.map((mutants, index) => [
      `src/${index}.ts`,
      {
        mutants: mutants.map((mutant) =>
          typeof mutant === "string" ? { status: mutant } : { status: mutant[0], statusReason: mutant[1] },
        ),
      },
    ]),
  ),
});
const nothing = { killed: 0, survived: 0, uncovered: 0, silenced: 0, atLoad: 0 };

describe("the mutants of a report", () => {
  test("are counted over all files by how they ended; a test that never ends has noticed too", () => {
    expect(tally(report(["Killed", "Survived"], ["Timeout", "NoCoverage", "RuntimeError"]))).toEqual({
      ...nothing,
      killed: 2,
      survived: 1,
      uncovered: 2,
    });
  });

  test("that were not judged are silenced by the code, or are made before the first test", () => {
    const ignored = [
      ["Ignored", 'Static mutant (and "ignoreStatic" was enabled)'],
      ["Ignored", "cannot come about"],
    ] as const;
    expect(tally(report(ignored))).toEqual({ ...nothing, silenced: 1, atLoad: 1 });
  });

  test("are none in an empty report", () => {
    expect(tally(report())).toEqual(nothing);
  });

  test.each(["Pending", "CompileError", "new"])("in the state %s make the report useless", (status) => {
    expect(() => tally(report([status]))).toThrow(status);
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

test("a group is one line", () => {
  expect(line("recovery", { killed: 19, survived: 1, uncovered: 0, silenced: 2, atLoad: 3 })).toBe(
    "recovery        95.00 %   killed 19, survived 1, not covered 0, silenced 2, at load 3",
  );
});
