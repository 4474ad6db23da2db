import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { FUNCTION_FOLDER } from "./bundle/functions.ts";
import { ROOT } from "./run.ts";

const START_LIMIT_MS = 20_000;
const CALL_LIMIT_MS = 20_000;

export interface FunctionProcess {
  /** From the start of the process until its socket takes connections. */
  readonly readyMs: number;
  /** POST /call, as the platform sends it. */
  call(body: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Resident memory; null if the system does not tell. */
  residentBytes(): number | null;
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

/** Starts only the built function, in a fresh folder and over its Unix socket, as OCI Functions does. */
export async function startFunction(
  environment: Readonly<Record<string, string>>,
  bundle: string = FUNCTION_FOLDER,
): Promise<FunctionProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), "fn-"));
  cpSync(path.resolve(ROOT, bundle), folder, { recursive: true });
  const socket = path.join(folder, "fn.sock");
  const started = performance.now();
  const child = spawn(process.execPath, ["func.js"], {
    cwd: folder,
    env: { FN_FORMAT: "http-stream", FN_LISTENER: `unix:${socket}`, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await appears(socket, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    readyMs: performance.now() - started,
    call: (body) => post(socket, body),
    residentBytes: () => {
      const status = `/proc/${child.pid}/status`;
      const kilobytes = existsSync(status) ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
      return kilobytes === undefined ? null : Number(kilobytes) * 1024;
    },
    stop,
  };
}
