import { expect, test } from "vitest";
import { judgeHouse } from "../../../../scripts/judges/house.ts";
import { expectRefusals, having } from "./corrupt.ts";

const good = {
  ...{ rooms: 8, entries: 2, strangers: 0, files: 1_100, imports: 4_800, upwardImports: 0, fileCircles: 0 },
  ...{ roomCircles: 0, rows: 58, doubleRows: 0, stages: 6, decisions: 20, decisionsWithoutStage: 0 },
  decisionsOfSeveralStages: 0,
  beside: { longFiles: 2, doubleNames: 0, retiredWords: 3 },
};

test("every figure is needed, and none may be null, empty or of another type", () => {
  expectRefusals(judgeHouse, good);
});

test.each([
  ["upwardImports", 1],
  ["fileCircles", 1],
  ["roomCircles", 1],
  ["doubleRows", 1],
  ["decisionsWithoutStage", 1],
  ["decisionsOfSeveralStages", 1],
  ["strangers", 1],
  ["rooms", 9],
  ["rooms", 7],
  ["entries", 3],
  ["stages", 5],
])("%s must not be %d", (path, value) => {
  expect(judgeHouse({ stdout: having(good, path, value) })).toContain(path);
});

test.each([
  ["files", 0],
  ["imports", 0],
  ["rows", 0],
  ["decisions", 0],
])("%s must be many: a gate that found none has looked at nothing", (path, value) => {
  expect(judgeHouse({ stdout: having(good, path, value) })).toContain(path);
});

test("what nobody judges may be any number", () => {
  expect(judgeHouse({ stdout: having(good, "beside.longFiles", 400) })).toBeNull();
  expect(judgeHouse({ stdout: having(good, "beside.longFiles", 0) })).toBeNull();
});
