import { HOUR_MS } from "../../../src/base/durations.ts";
import type { CallName } from "../../../src/emulator/core/call-names.ts";
import type { FaultKind } from "../../../src/emulator/core/faults.ts";
import type { Switches } from "../../../src/emulator/core/switches.ts";
import { leaksIn } from "../canary.ts";
import type { Reading } from "./watch.ts";
import { createMirrorWorld, type MirrorEnd, type MirrorWorld } from "./world.ts";

/** One fault, at the call of that name that comes as the `occurrence`-th after the world is ready. */
export interface MirrorFault {
  readonly call: CallName;
  readonly kind: FaultKind;
  readonly occurrence: number;
}

/** What the Credential Exchange and Vault hold when the faults begin. */
export const mirrorStarts = ["nothing-stored", "all-changed", "credentials-changed"] as const;
export type MirrorStart = (typeof mirrorStarts)[number];

export interface MirrorSchedule {
  readonly start: MirrorStart;
  readonly faults: readonly MirrorFault[];
  /** Another container is called at the same time. */
  readonly isTwice?: boolean;
  /** All credentials at the Credential Exchange change again, after this many requests. */
  readonly changesAfter?: number;
  /** Before its request of this number, from 0, the container freezes; everything changes, another one mirrors it, and the first goes on. */
  readonly frozenAt?: number;
  readonly switches?: Partial<Switches>;
  /** How long after the call with faults, and after each next one, the schedule calls again. Default: an hour. */
  readonly restMs?: number;
  /** How the consumer that is watched reads; the control reads as one should not. */
  readonly reading?: Reading;
}

export interface MirrorRun {
  readonly problems: readonly string[];
  readonly struck: number;
  /** The requests of the call with faults, in order, by their names. */
  readonly calls: readonly CallName[];
  /** Those of the call that follows it. */
  readonly recoveryCalls: readonly CallName[];
  readonly ends: readonly MirrorEnd[];
  /** The newest set was in force when these calls had ended. */
  readonly isMirrored: boolean;
  /** The answers of the calls after the faults. */
  readonly lastEnds: readonly MirrorEnd[];
  readonly world: MirrorWorld;
}

const MIRROR = { action: "mirror" };

function change({ emulator, watch }: MirrorWorld, what: "all" | "credentials"): void {
  emulator.admin.rotateWallets(what);
  watch.served();
}

async function prepared({ start, switches, reading }: MirrorSchedule, seed: number): Promise<MirrorWorld> {
  const world = createMirrorWorld({
    seed,
    users: ["RDS_APP"],
    files: ["README", "cwallet.sso"],
    environment: { OROT_CALL_TIMEOUT_SECONDS: "5" },
    switches: { "updating-polls": 1, ...switches },
    ...(reading === undefined ? {} : { reading }),
  });
  if (start === "nothing-stored") return world;
  await world.startProcess().call(MIRROR);
  await world.clock.sleep(HOUR_MS);
  change(world, start === "all-changed" ? "all" : "credentials");
  return world;
}

/**
 * Has all credentials change again in the middle. A call that fetched before stores an old set, and must not let it
 * stay.
 */
function changeLater(world: MirrorWorld, after: number): void {
  const from = world.emulator.requests.length;
  let isDue = true;
  world.emulator.core.onChange(() => {
    if (!isDue || world.emulator.requests.length < from + after) return;
    isDue = false;
    change(world, "all");
  });
}

/**
 * Runs the mirror with faults, then twice without: the first of these finds what was left, the second finds nothing to do. It judges
 * what a consumer could see at any time, and what is left at the end.
 */
export async function runMirror(schedule: MirrorSchedule, seed = 1): Promise<MirrorRun> {
  const world = await prepared(schedule, seed);
  const { emulator, watch, clock } = world;
  const from = emulator.requests.length;
  for (const fault of schedule.faults) emulator.faults.add(fault);
  if (schedule.changesAfter !== undefined) changeLater(world, schedule.changesAfter);
  const { frozenAt } = schedule;
  const overtake = async () => {
    change(world, "all");
    await world.startProcess().call(MIRROR);
  };
  const first = world.startProcess((number) => (number === frozenAt ? overtake() : undefined));
  const processes = [first, ...(schedule.isTwice === true ? [world.startProcess()] : [])];
  const ends = await Promise.all(processes.map((process) => process.call(MIRROR)));
  const isMirrored = watch.inForce === watch.newest;
  const callsFrom = (at: number) => emulator.requests.slice(at).map(({ call }) => call);
  const calls = callsFrom(from);
  const recoveryFrom = emulator.requests.length;
  const callLater = async () => {
    await clock.sleep(schedule.restMs ?? HOUR_MS);
    return world.startProcess().call(MIRROR);
  };
  // A second fault may strike the call that is to make good what the first one left.
  if (schedule.faults.length > 1) ends.push(await callLater());
  const { struck } = emulator.faults;
  emulator.faults.clear();
  const last = [await callLater()];
  const recoveryCalls = callsFrom(recoveryFrom);
  last.push(await callLater());
  const problems: string[] = [];
  problems.push(...watch.problems);
  if (watch.inForce !== watch.newest) problems.push(`set ${watch.inForce} is in force at the end, not ${watch.newest}`);
  for (const end of last)
    if (end?.responseCode !== 200) problems.push(`no convergence: ${end?.returnMessage ?? "killed"}`);
  if (last.at(-1)?.returnMessage.startsWith("NOTHING_TO_DO") !== true)
    problems.push("the second call after the faults wrote again");
  const answers = JSON.stringify([...ends, ...last]);
  for (const where of leaksIn({ log: world.log.join("\n"), answer: answers }, world.canaries))
    problems.push(`a secret in ${where}`);
  return { problems, struck, calls, recoveryCalls, ends, isMirrored, lastEnds: last, world };
}
