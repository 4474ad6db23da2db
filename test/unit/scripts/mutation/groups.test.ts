import { globSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Group, groupOf, groups } from "../../../../scripts/mutation/groups.ts";

/** The entries run in a process of their own, and the emulator is judged by its own contracts. */
const UNMEASURED = /^src\/(func\.ts|mirror-func\.ts|cli\/(main|oci-rotate)\.ts|emulator\/)/;
const withSlashes = (name: string) => name.replaceAll("\\", "/");
const measured = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((name) => `src/${withSlashes(name)}`)
  .filter((name) => name.endsWith(".ts") && !UNMEASURED.test(name));

function filesOf({ files }: Group): string[] {
  const globs = files.split(",");
  const named = globSync(globs.filter((glob) => !glob.startsWith("!"))).map(withSlashes);
  return named.filter((file) => !globs.includes(`!${file}`));
}

describe("the groups", () => {
  test("share out all of src but the entries and the emulator, each file to one", () => {
    const shares = Object.entries(groups).flatMap(([name, group]) => filesOf(group).map((file) => ({ file, name })));
    expect(shares.map(({ file }) => file).sort()).toEqual(measured.sort());
    for (const { file, name } of shares) expect(groupOf(file), file).toBe(name);
  });

  test.each(Object.entries(groups))("%s names files and tests that exist, and draws at least 400", (_, group) => {
    for (const glob of group.files.split(",")) {
      expect(globSync(glob.replace(/^!/, "")).length, glob).toBeGreaterThan(0);
    }
    for (const glob of group.tests) expect(globSync(glob), glob).not.toHaveLength(0);
    for (const start of group.product) expect(globSync(`${start}*`), start).not.toHaveLength(0);
    expect(group.sample ?? 400).toBeGreaterThanOrEqual(400);
  });

  test.each([
    ["recovery", 98],
    ["stages", 98],
    ["issuers", 93],
    ["base", 93],
    ["rotation", 93],
    ["cli", 85],
  ])("%s must reach %d per cent", (name, least) => {
    expect(groups[name]?.least).toBe(least);
  });
});

test.each([
  ["src/rotation/observe/state.ts", "recovery"],
  ["src/rotation/decide/overlap.ts", "recovery"],
  ["src/rotation/attempt/attempt.ts", "recovery"],
  ["src/rotation/handler.ts", "rotation"],
  ["src/rotation/plan/planning.ts", "rotation"],
  ["src/rotation/stages/promote.ts", "stages"],
  ["src/base/settings/table.ts", "base"],
  ["src/clients/vault/content.ts", "vault"],
  ["src/cli/doctor/main.ts", "cli"],
  ["src/func.ts", null],
  ["src/cli/main.ts", null],
  ["src/emulator/main.ts", null],
  ["test/prove/main.ts", null],
  ["src/clients/vault/notes.md", null],
  ["scripts/ci.ts", null],
])("%s belongs to the group %s", (file, name) => {
  expect(groupOf(file)).toBe(name);
});
