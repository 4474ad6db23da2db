import { expect, test } from "vitest";
import { decisionKindsIn, repeated, rowIdsIn, stagesIn } from "../../../../scripts/house/protocol.ts";

const [u1, u2, p1] = [{ id: "U1" }, { id: "U2" }, { id: "P1" }];

test("a section is a part of the whole table: its rows count once", () => {
  expect(rowIdsIn([{ rules: [u1, u2, p1] }, { unsaved: [u1, u2] }, { pending: [p1] }])).toEqual(["U1", "U2", "P1"]);
});

test("a row of a table of its own counts too, whichever member names it", () => {
  expect(rowIdsIn([{ rules: [u1, u2] }, { other: [{ row: "c1" }] }])).toEqual(["U1", "U2", "c1"]);
});

test("a row that stands twice in the table counts twice", () => {
  expect(rowIdsIn([{ rules: [u1, p1, u1] }])).toEqual(["U1", "P1", "U1"]);
});

test("two rows of one name are both seen", () => {
  expect(repeated(rowIdsIn([{ rules: [u1, p1, { id: "U1" }] }]))).toEqual(["U1"]);
});

test("other exports of those modules are no rows", () => {
  expect(rowIdsIn([{ decide: () => null, sections: [{ question: "?" }], empty: [], words: ["U1"] }])).toEqual([]);
});

test("a stage that several modules export is one, with the decisions that it handles", () => {
  const promote = { name: "promote", handles: { promote: () => null, "note-current": () => null } };
  expect(stagesIn([{ promote }, { again: promote, name: "promote", helper: { name: "x" } }])).toEqual([
    { name: "promote", kinds: ["promote", "note-current"] },
  ]);
});

const type = (name: string) => `export type ${name} =
  | { readonly kind: "wait"; readonly until: "active" }
  | { readonly kind: "mint" }
  | {
      readonly kind: "done";
      readonly code: "OK";
    }
  | { readonly kind: "read-back"; readonly versionNo: number };

export type Other = { readonly kind: "other" };
`;

test.each(["Action", "Decision"])("the decisions that need a stage are those of the type %s", (name) => {
  expect(decisionKindsIn(["const x = 1;\n", type(name)])).toEqual(["mint", "read-back"]);
});

test("where no type lists them there are none", () => {
  expect(decisionKindsIn(["const x = 1;\n"])).toEqual([]);
});
