import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { ROOT, runTool } from "../run.ts";
import type { Task } from "./choice.ts";
import { commitOfCode, onlyTestsGrew } from "./code.ts";
import type { Group } from "./groups.ts";
import { type Journal, journal } from "./journal.ts";
import { isUnnoticed, type Tally, tally } from "./score.ts";

const TWELVE_HOURS_MS = 12 * 3_600_000;
const DIGITS = 8;
const RUNS = path.join(ROOT, ".cache", "mutation");

export interface Measured {
  readonly counts: Tally;
  /** How many mutants there were to choose from. */
  readonly population: number;
  /** Mutants that no test noticed. */
  readonly unnoticed: readonly string[];
}

/** What a test noticed in an earlier run is known, if tests have only grown since. What none noticed is judged again. */
export function inherit(heir: Journal, earlier: readonly Journal[], stillHolds: (commit: string) => boolean): void {
  for (const past of earlier) {
    const commit = past.commit();
    if (commit === null || !stillHolds(commit)) continue;
    for (const [key, status] of past.judged()) if (!isUnnoticed(status)) heir.add({ key, status });
  }
}

/**
 * Has Stryker judge a group, or resume a killed run of the same task on the same code.
 * @param code what the outcome depends on: a run on other code starts again, unless only tests were added
 * @throws Error if Stryker did not finish, for example because a test fails without any mutant
 */
export function measure(name: string, group: Group, task: Task, code: string): Measured {
  const asked = createHash("sha256")
    .update(JSON.stringify([group, task]))
    .digest("hex")
    .slice(0, DIGITS);
  const folder = path.join(RUNS, `${name}-${asked}-${code}`);
  const earlier = existsSync(RUNS) ? readdirSync(RUNS).filter((run) => run.startsWith(`${name}-${asked}-`)) : [];
  const notes = journal(folder);
  const isNew = !existsSync(folder);
  notes.open(task, commitOfCode());
  if (isNew)
    inherit(
      notes,
      earlier.map((run) => journal(path.join(RUNS, run))),
      onlyTestsGrew,
    );
  notes.forgetChoice();
  const { status } = runTool("stryker", ["run", "--checkers", "sample", "--mutate", group.files], {
    env: { MUTATION_FOLDER: folder, MUTATION_GROUP: JSON.stringify(group) },
    output: "inherit",
    timeoutMs: TWELVE_HOURS_MS,
  });
  if (status !== 0)
    throw new Error(`Stryker ended with code ${status} on ${name}. Next: the same command, which goes on.`);
  const { keys, population, silenced, atLoad } = notes.choice();
  const judged = notes.judged();
  const ends = keys.map((key) => ({ key, status: judged.get(key) ?? "not judged" }));
  return {
    counts: tally(
      ends.map((end) => end.status),
      { silenced, atLoad },
    ),
    population,
    unnoticed: ends.filter((end) => isUnnoticed(end.status)).map(({ key, status }) => `${status} ${key}`),
  };
}
