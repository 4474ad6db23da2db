import { expect, test } from "vitest";
import { judgeDocuments } from "../../../../scripts/judges/docs.ts";
import { expectRefusals, having } from "./corrupt.ts";

const good = {
  ...{ documents: 84, links: 329, commandsRun: 45, commandsParsed: 304 },
  ...{ quotes: 47, commandsOfOci: 44 },
  blocks: { run: 58, parsed: 115, needsOci: 17, needsOther: 4, shown: 22, unsorted: 0 },
  ...{ codes: 32, codesWithoutPage: 0, drillsRun: 10 },
};

test("every figure is needed, and none may be null, empty or of another type", () => {
  expectRefusals(judgeDocuments, good);
});

test.each([
  ["documents", 0],
  ["links", 0],
  ["commandsRun", 0],
  ["commandsParsed", 0],
  ["commandsOfOci", 0],
  ["quotes", 0],
  ["blocks.run", 0],
  ["blocks.parsed", 0],
  ["blocks.needsOther", 5],
  ["blocks.unsorted", 1],
  ["codes", 31],
  ["codesWithoutPage", 1],
  ["drillsRun", 9],
])("%s must not be %s", (path, value) => {
  expect(judgeDocuments({ stdout: having(good, path, value) })).toContain(path);
});
