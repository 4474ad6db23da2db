import { describe, expect, test } from "vitest";
import type { Decision } from "../../../../src/rotation/decide/decide.ts";
import { rules } from "../../../../src/rotation/decide/index.ts";
import type { Rule } from "../../../../src/rotation/decide/rule.ts";
import { censusOf } from "./judge-states.ts";
import { baseIssuerState, callerStates, issuerStates } from "./states.ts";

describe("the census of a table", () => {
  const states = () => [1, 2, 3, 4, 5].map((mints) => ({ ...baseIssuerState, left: { mints } }));
  const row = (id: string, fits: (left: number) => boolean, decision: Decision): Rule => ({
    id,
    state: `state of ${id}`,
    action: `action of ${id}`,
    decide: (state) => (state.chosenBy === "issuer" && fits(state.left.mints) ? decision : null),
  });

  test("finds rows that no state reaches, and rows that change nothing", () => {
    const table = [
      row("kept", (left) => left === 1, { kind: "mint" }),
      row("idle", (left) => left === 2, { kind: "claim" }),
      row("dead", (left) => left === 1, { kind: "claim" }),
      row("last", (left) => left > 1, { kind: "claim" }),
    ];
    const { dead, idle, missedByLast } = censusOf(table, states);
    expect(dead).toEqual(["dead"]);
    expect(idle).toEqual(["idle", "dead"]);
    expect(missedByLast).toBe(1);
  });
});

// A row of both kinds that only one of them needs would have to be marked as of that kind.
describe.each([
  ["the issuer chooses", "issuer", issuerStates],
  ["we choose", "caller", callerStates],
] as const)("of the table, where %s the value,", (_who, kind, states) => {
  const asked = rules.filter(({ chosenBy = kind }) => chosenBy === kind);
  const census = censusOf(asked, states);

  test("the last row always decides", () => {
    expect(asked.at(-1)?.state).toBe("otherwise");
    expect(census.missedByLast).toBe(0);
  });

  test("no row is dead: each is the first that decides some state that can come about", () => {
    expect(census.dead).toEqual([]);
  });

  test("no row could be left out, or stand last: some state would be decided otherwise", () => {
    expect(census.idle).toEqual([]);
  });
});

test("every row is described in words of its own", () => {
  expect(new Set(rules.map(({ state }) => state)).size).toBe(rules.length);
  for (const { state, action } of rules) expect(Math.min(state.length, action.length)).toBeGreaterThan(0);
});
