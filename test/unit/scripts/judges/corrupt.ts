import { expect } from "vitest";
import type { Judge } from "../../../../scripts/judges/judge.ts";

type Step = string | number;

/** The paths of everything inside a value: members and elements, containers too. */
function pathsIn(value: unknown, path: readonly Step[] = []): (readonly Step[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys: Step[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const inside = keys.flatMap((key) => pathsIn((value as Record<Step, unknown>)[key], [...path, key]));
  return [...(path.length === 0 ? [] : [path]), ...inside];
}

function changed(value: unknown, path: readonly Step[], change: (parent: Record<Step, unknown>, key: Step) => void) {
  const copy = structuredClone(value);
  let parent = copy as Record<Step, unknown>;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<Step, unknown>;
  change(parent, path.at(-1) ?? "");
  return JSON.stringify(copy);
}

/** The value with the member at the path replaced. */
export const having = (value: object, path: string, replacement: unknown) =>
  changed(value, path.split("."), (parent, key) => {
    parent[key] = replacement;
  });

const REPLACEMENTS: readonly unknown[] = [null, "", "many", [], {}, -1, 0.5, true, false];
const sameType = (one: unknown, other: unknown) =>
  typeof one === typeof other && Array.isArray(one) === Array.isArray(other);

function valueAt(value: unknown, path: readonly Step[]): unknown {
  return path.reduce((inner, step) => (inner as Record<Step, unknown>)[step], value);
}

/**
 * Takes good figures away, one after the other, or puts something of another type in their place: the judge must refuse each time.
 * @param good what it takes; every member must be judged
 * @param free paths of members that may also be absent or null
 */
export function expectRefusals(judge: Judge, good: object, free: readonly string[] = []): void {
  expect(judge({ stdout: JSON.stringify(good) })).toBeNull();
  for (const path of pathsIn(good)) {
    const name = path.join(".");
    if (free.includes(name)) continue;
    const own = valueAt(good, path);
    const others = REPLACEMENTS.filter((value) => !sameType(value, own));
    for (const other of others) {
      const stdout = changed(good, path, (parent, key) => {
        parent[key] = other;
      });
      expect(judge({ stdout }), `${name} is ${JSON.stringify(other)}`).not.toBeNull();
    }
    const without = changed(good, path, (parent, key) => {
      if (Array.isArray(parent)) parent.length = 0;
      else delete parent[key];
    });
    expect(judge({ stdout: without }), `${name} is missing`).not.toBeNull();
  }
  for (const stdout of ["", "\n", "{}", "null", "NaN", "[]", `${JSON.stringify(good)}\nand then it failed`]) {
    expect(judge({ stdout }), stdout).not.toBeNull();
  }
}
