import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { strFromU8, strToU8, unzipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { checksums, notesOf, STACK, stackButton, versionOfTag, zipOf } from "../../../../scripts/release/files.ts";

const FILES = new Map([
  ["b.txt", strToU8("second")],
  ["a.js", strToU8("first")],
]);

test("the same files make the same zip, in whatever order they come", () => {
  const zip = zipOf(FILES);
  expect(zipOf(new Map([...FILES].reverse()))).toEqual(zip);
  // The first day that a zip can say, and no time of today's.
  expect([...zip.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
  expect(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, strFromU8(bytes)])).toEqual([
    ["a.js", "first"],
    ["b.txt", "second"],
  ]);
});

test("sha256sum takes the digests, and finds a changed file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "release-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, bytes] of FILES) writeFileSync(path.join(folder, name), bytes);
  writeFileSync(path.join(folder, "SHA256SUMS"), checksums(FILES));
  const check = () => spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder }).status;
  expect(check()).toBe(0);
  writeFileSync(path.join(folder, "a.js"), "changed");
  expect(check()).toBe(1);
});

test("a tag names a version, and nothing else does", () => {
  expect(versionOfTag("v1.20.3")).toBe("1.20.3");
  for (const tag of ["1.2.3", "v1.2", "v1.2.3-rc.1", "v1.2.3;id"]) expect(versionOfTag(tag)).toBeNull();
});

test("a release says what its section of the change log says, and is not made without one", () => {
  const changelog =
    "# Changelog\n\n## Unreleased\n\n* soon\n\n## 1.2.3 (2026-01-02)\n\n* new\n\n### More\n\n* and more\n\n## 1.2.2\n\n";
  expect(notesOf(changelog, "1.2.3")).toBe("* new\n\n### More\n\n* and more\n");
  expect(notesOf(changelog, "Unreleased")).toBe("* soon\n");
  for (const version of ["1.2", "1.2.2", "9.9.9"]) expect(() => notesOf(changelog, version)).toThrow(/CHANGELOG/);
});

test("a release's button has Resource Manager fetch the stack of that release", () => {
  const [, page = ""] = /\]\((https:[^)]+)\)$/.exec(stackButton("somebody/something", "v1.2.3")) ?? [];
  const { origin, pathname, searchParams } = new URL(page);
  expect(`${origin}${pathname}`).toBe("https://cloud.oracle.com/resourcemanager/stacks/create");
  expect(searchParams.get("zipUrl")).toBe(`https://github.com/somebody/something/releases/download/v1.2.3/${STACK}`);
});
