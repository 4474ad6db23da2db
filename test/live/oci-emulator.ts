import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";
import type { SdkProgram } from "../../scripts/live/oci-clients.ts";
import { type Command, startCommand } from "../e2e/command.ts";

/** The JSON line with which the emulator says what it made. */
interface Announced {
  readonly url: string;
  readonly secretId: string;
  readonly secretName: string;
  readonly functionId: string;
  readonly applicationId: string;
  readonly compartmentId: string;
  readonly vaultId: string;
  readonly keyId: string;
  readonly configFile: string;
  readonly commands: readonly string[];
}

/** What a program left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON; an empty object where there is none. */
  readonly json: Json;
}

export type Json = Readonly<Record<string, unknown>>;

export interface OciEmulator extends Announced {
  readonly emulator: Command;
  /** An empty folder, in which the programs run. */
  readonly home: string;
  /** Runs a command line in a shell, as a reader would who copies it. */
  shell(line: string, env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** Runs `oci` against this emulator. */
  oci(...args: string[]): Promise<Ran>;
  /** Runs a program of an SDK, which gets what the emulator announced. */
  program(program: SdkProgram): Promise<Ran>;
  /** Runs a script with the Python that has the SDK. */
  python(script: string, ...args: string[]): Promise<Ran>;
  stop(): Promise<void>;
}

/** A whole emulator as `npm run emulator` starts it, with the built function, and the official clients pointed at it. */
export async function openOciEmulator(...args: string[]): Promise<OciEmulator> {
  const { bin } = inject("oci");
  // The command line keeps things in the home folder, invoke endpoints among them: each emulator gets one of its own.
  const home = mkdtempSync(path.join(tmpdir(), "oci-home-"));
  const emulator = startCommand("src/emulator/main.ts", ["--json", "--sample", "one", ...args]);
  const announced: Announced = JSON.parse(await emulator.nextLine());
  const env = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: home, TMPDIR: home };
  const start = (command: string, values: readonly string[], more = {}) =>
    finished(command, values, home, { ...env, ...more });
  const { configFile, url } = announced;
  return {
    ...announced,
    emulator,
    home,
    shell: (line, more) => start("/bin/sh", ["-c", line], more),
    oci: (...values) => start(path.join(bin, "oci"), ["--config-file", configFile, "--endpoint", url, ...values]),
    program: ([command, ...values]) => start(command, [...values, JSON.stringify(announced)]),
    python: (script, ...values) => start(path.join(bin, "python3"), [script, configFile, url, ...values]),
    stop: async () => {
      await emulator.dispose();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function finished(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const child = spawn(command, [...args], { stdio: ["ignore", "pipe", "pipe"], cwd, env });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      try {
        resolve({ code, ...output, json: output.stdout.trim() === "" ? {} : JSON.parse(output.stdout) });
      } catch {
        resolve({ code, ...output, json: {} });
      }
    });
  });
}
