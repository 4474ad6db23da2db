import { expect, test } from "vitest";
import { judgeDocuments } from "../../../../scripts/judges/docs.ts";
import { expectRefusals, having } from "./corrupt.ts";

const good = {
  ...{ documents: 84, links: 329, commandsRun: 45, commandsParsed: 304 },
  ...{ codes: 32, codesWithoutPage: 0, drillsRun: 9 },
};

test("every figure is needed, and none may be null, empty or of another type", () => {
  expectRefusals(judgeDocuments, good);
});

test.each([
  ["documents", 0],
  ["links", 0],
  ["commandsRun", 0],
  ["commandsParsed", 0],
  ["codes", 31],
  ["codesWithoutPage", 1],
  ["drillsRun", 7],
])("%s must not be %s", (path, value) => {
  expect(judgeDocuments({ stdout: having(good, path, value) })).toContain(path);
});
