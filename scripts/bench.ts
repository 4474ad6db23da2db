/**
 * `npm run bench`: the weight of the function and how fast it is there. `--consumer`: what an application notices of rotations, instead.
 * `--cli`: the command line's figures, instead. `--mirror`: what the Retail mirror asks of the identity domain, instead. `--json`: one line for scripts.
 */
import { parseArgs } from "node:util";
import { bundleFunction } from "./bundle.ts";
import { fakeResourcePrincipal, startFunction } from "./function-process.ts";

const RUNS = 15;
const ROTATIONS = 20;
const LIBRARIES_SHOWN = 10;

interface Sample {
  readonly readyMs: number;
  readonly firstAnswerMs: number;
  readonly residentBytes: number | null;
}

interface Spread {
  readonly median: number;
  readonly p90: number;
}

/** Nearest rank. */
function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number) => Number((sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(1));
  return { median: rank(0.5), p90: rank(0.9) };
}

/** An empty event is refused before anything is sent, so this measures the process and nothing else. */
async function sample(principal: Readonly<Record<string, string>>): Promise<Sample> {
  const running = await startFunction(principal);
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

async function reportFunction(asJson: boolean): Promise<void> {
  const { bytes, inputs, libraries } = await bundleFunction();
  const principal = fakeResourcePrincipal();
  const samples: Sample[] = [];
  for (let run = 0; run < RUNS; run += 1) samples.push(await sample(principal));

  const resident = samples.flatMap(({ residentBytes }) => (residentBytes === null ? [] : [residentBytes / 1e6]));
  const report = {
    node: process.versions.node,
    runs: RUNS,
    bundleBytes: bytes,
    inputs,
    libraries,
    socketReadyMs: spread(samples.map(({ readyMs }) => readyMs)),
    firstAnswerMs: spread(samples.map(({ firstAnswerMs }) => firstAnswerMs)),
    residentMegabytes: resident.length === 0 ? null : spread(resident),
  };

  if (asJson) {
    console.log(JSON.stringify(report));
  } else {
    const line = (name: string, { median, p90 }: Spread, unit: string) =>
      console.log(`${name.padEnd(34)} ${String(median).padStart(8)} ${unit}   p90 ${String(p90).padStart(8)} ${unit}`);
    console.log(`Node ${report.node}, ${RUNS} starts, median and 90th percentile`);
    line("process start to socket ready", report.socketReadyMs, "ms");
    line("process start to first answer", report.firstAnswerMs, "ms");
    if (report.residentMegabytes) line("resident memory after it", report.residentMegabytes, "MB");
    console.log(`bundle ${(bytes / 1000).toFixed(1)} kB from ${inputs} files, the heaviest:`);
    for (const library of libraries.slice(0, LIBRARIES_SHOWN)) {
      console.log(`${(library.bytes / 1000).toFixed(1).padStart(8)} kB  ${library.name}`);
    }
  }
}

async function reportConsumer(asJson: boolean): Promise<void> {
  // Not beside the function's bench: it loads the whole emulator.
  const { benchConsumer } = await import("./consumer/bench.ts");
  const { rotations, ...consumer } = await benchConsumer(ROTATIONS);
  if (asJson) {
    console.log(JSON.stringify({ consumer }));
    return;
  }
  console.log(`Token requests through ${rotations} rotations of the one client secret of an identity domain`);
  for (const [name, { requests, failed }] of Object.entries(consumer)) {
    console.log(
      `${name.padEnd(8)} the consumer client ${String(requests).padStart(6)}, failed ${String(failed).padStart(5)}`,
    );
  }
}

async function reportCli(asJson: boolean): Promise<void> {
  const { cliFigures, cliLines } = await import("./bench/cli.ts");
  const cli = await cliFigures();
  if (asJson) console.log(JSON.stringify({ cli }));
  else for (const line of cliLines(cli)) console.log(line);
}

async function reportMirror(asJson: boolean): Promise<void> {
  const { mirrorFigures, mirrorLines } = await import("./bench/mirror.ts");
  const mirror = await mirrorFigures();
  if (asJson) console.log(JSON.stringify({ mirror }));
  else for (const line of mirrorLines(mirror)) console.log(line);
}

const reports = { consumer: reportConsumer, cli: reportCli, mirror: reportMirror } as const;

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    consumer: { type: "boolean" },
    cli: { type: "boolean" },
    mirror: { type: "boolean" },
  },
});
const chosen = (Object.keys(reports) as (keyof typeof reports)[]).find((name) => values[name] === true);
const report = chosen === undefined ? reportFunction : reports[chosen];
await report(values.json ?? false);
