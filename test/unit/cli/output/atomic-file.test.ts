import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../../../src/cli/output/atomic-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "atomic-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("takes the place of what was there, whole", () => {
  const file = path.join(folder, "report.html");
  writeFileSync(file, "old");
  writeAtomically(file, ["new ", "text"], "x");
  expect(readFileSync(file, "utf8")).toBe("new text");
  expect(readdirSync(folder)).toEqual(["report.html"]);
});

test("leaves what was there where the parts break off, and nothing beside it", () => {
  const file = path.join(folder, "report.html");
  writeFileSync(file, "old");
  const parts = function* () {
    yield "half";
    throw new Error("broken off");
  };
  expect(() => writeAtomically(file, parts(), "x")).toThrow(expect.objectContaining({ code: "FILE_UNUSABLE" }));
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["report.html"]);
});

test("says why a file cannot be written", () => {
  mkdirSync(path.join(folder, "taken"));
  const means = (file: string) => {
    try {
      writeAtomically(path.join(folder, file), ["text"], "x");
    } catch (error) {
      return (error as { problem: { means: string } }).problem.means;
    }
    return "written";
  };
  expect(means("absent/report.html")).toBe("its folder does not exist");
  expect(means("taken")).toBe("it is a folder");
  expect(readdirSync(folder)).toEqual(["taken"]);
});
