/**
 * The folder of one run, under `.cache/mutation`: what is asked for, which mutants were chosen, and how each ended, a line as soon as it is
 * known. A run that was killed finds them there and goes on.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Task } from "./choice.ts";

export interface Choice {
  /** The files of those that are still to be judged, by Stryker's number; a number holds for one process of Stryker. */
  readonly files: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
  /** How many there were to choose from. */
  readonly population: number;
  readonly silenced: number;
  readonly atLoad: number;
}

interface Entry {
  readonly key: string;
  readonly status: string;
}

export interface Journal {
  /** @param commit null: the code was not committed */
  open(task: Task, commit: string | null): void;
  task(): Task;
  commit(): string | null;
  choose(choice: Choice): void;
  choice(): Choice;
  /** What no run has said yet: Stryker has not come that far. */
  forgetChoice(): void;
  add(entry: Entry): void;
  /** The status of each mutant that was judged, by its key. */
  judged(): ReadonlyMap<string, string>;
}

/** A killed run may have left half a line. */
function entryOf(line: string): Entry | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

export function journal(folder: string): Journal {
  const file = (name: string) => path.join(folder, name);
  const read = (name: string) => JSON.parse(readFileSync(file(name), "utf8"));
  const write = (name: string, value: unknown) => writeFileSync(file(name), JSON.stringify(value));
  return {
    open: (task, commit) => {
      mkdirSync(folder, { recursive: true });
      write("task.json", task);
      write("commit.json", commit);
    },
    task: () => read("task.json"),
    commit: () => read("commit.json"),
    choose: (choice) => write("choice.json", choice),
    choice: () => {
      const choice: Choice | null = existsSync(file("choice.json")) ? read("choice.json") : null;
      if (choice === null) throw new Error("Stryker chose no mutants");
      return choice;
    },
    forgetChoice: () => write("choice.json", null),
    // The line end comes first, so that half a line of a killed run spoils no other.
    add: (entry) => appendFileSync(file("judged.jsonl"), `\n${JSON.stringify(entry)}`),
    judged: () => {
      const text = existsSync(file("judged.jsonl")) ? readFileSync(file("judged.jsonl"), "utf8") : "";
      const entries = text.split("\n").map(entryOf);
      return new Map(entries.flatMap((entry) => (entry === null ? [] : [[entry.key, entry.status]])));
    },
  };
}
