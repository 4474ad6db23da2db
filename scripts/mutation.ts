/** `npm run mutate`: changes the code in small ways (Stryker), and counts which changes no test notices. */
import type { Task } from "./mutation/choice.ts";
import { codeDigest, commitOfCode, linesSince } from "./mutation/code.ts";
import { anyGroup, type Group, groupOf, groups } from "./mutation/groups.ts";
import { keep } from "./mutation/kept.ts";
import { type Measured, measure } from "./mutation/measure.ts";
import { judgedCount, line, score } from "./mutation/score.ts";
import { readOptions, refuse } from "./options.ts";

const USAGE = `Usage: npm run mutate [-- options] [GROUP ...]

Without the name of a group: all of them, one after the other.
The groups: ${Object.keys(groups).join(", ")}

  --since REF    only the lines that are new since then
  --files GLOBS  these files with all tests, for a look
  --sample N     at most n mutants of each group
  --seed TEXT    draws them
  --whole        every mutant of the groups that are sampled
  --json         a line for scripts
  --help         this text

A run that was killed goes on where it stopped, as long as code and tests are the same. Where tests have only gained lines since an
earlier run of a commit, what that run killed is not judged again. Exit code 1 if a group misses its score.
What groups came to is kept in docs/mutation.json with the commit, if all is committed.`;

const { values, positionals } = readOptions(
  {
    options: {
      json: { type: "boolean" },
      files: { type: "string" },
      since: { type: "string" },
      sample: { type: "string" },
      seed: { type: "string", default: "1" },
      whole: { type: "boolean" },
    },
    allowPositionals: true,
  },
  USAGE,
);

interface Asked {
  readonly name: string;
  readonly group: Group;
  readonly task: Task;
}

function sampleOf(group: Group): number | null {
  if (values.whole) return null;
  if (values.sample === undefined) return group.sample;
  const sample = Number(values.sample);
  if (!Number.isSafeInteger(sample) || sample < 1) refuse(`--sample takes a number, not ${values.sample}`, USAGE);
  return sample;
}

const task = (sample: number | null, lines: Task["lines"] = null): Task => ({ seed: values.seed, sample, lines });

function wholeGroups(names: readonly string[]): readonly Asked[] {
  return names.map((name) => {
    const group = groups[name];
    if (group === undefined) refuse(`there is no group ${name}`, USAGE);
    return { name, group, task: task(sampleOf(group)) };
  });
}

/** Each group judges its own files, of which only the new lines are changed. */
function changedGroups(ref: string): readonly Asked[] {
  const lines = linesSince(ref);
  return Object.entries(groups).flatMap(([name, group]) => {
    const files = Object.keys(lines).filter((file) => groupOf(file) === name);
    return files.length === 0 ? [] : [{ name, group: { ...group, files: files.join(",") }, task: task(null, lines) }];
  });
}

function asked(): readonly Asked[] {
  const { files, since } = values;
  if (files !== undefined) return [{ name: "files", group: anyGroup(files), task: task(null) }];
  return since === undefined
    ? wholeGroups(positionals.length === 0 ? Object.keys(groups) : positionals)
    : changedGroups(since);
}

/** After each group: the next one may take an hour, and may be interrupted. */
function keepIfCommitted(name: string, { counts, population }: Measured): void {
  const commit = commitOfCode();
  if (commit === null) {
    console.log(`${name} is not kept in docs/mutation.json: the code or its tests are not committed`);
    return;
  }
  const isSample = judgedCount(counts) < population;
  keep(name, { ...counts, commit, ...(isSample ? { sample: { seed: values.seed, of: population } } : {}) });
}

const code = codeDigest();
const isKept = values.files === undefined && values.since === undefined;
const results = asked().map(({ name, group, task }) => {
  const measured = measure(name, group, task, code);
  if (isKept) keepIfCommitted(name, measured);
  return { name, least: group.least, ...measured };
});

for (const mutant of results.flatMap(({ unnoticed }) => unnoticed)) console.log(mutant);
for (const { name, counts, population } of results) console.log(line(name, counts, population));
if (results.length === 0) console.log("nothing to judge");
const missed = results.filter(({ counts, least }) => judgedCount(counts) > 0 && score(counts) < least);
for (const { name, least } of missed) console.error(`${name} is below ${least} %`);
if (values.json) {
  const figures = results.map(({ name, counts, population }) => [
    name,
    { score: score(counts), population, ...counts },
  ]);
  console.log(JSON.stringify(Object.fromEntries(figures)));
}
if (missed.length > 0) process.exitCode = 1;
