import "../silence.ts";
import { systemClock } from "../clock.ts";
import { systemEntropy } from "../entropy.ts";
import { createHandler } from "../handler.ts";
import { runCampaign } from "./campaign.ts";
import { combinationId, parseCombination } from "./combinations.ts";
import { type CommandFigures, runCommandKills } from "./command-kills.ts";
import { plainOrder } from "./control.ts";
import { runKills } from "./kills.ts";
import { runMirrorCampaign } from "./mirror/campaign.ts";
import { HELP, type ProveOptions, parseOptions } from "./options.ts";
import { createPool } from "./pool.ts";
import { commandFailuresOf, failuresOf, findingsText, reportOf } from "./report.ts";
import { parseSchedule } from "./schedule.ts";
import { detectSupport } from "./support.ts";
import { traceText, walkTraceText } from "./trace.ts";
import { openRun } from "./unit.ts";
import { WALK_ID } from "./walk-commands.ts";
import { parseWalk, replayWalk } from "./walks.ts";

const THREADS = 2;

async function reproduce(options: ProveOptions, id: string): Promise<void> {
  const { seed, subject } = options;
  const handler = subject === "control" ? plainOrder : createHandler;
  if (id.startsWith(WALK_ID)) {
    process.stdout.write(`${walkTraceText(await replayWalk(parseWalk(id, seed), seed, handler))}\n`);
    return;
  }
  const schedule = parseSchedule(id);
  const support = await detectSupport(handler, seed);
  const { run } = await openRun({ seed, support }, combinationId(schedule.combination), schedule.flow, subject);
  process.stdout.write(`${traceText(await run(schedule))}\n`);
}

const tell = (text: string) => process.stderr.write(`${text}\n`);

async function killCommand(seed: number): Promise<Omit<CommandFigures, "problems">> {
  const { problems, ...figures } = await runCommandKills(seed);
  for (const problem of problems) tell(`FAILED: ${problem}`);
  return figures;
}

async function proveCommand({ seed }: ProveOptions): Promise<void> {
  const started = systemClock.monotonic();
  const command = await killCommand(seed);
  const seconds = Math.round((systemClock.monotonic() - started) / 1000);
  process.stdout.write(`${JSON.stringify({ command, seconds })}\n`);
  process.exitCode = commandFailuresOf(command).length === 0 ? 0 : 1;
}

async function proveMirror({ seed, singlesOnly, allPairs, mirrorPairs }: ProveOptions): Promise<void> {
  const started = systemClock.monotonic();
  const pairs = singlesOnly ? 0 : allPairs ? Number.POSITIVE_INFINITY : mirrorPairs;
  const { problems, ...mirror } = await runMirrorCampaign(seed, pairs);
  for (const problem of problems) tell(`FAILED: ${problem}`);
  const seconds = Math.round((systemClock.monotonic() - started) / 1000);
  process.stdout.write(`${JSON.stringify({ mirror, seconds })}\n`);
  process.exitCode = mirror.failed === 0 && mirror.controlTorn > 0 ? 0 : 1;
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
    const isPart = options.walksOnly || options.combination !== null || options.issuer !== null;
    const command = isPart ? null : await killCommand(options.seed);
    const report = reportOf(campaign, command, seconds(), options.seed);
    const failures = failuresOf(report);
    tell(findingsText(campaign.figures));
    const { control } = campaign;
    const line = `plain order, for comparison: ${control.schedules} schedules, lost ${control.lost}`;
    tell(`${line}, unverified promotions ${control.unverifiedPromotions}`);
    for (const failure of failures) tell(`FAILED: ${failure}`);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await pool.close();
  }
}

async function proveKills({ combination }: ProveOptions): Promise<void> {
  const started = systemClock.monotonic();
  const parsed = parseCombination(combination ?? "token-lives");
  const seams = { clock: systemClock, entropy: systemEntropy, combination: parsed };
  const { failures, ...figures } = await runKills(seams, (id, problems) => {
    for (const problem of problems) tell(`FAILED: ${id}: ${problem}`);
  });
  const seconds = Math.round((systemClock.monotonic() - started) / 1000);
  process.stdout.write(`${JSON.stringify({ ...figures, killsFailed: failures, seconds })}\n`);
  process.exitCode = failures === 0 ? 0 : 1;
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else if (options.reproduce !== null) await reproduce(options, options.reproduce);
  else if (options.kills) await proveKills(options);
  else if (options.mirrorOnly) await proveMirror(options);
  else if (options.commandOnly) await proveCommand(options);
  else await prove(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
