import { expect, test } from "vitest";
import { importsOf, sourcesIn } from "../../../../scripts/house/sources.ts";
import { ROOT } from "../../../../scripts/run.ts";

const targets = (text: string) => importsOf({ path: "src/cli/x.ts", text }).map(({ to }) => to);

test.each([
  ["of values", 'import { a } from "../base/a.ts";'],
  ["over several lines", 'import {\n  a,\n  type B,\n} from "../base/a.ts";'],
  ["of types alone", 'import type { A } from "../base/a.ts";'],
  ["of a namespace", 'import * as a from "../base/a.ts";'],
  ["for its effects", 'import "../base/a.ts";'],
  ["that exports again", 'export { a } from "../base/a.ts";'],
  ["that exports everything again", 'export * from "../base/a.ts";'],
  ["of the type of a module", 'type A = typeof import("../base/a.ts");'],
  ["at run time", '  const { a } = await import("../base/a.ts");'],
])("an import %s is seen", (_, text) => {
  expect(targets(text)).toEqual(["src/base/a.ts"]);
});

test.each([
  ["a library", 'import { z } from "zod";'],
  ["a module of Node", 'import path from "node:path";'],
  ["a comment", '// import { a } from "../base/a.ts";'],
  ["an export of its own", 'export const a = "x";\nconst from = ["./b.ts"];'],
])("%s is no import of a file", (_, text) => {
  expect(targets(text)).toEqual([]);
});

test("an import at run time alone is told from the others", () => {
  const text = 'import type { A } from "./a.ts";\nconst load = () => import("./b.ts");';
  expect(importsOf({ path: "src/cli/x.ts", text })).toEqual([
    { from: "src/cli/x.ts", to: "src/cli/a.ts", isDynamic: false },
    { from: "src/cli/x.ts", to: "src/cli/b.ts", isDynamic: true },
  ]);
});

test("the sources are those of every folder beneath", () => {
  const files = sourcesIn(ROOT, ["scripts"]).map(({ path }) => path);
  expect(files).toEqual(expect.arrayContaining(["scripts/check-house.ts", "scripts/house/sources.ts"]));
  expect(files.every((file) => file.endsWith(".ts"))).toBe(true);
});
