import { createSeededEntropy } from "../emulator/seeded-entropy.ts";
import { createHandler } from "../handler.ts";
import { check } from "./checker.ts";
import { allCombinations, combinationId, namedCombinations, parseCombination } from "./combinations.ts";
import { plainOrder } from "./control.ts";
import { type Drive, drive, type History } from "./drive.ts";
import { fractionOf, pairsOf, singlesOf } from "./enumerate.ts";
import { count, countQuiet, type Figures, noFigures } from "./figures.ts";
import { judgeLiveness } from "./liveness.ts";
import { isChosen, type Part } from "./part.ts";
import { type Flow, flows, type Recovery, type Schedule, scheduleId } from "./schedule.ts";
import { prepare, type Setup } from "./setup.ts";
import type { Support } from "./support.ts";
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
  readonly bases: Partial<Record<Flow, History>>;
}
const MOST_SHARED = 50;
const sharedByKey = new Map<string, Shared>();

function sharedOf(combination: string, subject: keyof typeof subjects, seed: number): Shared {
  const key = `${subject} ${seed} ${combination}`;
  const known = sharedByKey.get(key);
  if (known !== undefined) return known;
  if (sharedByKey.size >= MOST_SHARED) sharedByKey.clear();
  const made: Shared = { setup: prepare(parseCombination(combination), seed), bases: {} };
  sharedByKey.set(key, made);
  return made;
}

/** Runs schedules of one combination and flow, with the run without faults at hand. */
export async function openRun(
  unit: Pick<Unit, "seed" | "support">,
  combination: string,
  flow: Flow,
  subject: keyof typeof subjects,
): Promise<{ readonly base: History; run(schedule: Schedule): Promise<History> }> {
  const shared = sharedOf(combination, subject, unit.seed);
  const { setup } = shared;
  const seams: Drive = { setup, subject: subjects[subject], support: unit.support, base: null };
  const plain: Schedule = { combination: setup.combination, flow, recovery: "heal-later", ...noFaults };
  const base = shared.bases[flow] ?? (await drive(plain, seams));
  shared.bases[flow] = base;
  return { base, run: (schedule) => drive(schedule, { ...seams, base }) };
}

function judgeBase(base: History, figures: Figures): void {
  countQuiet(figures, scheduleId(base.schedule), judgeLiveness(base));
}

async function runSingles(unit: Extract<Unit, { kind: "singles" }>, figures: Figures): Promise<void> {
  const { base, run } = await openRun(unit, unit.combination, unit.flow, unit.subject);
  count(figures, base, check(base));
  if (unit.subject === "product") judgeBase(base, figures);
  for (const single of singlesOf(base, "heal-later", unit.quietToo)) {
    if (!isChosen(unit.part, single)) {
      figures.leftOut += 1;
      continue;
    }
    figures.chosen += 1;
    let isEndedWell = false;
    for (const recovery of unit.recoveries) {
      // Where nothing is to be recovered, acting now and acting later are the same, and so are one heal and the other.
      if ((recovery.endsWith("now") || recovery === "heal-all") && isEndedWell) continue;
      const history = await run({ ...single, recovery });
      isEndedWell = history.isEndedWell;
      count(figures, history, check(history));
      if (flows.includes(unit.flow) && pairRecoveries.includes(recovery))
        figures.pairsPossible += pairsOf(history).length;
    }
  }
}

/** Of the recoveries those whose pairs are searched: the ordinary one, and the successor that acts while effects may still land. */
export const pairRecoveries: readonly Recovery[] = ["heal-later", "rotate-now"];

async function runPairs(unit: Extract<Unit, { kind: "pairs" }>, figures: Figures): Promise<void> {
  const { base, run } = await openRun(unit, unit.combination, unit.flow, "product");
  judgeBase(base, figures);
  const singles = singlesOf(base, unit.recovery, true);
  for (let at = unit.part; at < singles.length; at += unit.parts) {
    const single = await run(singles[at] as Schedule);
    if (single.isEndedWell && unit.recovery.endsWith("now")) continue;
    for (const pair of pairsOf(single)) {
      if (unit.share < 1 && fractionOf(scheduleId(pair), unit.seed) >= unit.share) continue;
      const history = await run(pair);
      count(figures, history, check(history));
    }
  }
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
    const { base, run } = await openRun(unit, pick(others), pick(flows), "product");
    judgeBase(base, figures);
    const to = Math.min(unit.to, from + PAIRS_A_COMBINATION);
    for (let number = from; number < to; number += PAIRS_A_SINGLE) {
      const pairs = pairsOf(await run(pick(singlesOf(base, pick(pairRecoveries), true))));
      for (let left = Math.min(to - number, PAIRS_A_SINGLE); left > 0; left--) {
        const history = await run(pick(pairs));
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
