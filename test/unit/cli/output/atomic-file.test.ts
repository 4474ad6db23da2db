import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../../../src/cli/output/atomic-file.ts";
import { OWNER_ONLY } from "../../../support/modes.ts";

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

test("is for its owner alone, also where others could read what was there", () => {
  const file = path.join(folder, "report.html");
  const modeOf = () => statSync(file).mode & 0o777;
  writeAtomically(file, ["new"], "x");
  expect(modeOf()).toBe(OWNER_ONLY);
  chmodSync(file, 0o666);
  writeAtomically(file, ["newer"], "x");
  expect(modeOf()).toBe(OWNER_ONLY);
});

test("takes the place of a link that was planted there, and leaves alone where it leads", () => {
  const [file, victim] = [path.join(folder, "report.html"), path.join(folder, "victim")];
  writeFileSync(victim, "untouched");
  symlinkSync(victim, file);
  writeAtomically(file, ["new"], "x");
  expect(readFileSync(victim, "utf8")).toBe("untouched");
  expect(lstatSync(file).isSymbolicLink()).toBe(false);
  expect(readFileSync(file, "utf8")).toBe("new");
});

test("follows no link under the name that it writes beside, and leaves that alone too", () => {
  const [file, beside, victim] = ["report.html", ".report.html.x", "victim"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(victim, "untouched");
  symlinkSync(victim, beside);
  expect(() => writeAtomically(file, ["new"], "x")).toThrow(expect.objectContaining({ code: "FILE_UNUSABLE" }));
  expect(readFileSync(victim, "utf8")).toBe("untouched");
  expect(readdirSync(folder).sort()).toEqual([".report.html.x", "victim"]);
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
