import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. Scripts may be started from anywhere. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export interface RunResult {
  /** The exit code; 1 when a signal or the time limit ended the program. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not come to its own end; null: it did. */
  readonly interruption: string | null;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `inherit` shows the program's output as it comes; the result then holds none. */
  readonly output?: "collect" | "inherit";
  readonly timeoutMs?: number;
}

const TEN_MINUTES_MS = 600_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

function interruptionOf(error: NodeJS.ErrnoException | undefined, signal: string | null, limitMs: number) {
  if (error?.code === "ETIMEDOUT") return `was ended, as it still ran after ${limitMs / 1000} s`;
  if (error !== undefined) return `did not run to its end: ${error.message}`;
  return signal === null ? null : `was ended by ${signal}`;
}

/** Runs a program without a shell and without standard input, bounded in time and output. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): RunResult {
  const inherit = options.output === "inherit";
  const timeout = options.timeoutMs ?? TEN_MINUTES_MS;
  const { status, stdout, stderr, error, signal } = spawnSync(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", inherit ? "inherit" : "pipe", inherit ? "inherit" : "pipe"],
    encoding: "utf8",
    timeout,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  const interruption = interruptionOf(error, signal, timeout);
  const problem = interruption === null ? "" : `${command} ${interruption}\n`;
  return { status: status ?? 1, stdout: stdout ?? "", stderr: `${stderr ?? ""}${problem}`, interruption };
}

/** As `run`, while other programs run too. */
export function runBeside(command: string, args: readonly string[], options: Omit<RunOptions, "output"> = {}) {
  const timeout = options.timeoutMs ?? TEN_MINUTES_MS;
  const env = { ...process.env, ...options.env };
  const child = spawn(command, args, { cwd: options.cwd ?? ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] = (output[name] + text).slice(-MAX_OUTPUT_BYTES);
    });
  }
  return new Promise<RunResult>((resolve) => {
    let error: NodeJS.ErrnoException | undefined;
    const timer = setTimeout(() => {
      error = Object.assign(new Error("time limit"), { code: "ETIMEDOUT" });
      child.kill();
      // What the program has started may hold these open for longer.
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeout);
    child.on("error", (failure) => {
      error = failure;
    });
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      const interruption = interruptionOf(error, signal, timeout);
      const problem = interruption === null ? "" : `${command} ${interruption}\n`;
      resolve({
        status: error === undefined ? (status ?? 1) : 1,
        stdout: output.stdout,
        stderr: `${output.stderr}${problem}`,
        interruption,
      });
    });
  });
}

/** Runs a tool of node_modules/.bin, even if that folder is not on the path. */
export function runTool(tool: string, args: readonly string[], options: RunOptions = {}): RunResult {
  const suffix = process.platform === "win32" ? ".cmd" : "";
  return run(path.join(ROOT, "node_modules", ".bin", `${tool}${suffix}`), args, options);
}
