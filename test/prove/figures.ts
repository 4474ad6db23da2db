import type { Judgement } from "./checker.ts";
import { combinationId } from "./combinations.ts";
import type { History } from "./history.ts";
import { isSingle, overlapFlows, scheduleId } from "./schedule.ts";

/** A violation: what `--reproduce` takes, and what was wrong. */
export interface Finding {
  readonly id: string;
  readonly problems: readonly string[];
}

/** Sums and maxima over schedules; `merge` adds two up. */
export interface Figures {
  schedules: number;
  singles: number;
  pairs: number;
  lost: number;
  unverifiedPromotions: number;
  /** Allowed by rule 4 of the protocol's Vault writes. */
  rule4Promotions: number;
  leaks: number;
  notConverged: number;
  otherViolations: number;
  /** Schedules with an answer LOCKED_OUT or SECRET_REJECTED that was not so, or a dropped value that worked. */
  falseAlarms: number;
  falseAlarmsInPairs: number;
  /** Rotations without any fault, of each unit of work and after each walk; and how many of them rotated. */
  quiet: number;
  quietRotated: number;
  maxRotationsToConverge: number;
  /** Of schedules with one fault. */
  maxExtraMints: number;
  maxExtraMintsInPairs: number;
  /** Of rotations, virtual: how long the issuer refused CURRENT at a stretch. */
  longestCurrentDeadMs: number;
  /** The same when a rotation for a compromised secret, or `retire`, ends a value on purpose. */
  longestCurrentDeadOnPurposeMs: number;
  walks: number;
  walksFailed: number;
  /** Commands of all walks. */
  walkSteps: number;
  walksWithoutWayBack: number;
  /** Of those without any way back: they end with the answer LOCKED_OUT. */
  walksLockedOut: number;
  /** What the checker allows in walks, as in `rule4Promotions`, and a claim in the place of what an operator had promoted unseen. */
  walkExceptions: number;
  /** Single faults that were tried, each with one recovery or several, and those that a run of a part left out. */
  chosen: number;
  leftOut: number;
  /** How many schedules with a second fault the singles would lead to. */
  pairsPossible: number;
  inherent: Record<string, number>;
  /** The same by `singles` or `pairs`, combination and reason, with blanks between them. */
  inherentByPlace: Record<string, number>;
  /** Violations by the faults that struck, `call:kind` joined by ` + `. */
  violationsByFault: Record<string, number>;
  /** The first of each group of violations. */
  findings: Finding[];
}

const MAX_FINDINGS_A_FAULT = 2;
const MAX_FINDINGS = 400;

export function noFigures(): Figures {
  return {
    schedules: 0,
    singles: 0,
    pairs: 0,
    lost: 0,
    unverifiedPromotions: 0,
    rule4Promotions: 0,
    leaks: 0,
    notConverged: 0,
    otherViolations: 0,
    falseAlarms: 0,
    falseAlarmsInPairs: 0,
    quiet: 0,
    quietRotated: 0,
    maxRotationsToConverge: 0,
    maxExtraMints: 0,
    maxExtraMintsInPairs: 0,
    longestCurrentDeadMs: 0,
    longestCurrentDeadOnPurposeMs: 0,
    walks: 0,
    walksFailed: 0,
    walkSteps: 0,
    walksWithoutWayBack: 0,
    walksLockedOut: 0,
    walkExceptions: 0,
    chosen: 0,
    leftOut: 0,
    pairsPossible: 0,
    inherent: {},
    inherentByPlace: {},
    violationsByFault: {},
    findings: [],
  };
}

function countIn(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}

function faultsThatStruck({ schedule, world }: History): string {
  const struck = world.emulator.requests.flatMap(({ call, fault }) => (fault === null ? [] : [`${call}:${fault}`]));
  const { run } = schedule;
  const all = run === null ? struck : [run.kind, ...struck];
  return all.length === 0 ? "no fault" : all.join(" + ");
}

/** Adds one judged schedule. */
export function count(figures: Figures, history: History, judgement: Judgement): void {
  const { schedule } = history;
  const isPair = !isSingle(schedule);
  figures.schedules += 1;
  if (isPair) figures.pairs += 1;
  else figures.singles += 1;
  if (judgement.isLost) figures.lost += 1;
  else if (!judgement.isConverged) figures.notConverged += 1;
  figures.unverifiedPromotions += judgement.unverified;
  figures.rule4Promotions += judgement.exceptions;
  figures.leaks += judgement.leaks;
  figures.otherViolations += judgement.otherViolations;
  if (judgement.isFalseAlarm) figures[isPair ? "falseAlarmsInPairs" : "falseAlarms"] += 1;
  figures.maxRotationsToConverge = Math.max(figures.maxRotationsToConverge, judgement.rounds ?? 0);
  const mints = isPair ? "maxExtraMintsInPairs" : "maxExtraMints";
  figures[mints] = Math.max(figures[mints], judgement.extraMints);
  const dead = overlapFlows.includes(schedule.flow) ? "longestCurrentDeadOnPurposeMs" : "longestCurrentDeadMs";
  figures[dead] = Math.max(figures[dead], Math.round(judgement.longestDeadMs));
  if (judgement.inherent !== null) {
    countIn(figures.inherent, judgement.inherent);
    const place = `${isPair ? "pairs" : "singles"} ${combinationId(schedule.combination)}`;
    countIn(figures.inherentByPlace, `${place} ${judgement.inherent}`);
  }
  if (judgement.problems.length === 0) return;
  const faults = faultsThatStruck(history);
  countIn(figures.violationsByFault, faults);
  if ((figures.violationsByFault[faults] ?? 0) <= MAX_FINDINGS_A_FAULT && figures.findings.length < MAX_FINDINGS) {
    figures.findings.push({ id: scheduleId(schedule), problems: judgement.problems });
  }
}

/** Adds a rotation without faults. @param problems what was wrong with it */
export function countQuiet(figures: Figures, id: string, problems: readonly string[]): void {
  figures.quiet += 1;
  if (problems.length === 0) figures.quietRotated += 1;
  else figures.findings.push({ id, problems });
}

/** Adds `more` to `figures`. */
export function merge(figures: Figures, more: Figures): void {
  for (const key of ["schedules", "singles", "pairs", "lost", "unverifiedPromotions", "rule4Promotions"] as const) {
    figures[key] += more[key];
  }
  for (const key of ["chosen", "leftOut", "pairsPossible"] as const) figures[key] += more[key];
  for (const key of ["leaks", "notConverged", "otherViolations"] as const) figures[key] += more[key];
  for (const key of ["falseAlarms", "falseAlarmsInPairs", "quiet", "quietRotated"] as const) figures[key] += more[key];
  for (const key of [
    "walks",
    "walksFailed",
    "walkSteps",
    "walksWithoutWayBack",
    "walksLockedOut",
    "walkExceptions",
  ] as const) {
    figures[key] += more[key];
  }
  const maxima = [
    "maxRotationsToConverge",
    "maxExtraMints",
    "maxExtraMintsInPairs",
    "longestCurrentDeadMs",
    "longestCurrentDeadOnPurposeMs",
  ] as const satisfies (keyof Figures)[];
  for (const key of maxima) figures[key] = Math.max(figures[key], more[key]);
  for (const [reason, by] of Object.entries(more.inherent)) countIn(figures.inherent, reason, by);
  for (const [place, by] of Object.entries(more.inherentByPlace)) countIn(figures.inherentByPlace, place, by);
  for (const [faults, by] of Object.entries(more.violationsByFault)) countIn(figures.violationsByFault, faults, by);
  figures.findings.push(...more.findings.slice(0, Math.max(0, MAX_FINDINGS - figures.findings.length)));
}
