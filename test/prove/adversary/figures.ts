import type { Finding } from "../figures.ts";
import { type Judgement, type ViolationName, violationNames } from "./judge/judge.ts";

/** Sums over schedules; `mergeAdversary` adds two up. */
export type AdversaryFigures = Record<ViolationName, number> & {
  schedules: number;
  raced: number;
  /** Runs without the attacker, and how many of them rotated at their end. */
  units: number;
  rotated: number;
  /** Schedules that violated something. */
  failed: number;
  /** The first of each group of violations. */
  findings: Finding[];
};

const MAX_FINDINGS = 300;
const MAX_FINDINGS_A_UNIT = 10;

export function noAdversaryFigures(): AdversaryFigures {
  const none = Object.fromEntries(violationNames.map((name) => [name, 0])) as Record<ViolationName, number>;
  return { ...none, schedules: 0, raced: 0, units: 0, rotated: 0, failed: 0, findings: [] };
}

/** Adds one judged schedule. */
export function countAdversary(figures: AdversaryFigures, id: string, judgement: Judgement): void {
  figures.schedules += 1;
  figures.raced += judgement.raced;
  for (const name of violationNames) figures[name] += judgement[name];
  if (judgement.problems.length === 0) return;
  figures.failed += 1;
  if (figures.findings.length < MAX_FINDINGS_A_UNIT) figures.findings.push({ id, problems: judgement.problems });
}

/** Adds `more` to `figures`. */
export function mergeAdversary(figures: AdversaryFigures, { findings, ...numbers }: AdversaryFigures): void {
  for (const key of Object.keys(numbers) as (keyof typeof numbers)[]) figures[key] += numbers[key];
  figures.findings.push(...findings.slice(0, Math.max(0, MAX_FINDINGS - figures.findings.length)));
}
