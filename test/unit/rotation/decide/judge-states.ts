import type { Decision } from "../../../../src/rotation/decide/decide.ts";
import type { Rule } from "../../../../src/rotation/decide/rule.ts";
import type { State } from "../../../../src/rotation/decide/state.ts";

export interface Violation<V> {
  readonly state: V;
  readonly decision: Decision;
}

const MAX_SHOWN = 3;

/** For each property the first states after whose decision it does not hold, in one pass over all states. */
export function violations<V extends object>(
  states: () => Iterable<V>,
  decide: (state: V) => Decision,
  properties: Readonly<Record<string, (state: V, decision: Decision) => boolean>>,
): ReadonlyMap<string, readonly Violation<V>[]> {
  const checks = Object.entries(properties).map(([sentence, holds]) => ({
    sentence,
    holds,
    found: [] as Violation<V>[],
  }));
  let seen = 0;
  for (const state of states()) {
    seen += 1;
    const decision = decide(state);
    for (const { holds, found } of checks) {
      if (found.length < MAX_SHOWN && !holds(state, decision)) found.push({ state: { ...state }, decision });
    }
  }
  if (seen === 0) throw new Error("there was no state to look at");
  return new Map(checks.map(({ sentence, found }) => [sentence, found]));
}

/** How the rows of a table share the states between them. */
export interface Census {
  /** No state has them as its first that decides. */
  readonly dead: readonly string[];
  /** Taken out of the table, no state would be decided otherwise. */
  readonly idle: readonly string[];
  /** So many states would not be decided if the last row were the only one. */
  readonly missedByLast: number;
}

export function censusOf(rules: readonly Rule[], states: () => Iterable<State>): Census {
  const fired = rules.map(() => false);
  const matters = rules.map((_, index) => index === rules.length - 1);
  let missedByLast = 0;
  for (const state of states()) {
    if ((rules.at(-1)?.decide(state) ?? null) === null) missedByLast += 1;
    const index = rules.findIndex((rule) => rule.decide(state) !== null);
    if (index < 0) continue;
    fired[index] = true;
    if (matters[index]) continue;
    const next = rules.slice(index + 1).find((rule) => rule.decide(state) !== null);
    matters[index] = JSON.stringify(next?.decide(state)) !== JSON.stringify(rules[index]?.decide(state));
  }
  const named = (flags: readonly boolean[]) => rules.filter((_, index) => !flags[index]).map(({ id }) => id);
  return { dead: named(fired), idle: named(matters), missedByLast };
}
