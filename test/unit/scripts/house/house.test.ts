import { describe, expect, test } from "vitest";
import { examine } from "../../../../scripts/house/house.ts";
import type { Source } from "../../../../scripts/house/sources.ts";

/** A small house in order: file and what it imports. */
const HOUSE: Readonly<Record<string, string>> = {
  "src/func.ts": 'import { a } from "./rotation/a.ts";',
  "src/mirror-func.ts": 'import { a } from "./mirror/a.ts";',
  "src/rotation/a.ts": 'import { a } from "../notify/a.ts";\nimport { b } from "../clients/a.ts";',
  "src/notify/a.ts": 'import { a } from "../clients/a.ts";',
  "src/clients/a.ts": 'import { a } from "../base/a.ts";',
  "src/base/a.ts": "export const base = 1;",
  "src/mirror/a.ts": 'import { a } from "../consumer/a.ts";',
  "src/consumer/a.ts": "export const consumer = 1;",
  "src/cli/a.ts": 'import { a } from "../rotation/a.ts";\nimport manifest from "../../package.json";',
  "src/cli/commands/emulator.ts": 'const run = () => import("../../emulator/a.ts");',
  "src/emulator/a.ts": 'import type { T } from "../clients/a.ts";',
  "test/unit/a.test.ts": 'import { a } from "../../src/cli/a.ts";',
};
const PROTOCOL = {
  rowIds: ["U1", "P1"],
  stages: [
    { name: "fetch-token", kinds: ["prepare"] },
    { name: "promote", kinds: ["promote"] },
  ],
  decisionKinds: ["prepare", "promote"],
};

const sources = (files: Readonly<Record<string, string | null>>): Source[] =>
  Object.entries({ ...HOUSE, ...files }).flatMap(([path, text]) => (text === null ? [] : [{ path, text }]));
const examined = (files: Readonly<Record<string, string | null>>, protocol = {}) =>
  examine(sources(files), { ...PROTOCOL, ...protocol });

test("a house in order has no problem, and everything in it is counted", () => {
  const { problems, figures } = examined({});
  expect(problems).toEqual([]);
  expect(figures).toMatchObject({
    ...{ rooms: 8, entries: 2, strangers: 0, files: 12, imports: 12, upwardImports: 0, fileCircles: 0, roomCircles: 0 },
    ...{ rows: 2, doubleRows: 0, stages: 2, decisions: 2, decisionsWithoutStage: 0, decisionsOfSeveralStages: 0 },
  });
});

describe("an import that runs up is told:", () => {
  test.each([
    ["base knows nobody", "src/base/b.ts", "../clients/a.ts"],
    ["clients know base alone", "src/clients/vault/b.ts", "../../notify/a.ts"],
    ["nobody who notifies knows who rotates", "src/notify/b.ts", "../rotation/a.ts"],
    ["the mirror rotates nothing", "src/mirror/b.ts", "../rotation/a.ts"],
    ["the mirror notifies nobody", "src/mirror/b.ts", "../notify/a.ts"],
    ["the consumer imports nothing", "src/consumer/b.ts", "../base/a.ts"],
    ["the function knows no emulator", "src/rotation/b.ts", "../emulator/a.ts"],
    ["the emulator does not rotate", "src/emulator/b.ts", "../rotation/a.ts"],
    ["one command alone starts the emulator", "src/cli/commands/rotate.ts", "../../emulator/a.ts"],
    ["nobody imports an entry", "src/rotation/b.ts", "../func.ts"],
    ["an entry imports no other", "src/func.ts", "./mirror-func.ts"],
    ["nothing of src is a test", "src/cli/b.ts", "../../test/unit/a.test.ts"],
  ])("%s", (_, from, target) => {
    for (const text of [`import { a } from "${target}";`, `import type { A } from "${target}";`]) {
      const { problems, figures } = examined({ [from]: text });
      expect(figures.upwardImports).toBe(1);
      expect(problems.filter((problem) => problem.includes("stands below"))).toEqual([
        expect.stringContaining(`${from} imports `),
      ]);
    }
  });
});

test("a circle of files in one room is told, also where it is of types alone, and beside src", () => {
  const circle = { "test/b.ts": 'import type { C } from "./c.ts";', "test/c.ts": 'import type { B } from "./b.ts";' };
  const { problems, figures } = examined(circle);
  expect(problems).toEqual(["a circle of imports: test/b.ts, test/c.ts"]);
  expect(figures).toMatchObject({ fileCircles: 1, roomCircles: 0 });
});

test("a circle of rooms is told also where no file is in one", () => {
  const { figures, problems } = examined({
    "src/clients/b.ts": 'import { c } from "../notify/c.ts";',
    "src/notify/c.ts": "",
  });
  expect(figures).toMatchObject({ fileCircles: 0, roomCircles: 1 });
  expect(problems).toContain("a circle of rooms: clients, notify");
});

test("a ninth room and a loose file are strangers", () => {
  const { problems, figures } = examined({ "src/util/a.ts": "", "src/helpers.ts": "" });
  expect(problems).toEqual([
    "src/helpers.ts is neither a room nor an entry",
    "src/util is neither a room nor an entry",
  ]);
  expect(figures.strangers).toBe(2);
});

test("a room or an entry that is not there is missing", () => {
  const { problems, figures } = examined({ "src/mirror-func.ts": null, "src/consumer/a.ts": null });
  expect(problems).toContain("src/mirror-func.ts is missing");
  expect(problems).toContain("src/consumer is missing");
  expect(figures).toMatchObject({ rooms: 7, entries: 1, strangers: 2 });
});

test("a row id that is given twice is told once, and counted", () => {
  const { problems, figures } = examined({}, { rowIds: ["U1", "P1", "U1", "U1"] });
  expect(problems).toEqual(["more than one row of the decide table is called U1"]);
  expect(figures).toMatchObject({ rows: 4, doubleRows: 2 });
});

test("a decision without a stage, and one of two stages, are told", () => {
  const stages = [
    { name: "fetch-token", kinds: ["prepare"] },
    { name: "promote", kinds: ["prepare"] },
  ];
  const { problems, figures } = examined({}, { stages });
  expect(problems).toEqual([
    "no stage handles the decision promote",
    "more than one stage handles the decision prepare",
  ]);
  expect(figures).toMatchObject({ decisionsWithoutStage: 1, decisionsOfSeveralStages: 1 });
});

describe("judged by nobody, but shown:", () => {
  const found = (files: Readonly<Record<string, string>>, what: string) =>
    examined(files).beside.find((one) => one.what.includes(what))?.found;

  test("files of more than 250 lines", () => {
    const lines = (count: number) => "// x\n".repeat(count);
    expect(found({ "src/base/b.ts": lines(250), "src/base/c.ts": lines(251) }, "lines")).toEqual([
      "src/base/c.ts (251)",
    ]);
  });

  test("names that two files of the core export, but not those of other rooms", () => {
    const twice = { "src/base/b.ts": "export interface Twin {}", "src/notify/b.ts": "export type Twin = 1;" };
    expect(found(twice, "twice")).toEqual(["Twin (src/base/b.ts, src/notify/b.ts)"]);
    expect(found({ "src/cli/b.ts": "export const base = 2;" }, "twice")).toEqual([]);
  });

  test("retired words of the core, as whole words", () => {
    expect(found({ "src/base/b.ts": "// twinNo, twinNo, twinNote" }, "retired")).toEqual([
      "twinNo (2 times; sameValueNo)",
    ]);
  });

  test("none of it is a problem", () => {
    expect(examined({ "src/base/b.ts": "// twinNo\n".repeat(300) }).problems).toEqual([]);
  });
});
