import { expect, test } from "vitest";
import { judgeTerraform } from "../../../../scripts/judges/terraform.ts";
import { expectRefusals, having } from "./corrupt.ts";

const good = {
  ...{ isFormatted: true, modules: 7, examples: 3, stackFiles: 32 },
  statements: { "1": 6, "100": 6, "5000": 6 },
  policyTestsPassed: 23,
};

test("every figure is needed, and none may be null, empty or of another type", () => {
  expectRefusals(judgeTerraform, good);
});

test.each([
  ["isFormatted", false],
  ["modules", 0],
  ["examples", 0],
  ["stackFiles", 0],
  ["statements.1", 7],
  ["statements.100", 105],
  ["statements.5000", 0],
  ["policyTestsPassed", 0],
])("%s must not be %s", (path, value) => {
  expect(judgeTerraform({ stdout: having(good, path, value) })).toContain(path);
});
