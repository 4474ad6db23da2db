import type { CallName } from "../../src/emulator/core/call-names.ts";
import type { History } from "./history.ts";
import { type Plan, runRotation } from "./rotation.ts";
import type { CallFault, RunFault, Schedule } from "./schedule.ts";
import type { World } from "./world.ts";

/**
 * Sets faults by their place in the order of requests.
 * @returns how many of them are still to strike
 */
export function armCallFaults(
  { emulator }: World,
  faults: readonly CallFault[],
  late: { readonly lateMs: number; readonly soonMs: number },
): () => number {
  const armed = new Map(faults.map((fault) => [fault.at, fault]));
  // The emulator's own faults count calls by name; here the whole order counts, so that a place is struck whatever is asked there.
  emulator.faults.next = () => {
    const at = emulator.requests.length;
    const fault = armed.get(at);
    if (fault === undefined) return undefined;
    armed.delete(at);
    if (fault.kind === "lands-late") emulator.switches["late-ms"] = fault.isSoon === true ? late.soonMs : late.lateMs;
    return fault.kind;
  };
  return () => armed.size;
}

/** A fault of the run, set. */
export interface ArmedRun {
  readonly plan: Plan | null;
  /** The rotation that runs in parallel with the first, once it has begun. */
  readonly second: Promise<unknown> | null;
  disarm(): void;
}

/** What goes to the issuer; everything else goes to Vault. */
const issuerCalls: ReadonlySet<CallName> = new Set([
  ...(["token-current", "token-pending", "regenerate", "install", "retire", "read-app"] as const),
  ...(["read-regenerator", "find-client", "read-client", "read-secret", "read-rotated"] as const),
]);

/** How long the first process' request is held: not at all; less than one call may take; longer than its claim belongs to it. */
const heldMs = {
  "second-rotation": 0,
  "second-rotation-overtakes": 8_000,
  "second-rotation-while-frozen": 200_000,
};
const SLOW_UPDATING_MS = 20_000;
const TOO_SLOW_UPDATING_MS = 70_000;
const SECRET_LATE_MS = 55_000;
const FLICKERS = 3;
/** Far above every time-out: nothing is answered any more, and all of it takes effect. */
const STALL_MS = 19_000;
/** Longer than two calls and what may follow them at once; over before the quiet. */
const OUTAGE_MS = 700_000;
/** What the product keeps free for its answer, and a little more. */
const MARGIN_MS = 6_000;

const stepOrder = {
  "step-repeated": (at: number) => [0, 1, 2, 3].flatMap((step) => (step === at ? [step, step] : [step])),
  "step-skipped": (at: number) => [0, 1, 2, 3].filter((step) => step !== at),
  "steps-swapped": (at: number) => [0, 1, 2, 3].map((step) => (step === at ? at + 1 : step === at + 1 ? at : step)),
};

/** Sets what a schedule asks of the run as a whole. */
export function armRunFault(world: World, schedule: Schedule, base: History | null): ArmedRun {
  const { run } = schedule;
  const { switches } = world.emulator;
  const latency = switches["latency-ms"];
  const armed: { plan: Plan | null; second: Promise<unknown> | null; disarm(): void } = {
    plan: null,
    second: null,
    disarm: () => {
      world.beforeSend = undefined;
      switches["latency-ms"] = latency;
    },
  };
  if (run === null) return armed;
  switch (run.kind) {
    case "step-repeated":
    case "step-skipped":
    case "steps-swapped":
      armed.plan = { order: stepOrder[run.kind](run.at), deadline: null };
      break;
    case "second-rotation":
    case "second-rotation-overtakes":
    case "second-rotation-while-frozen": {
      const held = heldMs[run.kind];
      world.beforeSend = (process, sent) => {
        if (process !== "p1" || sent !== run.at) return undefined;
        const second = world.startProcess();
        armed.second = runRotation(second, world, schedule.flow, null);
        return held === 0 ? undefined : world.clock.sleep(held);
      };
      break;
    }
    case "deadline-at":
    case "deadline-near":
      armed.plan = { order: null, deadline: deadlineAt(run, base) };
      break;
    case "stalls-from":
      world.beforeSend = (process, sent) => {
        switches["latency-ms"] = process === "p1" && sent >= run.at ? STALL_MS : latency;
        return undefined;
      };
      break;
    case "updating-slow":
      switches["updating-ms"] = SLOW_UPDATING_MS;
      break;
    case "updating-too-slow":
      switches["updating-ms"] = TOO_SLOW_UPDATING_MS;
      break;
    case "secret-late":
      switches["new-secret-late-ms"] = SECRET_LATE_MS;
      break;
    case "secret-flickers":
      switches["new-secret-late-refusals"] = FLICKERS;
      break;
    case "issuer-out-after-mint":
    case "vault-out-after-mint":
      armOutage(world, run);
      break;
  }
  return armed;
}

/** Sets of a fault of the run what lasts longer than the rotation, if that is of such a kind. */
export function armOutage(world: World, run: RunFault | null): void {
  if (run?.kind !== "issuer-out-after-mint" && run?.kind !== "vault-out-after-mint") return;
  breakDownAfterMint(world, run.kind === "issuer-out-after-mint");
}

/** From the moment at which the issuer has made or taken a new value one of the two answers nothing but errors, for a long while. */
function breakDownAfterMint({ emulator, effects, clock }: World, isIssuer: boolean): void {
  const nextFault = emulator.faults.next.bind(emulator.faults);
  emulator.faults.next = (call, caller) => {
    const mint = effects.list.find(({ kind }) => kind === "issuer");
    const isOut = mint !== undefined && clock.now() < mint.at + OUTAGE_MS;
    const isStruck = isOut && issuerCalls.has(call) === isIssuer;
    return isStruck ? "server-error-before" : nextFault(call, caller);
  };
}

/** The deadline that passes as the request number `at` of the run without faults is sent. */
function deadlineAt({ at, kind }: RunFault, base: History | null): Plan["deadline"] {
  const calls = base?.world.calls ?? [];
  const index = calls.findLastIndex((call) => call.firstRequest <= at);
  const call = calls[index];
  const request = base?.world.emulator.requests[at];
  if (call === undefined || request === undefined) return null;
  const ms = request.time - call.startedAt + (kind === "deadline-near" ? MARGIN_MS : 0);
  return { call: index, seconds: Math.max(1, ms) / 1000 };
}
