import { expect, test } from "vitest";
import { framesOf } from "../../../src/base/frames.ts";

test("an error's place is told without its text, even where that looks like a stack's lines", () => {
  const error = new Error("bad\n    at canary (canary.js:1:1)\n    at canary");
  const frames = framesOf(error);
  expect(frames.length).toBeGreaterThan(0);
  expect(frames[0]).toMatch(/^at .*frames\.test\.ts/);
  expect(frames.join()).not.toContain("canary");
});

test("an error whose text was changed since it was made tells no place", () => {
  const error = new Error("    at canary (canary.js:1:1)");
  // Node writes the stack's text when it is first asked for.
  expect(error.stack).toContain("canary");
  error.message = "another";
  expect(framesOf(error)).toEqual([]);
});

test("what is no error has no place", () => {
  for (const thrown of ["    at canary", null, undefined, { stack: "    at canary" }])
    expect(framesOf(thrown)).toEqual([]);
});

test("an error without a text, and one whose text is empty, tell their place too", () => {
  for (const error of [new Error(), new Error("")]) expect(framesOf(error)[0]).toMatch(/^at .*frames\.test\.ts/);
});

test("an error without a stack tells no place", () => {
  const error = new Error("bad");
  Reflect.deleteProperty(error, "stack");
  expect(framesOf(error)).toEqual([]);
});

test("only the lines of the stack are told, without the blanks before them", () => {
  const error = new Error("bad");
  error.stack = "Error: bad\n    at one (a.js:1:1)\n  canary at two\nat three\n\tat four (b.js:2:2) ";
  expect(framesOf(error)).toEqual(["at one (a.js:1:1)", "at four (b.js:2:2)"]);
});
