import { fractionOf } from "../enumerate.ts";
import { pairs, singles } from "./enumerate.ts";
import { countMirror, countQuietMirror, type MirrorFigures, noMirrorFigures } from "./figures.ts";
import { type MirrorRun, type MirrorSchedule, type MirrorStart, runMirror } from "./schedule.ts";
import { mirrorScheduleId } from "./schedule-id.ts";

/** A piece of the mirror's work that one thread does at a time. */
export type MirrorUnit = { readonly seed: number; readonly start: MirrorStart } & (
  | {
      readonly kind: "faults";
      /** Of all first faults, those whose number leaves `part` when divided by `parts`. */
      readonly part: number;
      readonly parts: number;
      /** About this many second faults for each first one, chosen by the seed; 0: none. */
      readonly pairsOfEach: number;
    }
  | { readonly kind: "frozen" }
  | { readonly kind: "control" }
);

async function runFaults(unit: Extract<MirrorUnit, { kind: "faults" }>, figures: MirrorFigures): Promise<void> {
  const { seed, start, part, parts, pairsOfEach } = unit;
  const run = async (kind: "singles" | "twice" | "pairs", schedule: MirrorSchedule) =>
    countMirror(figures, kind, schedule, await runMirror(schedule, seed));
  const all = await singles(start);
  for (let at = part; at < all.length; at += parts) {
    const single = all[at];
    if (single === undefined) break;
    await run("singles", single);
    await run("twice", { ...single, isTwice: true });
    if (pairsOfEach === 0) continue;
    const seconds = await pairs(single);
    figures.pairsPossible += seconds.length;
    const share = pairsOfEach / seconds.length;
    for (const pair of seconds) {
      if (share < 1 && fractionOf(mirrorScheduleId(pair), seed) >= share) continue;
      await run("pairs", pair);
    }
  }
}

/** A token, the credentials, a look at the manifest and its writing, and the writing of each member that has changed. */
const LEAST_CALLS: Readonly<Record<MirrorStart, number>> = {
  "nothing-stored": 7,
  "all-changed": 6,
  "credentials-changed": 5,
};

/** The first call must do it, with nothing in its way. */
function judgeQuiet(start: MirrorStart, { problems, isMirrored, ends, calls }: MirrorRun): string[] {
  const code = ends.at(-1)?.responseCode ?? "no answer";
  const least = LEAST_CALLS[start];
  return [
    ...problems,
    ...(code === 200 ? [] : [`without any fault: it ended with ${code}`]),
    ...(isMirrored ? [] : ["without any fault: the newest set is not in force"]),
    ...(calls.length >= least ? [] : [`without any fault: it took ${calls.length} remote calls, and needs ${least}`]),
  ];
}

/** Does a piece of work. */
export async function runMirrorUnit(unit: MirrorUnit): Promise<MirrorFigures> {
  const figures = noMirrorFigures();
  const { seed, start } = unit;
  const plain: MirrorSchedule = { start, faults: [] };
  const quiet = await runMirror(plain, seed);
  countQuietMirror(figures, plain, judgeQuiet(start, quiet));
  if (unit.kind === "faults") {
    await runFaults(unit, figures);
    return figures;
  }
  if (unit.kind === "control") {
    const { problems } = await runMirror({ ...plain, reading: "current" }, seed);
    if (problems.some((problem) => problem.includes("torn"))) figures.controlTorn += 1;
    return figures;
  }
  for (let frozenAt = 0; frozenAt < quiet.calls.length; frozenAt += 1) {
    const schedule = { ...plain, frozenAt };
    countMirror(figures, "frozen", schedule, await runMirror(schedule, seed));
  }
  return figures;
}
