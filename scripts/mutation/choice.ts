import { createHash } from "node:crypto";

interface Place {
  readonly line: number;
  readonly column: number;
}

/** A mutant as Stryker plans it; lines count from 0. */
export interface Mutant {
  readonly id: string;
  readonly fileName: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: Place; readonly end: Place };
  readonly status?: string;
  readonly statusReason?: string;
}

/** First and last line, counted from 1. */
export type Lines = readonly [first: number, last: number];

/** What a run is asked to judge. */
export interface Task {
  readonly seed: string;
  /** Maximum number of mutants; null: all of them. */
  readonly sample: number | null;
  /** Only mutants that begin in one of these lines of these files; null: wherever. */
  readonly lines: Readonly<Record<string, readonly Lines[]>> | null;
}

/** The same mutant of the same code has the same key in every run. */
export function keyOf({ mutatorName, replacement, location: { start, end } }: Mutant, file: string): string {
  const place = `${start.line + 1}:${start.column + 1}-${end.line + 1}:${end.column + 1}`;
  return `${file}:${place} ${mutatorName}: ${replacement}`;
}

export const fileOfKey = (key: string): string => key.slice(0, key.indexOf(":"));

const rank = (seed: string, key: string) => createHash("sha256").update(`${seed} ${key}`).digest("hex");

/** Those that the seed draws; as many as asked for, or all where there are not more. */
export function drawn(keys: readonly string[], { seed, sample }: Pick<Task, "seed" | "sample">): readonly string[] {
  if (sample === null || keys.length <= sample) return keys;
  const ranked = keys.map((key) => ({ key, rank: rank(seed, key) }));
  ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1));
  return ranked.slice(0, sample).map(({ key }) => key);
}

/** Whether a mutant begins in a line that the task is about. */
export function isAskedFor({ location }: Mutant, file: string, { lines }: Pick<Task, "lines">): boolean {
  if (lines === null) return true;
  const line = location.start.line + 1;
  return (lines[file] ?? []).some(([first, last]) => line >= first && line <= last);
}
