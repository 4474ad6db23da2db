import { HOUR_MS } from "../../src/base/durations.ts";
import { LATE_MS } from "./combinations.ts";
import { conditionOf, hasConverged } from "./condition.ts";
import { claimEndsAt } from "./contents.ts";
import { calm, SOON_MS } from "./drive.ts";
import type { History } from "./history.ts";
import { currentValue } from "./liveness.ts";
import { createOperator } from "./operator.ts";
import { type Plan, runRotation, runStep } from "./rotation.ts";
import type { Setup } from "./setup.ts";
import { createTroubles } from "./troubles.ts";
import type { Flow } from "./types.ts";
import { type Command, PLATFORM_SECONDS, type Slot, type Trouble, type Walk, type Weather } from "./walk-commands.ts";
import { type Call, createWorld, type Process, type Subject, type World } from "./world.ts";

/** A finished walk. */
export interface WalkHistory extends History {
  readonly walk: Walk;
  /** The rotation after all was well; null if it never was. */
  readonly afterwards: readonly Call[] | null;
  /** That rotation brought a value that was not CURRENT before. */
  readonly isRenewed: boolean;
}

/** Longer than anything that is under way. */
const QUIET_MS = 15 * 60_000;
const MAX_QUIET = 3;
/** The alarm sends a heal every hour; until all is well a token in a claim lives for three of them. */
const MAX_HEALS = 4;

const weatherSwitches: Readonly<Record<Weather, object>> = {
  calm: {},
  "updating-slow": { "updating-ms": 20_000 },
  "updating-too-slow": { "updating-ms": 70_000 },
  "secret-late": { "new-secret-late-ms": 55_000 },
  "secret-flickers": { "new-secret-late-refusals": 3 },
  slow: { "latency-ms": 4_000 },
  lag: { "data-plane-lag-ms": 3_000 },
  "old-stays-old": { "promote-deprecated": "refused" },
};

const fairWeather = (setup: Setup) => ({
  ...calm(setup),
  "data-plane-lag-ms": 0,
  "promote-deprecated": "accepted",
});

interface Container {
  process: Process;
  /** How far its clock is from the servers'. */
  readonly error: { ms: number };
  acts: Promise<unknown>;
}

/** Runs commands one after the other, each act in one of two processes that live on between them. */
function createWalker(world: World, quietFlow: Flow) {
  const { clock, emulator, setup } = world;
  const { secretId } = setup;
  const troubles = createTroubles(world, { lateMs: LATE_MS, soonMs: SOON_MS });
  const operator = createOperator(world);
  let rotations = 0;
  let answered: number | null = null;
  let healedAt = clock.now();

  const start = (error: { ms: number }) => world.startProcess({ ...clock, now: () => clock.now() + error.ms });
  const open = (): Container => {
    const error = { ms: 0 };
    return { error, process: start(error), acts: Promise.resolve() };
  };
  const containers = [open(), open()] as const;

  const act = async (slot: Slot, trouble: Trouble, run: (process: Process) => Promise<readonly Call[]>) => {
    const container = containers[slot];
    await container.acts;
    if (!container.process.isAlive) container.process = start(container.error);
    troubles.set(container.process.name, trouble, container.error);
    const acts = run(container.process).then((calls) => {
      const last = calls.at(-1)?.end;
      if (last?.kind === "answered" && last.answer.versionNo !== null) answered = last.answer.versionNo;
    });
    container.acts = acts;
    await (trouble.overlapMs === null ? acts : Promise.race([acts, clock.sleep(trouble.overlapMs)]));
  };
  const send = (slot: Slot, trouble: Trouble, event: object) =>
    act(slot, trouble, async (process) => [await process.call({ ...event, secretId }, trouble.seconds)]);
  const rotate = async (process: Process, flow: Flow, plan: Plan | null) => {
    rotations += 1;
    return runRotation(process, world, flow, plan);
  };

  /** Time passes; as the alarm does, a heal comes every hour as long as there is something to heal. */
  const pass = async (ms: number) => {
    const until = clock.now() + ms;
    for (let heals = 0; heals < MAX_HEALS && healedAt + HOUR_MS < until; heals++) {
      await clock.sleep(Math.max(0, healedAt + HOUR_MS - clock.now()));
      if (hasConverged(conditionOf(world))) break;
      await send(1, { ...noTrouble, overlapMs: null }, { action: "heal" });
      healedAt = clock.now();
    }
    await clock.sleep(Math.max(0, until - clock.now()));
    if (hasConverged(conditionOf(world))) healedAt = clock.now();
  };

  const run = async (command: Command): Promise<void> => {
    switch (command.do) {
      case "rotate": {
        const { trouble, flow, slot } = command;
        // The deadline that counts is that of the call which mints.
        const deadline = { call: flow === "whole" ? 0 : 1, seconds: trouble.seconds };
        return act(slot, trouble, async (process) => (await rotate(process, flow, { order: null, deadline })).calls);
      }
      case "step": {
        const versionNo = command.no === "answered" ? answered : command.no;
        return act(command.slot, command.trouble, async (process) => [
          await runStep(process, world, command.step, versionNo, command.trouble.seconds),
        ]);
      }
      case "heal":
      case "rollback":
      case "check":
        return send(command.slot, command.trouble, { action: command.do });
      case "restart": {
        const container = containers[command.slot];
        await container.acts;
        container.process = start(container.error);
        return;
      }
      case "set-clock":
        containers[command.slot].error.ms = command.ms;
        return;
      case "wait":
        return pass(command.ms);
      case "weather":
        Object.assign(emulator.switches, fairWeather(setup), weatherSwitches[command.weather]);
        return;
      case "operator-promotes":
        return operator.promote(command.pick);
      case "operator-deletes":
        return operator.deleteOld(command.pick);
      case "operator-rolls-back":
        return operator.rollBack();
      case "operator-writes-wrong":
        return operator.writeWrong();
      case "operator-regenerates":
        return operator.regenerate(command.storesAfterMs);
    }
  };

  /** Nothing is under way any more, and nothing goes wrong from here on. */
  const settle = async () => {
    await Promise.all(containers.map(({ acts }) => acts));
    troubles.clear();
    for (const { error } of containers) error.ms = 0;
    Object.assign(emulator.switches, fairWeather(setup));
  };
  /** A heal first, then rotations, each in a fresh process. */
  const recover = async (isHeal: boolean): Promise<Call[]> => {
    const process = world.startProcess();
    if (isHeal) return [await process.call({ action: "heal", secretId })];
    return (await rotate(process, quietFlow, null)).calls;
  };
  return { run, settle, recover, rotations: () => rotations };
}

const noTrouble: Trouble = { faults: [], freeze: null, clockJump: null, seconds: PLATFORM_SECONDS, overlapMs: null };

/** Runs a walk to its end: the commands, then a heal and at most two rotations without faults, then one more rotation. */
export async function runWalk(walk: Walk, setup: Setup, subject: Subject): Promise<WalkHistory> {
  const world = createWorld(setup, subject);
  const { clock, emulator } = world;
  const walker = createWalker(world, walk.flow);
  for (const command of walk.commands) await walker.run(command);
  await walker.settle();

  /** A run must respect a live claim, so nothing is requested before the claim has ended. */
  const quietTime = () => {
    const claimEnd = claimEndsAt(emulator.admin.secret(setup.secretId));
    return clock.sleep(Math.max(QUIET_MS, claimEnd - clock.now()));
  };
  const requestsBeforeQuiet = emulator.requests.length;
  const quiet: Call[][] = [];
  let rounds: number | null = null;
  while (quiet.length < MAX_QUIET && rounds === null) {
    await quietTime();
    const wasWell = hasConverged(conditionOf(world));
    quiet.push(await walker.recover(quiet.length === 0));
    if (hasConverged(conditionOf(world))) rounds = wasWell && quiet.length === 1 ? 0 : quiet.length;
  }
  let afterwards: readonly Call[] | null = null;
  const before = currentValue(world);
  if (rounds !== null) {
    await quietTime();
    afterwards = await walker.recover(false);
  }
  const isRenewed = currentValue(world) !== before;
  await clock.sleep(QUIET_MS);
  world.effects.finish();
  const schedule = {
    combination: setup.combination,
    flow: walk.flow,
    recovery: "heal-later",
    run: null,
    faults: [],
  } as const;
  const rotations = walker.rotations();
  return {
    walk,
    schedule,
    world,
    isEndedWell: false,
    survivors: [],
    rotations,
    quiet,
    rounds,
    requestsBeforeQuiet,
    afterwards,
    isRenewed,
  };
}
