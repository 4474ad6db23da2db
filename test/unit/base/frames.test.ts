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
