import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProblem } from "../base/build-age.ts";
import { systemClock } from "../base/clock.ts";
import { systemEntropy } from "../base/entropy.ts";
import { announce, describeRotation, out } from "./announce.ts";
import { fakeResourcePrincipal, writeOciConfig } from "./core/principal.ts";
import { DAY_MS, type EmulatedRequest } from "./core/wire.ts";
import { openDisk } from "./disk/disk.ts";
import { createEmulator, type Emulator } from "./emulator.ts";
import { createFleet } from "./fleet.ts";
import { createFunctionHost } from "./functions/host.ts";
import { configurationOf } from "./functions/state.ts";
import type { CommandOptions } from "./options.ts";
import { environmentLines, noteRunning, notesFolder } from "./running.ts";
import { ensureSample, issuerSettings } from "./sample.ts";
import { createSampleFleet } from "./sample-fleet.ts";
import { startServer } from "./server.ts";
import { createScheduler } from "./vault/scheduler.ts";

const complain = (text: string) => {
  process.stderr.write(`${text}\n`);
};

/** The emulator as a program, until Ctrl-C or SIGTERM. stdout shows what it created; stderr has the function's log. */
export async function runEmulator(options: CommandOptions): Promise<void> {
  const notes = notesFolder(process.env, homedir());
  if (options.env) {
    for (const line of environmentLines(notes, options.port)) out(line);
    return;
  }
  const closing: (() => unknown)[] = [];
  try {
    await run(options, notes, (close) => closing.unshift(close));
  } finally {
    for (const close of closing) await close();
  }
}

/** @param atEnd takes what undoes a part of the start, also of a start that fails later */
async function run(options: CommandOptions, notes: string, atEnd: (close: () => unknown) => void): Promise<void> {
  const disk = options.dataDir === undefined ? undefined : openDisk(options.dataDir);
  let saved = disk?.saved;
  atEnd(() => disk?.close(saved));
  const emulator = createEmulator({
    clock: systemClock,
    entropy: systemEntropy,
    switches: { "verify-signatures": "on", ...options.switches },
    keepsTime: true,
    forgets: true,
    ...(saved === undefined ? {} : { state: saved.state }),
  });
  for (const fault of options.faults) {
    emulator.faults.add(fault);
  }
  if (options.command === undefined) warnOfBuild(options.bundle);
  const server = await startServer(emulator, { port: options.port ?? saved?.port ?? 0, onFault: sayFault });
  atEnd(() => server.close());
  sayMoved(saved?.port, server.port);
  const sample = ensureSample(emulator, server.url);
  if (saved === undefined && options.secrets > 0) {
    const { functionId } = sample;
    // None is due at once, so that the sample's own schedule can be observed.
    const from = systemClock.now() + DAY_MS;
    createFleet(emulator.admin, from, { count: options.secrets, domainUrl: server.url, functionId });
  }
  const fleet =
    saved === undefined && options.sample === "fleet"
      ? createSampleFleet(emulator, sample.functionId, server.url, systemClock.now())
      : {};
  const fn = emulator.state.functions.functions[sample.functionId];
  if (fn === undefined) throw new Error("the sample's function is missing. Next: start with another --data-dir.");
  fn.config = { ...fn.config, ...fleet, ...options.config };
  saved = { port: server.port, state: emulator.state };
  const save = () => disk?.save({ port: server.port, state: emulator.state });
  save();
  emulator.core.onChange(save);
  const host = createFunctionHost({
    bundle: options.bundle,
    ...(options.command === undefined ? {} : { command: options.command }),
    fn,
    config: () => {
      const own = configurationOf(emulator.state.functions, fn);
      return {
        OROT_VAULT_ENDPOINT: server.url,
        OROT_SECRETS_ENDPOINT: server.url,
        // An earlier edition refuses settings that it does not know.
        ...("OROT_METRIC_NAMESPACE" in own && { OROT_MONITORING_ENDPOINT: server.url }),
        ...issuerSettings(server.url),
        ...own,
      };
    },
    principal: fakeResourcePrincipal(emulator.signatures, systemClock.now()),
    clock: systemClock,
    startTimeoutMs: options.startLimitMs,
    onLine: (_stream, line) => complain(`function: ${line}`),
  });
  emulator.invoke = host.invoke;
  emulator.onKill = () => host.kill();
  const scheduler = createScheduler({
    emulator,
    invoke: host.invoke,
    onRotation: (report) => out(options.json ? JSON.stringify({ rotation: report }) : describeRotation(report)),
    onFault: (error) => complain(`the emulator failed in a rotation: ${placeOf(error)}`),
  });
  atEnd(() => scheduler.stop());
  atEnd(() => host.stop());
  scheduler.start();
  const stopping = signalled();
  const config = configFile(options, emulator, atEnd);
  const authorities = fn.config["OROT_AUTHORITY_SECRET_IDS"];
  const announced = { port: server.port, url: server.url, configFile: config, sample, authorities };
  atEnd(noteRunning(notes, announced, systemClock.now()));
  announce(options, server.url, sample, config);
  await stopping;
}

function configFile({ dataDir }: CommandOptions, { signatures }: Emulator, atEnd: (close: () => void) => void): string {
  if (dataDir !== undefined) return writeOciConfig(dataDir, signatures);
  const temporary = mkdtempSync(join(tmpdir(), "oci-rotate-emulator-"));
  atEnd(() => rmSync(temporary, { recursive: true, force: true }));
  return writeOciConfig(temporary, signatures);
}

function sayFault(error: unknown, { method, path }: EmulatedRequest): void {
  complain(`the emulator failed at ${method} ${path}: ${placeOf(error)}`);
}

/** Secrets name their issuer with its port. */
function sayMoved(before: number | undefined, now: number): void {
  if (before === undefined || before === now) return;
  const next = `start with --port ${before}, or with another --data-dir`;
  complain(
    `The emulator has moved from port ${before} to ${now}. Its secrets name issuers at port ${before}. Next: ${next}.`,
  );
}

/** Kind and place of an error. Its message may quote what was sent. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown error";
  const [, place = "somewhere"] = /\n\s+at (.*)/.exec(error.stack ?? "") ?? [];
  return `${error.name} at ${place}`;
}

/** Without a build every rotation by the function fails; an old one is other code than the source beside it. */
function warnOfBuild(bundle: string): void {
  const [source, own] = ["../../src", "../../dist/function/func.js"].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const problem = buildProblem(bundle, source ?? "");
  if (problem === null || (problem === "stale" && resolve(bundle) !== own)) return;
  const told =
    problem === "absent" ? "does not exist, so no rotation by the function works" : "is older than the source";
  process.stderr.write(
    `warning: ${bundle} ${told}. Next: npm run build, in another terminal; the next call uses it.\n`,
  );
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
