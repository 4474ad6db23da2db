import { createSeededEntropy } from "../../emulator/seeded-entropy.ts";
import { pairs, singles } from "./enumerate.ts";
import { type MirrorFault, type MirrorSchedule, mirrorStarts, runMirror } from "./schedule.ts";

/** What was tried on the mirror, and what came of it. */
export interface MirrorFigures {
  readonly singles: number;
  readonly pairs: number;
  /** Two containers called at once, with a fault in one of them. */
  readonly twice: number;
  /** Schedules in which something was wrong: a torn set, one that went back, a version lost, no convergence, a secret printed. */
  readonly failed: number;
  /** Of the starts without a fault: how often a reader of whatever is CURRENT saw a torn set. */
  readonly controlTorn: number;
  /** The first ones, each with its schedule. */
  readonly problems: readonly string[];
}

const MOST_PROBLEMS = 20;

function describe({ start, faults, isTwice }: MirrorSchedule): string {
  const struck = faults.map(({ call, kind, occurrence }) => `${call}:${kind}:${occurrence}`).join(" ");
  return `${start} ${struck}${isTwice === true ? " twice" : ""}`;
}

async function controlTorn(seed: number): Promise<number> {
  let torn = 0;
  for (const start of mirrorStarts) {
    const { problems } = await runMirror({ start, faults: [], reading: "current" }, seed);
    if (problems.some((problem) => problem.includes("torn"))) torn += 1;
  }
  return torn;
}

/** @param mostPairs how many pairs to aim at; a share of all of them, chosen by the seed */
export async function runMirrorCampaign(seed: number, mostPairs: number): Promise<MirrorFigures> {
  const chance = createSeededEntropy(seed);
  const counts = { singles: 0, pairs: 0, twice: 0 };
  const problems: string[] = [];
  let failed = 0;
  const run = async (kind: keyof typeof counts, schedule: MirrorSchedule) => {
    counts[kind] += 1;
    const found = (await runMirror(schedule, seed)).problems;
    if (found.length === 0) return;
    failed += 1;
    if (problems.length < MOST_PROBLEMS) problems.push(`${describe(schedule)}: ${found.join("; ")}`);
  };
  const firsts: { readonly schedule: MirrorSchedule; readonly fault: MirrorFault }[] = [];
  for await (const schedule of singles()) {
    await run("singles", schedule);
    await run("twice", { ...schedule, isTwice: true });
    const [fault] = schedule.faults;
    if (fault !== undefined) firsts.push({ schedule, fault });
  }
  // Of each first fault so many second ones, so that the share reaches every first.
  const each = Math.max(1, Math.ceil(mostPairs / firsts.length));
  for (const { schedule, fault } of mostPairs > 0 ? firsts : []) {
    const seconds: MirrorSchedule[] = [];
    for await (const pair of pairs(schedule.start, fault)) seconds.push(pair);
    const share = seconds.length <= each ? 1 : each / seconds.length;
    for (const pair of seconds) if (chance.fraction() < share) await run("pairs", pair);
  }
  return { ...counts, failed, controlTorn: await controlTorn(seed), problems };
}
