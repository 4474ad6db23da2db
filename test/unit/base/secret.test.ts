import { format, inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { expectNoTrace } from "../../support/failures.ts";

const CANARY = "idcscs-canary/+~ é-4711";
const secret = new Secret(CANARY);

describe("a Secret prints [secret]", () => {
  test.each([
    ["as a string", String(secret)],
    ["in a template", `${secret}`],
    ["joined with text", ["a", secret].join(" ").slice(2)],
    ["by toString", secret.toString()],
    ["by inspect", inspect(secret)],
    ["by inspect with all that is hidden", inspect(secret, { depth: 10, showHidden: true })],
    ["for %s of console.log", format("%s", secret)],
    ["for %o of console.log", format("%o", secret)],
    ["for %O of console.log", format("%O", secret)],
    ["as an argument of console.log", format(secret)],
  ])("%s", (_where, printed) => {
    expect(printed).toBe("[secret]");
  });

  test("in JSON, at any depth", () => {
    expect(JSON.stringify({ a: [{ secret }] })).toBe('{"a":[{"secret":"[secret]"}]}');
    expect(format("%j", secret)).toBe('"[secret]"');
  });

  test.each([
    ["an object", { a: { b: { secret } } }],
    ["an array", [[secret]]],
    ["a Map", new Map([["key", secret]])],
    ["a Map's key", new Map([[secret, "value"]])],
    ["a Set", new Set([secret])],
    ["the cause of an Error", new Error("failed", { cause: secret })],
    ["a member of an Error", Object.assign(new Error("failed"), { secret })],
    ["the message of an Error", new Error(`failed with ${secret}`)],
  ])("inside %s", (_where, holder) => {
    expect(inspect(holder, { depth: 10 })).toContain("[secret]");
    expectNoTrace(holder, CANARY);
  });
});

test("a Secret has no member that could be listed, spread or cloned", () => {
  expect(Reflect.ownKeys(secret)).toEqual([]);
  expect({ ...secret }).toEqual({});
  expect(structuredClone(secret)).toEqual({});
  expectNoTrace(Object.entries(secret), CANARY);
});

test("inspect does not see the value where custom printing is off", () => {
  expectNoTrace(inspect(secret, { customInspect: false, showHidden: true }), CANARY);
});

test("only reveal gives the value", () => {
  expect(secret.reveal()).toBe(CANARY);
});

test("two Secrets are equal when their values are", () => {
  expect(secret.equals(new Secret(CANARY))).toBe(true);
  expect(secret.equals(new Secret(`${CANARY} `))).toBe(false);
});
