/**
 * How long a rotation takes, how long CURRENT is dead meanwhile, and how many remote calls that costs: the real handler
 * against the emulator, in virtual time.
 */
import { HOUR_MS } from "../../src/base/durations.ts";
import "../../src/base/silence.ts";
import type { CallName } from "../../src/emulator/core/call-names.ts";
import { createWorld, type World } from "../../test/support/world.ts";

export interface RotationFigures {
  /** By seconds of UPDATING: a whole rotation's time, divided by that of its serial path. */
  readonly rotationRatio: Readonly<Record<string, number>>;
  /** From the mint to the promote at UPDATING 1 s, divided by the least that calls one after another need. */
  readonly deadWindowRatio: number;
  /** By seconds of UPDATING. */
  readonly remoteCalls: Readonly<Record<string, { readonly fourStep: number; readonly whole: number }>>;
}

const LATENCY_MS = 50;
const UPDATING_SECONDS = [0.2, 1, 3, 8] as const;
const DEAD_WINDOW_AT = 1;
const COUNTED_AT = [0, 1] as const;

/**
 * get-secret, list, bundle, login, claim, get-secret, mint, write, get-secret, list, login, promote. UPDATING begins
 * amid the answer of its write and may end amid the request of the look, so one call's time belongs to both.
 */
const SERIAL_CALLS = 12;
const serialMs = (updatingMs: number) => SERIAL_CALLS * LATENCY_MS + 2 * (updatingMs - LATENCY_MS);
/** From the mint's effect to the promote's: a half of either, and the write, get-secret, list and login between. */
const deadFloorMs = (updatingMs: number) => 4 * LATENCY_MS + updatingMs;

/** The first rotation is that of a new process, which knows nothing of this Vault yet. */
const WARM_ROTATIONS = 8;

interface Seen {
  readonly ms: number;
  readonly deadMs: number;
  readonly calls: number;
}

/** @throws Error unless every answer of the rotation is 200 */
async function rotate(world: World, form: "fourStep" | "whole"): Promise<Seen> {
  const { clock, emulator, secretId } = world;
  // A secret rests between two rotations for longer than any claim lives.
  await clock.sleep(24 * HOUR_MS);
  world.calls();
  const from = emulator.requests.length;
  const started = clock.monotonic();
  const answers = form === "whole" ? [await world.call({ secretId })] : await world.steps();
  const bad = answers.find(({ responseCode }) => responseCode !== 200);
  if (bad !== undefined) throw new Error(`a rotation of the bench ended with ${bad.returnMessage}`);
  const ms = clock.monotonic() - started;
  // The promote's own UPDATING is not the next rotation's.
  emulator.admin.secret(secretId).updatingPolls = 0;
  const requests = emulator.requests.slice(from);
  const at = (wanted: CallName) => requests.findLast(({ call }) => call === wanted)?.time ?? Number.NaN;
  return { ms, deadMs: at("promote") - at("regenerate"), calls: world.calls().length };
}

interface Measured {
  readonly cold: Seen;
  readonly warm: readonly Seen[];
}

async function measure(form: "fourStep" | "whole", updatingSeconds: number): Promise<Measured> {
  const world = await createWorld({
    switches: {
      "latency-ms": LATENCY_MS,
      "updating-ms": updatingSeconds * 1000,
      // Without a time, one look after each write shows UPDATING.
      "updating-polls": updatingSeconds === 0 ? 1 : 0,
    },
  });
  const cold = await rotate(world, form);
  const warm: Seen[] = [];
  for (let rotation = 0; rotation < WARM_ROTATIONS; rotation += 1) warm.push(await rotate(world, form));
  return { cold, warm };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** A new process, or the mean of those after it: the worse. */
const worse = ({ cold, warm }: Measured, of: (seen: Seen) => number) => Math.max(of(cold), meanOf(warm.map(of)));
const rounded = (ratio: number) => Number(ratio.toFixed(3));

export async function rotationFigures(): Promise<RotationFigures> {
  const rotationRatio: Record<string, number> = {};
  let deadWindowRatio = Number.NaN;
  for (const seconds of UPDATING_SECONDS) {
    const measured = await measure("whole", seconds);
    rotationRatio[seconds] = rounded(worse(measured, ({ ms }) => ms) / serialMs(seconds * 1000));
    if (seconds === DEAD_WINDOW_AT)
      deadWindowRatio = rounded(worse(measured, ({ deadMs }) => deadMs) / deadFloorMs(seconds * 1000));
  }
  const remoteCalls: Record<string, { fourStep: number; whole: number }> = {};
  for (const seconds of COUNTED_AT) {
    const count = async (form: "fourStep" | "whole") =>
      Math.max(...(await measure(form, seconds)).warm.map(({ calls }) => calls));
    remoteCalls[seconds] = { fourStep: await count("fourStep"), whole: await count("whole") };
  }
  return { rotationRatio, deadWindowRatio, remoteCalls };
}

export function rotationLines({ rotationRatio, deadWindowRatio, remoteCalls }: RotationFigures): string[] {
  return [
    ...Object.entries(rotationRatio).map(
      ([seconds, ratio]) =>
        `whole rotation, a secret ${seconds} s UPDATING after a write: ${ratio} times its serial path`,
    ),
    `CURRENT is dead, at ${DEAD_WINDOW_AT} s: ${deadWindowRatio} times the least possible`,
    ...Object.entries(remoteCalls).map(
      ([seconds, { fourStep, whole }]) =>
        `remote calls at ${seconds} s: ${fourStep} in four steps, ${whole} in one call`,
    ),
  ];
}
