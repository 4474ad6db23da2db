import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { systemClock } from "../../src/base/clock.ts";

const POLL_MS = 250;
const PROBE_LIMIT_MS = 5_000;
const STOP_LIMIT_MS = 10_000;
const TAIL_LINES = 40;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface ServerCommand {
  /** As people call it: `UAA 4.30.0`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes what the server prints; overwritten at each start. */
  readonly logFile: string;
  /** The server is ready when a GET of this address, asking for JSON, answers 200. */
  readonly readyUrl: string;
  readonly readyLimitMs: number;
}

export interface ServerProcess {
  readonly pid: number;
  readonly readyMs: number;
  /** Ends the server and every process that it started. May be called twice. */
  stop(): Promise<void>;
}

/** A port of 127.0.0.1 that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/**
 * Starts a server and waits until it is ready. Throws an Error with the end of its log where it ends or is not ready in time; then no
 * process is left of it. If this process ends first, the server ends too.
 */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const started = systemClock.monotonic();
  const child = spawnLogged(command);
  const gone = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? `code ${code}`} before it was ready`));
  });
  // Its own process group, so that the shell script that starts the server ends with everything it started.
  const signalGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nothing of the group is left.
    }
  };
  const onExit = () => signalGroup("SIGKILL");
  process.once("exit", onExit);
  const onSignal = (signal: NodeJS.Signals) => {
    onExit();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
  const end = async () => {
    signalGroup("SIGTERM");
    const limit = systemClock.abortAfter(STOP_LIMIT_MS);
    limit.signal.addEventListener("abort", () => signalGroup("SIGKILL"), { once: true });
    await gone;
    limit.cancel();
    signalGroup("SIGKILL");
    process.off("exit", onExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  let ending: Promise<void> | undefined;
  const stop = () => {
    ending ??= end();
    return ending;
  };
  const waiting = new AbortController();
  const problem = await Promise.race([gone, waitUntilReady(command.readyUrl, command.readyLimitMs, waiting.signal)]);
  waiting.abort();
  const { pid } = child;
  if (problem !== null || pid === undefined) {
    await stop();
    throw new Error(
      `${command.name} ${problem ?? "could not be started"}. The end of ${command.logFile}:\n${tail(command.logFile)}`,
    );
  }
  return { pid, readyMs: Math.round(systemClock.monotonic() - started), stop };
}

function spawnLogged({ command, args, cwd, env, logFile }: ServerCommand): ChildProcess {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, "w");
  try {
    return spawn(command, [...args], {
      cwd,
      env: { ...process.env, ...env },
      // Standard input ends when this process is killed; a server that reads it can end then too.
      stdio: ["pipe", log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

/** Null: ready; else what is wrong. */
async function waitUntilReady(url: string, limitMs: number, ended: AbortSignal): Promise<string | null> {
  const end = systemClock.monotonic() + limitMs;
  let last = "no connection";
  while (systemClock.monotonic() < end && !ended.aborted) {
    const limit = systemClock.abortAfter(PROBE_LIMIT_MS);
    try {
      const { status } = await fetch(url, { headers: { accept: "application/json" }, signal: limit.signal });
      if (status === 200) return null;
      last = `status ${status}`;
    } catch {
      last = "no connection";
    } finally {
      limit.cancel();
    }
    await systemClock.sleep(POLL_MS);
  }
  return `was not ready after ${limitMs / 1000} s (${last} at ${url})`;
}

function tail(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
}
