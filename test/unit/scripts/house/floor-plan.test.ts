import { expect, test } from "vitest";
import { floorPlan, isForeignTo } from "../../../../scripts/house/floor-plan.ts";

const rooms = Object.keys(floorPlan);
const belonging = (entry: string) => rooms.filter((room) => !isForeignTo(entry)(`src/${room}/a.ts`)).sort();

test.each([
  ["func.ts", ["base", "clients", "consumer", "func.ts", "notify", "rotation"]],
  ["mirror-func.ts", ["base", "clients", "consumer", "mirror", "mirror-func.ts"]],
  ["cli", ["base", "cli", "clients", "consumer", "emulator", "notify", "rotation"]],
  ["consumer", ["consumer"]],
])("the bundle of %s holds the rooms below it, and no other", (entry, below) => {
  expect(belonging(entry)).toEqual(below);
});

test.each(["test/support/a.ts", "scripts/demo/rig.ts", "src/util/a.ts"])("%s is foreign to every bundle", (file) => {
  for (const entry of ["func.ts", "mirror-func.ts", "cli"]) expect(isForeignTo(entry)(file)).toBe(true);
});

test("a library is foreign to none: which ones may be in a bundle is said elsewhere", () => {
  expect(isForeignTo("func.ts")("node_modules/axios/index.js")).toBe(false);
});
