import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { check } from "./checker.ts";
import { allCombinations, combinationId, namedCombinations, parseCombination } from "./combinations.ts";
import { plainOrder } from "./control.ts";
import { type Drive, type Driven, drive, driveOnce, type Stop } from "./drive.ts";
import { firstRequestStruck, fractionOf, pairsOf, singlesOf } from "./enumerate.ts";
import { count, countQuiet, type Figures, noFigures } from "./figures.ts";
import type { History } from "./history.ts";
import { judgeLiveness } from "./liveness.ts";
import { isChosen, type Part } from "./part.ts";
import { flows, type Recovery, type Schedule, scheduleId } from "./schedule.ts";
import { prepare, type Setup } from "./setup.ts";
import type { Support } from "./support.ts";
import type { Flow } from "./types.ts";
import { runWalks } from "./walks.ts";

/** A piece of work that one thread does at a time. */
export type Unit = { readonly seed: number; readonly support: Support } & (
  | {
      readonly kind: "singles";
      readonly subject: "product" | "control";
      readonly combination: string;
      readonly flow: Flow;
      readonly recoveries: readonly Recovery[];
      /** Faults at the heal after the run without faults too. */
      readonly quietToo: boolean;
      /** Of the single faults this part; null: all. */
      readonly part: Part | null;
    }
  | {
      readonly kind: "pairs";
      readonly combination: string;
      readonly flow: Flow;
      readonly recovery: Recovery;
      /** Of all singles, those whose number leaves `part` when divided by `parts`. */
      readonly part: number;
      readonly parts: number;
      readonly share: number;
    }
  | { readonly kind: "seeded-pairs"; readonly from: number; readonly to: number }
  | { readonly kind: "walks"; readonly from: number; readonly to: number }
);

const subjects = { product: createHandler, control: plainOrder };
const noFaults = { run: null, faults: [] };

/** What the schedules of one combination share in one thread: the set-up, and the run without faults for each flow. */
interface Shared {
  readonly setup: Setup;
  readonly bases: Partial<Record<Flow, Base>>;
}
/** The run without faults, and where its rotation stood between two steps. */
interface Base {
  readonly driven: Driven;
  readonly stops: readonly Stop[];
}
const MAX_SHARED = 50;
const sharedByKey = new Map<string, Shared>();

function sharedOf(combination: string, subject: keyof typeof subjects, seed: number): Shared {
  const key = `${subject} ${seed} ${combination}`;
  const known = sharedByKey.get(key);
  if (known !== undefined) return known;
  if (sharedByKey.size >= MAX_SHARED) sharedByKey.clear();
  const made: Shared = { setup: prepare(parseCombination(combination), seed), bases: {} };
  sharedByKey.set(key, made);
  return made;
}

/** Runs schedules of one combination and flow. */
interface Runs {
  /** The run without faults. */
  readonly base: History;
  run(schedule: Schedule): Promise<History>;
  /** Runs a schedule that others with the same beginning will follow. */
  runOnce(schedule: Schedule): Promise<Driven>;
}

/** Up to there a schedule is the same as the run without faults. */
function lastStopBefore(schedule: Schedule, stops: readonly Stop[]): Stop | null {
  const first = firstRequestStruck(schedule);
  return stops.findLast(({ world }) => world.past.requests.length <= first) ?? null;
}

async function runBase(plain: Schedule, seams: Drive, subject: keyof typeof subjects): Promise<Base> {
  const stops: Stop[] = [];
  // What the control remembers between two calls is its own affair.
  const driven = await driveOnce(plain, seams, null, subject === "product" ? stops : null);
  return { driven, stops };
}

/** Schedules of one combination and flow, with the run without faults at hand. */
export async function openRun(
  unit: Pick<Unit, "seed" | "support">,
  combination: string,
  flow: Flow,
  subject: keyof typeof subjects,
): Promise<Runs> {
  const shared = sharedOf(combination, subject, unit.seed);
  const { setup } = shared;
  const seams: Drive = { setup, subject: subjects[subject], support: unit.support, base: null };
  const plain: Schedule = { combination: setup.combination, flow, recovery: "heal-later", ...noFaults };
  const known = shared.bases[flow] ?? (await runBase(plain, seams, subject));
  shared.bases[flow] = known;
  const { driven, stops } = known;
  const { history: base, rotationRequests } = driven;
  // What strikes only after the rotation leaves that as it is without faults.
  const isLater = ({ run, faults }: Schedule) => run === null && faults.every(({ at }) => at >= rotationRequests);
  const withBase = { ...seams, base };
  const stopFor = (schedule: Schedule) => lastStopBefore(schedule, stops);
  const run = (schedule: Schedule) =>
    isLater(schedule) ? driven.rerun(schedule) : drive(schedule, withBase, stopFor(schedule));
  const runOnce = async (schedule: Schedule): Promise<Driven> =>
    isLater(schedule)
      ? { ...driven, history: await driven.rerun(schedule) }
      : driveOnce(schedule, withBase, stopFor(schedule));
  return { base, run, runOnce };
}

function judgeBase(base: History, figures: Figures): void {
  countQuiet(figures, scheduleId(base.schedule), judgeLiveness(base));
}

async function runSingles(unit: Extract<Unit, { kind: "singles" }>, figures: Figures): Promise<void> {
  const { base, run, runOnce } = await openRun(unit, unit.combination, unit.flow, unit.subject);
  const [recovery = "heal-later", ...others] = unit.recoveries;
  count(figures, base, check(base));
  if (unit.subject === "product") judgeBase(base, figures);
  for (const single of singlesOf(base, "heal-later", unit.quietToo)) {
    if (!isChosen(unit.part, single)) {
      figures.leftOut += 1;
      continue;
    }
    figures.chosen += 1;
    const judge = (history: History) => {
      count(figures, history, check(history));
      if (flows.includes(unit.flow) && pairRecoveries.includes(history.schedule.recovery))
        figures.pairsPossible += pairsOf(history).length;
    };
    const schedule: Schedule = { ...single, recovery };
    if (others.length === 0) {
      judge(await run(schedule));
      continue;
    }
    const { history, rerun } = await runOnce(schedule);
    judge(history);
    for (const other of others) {
      // If there is nothing to recover, acting now and acting later are the same, and so are the two heals.
      if ((other.endsWith("now") || other === "heal-all") && history.isEndedWell) continue;
      judge(await rerun({ ...single, recovery: other }));
    }
  }
}

/** Of the recoveries those whose pairs are searched: the ordinary one, and the successor that acts while effects may still land. */
export const pairRecoveries: readonly Recovery[] = ["heal-later", "rotate-now"];

async function runPairs(unit: Extract<Unit, { kind: "pairs" }>, figures: Figures): Promise<void> {
  const { base, run, runOnce } = await openRun(unit, unit.combination, unit.flow, "product");
  judgeBase(base, figures);
  const singles = singlesOf(base, unit.recovery, true);
  for (let at = unit.part; at < singles.length; at += unit.parts) {
    const single = await runOnce(singles[at] as Schedule);
    if (single.history.isEndedWell && unit.recovery.endsWith("now")) continue;
    for (const pair of pairsOf(single.history)) {
      if (unit.share < 1 && fractionOf(scheduleId(pair), unit.seed) >= unit.share) continue;
      const history = await runPair(pair, single, run);
      count(figures, history, check(history));
    }
  }
}

/** A second fault that strikes after the rotation needs no second run of that. */
function runPair(pair: Schedule, single: Driven, run: Runs["run"]): Promise<History> {
  return (pair.faults.at(-1)?.at ?? 0) >= single.rotationRequests ? single.rerun(pair) : run(pair);
}

const PAIRS_A_COMBINATION = 50;
const PAIRS_A_SINGLE = 4;

async function runSeeded(unit: Extract<Unit, { kind: "seeded-pairs" }>, figures: Figures): Promise<void> {
  const named = Object.values(namedCombinations).map(combinationId);
  const others = allCombinations
    .filter((combination) => unit.support.authority || !combination.authority)
    .map(combinationId)
    .filter((id) => !named.includes(id));
  const pickFrom = (from: number) => {
    const entropy = createSeededEntropy(unit.seed * 1_000_003 + from);
    return <T>(items: readonly T[]): T => items[Math.floor(entropy.fraction() * items.length)] as T;
  };
  // A combination and a single fault serve several pairs, since both have to be run first.
  for (let from = unit.from; from < unit.to; from += PAIRS_A_COMBINATION) {
    const pick = pickFrom(from);
    const { base, run, runOnce } = await openRun(unit, pick(others), pick(flows), "product");
    judgeBase(base, figures);
    const to = Math.min(unit.to, from + PAIRS_A_COMBINATION);
    for (let number = from; number < to; number += PAIRS_A_SINGLE) {
      const single = await runOnce(pick(singlesOf(base, pick(pairRecoveries), true)));
      const pairs = pairsOf(single.history);
      for (let left = Math.min(to - number, PAIRS_A_SINGLE); left > 0; left--) {
        const history = await runPair(pick(pairs), single, run);
        count(figures, history, check(history));
      }
    }
  }
}

/** Does a piece of work. */
export async function runUnit(unit: Unit): Promise<Figures> {
  const figures = noFigures();
  if (unit.kind === "singles") await runSingles(unit, figures);
  else if (unit.kind === "pairs") await runPairs(unit, figures);
  else if (unit.kind === "walks") await runWalks(unit, createHandler, figures);
  else await runSeeded(unit, figures);
  return figures;
}
