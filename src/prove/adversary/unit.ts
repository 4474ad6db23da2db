import { createHandler } from "../../handler.ts";
import { fractionOf } from "../enumerate.ts";
import type { Subject } from "../world.ts";
import { schedulesOf, type Triple } from "./enumerate.ts";
import { type AdversaryFigures, countAdversary, noAdversaryFigures } from "./figures.ts";
import { prepareHistory } from "./histories.ts";
import { deedsOf } from "./judge/deeds.ts";
import { type Judgement, judge } from "./judge/judge.ts";
import type { Prepared } from "./prepare.ts";
import { rotatesAfter } from "./quiet.ts";
import { type Run, runSchedule } from "./run.ts";
import { type AdversarySchedule, adversaryScheduleId } from "./schedule.ts";

/** A piece of work that one thread does at a time: all schedules that begin alike, or a seeded share of them. */
export interface AdversaryUnit {
  readonly seed: number;
  readonly triple: Triple;
  readonly share: number;
  /** These alone, by id; null: all. */
  readonly only: readonly string[] | null;
}

const KEPT = 8;
const kept = new Map<string, Promise<Prepared>>();

function preparedFor({ kind, history }: Triple, seed: number, subject: Subject): Promise<Prepared> {
  const key = JSON.stringify([kind, history, seed]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= KEPT) kept.clear();
  const made = prepareHistory(kind, history, seed, subject);
  kept.set(key, made);
  return made;
}

const alone = (schedule: AdversarySchedule): AdversarySchedule => ({ ...schedule, moves: [], hostile: null });

/** Runs one schedule, and the same without the attacker. */
export async function judgeSchedule(
  schedule: AdversarySchedule,
  prepared: Prepared,
  subject: Subject,
): Promise<{ readonly run: Run; readonly judgement: Judgement }> {
  const base = await runSchedule(alone(schedule), prepared, subject);
  const run = await runSchedule(schedule, prepared, subject);
  // Against a hostile issuer nobody else is there: it alone makes the run differ.
  return { run, judgement: judge(run, deedsOf(schedule.hostile === null ? base : run)) };
}

/** One schedule by itself, for a reader. */
export async function replaySchedule(schedule: AdversarySchedule, seed: number) {
  return judgeSchedule(schedule, await preparedFor(schedule, seed, createHandler), createHandler);
}

/** Does a piece of work. */
export async function runAdversaryUnit({ seed, triple, share, only }: AdversaryUnit): Promise<AdversaryFigures> {
  const subject = createHandler;
  const figures = noAdversaryFigures();
  const prepared = await preparedFor(triple, seed, subject);
  const plain: AdversarySchedule = { ...triple, evil: "token", moves: [], fault: null, hostile: null };
  const base = await runSchedule(plain, prepared, subject);
  const deeds = deedsOf(base);
  figures.units += 1;
  if (await rotatesAfter(base)) figures.rotated += 1;
  else figures.findings.push({ id: adversaryScheduleId(plain), problems: ["quiet: it does not rotate"] });
  for (const schedule of schedulesOf(triple, prepared, base, seed)) {
    const id = adversaryScheduleId(schedule);
    if (only === null ? share < 1 && fractionOf(id, seed) >= share : !only.includes(id)) continue;
    if (schedule.fault === null) {
      const run = await runSchedule(schedule, prepared, subject);
      countAdversary(figures, id, judge(run, schedule.hostile === null ? deeds : deedsOf(run)));
    } else countAdversary(figures, id, (await judgeSchedule(schedule, prepared, subject)).judgement);
  }
  return figures;
}
