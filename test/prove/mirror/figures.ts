import type { Finding } from "../figures.ts";
import type { MirrorRun, MirrorSchedule } from "./schedule.ts";
import { mirrorScheduleId } from "./schedule-id.ts";

/** What was tried on the mirror, and what came of it; `mergeMirror` adds two up. */
export interface MirrorFigures {
  singles: number;
  /** Two containers called at once, with a fault in one of them. */
  twice: number;
  pairs: number;
  /** How many schedules with a second fault the singles would lead to. */
  pairsPossible: number;
  /** A container that freezes before one of its requests, while another one mirrors a newer set. */
  frozen: number;
  /** The run without faults of each unit of work, and how many of them put the newest set into force. */
  quiet: number;
  quietMirrored: number;
  /** Schedules in which something was wrong: a torn set, one that went back, a version lost, no convergence, a secret printed. */
  failed: number;
  /** Of the starts without a fault: how often a reader of whatever is CURRENT saw a torn set. */
  controlTorn: number;
  /** The first ones. */
  findings: Finding[];
}

const MAX_FINDINGS = 20;

export function noMirrorFigures(): MirrorFigures {
  const numbers = { singles: 0, twice: 0, pairs: 0, pairsPossible: 0, frozen: 0, quiet: 0, quietMirrored: 0 };
  return { ...numbers, failed: 0, controlTorn: 0, findings: [] };
}

/** Adds one schedule. */
export function countMirror(
  figures: MirrorFigures,
  kind: "singles" | "twice" | "pairs" | "frozen",
  schedule: MirrorSchedule,
  { problems }: Pick<MirrorRun, "problems">,
): void {
  figures[kind] += 1;
  if (problems.length === 0) return;
  figures.failed += 1;
  if (figures.findings.length < MAX_FINDINGS) figures.findings.push({ id: mirrorScheduleId(schedule), problems });
}

/** Adds a run without faults. @param problems what was wrong with it */
export function countQuietMirror(figures: MirrorFigures, schedule: MirrorSchedule, problems: readonly string[]): void {
  figures.quiet += 1;
  if (problems.length === 0) {
    figures.quietMirrored += 1;
    return;
  }
  figures.failed += 1;
  figures.findings.push({ id: mirrorScheduleId(schedule), problems });
}

/** Adds `more` to `figures`. */
export function mergeMirror(figures: MirrorFigures, { findings, ...numbers }: MirrorFigures): void {
  for (const key of Object.keys(numbers) as (keyof typeof numbers)[]) figures[key] += numbers[key];
  figures.findings.push(...findings.slice(0, MAX_FINDINGS - figures.findings.length));
}
