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
import type { Switches } from "../../src/emulator/core/switches.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import { switchesOf } from "./combinations.ts";
import { watchCredentials } from "./credentials.ts";
import { START_MS, watchedEntropy } from "./setup.ts";
import type { Combination } from "./types.ts";

/** What all runs of a command share: the world that it finds, and an operator's profile. `state` is copied for each run. */
export interface RigSetup {
  readonly seed: number;
  readonly state: EmulatorState;
  readonly switches: Partial<Switches>;
  /** The command and its options. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Standard input; null: nothing is to be read. */
  readonly input: string | null;
  readonly canaries: readonly string[];
  readonly home: string;
  readonly configFile: string;
  close(): void;
}

/** Secrets that are due, for `oci-rotate rotate --all-due`. */
export interface CommandSetup extends RigSetup {
  readonly combination: Combination;
  readonly secretIds: readonly string[];
  readonly clientIds: readonly string[];
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
  /** Runs the command here, in a fresh process. */
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
  return {
    ...{ combination, seed, ...fleet, canaries, environment: {}, input: null },
    ...{ state: emulator.state, switches: switchesOf(combination) },
    words: ["rotate", "--all-due", "--compartment", COMPARTMENT, "--via", "local"],
    ...operatorOf(emulator),
  };
}

/** A folder with a profile that the emulator knows. */
export function operatorOf({ signatures }: Emulator): Pick<RigSetup, "home" | "configFile" | "close"> {
  const home = mkdtempSync(path.join(tmpdir(), "prove-command-"));
  return {
    home,
    configFile: writeOciConfig(home, signatures),
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Passes on what a process writes, and nothing else of this machine. */
function runtimeOf(
  setup: RigSetup,
  clock: Runtime["clock"],
  entropy: Entropy,
  transport: Runtime["transport"],
  write: (text: string) => void,
): Runtime {
  return {
    clock,
    entropy,
    transport,
    environment: setup.environment,
    homeDirectory: setup.home,
    writeOut: write,
    writeError: write,
    isTerminal: { stdin: false, stdout: false, stderr: false },
    columns: null,
    ask: nobody,
    readInput: async () => setup.input ?? Promise.reject(new Error("nothing was to be read")),
    execute: nobody,
    instancePrincipal: nobody,
    functionBundle: "",
    signal: new AbortController().signal,
  };
}

export function openCommandRig(setup: RigSetup): CommandRig {
  const clock = createVirtualClock(START_MS);
  const canaries = [...setup.canaries];
  const seeded = (number: number) => watchedEntropy(createSeededEntropy(setup.seed + number), canaries);
  const { switches, words } = setup;
  const emulator = createEmulator({ clock, entropy: seeded(1), switches, state: structuredClone(setup.state) });
  watchCredentials(emulator, canaries);
  const killers = new Map<string, () => void>();
  emulator.onKill = (name) => killers.get(name)?.();
  let processes = 0;
  const place = ["--yes", "--json", "--region", "us-ashburn-1", "--config-file", setup.configFile];
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
      const exitCode = await Promise.race([runProgram(runtime, [...words, ...place]), killed]);
      return { exitCode, written };
    },
  };
}
