import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { systemEntropy } from "../base/entropy.ts";
import { fakeResourcePrincipal, writeOciConfig } from "./core/principal.ts";
import { DAY_MS, type EmulatedRequest } from "./core/wire.ts";
import { openDisk } from "./disk/disk.ts";
import { createEmulator, type Emulator } from "./emulator.ts";
import { createFleet } from "./fleet.ts";
import { absent, createFunctionHost } from "./functions/host.ts";
import { configurationOf } from "./functions/state.ts";
import type { CommandOptions } from "./options.ts";
import { ensureSample, issuerSettings, ociCommands, ownCommands, type Sample } from "./sample.ts";
import { type EmulatorServer, startServer } from "./server.ts";
import type { RotationReport } from "./vault/rotation-run.ts";
import { createScheduler } from "./vault/scheduler.ts";

const out = (text: string) => {
  process.stdout.write(`${text}\n`);
};

const complain = (text: string) => {
  process.stderr.write(`${text}\n`);
};

/** The emulator as a program, until Ctrl-C or SIGTERM. stdout shows what it created; stderr has the function's log. */
export async function runEmulator(options: CommandOptions): Promise<void> {
  const closing: (() => unknown)[] = [];
  try {
    await run(options, (close) => closing.unshift(close));
  } finally {
    for (const close of closing) await close();
  }
}

/** @param atEnd takes what undoes a part of the start, also of a start that fails later */
async function run(options: CommandOptions, atEnd: (close: () => unknown) => void): Promise<void> {
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
  const server = await listen(emulator, options.port ?? saved?.port ?? 0);
  atEnd(() => server.close());
  sayMoved(saved?.port, server.port);
  const sample = ensureSample(emulator, server.url);
  if (saved === undefined && options.secrets > 0) {
    const { functionId } = sample;
    // None is due at once, so that the sample's own schedule can be observed.
    const from = systemClock.now() + DAY_MS;
    createFleet(emulator.admin, from, { count: options.secrets, domainUrl: server.url, functionId });
  }
  const fn = emulator.state.functions.functions[sample.functionId];
  if (fn === undefined) {
    throw new Error("the sample's function is missing. Next: start with another --data-dir.");
  }
  fn.config = { ...fn.config, ...options.config };
  saved = { port: server.port, state: emulator.state };
  const save = () => disk?.save({ port: server.port, state: emulator.state });
  save();
  emulator.core.onChange(save);
  const host = createFunctionHost({
    bundle: options.bundle,
    ...(options.command === undefined ? {} : { command: options.command }),
    fn,
    config: () => ({
      OROT_VAULT_ENDPOINT: server.url,
      OROT_SECRETS_ENDPOINT: server.url,
      ...issuerSettings(server.url),
      ...configurationOf(emulator.state.functions, fn),
    }),
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
  if (options.command === undefined && !existsSync(options.bundle)) {
    complain(`The function cannot be called: ${absent(options.bundle)}`);
  }
  announce(options, server.url, sample, configFile(options, emulator, atEnd));
  await stopping;
}

function configFile(
  { dataDir }: CommandOptions,
  { signatures }: Emulator,
  atEnd: (close: () => void) => void,
): string {
  if (dataDir !== undefined) return writeOciConfig(dataDir, signatures);
  const temporary = mkdtempSync(join(tmpdir(), "oci-rotate-emulator-"));
  atEnd(() => rmSync(temporary, { recursive: true, force: true }));
  return writeOciConfig(temporary, signatures);
}

async function listen(emulator: Emulator, port: number): Promise<EmulatorServer> {
  const onFault = (error: unknown, { method, path }: EmulatedRequest) =>
    complain(`the emulator failed at ${method} ${path}: ${placeOf(error)}`);
  try {
    return await startServer(emulator, { port, onFault });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    throw new Error(`port ${port} of 127.0.0.1 is in use. Next: stop what uses it, or name another with --port.`);
  }
}

/** Secrets name their issuer with its port. */
function sayMoved(before: number | undefined, now: number): void {
  if (before === undefined || before === now) return;
  const next = `start with --port ${before}, or with another --data-dir`;
  complain(`The emulator has moved from port ${before} to ${now}. Its secrets name issuers at port ${before}. Next: ${next}.`);
}

/** Kind and place of an error. Its message may quote what was sent. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown error";
  const [, place = "somewhere"] = /\n\s+at (.*)/.exec(error.stack ?? "") ?? [];
  return `${error.name} at ${place}`;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

function announce(options: CommandOptions, url: string, sample: Sample, configFile: string): void {
  const commands = ociCommands(sample, url, configFile);
  if (options.json) {
    const settings = issuerSettings(url);
    out(JSON.stringify({ url, ...sample, configFile, settings, commands: commands.map(({ command }) => command) }));
    return;
  }
  out(`The emulator answers at ${url} (Ctrl-C stops it). It created:`);
  out(`  application  ${sample.appId}`);
  out(`  secret       ${sample.secretId}`);
  const program = options.command ?? `${options.bundle}; build it with: npm run build`;
  out(`  function     ${sample.functionId}  (${program})`);
  out(`  oci config   ${configFile}`);
  out("");
  out("To rotate from this shell, or with your own function, set where its issuers are:");
  for (const [name, value] of Object.entries(issuerSettings(url))) out(`  export ${name}=${value}`);
  out("");
  out("Try, after npm run build:");
  for (const { does, command } of ownCommands(sample, url, configFile)) out(`  # ${does}\n  ${command}`);
  out("");
  out("Or with OCI's own command line:");
  for (const { does, command } of commands) out(`  # ${does}\n  ${command}`);
}

function describeRotation(report: RotationReport): string {
  const steps = report.steps.map((step) => `  ${step.step}: ${step.responseCode ?? "no answer"} ${step.returnMessage}`);
  return [`Rotation of ${report.secretId.slice(-8)} ${report.status}`, ...steps].join("\n");
}
