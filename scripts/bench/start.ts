/**
 * Start, size and memory of the function, compared with one that does nothing. They start in turns, so that other load
 * slows both equally. The function runs as its image has it: with the code that the image's build compiled.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { functionImage, layOutImage } from "../../test/support/image-files.ts";
import { bundleFunction } from "../bundle/functions.ts";
import type { BundleReport } from "../bundle/report.ts";
import { startFunction } from "../function-process.ts";
import { fakeResourcePrincipal } from "../image/principal.ts";
import { ROOT } from "../run.ts";
import { type MemoryFigures, memoryFigures } from "./memory.ts";
import { median, type Spread, spread } from "./spread.ts";

const RUNS = 15;

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface StartFigures extends Omit<MemoryFigures, "firstRotationCpuMs"> {
  readonly coldStart: {
    /** How many times as long as a function that does nothing: from the start of the process to its first answer. */
    readonly wallRatio: number;
    readonly cpuRatio: number;
    readonly runs: number;
    readonly wallMs: Spread;
    readonly emptyWallMs: Spread;
    readonly cpuMs: Spread;
    readonly emptyCpuMs: Spread;
  };
  /** A start whose first event is a rotation at OCI IAM, against the start of a function that does nothing. */
  readonly firstRotation: { readonly cpuRatio: number; readonly cpuMs: Spread };
  /** func.js with all that it loads for a rotation at OCI IAM. */
  readonly bundleKb: number;
  readonly inputs: number;
  readonly libraries: BundleReport["libraries"];
}

/** An empty event is refused before anything is sent, so this measures the process and nothing else. What only a rotation loads is not in it. */
async function sample(folder: string, principal: Readonly<Record<string, string>>): Promise<Sample> {
  const began = performance.now();
  const running = await startFunction(folder, principal);
  try {
    const { status, body } = await running.call("");
    const wallMs = performance.now() - began;
    const answer: { responseCode?: unknown } = JSON.parse(body);
    if (status !== 200 || answer.responseCode !== 400) {
      throw new Error(`an empty event must be refused with responseCode 400, got status ${status}: ${body}`);
    }
    return { wallMs, cpuMs: (await running.used()).cpuMs };
  } finally {
    await running.stop();
  }
}

async function coldStart(folder: string, empty: string): Promise<StartFigures["coldStart"]> {
  const principal = fakeResourcePrincipal();
  const ours: Sample[] = [];
  const others: Sample[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    others.push(await sample(empty, principal));
    ours.push(await sample(folder, principal));
  }
  const of = (samples: readonly Sample[], name: keyof Sample) => samples.map((one) => one[name]);
  const ratio = (name: keyof Sample) => Number((median(of(ours, name)) / median(of(others, name))).toFixed(2));
  return {
    wallRatio: ratio("wallMs"),
    cpuRatio: ratio("cpuMs"),
    runs: RUNS,
    wallMs: spread(of(ours, "wallMs")),
    emptyWallMs: spread(of(others, "wallMs")),
    cpuMs: spread(of(ours, "cpuMs")),
    emptyCpuMs: spread(of(others, "cpuMs")),
  };
}

export async function startFigures(): Promise<StartFigures> {
  const { bytes, inputs, libraries } = await bundleFunction();
  const empty = mkdtempSync(path.join(tmpdir(), "bench-empty-"));
  const files = functionImage();
  const image = layOutImage(files);
  try {
    const entryPoints = ["scripts/bench/empty-function.ts"];
    const options = { bundle: true, platform: "node", target: "node22", format: "cjs" } as const;
    await build({ absWorkingDir: ROOT, entryPoints, outfile: path.join(empty, "func.js"), ...options });
    mkdirSync(path.join(image.folder, "compile-cache"));
    execFileSync(process.execPath, files.warmUp.slice(1), { cwd: image.folder, env: {}, stdio: "ignore" });
    const start = await coldStart(image.folder, empty);
    const { firstRotationCpuMs, ...memory } = await memoryFigures(image.folder);
    const cpuMs = spread(firstRotationCpuMs);
    return {
      coldStart: start,
      firstRotation: { cpuRatio: Number((cpuMs.median / start.emptyCpuMs.median).toFixed(2)), cpuMs },
      bundleKb: Math.ceil(bytes / 1000),
      ...memory,
      inputs,
      libraries,
    };
  } finally {
    rmSync(empty, { recursive: true, force: true });
    image.remove();
  }
}

const LIBRARIES_SHOWN = 10;

export function startLines(figures: StartFigures): string[] {
  const { coldStart: start, firstRotation, bundleKb, inputs, libraries, rssMb, rssAfterThousandMb } = figures;
  const line = (name: string, { median: middle, p90 }: Spread, unit: string) =>
    `${name.padEnd(34)} ${String(middle).padStart(8)} ${unit}   p90 ${String(p90).padStart(8)} ${unit}`;
  return [
    `${start.runs} starts to the first answer, in turns with a function that does nothing; median and 90th percentile`,
    line("wall clock", start.wallMs, "ms"),
    line("of a function that does nothing", start.emptyWallMs, "ms"),
    line("CPU", start.cpuMs, "ms"),
    line("of a function that does nothing", start.emptyCpuMs, "ms"),
    `${start.wallRatio} times as long, ${start.cpuRatio} times as much CPU`,
    `${firstRotation.cpuRatio} times as much CPU if the first event is a rotation (median ${firstRotation.cpuMs.median} ms)`,
    `resident after one rotation ${rssMb} MB, after a thousand with the heap of a 128 MB shape ${rssAfterThousandMb} MB`,
    `func.js and what it loads for a rotation: ${bundleKb} kB from ${inputs} files, the heaviest:`,
    ...libraries
      .slice(0, LIBRARIES_SHOWN)
      .map(({ name, bytes }) => `${(bytes / 1000).toFixed(1).padStart(8)} kB  ${name}`),
  ];
}
