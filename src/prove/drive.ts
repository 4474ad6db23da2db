import { LATE_MS, switchesOf } from "./combinations.ts";
import { conditionOf, hasConverged } from "./condition.ts";
import { armCallFaults, armRunFault } from "./faults.ts";
import { runRotation } from "./rotation.ts";
import { overlapFlows, type Schedule } from "./schedule.ts";
import type { Setup } from "./setup.ts";
import type { Support } from "./support.ts";
import { type Call, createWorld, type Process, type Subject, type World } from "./world.ts";

/** A finished schedule, as the checker gets it. */
export interface History {
  readonly schedule: Schedule;
  readonly world: World;
  /** The first rotation ended with 200. */
  readonly isEndedWell: boolean;
  /** It ended so, was to leave CURRENT's value alone, and these versions worked beside it all the same. */
  readonly survivors: readonly number[];
  /** Rotations begun: the first, a second one beside it, and those that recovered. */
  readonly rotations: number;
  /** What ran after the last fault had struck and the last effect had landed, one entry a heal or rotation. */
  readonly quiet: readonly (readonly Call[])[];
  /** How many of them it took until all was well; 0: it was before. Null: it never was. */
  readonly rounds: number | null;
  /** Requests before the first quiet one. */
  readonly requestsBeforeQuiet: number;
}

/** Longer than a claim of the third taker lives (150 s doubled twice), and than anything that is under way. */
const QUIET_MS = 15 * 60_000;
export const SOON_MS = 1_500;
/** A fault in each of two recoveries, a heal, two rotations: more rounds than these bring nothing. */
const MOST_ROUNDS = 8;
const MOST_ROTATIONS = 2;

/** What the run of a schedule needs beside it. */
export interface Drive {
  readonly setup: Setup;
  readonly subject: Subject;
  readonly support: Support;
  /** The same run without faults; only faults of the run that name a time need it. */
  readonly base: History | null;
}

/** Runs one schedule to its end. */
export async function drive(schedule: Schedule, { setup, subject, support, base }: Drive): Promise<History> {
  const world = createWorld(setup, subject);
  const { emulator, clock } = world;
  const pending = armCallFaults(world, schedule.faults, { lateMs: LATE_MS, soonMs: SOON_MS });
  const first = world.startProcess();
  const run = armRunFault(world, schedule, base);
  let rotations = 1;
  const ended = await runRotation(first, world, schedule.flow, run.plan);
  if (run.second !== null) rotations += 1;
  await run.second;
  run.disarm();
  const isAlone = run.second === null && ended.isWell && overlapFlows.includes(schedule.flow);
  const survivors = isAlone ? conditionOf(world).acceptedBeside : [];

  const heals = support.heal && schedule.recovery.startsWith("heal");
  const recover = async (heal: boolean): Promise<Call[]> => {
    const process: Process = world.startProcess();
    const which = schedule.recovery === "heal-all" ? {} : { secretId: setup.secretId };
    if (heal) return [await process.call({ action: "heal", ...which })];
    rotations += 1;
    return (await runRotation(process, world, schedule.flow, null)).calls;
  };
  if (!ended.isWell && schedule.recovery.endsWith("now")) await recover(heals);

  const quiet: Call[][] = [];
  const mostQuiet = heals ? 1 + MOST_ROTATIONS : MOST_ROTATIONS;
  const requestsBeforeQuiet = emulator.requests.length;
  let rounds: number | null = null;
  for (let round = 0; round < MOST_ROUNDS && quiet.length < mostQuiet && rounds === null; round++) {
    await clock.sleep(QUIET_MS);
    Object.assign(emulator.switches, calm(setup));
    const wasWell = hasConverged(conditionOf(world));
    const left = pending();
    const calls = await recover(heals && quiet.length === 0);
    // A fault that struck here, or an effect still to land, makes it one more run under faults.
    if (pending() !== left || emulator.state.late.length > 0) continue;
    quiet.push(calls);
    if (hasConverged(conditionOf(world))) rounds = wasWell && quiet.length === 1 ? 0 : quiet.length;
  }
  await clock.sleep(QUIET_MS);
  world.effects.finish();
  return { schedule, world, isEndedWell: ended.isWell, survivors, rotations, quiet, rounds, requestsBeforeQuiet };
}

/** The switches of a combination, with nothing that a run or a walk may have changed. */
export function calm(setup: Setup) {
  return { ...switchesOf(setup.combination), "updating-ms": 0, "new-secret-late-refusals": 0 };
}
