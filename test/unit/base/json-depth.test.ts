import { describe, expect, test } from "vitest";
import { isTooDeep } from "../../../src/base/json-depth.ts";

const arrays = (depth: number, inner = "") => `${"[".repeat(depth)}${inner}${"]".repeat(depth)}`;

describe("a JSON text", () => {
  test("nests too deep from 33 levels on, of arrays and objects together", () => {
    expect(isTooDeep(arrays(32))).toBe(false);
    expect(isTooDeep(arrays(33))).toBe(true);
    expect(isTooDeep(`${'{"a":['.repeat(16)}1${"]}".repeat(16)}`)).toBe(false);
    expect(isTooDeep(`${'{"a":['.repeat(17)}1${"]}".repeat(17)}`)).toBe(true);
    expect(isTooDeep(arrays(100_000))).toBe(true);
  });

  test("may be long, and hold many small parts", () => {
    expect(isTooDeep(`[${"[{}],".repeat(50_000)}0]`)).toBe(false);
  });

  test("holds no depth in its strings, whatever is escaped in them", () => {
    for (const text of ["[".repeat(500), `\\"${"{".repeat(500)}`, `\\\\\\"${"[".repeat(500)}\\\\`]) {
      expect(isTooDeep(`{"a":"${text}"}`)).toBe(false);
      expect(isTooDeep(`{"a":"${text}","b":${arrays(300)}}`)).toBe(true);
    }
  });

  test("counts a level again once it has ended, of arrays and of objects", () => {
    expect(isTooDeep(`[${'{"a":[]},'.repeat(40)}${arrays(31)}]`)).toBe(false);
    expect(isTooDeep(`[${'{"a":[]},'.repeat(40)}${arrays(32)}]`)).toBe(true);
  });

  test("goes on behind a string, also an empty one, or one that ends in an escaped backslash", () => {
    for (const string of ['""', '"\\\\"', '"\\""', '"a"']) {
      expect(isTooDeep(`[${string},${arrays(32)}]`), string).toBe(true);
      expect(isTooDeep(`[${string},${arrays(31)}]`), string).toBe(false);
    }
  });

  test("that is none is not judged", () => {
    for (const text of ["", "x".repeat(900), `"${"[".repeat(900)}`, "]".repeat(900)])
      expect(isTooDeep(text)).toBe(false);
  });
});
