/** `npm run bench`: what the product takes, in time, memory and requests; USAGE has the parts. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import path from "node:path";
import { readOptions } from "./options.ts";
import { ROOT } from "./run.ts";

const ROTATIONS = 20;

const USAGE = `Usage: npm run bench [-- options]

Without the name of a part: --start, --rotation and --heal, one after the other. Their figures make docs/performance.md (npm run docs).

  --start     start to the first answer against a function that does nothing; size and memory
  --rotation  a rotation's time against its serial path, its dead window and its remote calls
  --heal      how many secrets one heal of many reaches, and several that follow its cursor
  --consumer  token requests of an application through ${ROTATIONS} rotations, with the consumer client and without it
  --cli       the command line at a thousand secrets
  --fleet     a fleet at an identity domain: 5,000 clients listed, 1,000 adopted, 4,500 secrets rotated by rotate-due
  --mirror    the mirror's requests to the identity domain
  --emulator  what a data folder costs a list of many secrets, and what refused bodies leave behind
  --json      one line for scripts
  --keep      writes the figures into docs/performance.json, beside those of parts that were not measured now
  --help      this text`;

/** What one part has measured: members of the JSON line, and lines to read. */
interface Measured {
  readonly figures: object;
  readonly lines: readonly string[];
}

async function start(): Promise<Measured> {
  const { startFigures, startLines } = await import("./bench/start.ts");
  const figures = await startFigures();
  return { figures, lines: startLines(figures) };
}

async function rotation(): Promise<Measured> {
  const { rotationFigures, rotationLines } = await import("./bench/rotation.ts");
  const figures = await rotationFigures();
  return { figures, lines: rotationLines(figures) };
}

async function heal(): Promise<Measured> {
  const { healFigures, healLines } = await import("./bench/heal.ts");
  const figures = await healFigures();
  return { figures: { heal: figures }, lines: healLines(figures) };
}

async function consumer(): Promise<Measured> {
  const { benchConsumer } = await import("./consumer/bench.ts");
  const { rotations, ...figures } = await benchConsumer(ROTATIONS);
  const lines = Object.entries(figures).map(
    ([name, { requests, failed }]) =>
      `${name.padEnd(8)} the consumer client ${String(requests).padStart(6)}, failed ${String(failed).padStart(5)}`,
  );
  const title = `Token requests through ${rotations} rotations of the one client secret of an identity domain`;
  return { figures: { consumer: figures }, lines: [title, ...lines] };
}

async function cli(): Promise<Measured> {
  const { cliFigures, cliLines } = await import("./bench/cli.ts");
  const figures = await cliFigures();
  return { figures: { cli: figures }, lines: cliLines(figures) };
}

async function fleet(): Promise<Measured> {
  const { fleetFigures, fleetLines } = await import("./bench/fleet.ts");
  const figures = await fleetFigures();
  return { figures, lines: fleetLines(figures) };
}

async function mirror(): Promise<Measured> {
  const { mirrorFigures, mirrorLines } = await import("./bench/mirror.ts");
  const figures = await mirrorFigures();
  return { figures: { mirror: figures }, lines: mirrorLines(figures) };
}

async function emulator(): Promise<Measured> {
  const { emulatorFigures, emulatorLines } = await import("./bench/emulator.ts");
  const figures = await emulatorFigures();
  return { figures: { emulator: figures }, lines: emulatorLines(figures) };
}

const parts = { start, rotation, heal, consumer, cli, fleet, mirror, emulator } as const;
type Part = keyof typeof parts;
/** Of the run without the name of a part. */
const USUAL: readonly Part[] = ["start", "rotation", "heal"];

const boolean = { type: "boolean" } as const;
const { values } = readOptions(
  {
    options: {
      json: boolean,
      keep: boolean,
      start: boolean,
      rotation: boolean,
      heal: boolean,
      consumer: boolean,
      cli: boolean,
      fleet: boolean,
      mirror: boolean,
      emulator: boolean,
    },
  },
  USAGE,
);
const named = (Object.keys(parts) as Part[]).filter((name) => values[name]);
const machine = `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown processor"}, ${Math.round(totalmem() / 1e9)} GB, ${platform()} ${arch()}`;
let figures: object = { node: process.versions.node, machine };
for (const name of named.length === 0 ? USUAL : named) {
  const measured = await parts[name]();
  figures = { ...figures, ...measured.figures };
  if (!values.json) for (const line of measured.lines) console.log(line);
}
if (values.json) console.log(JSON.stringify(figures));
if (values.keep) {
  const file = path.join(ROOT, "docs", "performance.json");
  const known: object = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  writeFileSync(file, `${JSON.stringify({ ...known, ...figures }, null, 2)}\n`);
}
