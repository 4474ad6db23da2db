import { type FaultKind, faultKinds } from "../../src/emulator/core/faults.ts";
import { combinationId, parseCombination } from "./combinations.ts";
import type { Combination, Flow } from "./types.ts";

export const flows: readonly Flow[] = ["four-steps", "whole"];
/** Flows in which old and new value may both work. */
export const overlapFlows: readonly Flow[] = ["compromised", "retire"];
/** Flows after which only CURRENT's value works if nothing goes wrong. */
export const endingFlows: readonly Flow[] = [...overlapFlows, "acknowledged"];

/**
 * What follows a rotation that did not end well. `heal-later`: faults stop, late effects land, then one heal. `rotate-later`: two rotations
 * in its place. `heal-all`: as the alarm sends it, one heal of whatever it finds. The others act at once, while effects may still land, and
 * once more later.
 */
export const recoveries = ["heal-later", "rotate-later", "heal-all", "heal-now", "rotate-now"] as const;
export type Recovery = (typeof recoveries)[number];

/** A fault at one remote call; `at` counts the requests that reach the emulator from 0, recovery included. */
export interface CallFault {
  readonly at: number;
  readonly kind: FaultKind;
  /** Of `lands-late`: the effect lands almost at once, between two tries of the same process. */
  readonly isSoon?: boolean;
}

/** Faults of the run as a whole; `at` is a step for the first three, else a remote call of the first process. */
export const runFaultKinds = [
  "step-repeated",
  "step-skipped",
  "steps-swapped",
  "second-rotation",
  "second-rotation-overtakes",
  "second-rotation-while-frozen",
  "deadline-at",
  "deadline-near",
  "stalls-from",
  "updating-slow",
  "updating-too-slow",
  "secret-late",
  "secret-flickers",
  "issuer-out-after-mint",
  "vault-out-after-mint",
] as const;
export type RunFaultKind = (typeof runFaultKinds)[number];

export interface RunFault {
  readonly kind: RunFaultKind;
  readonly at: number;
}

/** One run and its quiet phase, fully determined together with the seed. */
export interface Schedule {
  readonly combination: Combination;
  readonly flow: Flow;
  readonly recovery: Recovery;
  readonly run: RunFault | null;
  readonly faults: readonly CallFault[];
}

/** At most one fault, one of the run as a whole counted as one. */
export function isSingle({ run, faults }: Schedule): boolean {
  return faults.length + (run === null ? 0 : 1) < 2;
}

const SOON = "-soon";

function faultText({ at, kind, isSoon }: CallFault): string {
  return `${at}:${kind}${isSoon === true ? SOON : ""}`;
}

/** `combination/flow/recovery/run/faults`, for instance `clear,live,alone,honoured,deprecates,fresh/whole/heal-later/-/5:answer-lost`. */
export function scheduleId({ combination, flow, recovery, run, faults }: Schedule): string {
  const runText = run === null ? "-" : `${run.at}:${run.kind}`;
  const callText = faults.length === 0 ? "-" : faults.map(faultText).join("+");
  return [combinationId(combination), flow, recovery, runText, callText].join("/");
}

function oneOf<T extends string>(text: string, known: readonly T[], what: string): T {
  const found = known.find((name) => name === text);
  if (found === undefined) throw new Error(`unknown ${what} "${text}". Next: use one of ${known.join(", ")}.`);
  return found;
}

function split(text: string): { at: number; name: string } {
  const match = /^(\d{1,5}):(.+)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no fault. Next: write it as number:kind.`);
  return { at: Number(match[1]), name: match[2] ?? "" };
}

function parseFault(text: string): CallFault {
  const { at, name } = split(text);
  const isSoon = name.endsWith(SOON);
  const kind = oneOf(isSoon ? name.slice(0, -SOON.length) : name, faultKinds, "kind of fault");
  return isSoon ? { at, kind, isSoon } : { at, kind };
}

/** Reads what `scheduleId` gives. Throws an Error that says what is wrong. */
export function parseSchedule(id: string): Schedule {
  const [combination = "", flow = "", recovery = "", run = "", faults = "", ...rest] = id.split("/");
  if (rest.length > 0 || faults === "") {
    throw new Error("a schedule is combination/flow/recovery/run/faults. Next: copy it whole from a finding.");
  }
  const runParts = run === "-" ? null : split(run);
  return {
    combination: parseCombination(combination),
    flow: oneOf(flow, [...flows, ...endingFlows], "flow"),
    recovery: oneOf(recovery, recoveries, "recovery"),
    run: runParts === null ? null : { at: runParts.at, kind: oneOf(runParts.name, runFaultKinds, "fault of the run") },
    faults: faults === "-" ? [] : faults.split("+").map(parseFault),
  };
}
