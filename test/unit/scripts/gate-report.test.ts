import { describe, expect, test } from "vitest";
import { closingLines, failuresOf, type Outcome, problemOf } from "../../../scripts/gate-report.ts";
import type { Gate } from "../../../scripts/gates.ts";
import { judgeText } from "../../../scripts/judges/judge.ts";

const gate: Gate = { name: "links hold", command: ["check-docs", "--", "--all"], judge: judgeText(/^fine$/m) };
const ended = { status: 0, stdout: "fine\n", stderr: "", interruption: null };

describe("a gate", () => {
  test("that ends with code 0, and prints what it must, has passed; where nothing judges it the code suffices", () => {
    expect(problemOf(gate, ended)).toBeNull();
    expect(problemOf({ ...gate, judge: null }, { ...ended, stdout: "" })).toBeNull();
  });

  test("that prints something else, or nothing, has failed in spite of code 0", () => {
    expect(problemOf(gate, { ...ended, stdout: "" })).toContain("does not say");
  });

  test("that ends with another code has failed, whatever it prints, and its command is named", () => {
    expect(problemOf(gate, { ...ended, status: 3 })).toBe("npm run check-docs -- --all ended with code 3");
  });

  test("that was interrupted has failed by that, and not by a code of its own", () => {
    const interruption = "was ended, as it still ran after 600 s";
    expect(problemOf(gate, { ...ended, status: 1, interruption })).toBe(`npm run check-docs -- --all ${interruption}`);
  });
});

describe("the end of the output", () => {
  const tests = { passed: 6_000, failed: 0, text: "" };
  const each = new Map([
    ["lint", 9.2],
    ["prove", 22.1],
  ]);
  const seconds = { installation: 9, tests: 70, gates: 31.26, each };
  const outcome: Outcome = { tests, gates: 20, failedGates: [], seconds };

  test("has the seconds of each gate, the longest first, those of each part, and tests and gates together", () => {
    expect(closingLines(outcome)).toEqual([
      "seconds of each gate: prove 22, lint 9",
      "total: 110 s (installation 9 s, tests 70 s, gates 31.3 s)",
      "6020 passed, 0 failed",
    ]);
    expect(failuresOf(outcome)).toBe(0);
  });

  test("has a line for every failure with what to do next, before them", () => {
    const failed = { ...outcome, tests: { ...tests, failed: 2 }, failedGates: [gate] };
    expect(closingLines(failed)).toEqual([
      "failed: tests. Next: npm cit shows them; npx vitest run FILE runs one file.",
      "failed: links hold. Next: fix what its output says; run only this gate with npm run check-docs -- --all",
      expect.stringMatching(/^seconds of each gate: /),
      expect.stringMatching(/^total: /),
      "6019 passed, 3 failed",
    ]);
    expect(failuresOf(failed)).toBe(3);
  });
});
