import { LATE_MS, switchesOf } from "./combinations.ts";
import { conditionOf, hasConverged } from "./condition.ts";
import { armCallFaults, armOutage, armRunFault } from "./faults.ts";
import type { History } from "./history.ts";
import { runRotation } from "./rotation.ts";
import { overlapFlows, type Schedule } from "./schedule.ts";
import type { Setup } from "./setup.ts";
import type { Support } from "./support.ts";
import {
  type Call,
  createWorld,
  type Process,
  type ProcessSnapshot,
  type Snapshot,
  type Subject,
  type World,
} from "./world.ts";

/** Longer than a claim of the third taker lives (150 s doubled twice), and than anything that is under way. */
const QUIET_MS = 15 * 60_000;
export const SOON_MS = 1_500;
/** A fault in each of two recoveries, a heal, two rotations: more rounds than these bring nothing. */
const MAX_ROUNDS = 8;
const MAX_ROTATIONS = 2;

/** What the run of a schedule needs besides the schedule. */
export interface Drive {
  readonly setup: Setup;
  readonly subject: Subject;
  readonly support: Support;
  /** The same run without faults; only faults of the run that name a time need it. */
  readonly base: History | null;
}

/** A schedule whose rotation has ended, well or not, and been judged by what it was to end. */
interface Begun {
  readonly schedule: Schedule;
  readonly world: World;
  /** How many of its faults are still to strike. */
  readonly pending: () => number;
  readonly isEndedWell: boolean;
  readonly survivors: readonly number[];
  readonly rotations: number;
}

/**
 * Runs one schedule to its end.
 * @param from until there the schedule is the same as one that has been run
 */
export async function drive(schedule: Schedule, seams: Drive, from: Stop | null = null): Promise<History> {
  return recover(await begin(schedule, seams, from), seams);
}

/** A rotation between two of its four steps. */
export interface Stop {
  readonly world: Snapshot;
  readonly process: ProcessSnapshot;
}

/** A schedule that has been run, and others that begin as it did. */
export interface Driven {
  readonly history: History;
  /** How many requests its rotation took. */
  readonly rotationRequests: number;
  /**
   * Runs another schedule that differs only after the rotation: in the recovery, or in faults from `rotationRequests`
   * on. The rotation is not run again if none of it was still under way when it ended: its processes are gone then, and
   * all else is data.
   */
  rerun(schedule: Schedule): Promise<History>;
}

/**
 * Runs one schedule to its end, and keeps how its rotation ended.
 * @param from until there the schedule is the same as one that has been run
 * @param stops takes in the stops between its steps
 */
export async function driveOnce(
  schedule: Schedule,
  seams: Drive,
  from: Stop | null = null,
  stops: Stop[] | null = null,
): Promise<Driven> {
  const begun = await begin(schedule, seams, from, stops);
  const rotationRequests = begun.world.emulator.requests.length;
  const snapshot = begun.world.snapshot();
  const resume = (other: Schedule, from: Snapshot): Promise<History> => {
    const world = createWorld(seams.setup, seams.subject, { from });
    const left = other.faults.filter(({ at }) => at >= rotationRequests);
    const pending = armCallFaults(world, left, LATENESS);
    armOutage(world, other.run);
    return recover({ ...begun, schedule: other, world, pending }, seams);
  };
  return {
    history: await recover(begun, seams),
    rotationRequests,
    rerun: (other) => (snapshot === null ? drive(other, seams, from) : resume(other, snapshot)),
  };
}

const LATENESS = { lateMs: LATE_MS, soonMs: SOON_MS };

/** @param stops takes in the stops between the steps; null: no run continues from them */
async function begin(
  schedule: Schedule,
  { setup, subject, base }: Drive,
  from: Stop | null,
  stops: Stop[] | null = null,
): Promise<Begun> {
  const world = createWorld(setup, subject, from === null ? {} : { from: from.world });
  const pending = armCallFaults(world, schedule.faults, LATENESS);
  const first = from === null ? world.startProcess() : world.resumeProcess(from.process);
  const run = armRunFault(world, schedule, base);
  const keepStop = async () => {
    await world.clock.settle();
    const stopped = world.snapshot();
    if (stopped !== null) stops?.push({ world: stopped, process: first.snapshot() });
  };
  const steps = { done: from?.world.calls ?? [], ...(stops === null ? {} : { onNext: keepStop }) };
  const ended = await runRotation(first, world, schedule.flow, run.plan, steps);
  await run.second;
  run.disarm();
  await world.clock.settle();
  const isAlone = run.second === null && ended.isWell && overlapFlows.includes(schedule.flow);
  const survivors = isAlone ? conditionOf(world).acceptedBeside : [];
  return { schedule, world, pending, isEndedWell: ended.isWell, survivors, rotations: run.second === null ? 1 : 2 };
}

async function recover(begun: Begun, { setup, support }: Drive): Promise<History> {
  const { schedule, world, pending, isEndedWell, survivors } = begun;
  const { emulator, clock } = world;
  let { rotations } = begun;
  const heals = support.heal && schedule.recovery.startsWith("heal");
  const recoverBy = async (heal: boolean): Promise<Call[]> => {
    const process: Process = world.startProcess();
    const which = schedule.recovery === "heal-all" ? {} : { secretId: setup.secretId };
    if (heal) return [await process.call({ action: "heal", ...which })];
    rotations += 1;
    return (await runRotation(process, world, schedule.flow, null)).calls;
  };
  if (!isEndedWell && schedule.recovery.endsWith("now")) await recoverBy(heals);

  const quiet: Call[][] = [];
  const mostQuiet = heals ? 1 + MAX_ROTATIONS : MAX_ROTATIONS;
  const requestsBeforeQuiet = emulator.requests.length;
  let rounds: number | null = null;
  for (let round = 0; round < MAX_ROUNDS && quiet.length < mostQuiet && rounds === null; round++) {
    await clock.sleep(QUIET_MS);
    Object.assign(emulator.switches, calm(setup));
    const wasWell = hasConverged(conditionOf(world));
    const left = pending();
    const calls = await recoverBy(heals && quiet.length === 0);
    // A fault that struck here, or an effect still to land, makes it one more run under faults.
    if (pending() !== left || emulator.state.late.length > 0) continue;
    quiet.push(calls);
    if (hasConverged(conditionOf(world))) rounds = wasWell && quiet.length === 1 ? 0 : quiet.length;
  }
  await clock.sleep(QUIET_MS);
  world.effects.finish();
  return { schedule, world, isEndedWell, survivors, rotations, quiet, rounds, requestsBeforeQuiet };
}

/** The switches of a combination, with nothing that a run or a walk may have changed. */
export function calm(setup: Setup) {
  return { ...switchesOf(setup.combination), "updating-ms": 0, "new-secret-late-refusals": 0 };
}
