import { globSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { groupOf, groups } from "../../../../scripts/mutation/groups.ts";

const folders = readdirSync("src", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe("the groups", () => {
  test("are every folder of src but the emulator, the checker and the demo, and the files beside them", () => {
    const measured = folders.filter((name) => !["emulator", "prove", "demo"].includes(name));
    expect(Object.keys(groups).sort()).toEqual([...measured, "root"].sort());
  });

  test.each(Object.entries(groups))("%s names files and tests that exist, and draws at least 400", (_, group) => {
    const [files = "", ...leftOut] = group.files.split(",");
    expect(globSync(files).length).toBeGreaterThan(0);
    for (const file of leftOut) expect(globSync(file.slice(1))).toHaveLength(1);
    for (const glob of group.tests) expect(globSync(glob), glob).not.toHaveLength(0);
    expect(group.sample ?? 400).toBeGreaterThanOrEqual(400);
  });

  test.each([
    ["recovery", 98],
    ["stages", 98],
    ["issuers", 93],
    ["root", 93],
    ["cli", 85],
  ])("%s must reach %d per cent", (name, least) => {
    expect(groups[name]?.least).toBe(least);
  });
});

test.each([
  ["src/rotation/observe/view.ts", "recovery"],
  ["src/cli/doctor/main.ts", "cli"],
  ["src/rotation/handler.ts", "root"],
  ["src/func.ts", null],
  ["src/emulator/main.ts", null],
  ["test/prove/main.ts", null],
  ["src/clients/vault/notes.md", null],
  ["scripts/ci.ts", null],
])("%s belongs to the group %s", (file, name) => {
  expect(groupOf(file)).toBe(name);
});
