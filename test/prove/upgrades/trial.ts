import type { CallName } from "../../../src/emulator/core/call-names.ts";
import { versionAt } from "../../../src/emulator/vault/state.ts";
import { check, type Judgement } from "../checker.ts";
import { combinationId } from "../combinations.ts";
import { conditionOf, hasConverged } from "../condition.ts";
import type { History } from "../history.ts";
import { provenIssuers } from "../issuers/index.ts";
import { currentValue } from "../liveness.ts";
import { isOk, runStep, versionNoFor } from "../rotation.ts";
import type { Setup } from "../setup.ts";
import type { Combination } from "../types.ts";
import { type Call, createWorld, type Process, type World } from "../world.ts";
import type { EditionName, Editions } from "./editions.ts";

/** The editions that stand behind the function one after another. The first begins a rotation, and the last one must end with all in order. */
export const chains = {
  "up-and-back": ["earlier", "now", "earlier"],
  "back-and-up": ["now", "earlier", "now"],
  "from-the-sample-and-back": ["sample", "now", "sample", "now"],
  "to-the-sample-and-back": ["now", "sample", "now"],
  "from-the-lenient-sample-and-back": ["lenient-sample", "now", "lenient-sample", "now"],
  "to-the-lenient-sample-and-back": ["now", "lenient-sample", "now"],
} as const satisfies Readonly<Record<string, readonly EditionName[]>>;
export type ChainName = keyof typeof chains;

/** `retold`: VERIFY_CONNECTION once more after CREATE_PENDING_VERSION, as the text of Oracle's sample tells it. `whole`: one call for everything. */
export const flows = { "four-steps": [0, 1, 2, 3], retold: [0, 1, 0, 2, 3], whole: [] } as const;
export type TrialFlow = keyof typeof flows;

/**
 * How the image changes in the middle of a rotation: a call is killed once the request of that number has taken effect, or the schedule stands
 * between two steps.
 */
export type Stop = { readonly killedAfter: number } | { readonly beforeStep: number };

export interface Trial {
  readonly chain: ChainName;
  readonly combination: Combination;
  readonly flow: TrialFlow;
  /** How the first edition's work ends, and how the second one's. Null: by itself. */
  readonly first: Stop;
  readonly second: Stop | null;
  /** What the second edition is asked: the schedule goes on, or a heal. */
  readonly asked: "goes-on" | "heal";
  /** Between a stop and the next call: the schedule may be quick, or come after every lock has ended. */
  readonly pauseMs: number;
}

export interface Outcome {
  /** By switch: some version is PENDING, or the issuer refuses CURRENT. */
  readonly unsettled: readonly boolean[];
  /** What the first edition asked last; null: its call was to be killed, and ended before. */
  readonly stoppedAfter: CallName | null;
  readonly isRotated: boolean;
  readonly judgement: Judgement;
  readonly history: History;
}

/** By the clock: an UPDATING that ends as somebody looks would outlast the pause between two editions. */
const UPDATING = { "updating-polls": 0, "updating-ms": 900 };
const QUIET_MS = 15 * 60_000;
const MOST_ROUNDS = 3;

/** Something is PENDING, or the issuer refuses CURRENT. @param world a world of `prove`, or a rig of real processes */
export function isUnsettled(world: Parameters<typeof conditionOf>[0]): boolean {
  const isPending = versionAt(world.emulator.admin.secret(world.setup.secretId), "PENDING") !== undefined;
  return isPending || !conditionOf(world).isCurrentGood;
}

/** A rotation by Vault's schedule, whoever stands behind the function. What was answered 200 is not asked again. */
class Schedule {
  readonly #world: World;
  readonly #flow: TrialFlow;
  #done: Call[] = [];

  constructor(world: World, flow: TrialFlow) {
    this.#world = world;
    this.#flow = flow;
  }

  /** @param to before which step it stops */
  async goOn(process: Process, to = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#flow === "whole") {
      await process.call({ secretId: this.#world.setup.secretId });
      return;
    }
    const order = flows[this.#flow];
    if (this.#done.length === order.length) this.#done = [];
    for (const index of order.slice(this.#done.length, to)) {
      const answered = new Map(this.#done.map(({ end }, at) => [order[at] ?? 0, versionOf(end)]));
      const call = await runStep(process, this.#world, index, versionNoFor(index, answered), undefined);
      // A failure ends the rotation, and the next one begins with the first step. A killed call is made again.
      if (call.end?.kind === "answered") this.#done = isOk(call) ? [...this.#done, call] : [];
      if (!isOk(call)) return;
    }
  }
}

const versionOf = (end: Call["end"]) => (end?.kind === "answered" ? end.answer.versionNo : null);

function arm({ emulator }: World, stop: Stop | null): void {
  const from = emulator.requests.length;
  const at = stop !== null && "killedAfter" in stop ? stop.killedAfter : null;
  emulator.faults.next = () => (emulator.requests.length - from === at ? "killed-after" : undefined);
}

/** Quiet rounds by the last edition: a heal, then rotations, until all is in order and CURRENT is new. */
async function settle(world: World, old: string | null): Promise<{ readonly quiet: Call[][]; rounds: number | null }> {
  const { secretId } = world.setup;
  const quiet: Call[][] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    await world.clock.sleep(QUIET_MS);
    const process = world.startProcess();
    quiet.push([await process.call(round === 0 ? { secretId, action: "heal" } : { secretId })]);
    if (hasConverged(conditionOf(world)) && currentValue(world) !== old) return { quiet, rounds: quiet.length };
  }
  return { quiet, rounds: null };
}

/** `chain/combination/flow/first/second/asked/pause`, for a reader. */
export function trialId({ chain, combination, flow, first, second, asked, pauseMs }: Trial): string {
  const [one, two] = [first, second].map((stop) => (stop === null ? "-" : Object.entries(stop).flat().join(":")));
  return [chain, combinationId(combination), flow, one, two, asked, `${pauseMs / 1000}s`].join("/");
}

/** Runs one trial to its end, and judges it. */
export async function runTrial(trial: Trial, setup: Setup, editions: Editions): Promise<Outcome> {
  const { flow, first, second, asked, pauseMs, combination } = trial;
  const [begins = "now", ...follow] = chains[trial.chain];
  let behind: EditionName = begins;
  const world = createWorld(setup, (dependencies) => editions[behind](dependencies));
  const { emulator, clock } = world;
  Object.assign(emulator.switches, UPDATING);
  const schedule = new Schedule(world, flow);
  const old = currentValue(world);
  const act = async (stop: Stop | null, isHeal: boolean) => {
    arm(world, stop);
    const process = world.startProcess();
    if (isHeal) await process.call({ secretId: setup.secretId, action: "heal" });
    else await schedule.goOn(process, stop !== null && "beforeStep" in stop ? stop.beforeStep : undefined);
    arm(world, null);
    return process;
  };

  const process = await act(first, false);
  const isStopped = "beforeStep" in first || !process.isAlive;
  const stoppedAfter = isStopped ? (emulator.requests.at(-1)?.call ?? null) : null;
  const unsettled: boolean[] = [];
  for (const [index, edition] of follow.entries()) {
    await clock.sleep(pauseMs);
    unsettled.push(isUnsettled(world));
    behind = edition;
    await act(index === 0 ? second : null, index === 0 && asked === "heal");
  }
  const requestsBeforeQuiet = emulator.requests.length;
  const { quiet, rounds } = await settle(world, old);
  await clock.sleep(QUIET_MS);
  world.effects.finish();
  const history: History = {
    schedule: {
      ...{ combination, recovery: "heal-later", run: null, faults: [] },
      flow: flow === "whole" ? flow : "four-steps",
    },
    ...{ world, isEndedWell: false, survivors: [], rotations: follow.length + 1, quiet, rounds, requestsBeforeQuiet },
  };
  const { hasGrace, accepts } = provenIssuers[combination.issuer];
  const isOldGone = old !== null && (hasGrace || !accepts(emulator, setup.clientId, old));
  return {
    unsettled,
    stoppedAfter,
    isRotated: rounds !== null && isOldGone,
    judgement: check(history, false),
    history,
  };
}
