import * as fc from "fast-check";
import { check, saidLockedOut } from "./checker.ts";
import { hasWayBack, parseCombination } from "./combinations.ts";
import { conditionOf } from "./condition.ts";
import type { Figures } from "./figures.ts";
import { leastCalls } from "./liveness.ts";
import { prepare, type Setup } from "./setup.ts";
import { runWalk, type WalkHistory } from "./walk.ts";
import { WALK_ID, type Walk, walks } from "./walk-commands.ts";
import type { Call, Subject } from "./world.ts";

/** What is said of a walk. `lockedOut`: no way back was there, and the operator has been told. */
export interface WalkJudgement {
  readonly problems: readonly string[];
  readonly isLockedOut: boolean;
  /** What the checker allowed although something unverified, or a claim, became CURRENT. */
  readonly exceptions: number;
  /** The rotation after all was well has rotated; null: all never was well. */
  readonly isRotated: boolean | null;
}

/** What is wrong with the rotation that follows when all is well, if anything: it must rotate. */
function judgeNext({ world, walk, schedule, isRenewed }: WalkHistory, calls: readonly Call[]): string[] {
  const end = calls.at(-1)?.end;
  const code = end?.kind === "answered" ? end.answer.responseCode : (end?.kind ?? "not run");
  if (code !== 200) return [`all was well, and the next rotation: ${code}`];
  const sent = calls.reduce((sum, call) => sum + call.sent, 0);
  const least = leastCalls(schedule, walk.flow);
  return [
    ...(isRenewed && conditionOf(world).isCurrentGood
      ? []
      : ["all was well, and the next rotation brought no new value"]),
    ...(sent >= least ? [] : [`all was well, and the next rotation took ${sent} remote calls, and needs ${least}`]),
  ];
}

/**
 * The checker's judgement. Without any way back a walk may end locked out, if the product could not prevent it and the
 * last answer says so.
 */
export function judgeWalk(history: WalkHistory): WalkJudgement {
  const { problems, exceptions } = check(history, false);
  const last = history.quiet.at(-1)?.at(-1);
  const isTold = last !== undefined && saidLockedOut(last);
  const isLockedOut = !hasWayBack(history.schedule.combination) && !conditionOf(history.world).isStored && isTold;
  const other = isLockedOut ? problems.filter((problem) => !/^(locked out|not converged)\b/.test(problem)) : problems;
  const quiet = history.afterwards === null ? null : judgeNext(history, history.afterwards);
  return { problems: [...other, ...(quiet ?? [])], isLockedOut, exceptions, isRotated: quiet && quiet.length === 0 };
}

const MAX_SETUPS = 300;
const setups = new Map<string, Setup>();

function setupOf(combination: string, seed: number): Setup {
  const key = `${seed} ${combination}`;
  const known = setups.get(key);
  if (known !== undefined) return known;
  if (setups.size >= MAX_SETUPS) setups.clear();
  const made = prepare(parseCombination(combination), seed);
  setups.set(key, made);
  return made;
}

/** Runs one walk. `seed` seeds secrets and jitter, not the commands. */
export function replayWalk(walk: Walk, seed: number, subject: Subject): Promise<WalkHistory> {
  return runWalk(walk, setupOf(walk.combination, seed), subject);
}

/** One walk; fast-check's bias towards small values would make it a short one. */
function parametersOf(seed: number, number: number) {
  return { seed: (Math.imul(seed, 1_000_003) + number) | 0, numRuns: 1, unbiased: true } as const;
}

/** The walk with this number: the same at every run and on every machine. */
export function walkNumbered(seed: number, number: number): Walk {
  const [walk] = fc.sample(walks, parametersOf(seed, number));
  if (walk === undefined) throw new Error("fast-check made no walk");
  return walk;
}

const MAX_SHRINKING_RUNS = 400;
/** Beyond these a failing walk is kept as it is: many failures have few causes. */
const MAX_SHRUNK_A_UNIT = 2;

/** Looks for a shorter walk that fails as well. */
async function shrink(seed: number, number: number, subject: Subject): Promise<Walk> {
  let runs = 0;
  const fails = async (walk: Walk) => judgeWalk(await replayWalk(walk, seed, subject)).problems.length > 0;
  const property = fc.asyncProperty(walks, async (walk) => {
    runs += 1;
    return runs > MAX_SHRINKING_RUNS || !(await fails(walk));
  });
  const details = await fc.check(property, parametersOf(seed, number));
  return details.counterexample?.[0] ?? walkNumbered(seed, number);
}

/** What `--reproduce` takes. */
export function walkId(walk: Walk): string {
  return `${WALK_ID}${JSON.stringify(walk)}`;
}

/** Reads what `walkId` gives, or `walk/<number>`. Throws an Error that says what is wrong. */
export function parseWalk(id: string, seed: number): Walk {
  const text = id.slice(WALK_ID.length);
  if (/^\d{1,9}$/.test(text)) return walkNumbered(seed, Number(text));
  const walk: Walk = JSON.parse(text);
  if (!Array.isArray(walk.commands)) throw new Error("a walk has commands. Next: copy it whole from a finding.");
  return walk;
}

/** Runs the walks numbered `from` to `to` (excluded), and shrinks those that fail. */
export async function runWalks(
  { seed, from, to }: { readonly seed: number; readonly from: number; readonly to: number },
  subject: Subject,
  figures: Figures,
): Promise<void> {
  let shrunk = 0;
  for (let number = from; number < to; number++) {
    const walk = walkNumbered(seed, number);
    const { problems, isLockedOut, exceptions, isRotated } = judgeWalk(await replayWalk(walk, seed, subject));
    figures.walks += 1;
    if (isRotated !== null) figures.quiet += 1;
    if (isRotated === true) figures.quietRotated += 1;
    figures.walkExceptions += exceptions;
    figures.walkSteps += walk.commands.length;
    if (!hasWayBack(parseCombination(walk.combination))) figures.walksWithoutWayBack += 1;
    if (isLockedOut) figures.walksLockedOut += 1;
    if (problems.length === 0) continue;
    figures.walksFailed += 1;
    const short = shrunk < MAX_SHRUNK_A_UNIT ? await shrink(seed, number, subject) : walk;
    shrunk += 1;
    const said = judgeWalk(await replayWalk(short, seed, subject)).problems;
    figures.findings.push({ id: walkId(short), problems: [`walk ${number} of seed ${seed}`, ...said] });
  }
}
