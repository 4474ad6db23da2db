/**
 * `npm run mutate`: changes the code in small ways (Stryker), and counts which changes no test notices. Without arguments every group, one
 * after the other; `npm run mutate -- recovery stages` those two; `npm run mutate -- --files "src/recovery/view*.ts"` some files alone,
 * for a look at what survives. One line a group at the end, `--json` a line for scripts; exit code 1 where a group misses its mark.
 * The counts of whole groups are kept in docs/mutation.json, from which `npm run proof` takes them.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { line, score, type Tally, tally } from "./mutation-score.ts";
import { ROOT, runTool } from "./run.ts";

interface Group {
  readonly files: string;
  /** `modules`: the tests of single modules alone. `all`: also those that start the whole product against the emulator. */
  readonly judges: "modules" | "all";
  /** The score below which the run fails; null: measured alone. */
  readonly least: number | null;
}

const groups: Readonly<Record<string, Group>> = {
  recovery: { files: "src/recovery/**/*.ts", judges: "modules", least: 95 },
  stages: { files: "src/stages/**/*.ts", judges: "modules", least: 95 },
  acts: { files: "src/acts/**/*.ts", judges: "modules", least: null },
  issuers: { files: "src/issuers/**/*.ts", judges: "modules", least: null },
  top: { files: "src/claim.ts,src/handler.ts,src/pipeline.ts", judges: "all", least: null },
};

const REPORT = path.join(ROOT, ".cache", "mutation.json");
const KEPT = path.join(ROOT, "docs", "mutation.json");
const TWO_HOURS_MS = 2 * 3_600_000;

/** @throws Error where Stryker made no report: a test fails without any mutant, say */
function mutate(files: string, judges: Group["judges"]): Tally {
  rmSync(REPORT, { force: true });
  const { status } = runTool("stryker", ["run", "--mutate", files], {
    env: { MUTATION_JUDGES: judges },
    output: "inherit",
    timeoutMs: TWO_HOURS_MS,
  });
  if (status !== 0 || !existsSync(REPORT)) throw new Error(`Stryker ended without a report on ${files}`);
  return tally(JSON.parse(readFileSync(REPORT, "utf8")));
}

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean" }, files: { type: "string" } },
  allowPositionals: true,
});
const chosen = (positionals.length === 0 ? Object.keys(groups) : positionals).map((name) => {
  const group = groups[name];
  if (group === undefined) throw new Error(`no group ${name}; there are ${Object.keys(groups).join(", ")}`);
  return { name, ...group };
});

if (values.files === undefined) {
  const kept: Record<string, Tally> = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, "utf8")) : {};
  const results = chosen.map(({ name, files, judges, least }) => {
    const counts = mutate(files, judges);
    kept[name] = counts;
    // After each group: the next one may take an hour, and may be interrupted.
    writeFileSync(KEPT, `${JSON.stringify(kept, null, 2)}\n`);
    return { name, counts, least };
  });
  for (const { name, counts } of results) console.log(line(name, counts));
  const missed = results.filter(({ counts, least }) => least !== null && score(counts) < least);
  for (const { name, least } of missed) console.error(`${name} is below ${least} %`);
  if (values.json) {
    const figures = results.map(({ name, counts }) => [name, { score: score(counts), ...counts }]);
    console.log(JSON.stringify(Object.fromEntries(figures)));
  }
  if (missed.length > 0) process.exitCode = 1;
} else {
  console.log(line(values.files, mutate(values.files, "all")));
}
