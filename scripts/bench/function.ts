/**
 * Size and speed of the function, compared with one that does nothing. They start in turns, so that other load slows
 * both equally.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { bundleFunction, FUNCTION_FOLDER } from "../bundle/functions.ts";
import { startFunction } from "../function-process.ts";
import { fakeResourcePrincipal } from "../image/principal.ts";
import { ROOT } from "../run.ts";
import { median, type Spread, spread } from "./spread.ts";

const RUNS = 15;

interface Sample {
  readonly readyMs: number;
  readonly firstAnswerMs: number;
  readonly residentBytes: number | null;
}

export interface FunctionFigures {
  readonly node: string;
  readonly runs: number;
  readonly bundleBytes: number;
  readonly inputs: number;
  readonly libraries: readonly { readonly name: string; readonly bytes: number }[];
  readonly socketReadyMs: Spread;
  readonly firstAnswerMs: Spread;
  /** Of a function that does nothing. */
  readonly emptyFirstAnswerMs: Spread;
  /** How many times as long the first answer takes as that of a function that does nothing. */
  readonly firstAnswerRatio: number;
  /** Null if the system does not tell. */
  readonly residentMegabytes: Spread | null;
  readonly residentRatio: number | null;
}

/** An empty event is refused before anything is sent, so this measures the process and nothing else. */
async function sample(folder: string, principal: Readonly<Record<string, string>>): Promise<Sample> {
  const running = await startFunction(principal, folder);
  try {
    const sent = performance.now();
    const { status, body } = await running.call("");
    const firstAnswerMs = running.readyMs + performance.now() - sent;
    const answer: { responseCode?: unknown } = JSON.parse(body);
    if (status !== 200 || answer.responseCode !== 400) {
      throw new Error(`an empty event must be refused with responseCode 400, got status ${status}: ${body}`);
    }
    return { readyMs: running.readyMs, firstAnswerMs, residentBytes: running.residentBytes() };
  } finally {
    await running.stop();
  }
}

const residentOf = (samples: readonly Sample[]) =>
  samples.flatMap(({ residentBytes }) => (residentBytes === null ? [] : [residentBytes / 1e6]));
const answersOf = (samples: readonly Sample[]) => samples.map(({ firstAnswerMs }) => firstAnswerMs);
const ratio = (ours: readonly number[], empty: readonly number[]) => Number((median(ours) / median(empty)).toFixed(2));

async function inTurns(empty: string): Promise<{ readonly ours: Sample[]; readonly others: Sample[] }> {
  const principal = fakeResourcePrincipal();
  const ours: Sample[] = [];
  const others: Sample[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    others.push(await sample(empty, principal));
    ours.push(await sample(FUNCTION_FOLDER, principal));
  }
  return { ours, others };
}

export async function functionFigures(): Promise<FunctionFigures> {
  const { bytes, inputs, libraries } = await bundleFunction();
  const empty = mkdtempSync(path.join(tmpdir(), "bench-empty-"));
  try {
    const entryPoints = ["scripts/bench/empty-function.ts"];
    const options = { bundle: true, platform: "node", target: "node22", format: "cjs" } as const;
    await build({ absWorkingDir: ROOT, entryPoints, outfile: path.join(empty, "func.js"), ...options });
    const { ours, others } = await inTurns(empty);
    const resident = residentOf(ours);
    return {
      node: process.versions.node,
      runs: RUNS,
      bundleBytes: bytes,
      inputs,
      libraries,
      socketReadyMs: spread(ours.map(({ readyMs }) => readyMs)),
      firstAnswerMs: spread(answersOf(ours)),
      emptyFirstAnswerMs: spread(answersOf(others)),
      firstAnswerRatio: ratio(answersOf(ours), answersOf(others)),
      residentMegabytes: resident.length === 0 ? null : spread(resident),
      residentRatio: resident.length === 0 ? null : ratio(resident, residentOf(others)),
    };
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}

const LIBRARIES_SHOWN = 10;

export function functionLines(figures: FunctionFigures): string[] {
  const { bundleBytes, inputs, libraries, firstAnswerRatio, residentRatio, residentMegabytes } = figures;
  const line = (name: string, { median: middle, p90 }: Spread, unit: string) =>
    `${name.padEnd(34)} ${String(middle).padStart(8)} ${unit}   p90 ${String(p90).padStart(8)} ${unit}`;
  return [
    `Node ${figures.node}, ${figures.runs} starts, median and 90th percentile`,
    line("process start to socket ready", figures.socketReadyMs, "ms"),
    line("process start to first answer", figures.firstAnswerMs, "ms"),
    line("of a function that does nothing", figures.emptyFirstAnswerMs, "ms"),
    `the first answer takes ${firstAnswerRatio} times as long as that`,
    ...(residentMegabytes === null ? [] : [line("resident memory after it", residentMegabytes, "MB")]),
    ...(residentRatio === null ? [] : [`${residentRatio} times that of a function that does nothing`]),
    `bundle ${(bundleBytes / 1000).toFixed(1)} kB from ${inputs} files, the heaviest:`,
    ...libraries
      .slice(0, LIBRARIES_SHOWN)
      .map(({ name, bytes }) => `${(bytes / 1000).toFixed(1).padStart(8)} kB  ${name}`),
  ];
}
