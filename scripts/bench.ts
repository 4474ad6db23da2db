/**
 * `npm run bench`: size and speed of the function, compared with one that does nothing, and then a rotation's time and
 * remote calls. Other measurements instead: `--rotation` only a rotation's, `--consumer` what an application notices of
 * rotations, `--cli` the command line, `--mirror` the mirror's requests to the identity domain. `--json`: one line for
 * scripts.
 */
import { parseArgs } from "node:util";

const ROTATIONS = 20;

async function reportFunction(asJson: boolean): Promise<void> {
  const { functionFigures, functionLines } = await import("./bench/function.ts");
  const figures = await functionFigures();
  // After the function's: it loads the whole emulator.
  const { rotationFigures, rotationLines } = await import("./bench/rotation.ts");
  const rotation = await rotationFigures();
  if (asJson) console.log(JSON.stringify({ ...figures, ...rotation }));
  else for (const line of [...functionLines(figures), ...rotationLines(rotation)]) console.log(line);
}

async function reportRotation(asJson: boolean): Promise<void> {
  const { rotationFigures, rotationLines } = await import("./bench/rotation.ts");
  const figures = await rotationFigures();
  if (asJson) console.log(JSON.stringify(figures));
  else for (const line of rotationLines(figures)) console.log(line);
}

async function reportConsumer(asJson: boolean): Promise<void> {
  // Not together with the function's bench: it loads the whole emulator.
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

async function reportEmulator(asJson: boolean): Promise<void> {
  const { emulatorFigures, emulatorLines } = await import("./bench/emulator.ts");
  const emulator = await emulatorFigures();
  if (asJson) console.log(JSON.stringify({ emulator }));
  else for (const line of emulatorLines(emulator)) console.log(line);
}

const reports = {
  rotation: reportRotation,
  consumer: reportConsumer,
  cli: reportCli,
  mirror: reportMirror,
  emulator: reportEmulator,
} as const;

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    rotation: { type: "boolean" },
    consumer: { type: "boolean" },
    cli: { type: "boolean" },
    mirror: { type: "boolean" },
    emulator: { type: "boolean" },
  },
});
const chosen = (Object.keys(reports) as (keyof typeof reports)[]).find((name) => values[name] === true);
const report = chosen === undefined ? reportFunction : reports[chosen];
await report(values.json ?? false);
