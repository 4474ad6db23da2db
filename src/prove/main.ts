import "../silence.ts";
import { systemClock } from "../clock.ts";
import { createHandler } from "../handler.ts";
import { runCampaign } from "./campaign.ts";
import { combinationId, parseCombination } from "./combinations.ts";
import { plainOrder } from "./control.ts";
import { HELP, type ProveOptions, parseOptions } from "./options.ts";
import { createPool } from "./pool.ts";
import { failuresOf, findingsText, reportOf } from "./report.ts";
import { parseSchedule } from "./schedule.ts";
import { detectSupport } from "./support.ts";
import { traceText } from "./trace.ts";
import { openRun } from "./unit.ts";

const THREADS = 2;

async function reproduce(options: ProveOptions, id: string): Promise<void> {
  const schedule = parseSchedule(id);
  const { seed, subject } = options;
  const support = await detectSupport(subject === "control" ? plainOrder : createHandler, seed);
  const { run } = await openRun({ seed, support }, combinationId(schedule.combination), schedule.flow, subject);
  process.stdout.write(`${traceText(await run(schedule))}\n`);
}

async function prove(options: ProveOptions): Promise<void> {
  const started = systemClock.monotonic();
  const seconds = () => (systemClock.monotonic() - started) / 1000;
  const pool = createPool(THREADS);
  let shownAt = 0;
  try {
    const campaign = await runCampaign(
      {
        ...options,
        combination: options.combination === null ? null : combinationId(parseCombination(options.combination)),
        onProgress: (text) => {
          if (seconds() - shownAt < 5) return;
          shownAt = seconds();
          process.stderr.write(`${Math.round(shownAt)} s  ${text}\n`);
        },
      },
      pool.workers,
    );
    const report = reportOf(campaign, seconds(), options.seed);
    const failures = failuresOf(report);
    process.stderr.write(`${findingsText(campaign.figures)}\n`);
    const { control } = campaign;
    const line = `plain order, for comparison: ${control.schedules} schedules, lost ${control.lost}`;
    process.stderr.write(`${line}, unverified promotions ${control.unverifiedPromotions}\n`);
    for (const failure of failures) process.stderr.write(`FAILED: ${failure}\n`);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await pool.close();
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else if (options.reproduce !== null) await reproduce(options, options.reproduce);
  else await prove(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
