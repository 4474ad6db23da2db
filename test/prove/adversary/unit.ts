import { createHandler } from "../../../src/rotation/handler.ts";
import { fractionOf } from "../enumerate.ts";
import type { Subject } from "../world.ts";
import { schedulesOf, type Triple } from "./enumerate.ts";
import { type AdversaryFigures, countAdversary, noAdversaryFigures } from "./figures.ts";
import type { Run } from "./finished.ts";
import { prepareHistory } from "./histories.ts";
import { type Deeds, deedsOf, eitherOf } from "./judge/deeds.ts";
import { type Judgement, judge } from "./judge/judge.ts";
import type { Prepared } from "./prepare.ts";
import { rotates } from "./quiet.ts";
import { runSchedule } from "./run.ts";
import { type AdversarySchedule, adversaryScheduleId, parseAdversarySchedule } from "./schedule.ts";

/** A piece of work that one thread does at a time: all schedules that begin alike, or a seeded share of them. */
export interface AdversaryUnit {
  readonly seed: number;
  readonly triple: Triple;
  readonly share: number;
  /** Only these, by id, whether or not they are among all; null: all. */
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

/** What the same run does without the attacker, and without the fault: a fault may strike elsewhere where he was. */
async function deedsWithout(
  schedule: AdversarySchedule,
  prepared: Prepared,
  subject: Subject,
  plain: Deeds,
): Promise<Deeds> {
  if (schedule.fault === null) return plain;
  return eitherOf(plain, deedsOf(await runSchedule({ ...schedule, moves: [] }, prepared, subject)));
}

/**
 * What the event does without the attacker, and what a heal does if there is no event, since the attacker may stop any.
 */
async function plainDeeds(base: Run, subject: Subject): Promise<Deeds> {
  const { schedule, prepared } = base;
  return eitherOf(deedsOf(base), deedsOf(await runSchedule({ ...schedule, event: "heal" }, prepared, subject)));
}

const plainOf = ({ kind, history, event }: Triple): AdversarySchedule => ({
  ...{ kind, history, event, evil: "token", moves: [], fault: null, hostile: null },
});

async function judgeSchedule(
  schedule: AdversarySchedule,
  prepared: Prepared,
  subject: Subject,
  plain: Deeds,
): Promise<{ readonly run: Run; readonly judgement: Judgement }> {
  const run = await runSchedule(schedule, prepared, subject);
  // Against a hostile issuer there is no other attacker: only the issuer makes the run differ.
  const base = schedule.hostile === null ? await deedsWithout(schedule, prepared, subject, plain) : deedsOf(run);
  return { run, judgement: judge(run, base) };
}

/** One schedule by itself, for a reader. */
export async function replaySchedule(schedule: AdversarySchedule, seed: number) {
  const prepared = await preparedFor(schedule, seed, createHandler);
  const base = await runSchedule(plainOf(schedule), prepared, createHandler);
  return judgeSchedule(schedule, prepared, createHandler, await plainDeeds(base, createHandler));
}

/** Does a piece of work. */
export async function runAdversaryUnit({ seed, triple, share, only }: AdversaryUnit): Promise<AdversaryFigures> {
  const subject = createHandler;
  const figures = noAdversaryFigures();
  const prepared = await preparedFor(triple, seed, subject);
  const base = await runSchedule(plainOf(triple), prepared, subject);
  const deeds = await plainDeeds(base, subject);
  figures.units += 1;
  if (await rotates(base)) figures.rotated += 1;
  else figures.findings.push({ id: adversaryScheduleId(plainOf(triple)), problems: ["quiet: it does not rotate"] });
  const all = only === null ? schedulesOf(triple, prepared, base, seed) : only.map(parseAdversarySchedule);
  for (const schedule of all) {
    const id = adversaryScheduleId(schedule);
    if (only === null && share < 1 && fractionOf(id, seed) >= share) continue;
    countAdversary(figures, id, (await judgeSchedule(schedule, prepared, subject, deeds)).judgement);
  }
  return figures;
}
