import type { CallName } from "../../src/emulator/core/call-names.ts";
import { faultKinds } from "../../src/emulator/core/faults.ts";
import type { History } from "./history.ts";
import type { CallFault, Recovery, RunFault, RunFaultKind, Schedule } from "./schedule.ts";
import type { Flow } from "./types.ts";

const changing: ReadonlySet<CallName> = new Set([
  "regenerate",
  "install",
  "retire",
  "write-claim",
  "write-pending",
  "promote",
  "update-metadata",
  "schedule-version-deletion",
  "cancel-version-deletion",
]);

const stepKinds: readonly (readonly [RunFaultKind, number])[] = [
  ["step-repeated", 4],
  ["step-skipped", 4],
  ["steps-swapped", 3],
];
const callKinds: readonly RunFaultKind[] = [
  "second-rotation",
  "second-rotation-overtakes",
  "second-rotation-while-frozen",
  "deadline-at",
  "deadline-near",
  "stalls-from",
];
const wholeRunKinds: readonly RunFaultKind[] = [
  "updating-slow",
  "updating-too-slow",
  "secret-late",
  "secret-flickers",
  "issuer-out-after-mint",
  "vault-out-after-mint",
];

/** How many names the faults go by. */
export const faultKindCount = faultKinds.length + stepKinds.length + callKinds.length + wholeRunKinds.length;

/**
 * Every kind at the requests of a trace from number `from` on, up to `to` (excluded). If the effect can land late, both
 * soon and late.
 */
function callFaultsOf(history: History, from: number, to?: number): CallFault[] {
  return history.world.emulator.requests.slice(from, to).flatMap(({ call }, offset) => {
    const at = from + offset;
    const kinds: CallFault[] = faultKinds.map((kind) => ({ at, kind }));
    return changing.has(call) ? [...kinds, { at, kind: "lands-late", isSoon: true }] : kinds;
  });
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

/** Every fault of the run as a whole that fits a flow. */
function runFaultsOf(base: History, flow: Flow): RunFault[] {
  const steps =
    flow !== "four-steps"
      ? []
      : stepKinds.flatMap(([kind, count]) => upTo(count).map((at): RunFault => ({ kind, at })));
  const calls = callKinds.flatMap((kind) => upTo(base.requestsBeforeQuiet).map((at): RunFault => ({ kind, at })));
  return [...steps, ...calls, ...wholeRunKinds.map((kind): RunFault => ({ kind, at: 0 }))];
}

/**
 * All schedules with one fault.
 * @param quietToo also at the requests of the heal that follows the run without faults
 */
export function singlesOf(base: History, recovery: Recovery, quietToo: boolean): Schedule[] {
  const { combination, flow } = base.schedule;
  const common = { combination, flow, recovery };
  const calls = callFaultsOf(base, 0, quietToo ? undefined : base.requestsBeforeQuiet).map(
    (fault): Schedule => ({ ...common, run: null, faults: [fault] }),
  );
  return [...calls, ...runFaultsOf(base, flow).map((run): Schedule => ({ ...common, run, faults: [] }))];
}

/** All schedules that add a second fault at a later request of a run with one, recovery included. */
export function pairsOf(single: History): Schedule[] {
  const { schedule } = single;
  const last = schedule.faults.at(-1);
  return callFaultsOf(single, last === undefined ? 0 : last.at + 1).map((fault) => ({
    ...schedule,
    faults: [...schedule.faults, fault],
  }));
}

/** Before this request a schedule is the same as the run without faults. */
export function firstRequestStruck({ run, faults }: Schedule): number {
  const struck = faults.map(({ at }) => at);
  if (run === null) return Math.min(...struck);
  return callKinds.includes(run.kind) ? Math.min(run.at, ...struck) : 0;
}

/**
 * A fraction of 1 that depends only on seed and text (FNV-1a, then mixed): the seeded share of a set, the same in every
 * process.
 */
export function fractionOf(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39) >>> 0;
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
