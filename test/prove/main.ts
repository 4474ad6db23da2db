import "../../src/base/silence.ts";
import { systemClock } from "../../src/base/clock.ts";
import { systemEntropy } from "../../src/base/entropy.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import type { AdoptionFigures } from "./adoption-kills.ts";
import { runAdversaryCampaign } from "./adversary/campaign.ts";
import { type AdversaryReport, adversaryFailuresOf, adversaryReportOf, noAdversary } from "./adversary/report.ts";
import { ADVERSARY_ID, parseAdversarySchedule } from "./adversary/schedule.ts";
import { adversaryTraceText } from "./adversary/trace.ts";
import { replaySchedule } from "./adversary/unit.ts";
import { type Campaign, runCampaign } from "./campaign.ts";
import { codeDigest } from "./code.ts";
import { combinationId, parseCombination } from "./combinations.ts";
import { runCommandCampaign } from "./command-campaign.ts";
import type { CommandFigures } from "./command-kills.ts";
import type { CommandUnit } from "./command-unit.ts";
import { plainOrder } from "./control.ts";
import type { Figures } from "./figures.ts";
import { runKills } from "./kills.ts";
import { runMirrorCampaign } from "./mirror/campaign.ts";
import type { MirrorFigures } from "./mirror/figures.ts";
import { runMirror } from "./mirror/schedule.ts";
import { MIRROR_ID, parseMirrorSchedule } from "./mirror/schedule-id.ts";
import { mirrorTraceText } from "./mirror/trace.ts";
import type { MirrorUnit } from "./mirror/unit.ts";
import { HELP, type ProveOptions, parseOptions } from "./options.ts";
import { pinnedRunOf, pinsOf, writePins } from "./pins.ts";
import { createPool } from "./pool.ts";
import {
  commandFailuresOf,
  failuresOf,
  findingsText,
  findingText,
  livenessFailuresOf,
  type MirrorReport,
  mirrorFailuresOf,
  type ProveReport,
  reportOf,
} from "./report.ts";
import { runSabotage, type SabotageResult } from "./sabotage/campaign.ts";
import { plantedBug, plantedBugs } from "./sabotage/planted/index.ts";
import { missedText, sabotageFailuresOf, sabotageReportOf, sabotageText } from "./sabotage/report.ts";
import { parseSchedule } from "./schedule.ts";
import { detectSupport } from "./support.ts";
import { traceText, walkTraceText } from "./trace.ts";
import { openRun, type Unit } from "./unit.ts";
import { runUpgrades, upgradeFailuresOf } from "./upgrades/campaign.ts";
import { WALK_ID } from "./walk-commands.ts";
import { parseWalk, replayWalk } from "./walks.ts";

const SHOW_EVERY_SECONDS = 5;
/** Of some 40,000 schedules of the adversary: 2,900. */
const ADVERSARY_SHARE = 0.0715;

const tell = (text: string) => process.stderr.write(`${text}\n`);

async function reproduce({ seed, subject }: ProveOptions, id: string): Promise<string> {
  const handler = subject === "control" ? plainOrder : createHandler;
  if (id.startsWith(WALK_ID)) return walkTraceText(await replayWalk(parseWalk(id, seed), seed, handler));
  if (id.startsWith(ADVERSARY_ID)) {
    const { run, judgement } = await replaySchedule(parseAdversarySchedule(id), seed);
    return adversaryTraceText(run, judgement);
  }
  if (id.startsWith(MIRROR_ID)) {
    const schedule = parseMirrorSchedule(id);
    return mirrorTraceText(schedule, await runMirror(schedule, seed));
  }
  const schedule = parseSchedule(id);
  const support = await detectSupport(handler, seed);
  const { run } = await openRun({ seed, support }, combinationId(schedule.combination), schedule.flow, subject);
  return traceText(await run(schedule));
}

interface Progress {
  seconds(): number;
  /** Of all threads, on the processor. */
  cpuSeconds(): number;
  /** Tells of what is done, at most once in five seconds. */
  show(text: string): void;
}

function startProgress(): Progress {
  const started = systemClock.monotonic();
  const seconds = () => (systemClock.monotonic() - started) / 1000;
  const startedOnCpu = process.cpuUsage();
  let shownAt = 0;
  return {
    seconds,
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage(startedOnCpu);
      return (user + system) / 1e6;
    },
    show: (text) => {
      if (seconds() - shownAt < SHOW_EVERY_SECONDS) return;
      shownAt = seconds();
      tell(`${Math.round(shownAt)} s  ${text}`);
    },
  };
}

async function killCommand(seed: number): Promise<NonNullable<ProveReport["command"]>> {
  const script = new URL("./command-worker.ts", import.meta.url);
  const pool = createPool<CommandUnit, CommandFigures | AdoptionFigures>(script);
  try {
    const campaign = await runCommandCampaign(seed, pool.workers);
    const { problems, ...rotate } = campaign.rotate;
    const { problems: further, ...adopt } = campaign.adopt;
    for (const problem of [...problems, ...further]) tell(`FAILED: ${problem}`);
    return { ...rotate, adopt };
  } finally {
    await pool.close();
  }
}

async function tryAdversary({ seed, adversaryOnly }: ProveOptions, { show }: Progress): Promise<AdversaryReport> {
  const share = adversaryOnly ? 1 : ADVERSARY_SHARE;
  const campaign = await runAdversaryCampaign({ seed, share, onProgress: show });
  for (const finding of campaign.figures.findings) tell(findingText(finding));
  return adversaryReportOf(campaign);
}

async function faultMirror(options: ProveOptions, { show }: Progress): Promise<MirrorReport> {
  const { seed, singlesOnly, allPairs, mirrorPairs } = options;
  const mostPairs = singlesOnly ? 0 : allPairs ? Number.POSITIVE_INFINITY : mirrorPairs;
  const pool = createPool<MirrorUnit, MirrorFigures>(new URL("./mirror/worker.ts", import.meta.url));
  try {
    const { findings, ...figures } = await runMirrorCampaign({ seed, mostPairs, onProgress: show }, pool.workers);
    for (const finding of findings) tell(findingText(finding));
    return figures;
  } finally {
    await pool.close();
  }
}

function finish(line: object, failures: readonly string[]): void {
  for (const failure of failures) tell(`FAILED: ${failure}`);
  process.stdout.write(`${JSON.stringify(line)}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

async function proveCommand({ seed }: ProveOptions): Promise<void> {
  const { seconds } = startProgress();
  const command = await killCommand(seed);
  finish({ command, seconds: Math.round(seconds()) }, commandFailuresOf(command));
}

async function proveMirror(options: ProveOptions): Promise<void> {
  const progress = startProgress();
  const mirror = await faultMirror(options, progress);
  finish({ mirror, seconds: Math.round(progress.seconds()) }, mirrorFailuresOf(mirror));
}

async function proveAdversary(options: ProveOptions): Promise<void> {
  const progress = startProgress();
  const report = await tryAdversary(options, progress);
  finish({ ...report, seconds: Math.round(progress.seconds()) }, adversaryFailuresOf(report));
}

async function plantBugs({ seed, sabotage }: ProveOptions, { show }: Progress): Promise<SabotageResult[]> {
  const name = sabotage?.name ?? null;
  const bugs = name === null ? plantedBugs : [plantedBug(name)];
  const results = await runSabotage(bugs, { seed, onProgress: show });
  for (const missed of results.map(missedText)) if (missed !== null) tell(`FAILED: ${missed}`);
  return results;
}

async function proveSabotage(options: ProveOptions): Promise<void> {
  const progress = startProgress();
  const results = await plantBugs(options, progress);
  if (!options.json) for (const result of results) process.stdout.write(`${sabotageText(result)}\n`);
  const sabotage = sabotageReportOf(results);
  finish({ sabotage, seconds: Math.round(progress.seconds()) }, sabotageFailuresOf(sabotage));
}

async function faultRotations(options: ProveOptions, { show }: Progress): Promise<Campaign> {
  const pool = createPool<Unit, Figures>(new URL("./worker.ts", import.meta.url));
  const combination = options.combination === null ? null : combinationId(parseCombination(options.combination));
  try {
    return await runCampaign({ ...options, combination, onProgress: show }, pool.workers);
  } finally {
    await pool.close();
  }
}

async function prove(options: ProveOptions): Promise<void> {
  // Now: what is changed while it runs was not tried.
  const code = codeDigest();
  const progress = startProgress();
  const campaign = await faultRotations(options, progress);
  const rotationTimes = { rotationSeconds: progress.seconds(), rotationCpuSeconds: progress.cpuSeconds() };
  const isPart = options.walksOnly || options.combination !== null || options.issuer !== null;
  const command = isPart ? null : await killCommand(options.seed);
  const mirror = isPart ? null : await faultMirror(options, progress);
  const adversary = isPart ? null : await tryAdversary(options, progress);
  const sabotage = isPart || options.part !== null ? null : sabotageReportOf(await plantBugs(options, progress));
  const times = { ...rotationTimes, seconds: progress.seconds() };
  const parts = { command, mirror, ...(adversary ?? noAdversary), sabotage };
  const report = reportOf(campaign, parts, times, { seed: options.seed, code });
  if (options.pin) writePins(pinsOf(campaign.figures, pinnedRunOf(options)));
  tell(findingsText(campaign.figures));
  const { control } = campaign;
  const line = `plain order, for comparison: ${control.schedules} schedules, lost ${control.lost}`;
  tell(`${line}, unverified promotions ${control.unverifiedPromotions}`);
  finish(report, failuresOf(report));
}

/** So many findings are told with their whole story. */
const TOLD = 3;

async function proveUpgrades({ seed }: ProveOptions): Promise<void> {
  const { show, seconds } = startProgress();
  let found = 0;
  const onFinding = (text: string) => {
    found += 1;
    tell(`FAILED: ${found <= TOLD ? text : text.split("\n")[0]}`);
  };
  const upgrades = await runUpgrades({ seed, onProgress: show, onFinding });
  finish({ upgrades, seconds: Math.round(seconds()) }, upgradeFailuresOf(upgrades));
}

async function proveKills({ combination }: ProveOptions): Promise<void> {
  const started = systemClock.monotonic();
  const parsed = parseCombination(combination ?? "token-lives");
  const seams = { clock: systemClock, entropy: systemEntropy, combination: parsed };
  const { failures, ...figures } = await runKills(seams, (id, problems) => {
    for (const problem of problems) tell(`FAILED: ${id}: ${problem}`);
  });
  const lifeless = livenessFailuresOf(figures.liveness);
  for (const failure of lifeless) tell(`FAILED: ${failure}`);
  const isLive = lifeless.length === 0;
  const seconds = Math.round((systemClock.monotonic() - started) / 1000);
  process.stdout.write(`${JSON.stringify({ ...figures, killsFailed: failures, seconds })}\n`);
  process.exitCode = failures === 0 && isLive ? 0 : 1;
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else if (options.reproduce !== null) process.stdout.write(`${await reproduce(options, options.reproduce)}\n`);
  else if (options.kills) await proveKills(options);
  else if (options.upgrades) await proveUpgrades(options);
  else if (options.sabotage !== null) await proveSabotage(options);
  else if (options.adversaryOnly) await proveAdversary(options);
  else if (options.mirrorOnly) await proveMirror(options);
  else if (options.commandOnly) await proveCommand(options);
  else await prove(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
