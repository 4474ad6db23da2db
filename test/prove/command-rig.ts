import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HOUR_MS } from "../../src/base/durations.ts";
import type { Entropy } from "../../src/base/entropy.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { Runtime } from "../../src/cli/runtime.ts";
import { writeOciConfig } from "../../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import type { EmulatorState } from "../../src/emulator/core/state.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import { switchesOf } from "./combinations.ts";
import { watchCredentials } from "./credentials.ts";
import { START_MS, watchedEntropy } from "./setup.ts";
import type { Combination } from "./types.ts";

/** What all runs of one combination share: secrets that are due, and an operator's profile. `state` is copied for each run. */
export interface CommandSetup {
  readonly combination: Combination;
  readonly seed: number;
  readonly state: EmulatorState;
  readonly secretIds: readonly string[];
  readonly clientIds: readonly string[];
  readonly canaries: readonly string[];
  readonly home: string;
  readonly configFile: string;
  close(): void;
}

/** One process of the command and what came of it. `exitCode` null: it was killed. */
export interface CommandRun {
  readonly exitCode: number | null;
  readonly written: string;
}

/** An emulator in virtual time, and the command in its own processes. */
export interface CommandRig {
  readonly emulator: Emulator;
  readonly canaries: readonly string[];
  /** Runs `oci-rotate rotate --all-due` here, in a fresh process. */
  run(): Promise<CommandRun>;
  pause(ms: number): Promise<void>;
}

const COMPARTMENT = "ocid1.compartment.oc1..prove";
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

const nobody = () => Promise.reject(new Error("a script has no terminal, no browser and no metadata service"));

export function prepareCommand(combination: Combination, seed: number, secrets: number): CommandSetup {
  const canaries: string[] = [];
  const clock = createVirtualClock(START_MS - HOUR_MS);
  const entropy = watchedEntropy(createSeededEntropy(seed), canaries);
  const emulator = createEmulator({ clock, entropy, switches: switchesOf(combination) });
  const functionId = emulator.admin.createFunction();
  const fleet = createFleet(emulator.admin, clock.now(), {
    count: secrets,
    domainUrl: DOMAIN,
    functionId,
    compartmentId: COMPARTMENT,
    dueWithinDays: 0,
  });
  const byIssuer = emulator.admin.secret(fleet.secretIds[1] ?? "");
  byIssuer.nextRotationAt = null;
  // All came to be due within the last hour: the second by the issuer's expiry, the others by Vault's schedule.
  byIssuer.freeformTags = { "orot-expires-on": `${new Date(START_MS - HOUR_MS / 2).toISOString()} v1` };
  const home = mkdtempSync(path.join(tmpdir(), "prove-command-"));
  return {
    combination,
    seed,
    state: emulator.state,
    ...fleet,
    canaries,
    home,
    configFile: writeOciConfig(home, emulator.signatures),
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Passes on what a process writes, and nothing else of this machine. */
function runtimeOf(
  setup: CommandSetup,
  clock: Runtime["clock"],
  entropy: Entropy,
  transport: Runtime["transport"],
  write: (text: string) => void,
): Runtime {
  return {
    clock,
    entropy,
    transport,
    environment: {},
    homeDirectory: setup.home,
    writeOut: write,
    writeError: write,
    isTerminal: { stdin: false, stdout: false, stderr: false },
    columns: null,
    ask: nobody,
    readInput: async () => Promise.reject(new Error("nothing was to be read")),
    execute: nobody,
    instancePrincipal: nobody,
    functionBundle: "",
    signal: new AbortController().signal,
  };
}

export function openCommandRig(setup: CommandSetup): CommandRig {
  const clock = createVirtualClock(START_MS);
  const canaries = [...setup.canaries];
  const seeded = (number: number) => watchedEntropy(createSeededEntropy(setup.seed + number), canaries);
  const switches = switchesOf(setup.combination);
  const emulator = createEmulator({ clock, entropy: seeded(1), switches, state: structuredClone(setup.state) });
  watchCredentials(emulator, canaries);
  const killers = new Map<string, () => void>();
  emulator.onKill = (name) => killers.get(name)?.();
  let processes = 0;
  const words = ["--all-due", "--compartment", COMPARTMENT, "--via", "local", "--yes", "--json"];
  const place = ["--region", "us-ashburn-1", "--config-file", setup.configFile];
  return {
    emulator,
    canaries,
    pause: (ms) => clock.sleep(ms),
    run: async () => {
      processes += 1;
      const name = `command-${processes}`;
      const { transport } = emulator.startCaller(name);
      let written = "";
      const write = (text: string) => {
        written += text;
      };
      const killed = new Promise<null>((resolve) => killers.set(name, () => resolve(null)));
      const runtime = runtimeOf(setup, clock, seeded(1 + processes), transport, write);
      const exitCode = await Promise.race([runProgram(runtime, ["rotate", ...words, ...place]), killed]);
      return { exitCode, written };
    },
  };
}
