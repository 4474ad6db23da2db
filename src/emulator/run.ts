import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProblem } from "../base/build-age.ts";
import { systemClock } from "../base/clock.ts";
import { systemEntropy } from "../base/entropy.ts";
import { fakeResourcePrincipal, writeOciConfig } from "./core/principal.ts";
import { DAY_MS } from "./core/wire.ts";
import { openDisk } from "./disk.ts";
import { createEmulator } from "./emulator.ts";
import { createFleet } from "./fleet.ts";
import { createFunctionHost } from "./functions/host.ts";
import type { CommandOptions } from "./options.ts";
import { environmentLines, noteRunning, notesFolder } from "./running.ts";
import { ensureSample, issuerSettings, ociCommands, ownCommands, type Sample } from "./sample.ts";
import { startServer } from "./server.ts";
import type { RotationReport } from "./vault/rotation-run.ts";
import { createScheduler } from "./vault/scheduler.ts";

const out = (text: string) => {
  process.stdout.write(`${text}\n`);
};

/** The emulator as a program, until Ctrl-C or SIGTERM. stdout shows what it created; stderr has the function's log. */
export async function runEmulator(options: CommandOptions): Promise<void> {
  const notes = notesFolder(process.env, homedir());
  if (options.env) {
    for (const line of environmentLines(notes, options.port)) out(line);
    return;
  }
  const disk = options.dataDir === undefined ? undefined : openDisk(options.dataDir);
  const temporary = options.dataDir === undefined ? mkdtempSync(join(tmpdir(), "oci-rotate-emulator-")) : undefined;
  const saved = disk?.saved;
  const emulator = createEmulator({
    clock: systemClock,
    entropy: systemEntropy,
    switches: { "verify-signatures": "on", ...options.switches },
    ...(saved === undefined ? {} : { state: saved.state }),
  });
  for (const fault of options.faults) {
    emulator.faults.add(fault);
  }
  warnOfBuild(options.bundle);
  const server = await startServer(emulator, { port: options.port ?? saved?.port ?? 0 });
  const save = () => disk?.save({ port: server.port, state: emulator.state });
  const sample = ensureSample(emulator, server.url);
  if (saved === undefined && options.secrets > 0) {
    const { functionId } = sample;
    // None is due at once, so that the sample's own schedule can be observed.
    const from = systemClock.now() + DAY_MS;
    createFleet(emulator.admin, from, { count: options.secrets, domainUrl: server.url, functionId });
  }
  save();
  emulator.core.onChange(save);
  const configFile = writeOciConfig(options.dataDir ?? temporary ?? tmpdir(), emulator.signatures);
  const fn = emulator.state.functions.functions[sample.functionId];
  if (fn === undefined) {
    throw new Error("the sample's function is missing. Next: start with another --data-dir.");
  }
  const host = createFunctionHost({
    bundle: options.bundle,
    fn,
    config: { OROT_VAULT_ENDPOINT: server.url, OROT_SECRETS_ENDPOINT: server.url, ...issuerSettings(server.url) },
    principal: fakeResourcePrincipal(emulator.signatures, systemClock.now()),
    clock: systemClock,
    onLine: (_stream, line) => process.stderr.write(`function: ${line}\n`),
  });
  emulator.invoke = host.invoke;
  emulator.onKill = () => host.kill();
  const scheduler = createScheduler({
    emulator,
    invoke: host.invoke,
    onRotation: (report) => out(options.json ? JSON.stringify({ rotation: report }) : describeRotation(report)),
  });
  scheduler.start();
  const stopping = signalled();
  const announced = { port: server.port, url: server.url, configFile, compartmentId: sample.compartmentId };
  const forget = noteRunning(notes, announced, systemClock.now());
  announce(options, server.url, sample, configFile);
  await stopping;
  forget();
  await host.stop();
  await scheduler.stop();
  await server.close();
  save();
  if (temporary !== undefined) {
    rmSync(temporary, { recursive: true, force: true });
  }
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
  out(`  function     ${sample.functionId}  (${options.bundle}; build it with: npm run build)`);
  out(`  oci config   ${configFile}`);
  out("");
  out("A function of your own needs to know where its issuers are:");
  for (const [name, value] of Object.entries(issuerSettings(url))) out(`  export ${name}=${value}`);
  out("");
  out("Try in another terminal, after npm run build:");
  for (const { does, command } of ownCommands) out(`  # ${does}\n  ${command}`);
  out("");
  out("Or with OCI's own command line:");
  for (const { does, command } of commands) out(`  # ${does}\n  ${command}`);
}

function describeRotation(report: RotationReport): string {
  const steps = report.steps.map((step) => `  ${step.step}: ${step.responseCode ?? "no answer"} ${step.returnMessage}`);
  return [`Rotation of ${report.secretId.slice(-8)} ${report.status}`, ...steps].join("\n");
}
