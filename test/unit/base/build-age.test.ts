import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { buildProblem } from "../../../src/base/build-age.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A clone whose files were written at these seconds; absent: not at all. */
function clone(built: number | null, sources: Readonly<Record<string, number>> | null) {
  const root = mkdtempSync(path.join(tmpdir(), "build-age-"));
  folders.push(root);
  const write = (name: string, at: number) => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "");
    utimesSync(file, at, at);
    return file;
  };
  for (const [name, at] of Object.entries(sources ?? {})) write(`src/${name}`, at);
  if (built !== null) write("dist/cli.js", built);
  return buildProblem(path.join(root, "dist/cli.js"), path.join(root, "src"));
}

test.each([
  ["there is none", null, { "a.ts": 1 }, "absent"],
  ["a source is newer", 100, { "a.ts": 1, "deep/er/b.ts": 101 }, "stale"],
  ["it is the newest", 100, { "a.ts": 1, "deep/er/b.ts": 100 }, null],
  ["only what is no source is newer", 100, { "a.ts": 1, "a.md": 200 }, null],
  ["a package has no source", 100, null, null],
] as const)("a build is judged: %s", (_what, built, sources, problem) => {
  expect(clone(built, sources)).toBe(problem);
});
