/** What the gate reads of the decide table and of the stages: not by their text, but from the modules themselves. */

/** A row of the decide table, whichever member names it. */
interface Row {
  readonly id: string;
}

type Exports = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function rowOf(value: unknown): Row | null {
  const id = isObject(value) ? (value["id"] ?? value["row"]) : null;
  return typeof id === "string" ? { id } : null;
}

/** The ids of all rows: of the longest list, and of rows that it does not hold. A list of a section is a part of the whole table. */
export function rowIdsIn(modules: readonly Exports[]): string[] {
  const tables = modules
    .flatMap((exports) => Object.values(exports))
    .filter((value) => Array.isArray(value))
    .filter((list) => list.length > 0 && list.every((value) => rowOf(value) !== null))
    .sort((one, other) => other.length - one.length);
  const [whole = [], ...parts] = tables;
  const known = new Set<unknown>(whole);
  const rows: unknown[] = [...whole];
  for (const part of parts) {
    rows.push(...part.filter((row) => !known.has(row)));
    for (const row of part) known.add(row);
  }
  return rows.map((row) => rowOf(row)?.id ?? "");
}

/** A stage, with the kinds of decisions that it handles. */
export interface StageHandles {
  readonly name: string;
  readonly kinds: readonly string[];
}

/** The stages that modules export, each once. */
export function stagesIn(modules: readonly Exports[]): StageHandles[] {
  const stages = new Set(modules.flatMap((exports) => Object.values(exports)).filter(isObject));
  return [...stages].flatMap(({ name, handles }) =>
    typeof name === "string" && isObject(handles) ? [{ name, kinds: Object.keys(handles) }] : [],
  );
}

/** Decisions that change nothing: the loop of the pipeline sees to them. */
const OF_THE_LOOP = ["wait", "drop", "done", "fail"];
const DECISION_TYPE = /^export type (?:Decision|Action) =([\s\S]*?);$\n\n/m;

/** The kinds of decisions that need a stage, as the type in one of these texts lists them. */
export function decisionKindsIn(texts: readonly string[]): string[] {
  const union = texts.map((text) => DECISION_TYPE.exec(text)?.[1]).find((found) => found !== undefined) ?? "";
  const kinds = [...union.matchAll(/\bkind: "([a-z-]+)"/g)].map(([, kind = ""]) => kind);
  return kinds.filter((kind) => !OF_THE_LOOP.includes(kind));
}

/** What occurs more than once, each time but the first. */
export function repeated(words: readonly string[]): string[] {
  return words.filter((word, index) => words.indexOf(word) !== index);
}
