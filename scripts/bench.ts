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

/** @param member of the JSON line that holds the figures; null: they are its members */
async function measured<T extends object>(
  member: string | null,
  measuring: Promise<T>,
  linesOf: (figures: T) => readonly string[],
): Promise<Measured> {
  const figures = await measuring;
  return { figures: member === null ? figures : { [member]: figures }, lines: linesOf(figures) };
}

/** Each loads only what it measures. */
const parts = {
  start: () => import("./bench/start.ts").then((of) => measured(null, of.startFigures(), of.startLines)),
  rotation: () => import("./bench/rotation.ts").then((of) => measured(null, of.rotationFigures(), of.rotationLines)),
  heal: () => import("./bench/heal.ts").then((of) => measured("heal", of.healFigures(), of.healLines)),
  consumer,
  cli: () => import("./bench/cli.ts").then((of) => measured("cli", of.cliFigures(), of.cliLines)),
  fleet: () => import("./bench/fleet.ts").then((of) => measured(null, of.fleetFigures(), of.fleetLines)),
  mirror: () => import("./bench/mirror.ts").then((of) => measured("mirror", of.mirrorFigures(), of.mirrorLines)),
  emulator: () =>
    import("./bench/emulator.ts").then((of) => measured("emulator", of.emulatorFigures(), of.emulatorLines)),
} as const satisfies Record<string, () => Promise<Measured>>;
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
  const part = await parts[name]();
  figures = { ...figures, ...part.figures };
  if (!values.json) for (const line of part.lines) console.log(line);
}
if (values.json) console.log(JSON.stringify(figures));
if (values.keep) {
  const file = path.join(ROOT, "docs", "performance.json");
  const known: object = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  writeFileSync(file, `${JSON.stringify({ ...known, ...figures }, null, 2)}\n`);
}
