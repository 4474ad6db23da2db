import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../../scripts/run.ts";

/** One of the product's programs, started by its file. Everything it makes goes to a temporary folder of its own. */
export interface Command {
  readonly pid: number | undefined;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Resolves with the next line of stdout, or one that is there already and was not taken; rejects when there will be none. */
  nextLine(): Promise<string>;
  end(signal: "SIGTERM" | "SIGINT"): void;
  /** The exit code, when all output has been read; null after a signal that was not handled. */
  readonly ended: Promise<number | null>;
  /** What is left in the temporary folder. */
  leftovers(): string[];
  /** Ends the process if it runs and removes the folder. */
  dispose(): Promise<void>;
}

export function startCommand(file: string, args: readonly string[], root = ROOT): Command {
  const temporary = mkdtempSync(path.join(tmpdir(), "command-"));
  const child = spawn(process.execPath, [path.join(root, file), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", TMPDIR: temporary },
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  const untaken: string[] = [];
  let waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  let over = false;
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout.push(line);
    if (waiting === undefined) untaken.push(line);
    else waiting.resolve(line);
    waiting = undefined;
  });
  createInterface({ input: child.stderr }).on("line", (line) => stderr.push(line));
  const noMore = () => new Error(`${file} printed no further line; stderr: ${stderr.join(" | ")}`);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      over = true;
      waiting?.reject(noMore());
      resolve(code);
    });
  });
  return {
    pid: child.pid,
    stdout,
    stderr,
    nextLine: () =>
      new Promise((resolve, reject) => {
        const line = untaken.shift();
        if (line !== undefined) resolve(line);
        else if (over) reject(noMore());
        else waiting = { resolve, reject };
      }),
    end: (signal) => {
      child.kill(signal);
    },
    ended,
    leftovers: () => readdirSync(temporary),
    dispose: async () => {
      // Not SIGKILL: the emulator would leave its function running.
      child.kill("SIGTERM");
      await ended;
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}
