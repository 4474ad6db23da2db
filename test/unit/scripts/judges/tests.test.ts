import { describe, expect, test } from "vitest";
import { countTests } from "../../../../scripts/judges/tests.ts";

const report = (numPassedTests: unknown, numTotalTests: unknown) => JSON.stringify({ numPassedTests, numTotalTests });

describe("the tests' report", () => {
  test("counts what has passed", () => {
    expect(countTests(report(6_000, 6_000), 0)).toEqual({ passed: 6_000, failed: 0, text: "6000 of 6000 passed" });
  });

  test("counts every test that has not passed, a skipped one too, as a failure", () => {
    expect(countTests(report(5_997, 6_000), 1)).toMatchObject({ passed: 5_997, failed: 3 });
    expect(countTests(report(5_999, 6_000), 0)).toMatchObject({ failed: 1 });
  });

  test("counts an error outside any test as a failure", () => {
    expect(countTests(report(6_000, 6_000), 1)).toMatchObject({ failed: 1, text: expect.stringContaining("code 1") });
  });

  test.each([0, 1, 4_999])("is a failure where only %d tests have run", (tests) => {
    expect(countTests(report(tests, tests), 0)).toMatchObject({ passed: tests, failed: 1 });
  });

  test.each([null, "", "{}", "not JSON", report(null, 6_000), report(6_000, "many"), report(-1, 6_000)])(
    "is a failure where it says nothing: %j",
    (text) => {
      expect(countTests(text, 0)).toMatchObject({ passed: 0, failed: 1 });
    },
  );
});
