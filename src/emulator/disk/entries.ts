import { isObject, type JsonObject } from "../core/wire.ts";

/** One part of a state: where it is, as the JSON of its path, and its value as JSON. */
export type Entries = Map<string, string>;

/** A change of a state: the value at a path, or none any more. */
export interface Change {
  readonly at: readonly string[];
  readonly is?: unknown;
}

/** The path of an application: state, identity, domains, the host, apps, its id. Nothing that is deeper changes by itself. */
const MAX_DEPTH = 6;
/** Down to the tables of each system, everything is taken apart. */
const MIN_DEPTH = 3;

/** A table of things, such as secrets by id. */
const isTable = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every(isObject);
};

function isTakenApart(value: JsonObject, depth: number): boolean {
  const members = Object.values(value);
  if (members.length === 0 || depth >= MAX_DEPTH) return false;
  return depth < MIN_DEPTH || isTable(value) || members.some(isTable);
}

/** Takes a state apart: tables become one entry a member, so that a change of one secret is one small entry. */
export function entriesOf(state: object): Entries {
  const entries: Entries = new Map();
  const visit = (value: unknown, path: readonly string[]) => {
    if (isObject(value) && isTakenApart(value, path.length)) {
      for (const [name, member] of Object.entries(value)) visit(member, [...path, name]);
    } else {
      // A member that is undefined has no JSON, and is none after a restart.
      const text: string | undefined = JSON.stringify(value);
      if (text !== undefined) entries.set(JSON.stringify(path), text);
    }
  };
  visit(state, []);
  return entries;
}

/** What leads from one state to the next, as a line of JSON; empty if nothing has changed. */
export function changesBetween(before: Entries, after: Entries): string {
  const changes: string[] = [];
  // Removals come first: an entry may be taken apart, and its members then stand below its own path.
  for (const path of before.keys()) if (!after.has(path)) changes.push(`{"at":${path}}`);
  for (const [path, text] of after) if (before.get(path) !== text) changes.push(`{"at":${path},"is":${text}}`);
  return changes.length === 0 ? "" : `[${changes.join(",")}]`;
}

/** Applies changes in their order. */
export function applyChanges(state: JsonObject, changes: readonly Change[]): void {
  for (const { at, is } of changes) {
    const name = at.at(-1);
    if (name === undefined) continue;
    let parent = state;
    for (const step of at.slice(0, -1)) {
      const next = Object.hasOwn(parent, step) ? parent[step] : undefined;
      const below: JsonObject = isObject(next) ? next : {};
      if (below !== next) parent[step] = below;
      parent = below;
    }
    if (is === undefined) delete parent[name];
    else parent[name] = is;
  }
}
