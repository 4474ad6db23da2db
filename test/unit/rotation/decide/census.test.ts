import { describe, expect, test } from "vitest";
import { callerChosenRules } from "../../../../src/rotation/decide/caller-chosen.ts";
import type { Rule } from "../../../../src/rotation/decide/decide.ts";
import { issuerChosenRules } from "../../../../src/rotation/decide/issuer-chosen.ts";
import { censusOf, nameOfRule, possibleCallerViews, possibleViews } from "./views.ts";

const rule = (row: string, fits: (view: number) => boolean): Rule<number> => ({
  row,
  state: `state of ${row}`,
  action: `action of ${row}`,
  when: fits,
  decide: (view) => ({ kind: "promote", versionNo: view }),
});

describe("the census of a table", () => {
  const views = () => [1, 2, 3, 4, 5];

  test("finds rules that no view reaches, and rules that change nothing", () => {
    const rules = [
      { ...rule("kept", (view) => view === 1), decide: () => ({ kind: "mint" }) as const },
      rule("idle", (view) => view === 2),
      rule("dead", (view) => view === 1),
      rule("last", (view) => view > 1),
    ];
    const { dead, idle, missedByLast } = censusOf(rules, views);
    expect(dead).toEqual(["row dead: state of dead"]);
    expect(idle).toEqual(["row idle: state of idle", "row dead: state of dead"]);
    expect(missedByLast).toBe(1);
  });
});

describe.each([
  ["the issuer chooses", issuerChosenRules.map(nameOfRule), () => censusOf(issuerChosenRules, possibleViews)],
  ["we choose", callerChosenRules.map(nameOfRule), () => censusOf(callerChosenRules, possibleCallerViews)],
] as const)("the table where %s the value", (_who, names, take) => {
  const census = take();

  test("ends with a rule that always fits", () => {
    expect(names.at(-1)).toMatch(/: otherwise$/);
    expect(census.missedByLast).toBe(0);
  });

  test("has no dead rule: each is the first that fits some view that can come about", () => {
    expect(census.dead).toEqual([]);
  });

  test("has no rule that could be left out, or stand last: some view would be decided otherwise", () => {
    expect(census.idle).toEqual([]);
  });

  test("describes each rule in words of its own", () => {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^row c?\d+a?(, c?\d+a?)?: \S/);
  });
});
