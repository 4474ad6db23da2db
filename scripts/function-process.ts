/** A function as OCI Functions starts it, with what the process has used so far. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";

const START_LIMIT_MS = 20_000;
const CALL_LIMIT_MS = 60_000;

/** Loaded before the function: at a signal it tells, on a descriptor of its own, what the process has used. */
const PROBE = `process.on("SIGUSR2", () => {
  const { user, system } = process.cpuUsage();
  const used = { cpuMs: (user + system) / 1000, residentMb: process.memoryUsage.rss() / 1e6 };
  require("node:fs").writeSync(3, JSON.stringify(used) + "\\n");
});
`;

export interface Used {
  /** Of the user and the system, on all threads, since the process began. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

export interface FunctionProcess {
  /** POST /call, as the platform sends it. */
  call(body: string): Promise<{ readonly status: number; readonly body: string }>;
  used(): Promise<Used>;
  stop(): Promise<void>;
}

/** Resolves when `file` exists. The FDK links its socket into place once it listens. */
function appears(file: string, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(path.dirname(file), () => settle());
    const limit = setTimeout(() => settle(new Error("the function did not start in time")), START_LIMIT_MS);
    const onExit = (code: number | null) =>
      settle(new Error(`the function ended with code ${code} before it listened`));
    const settle = (problem?: Error) => {
      if (problem === undefined && !existsSync(file)) return;
      watcher.close();
      clearTimeout(limit);
      child.off("exit", onExit);
      if (problem) reject(problem);
      else resolve();
    };
    child.once("exit", onExit);
    settle();
  });
}

function post(socketPath: string, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      "fn-call-id": "bench",
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const call = request({ socketPath, path: "/call", method: "POST", headers, timeout: CALL_LIMIT_MS }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }));
      answer.on("error", reject);
    });
    call.on("timeout", () => call.destroy(new Error("the function did not answer in time")));
    call.on("error", reject);
    call.end(body);
  });
}

/** Starts only the function of this folder, over its Unix socket. @param flags of Node */
export async function startFunction(
  folder: string,
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<FunctionProcess> {
  const own = mkdtempSync(path.join(tmpdir(), "fn-"));
  const socket = path.join(own, "fn.sock");
  const probe = path.join(own, "probe.cjs");
  writeFileSync(probe, PROBE);
  const child = spawn(process.execPath, [...flags, "--require", probe, "func.js"], {
    cwd: folder,
    env: { FN_FORMAT: "http-stream", FN_LISTENER: `unix:${socket}`, ...environment },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const told = child.stdio[3] as Readable;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGKILL");
    await gone;
    rmSync(own, { recursive: true, force: true });
  };
  try {
    await appears(socket, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    call: (body) => post(socket, body),
    used: () =>
      new Promise((resolve, reject) => {
        child.once("exit", () => reject(new Error("the function ended")));
        told.once("data", (text: Buffer) => resolve(JSON.parse(text.toString("utf8"))));
        child.kill("SIGUSR2");
      }),
    stop,
  };
}
