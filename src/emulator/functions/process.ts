import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { watch } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Clock } from "../../base/clock.ts";

/** One started function: a "container" of the platform. It serves one call after the other, and is discarded when it misbehaves. */
export interface FunctionProcess {
  readonly pid: number | undefined;
  /** The path of its unix socket. */
  readonly socket: string;
  /** `POST /call` over its socket. Resolves with status and body, or null without a response: the process died, or the time was up. */
  call(
    event: string,
    headers: Record<string, string>,
    timeoutMs: number,
  ): Promise<{ status: number; body: string } | null>;
  readonly exited: boolean;
  kill(): void;
  /** Resolves when the process is gone, its output read and its folder removed. */
  readonly ended: Promise<void>;
}

export interface FunctionProcessOptions {
  /** What node runs. */
  readonly bundle: string;
  /** What a shell runs instead: the command line of a function in any language. */
  readonly command?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly startTimeoutMs: number;
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
  /** The user it runs as; only root may set it. Default: the caller. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The program that runs the bundle. Default: the caller's own node. */
  readonly node?: string;
}

const MAX_ANSWER_BYTES = 6 * 1024 * 1024;

/**
 * Starts `node <bundle>`, or a command line, as the platform does: format http-stream, a unix socket in a folder of its own, and only the given variables.
 * Resolves once the socket exists. Throws an Error if the process ends first or takes longer than `startTimeoutMs`.
 */
export async function startFunctionProcess(options: FunctionProcessOptions): Promise<FunctionProcess> {
  const folder = mkdtempSync(join(tmpdir(), "oci-rotate-fn-"));
  const socket = join(folder, "fn.sock");
  const { user } = options;
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid);
  }
  const [program, args] =
    options.command === undefined
      ? [options.node ?? process.execPath, [options.bundle]]
      : ["/bin/sh", ["-c", `exec ${options.command}`]];
  const child = spawn(program, args, {
    ...user,
    cwd: options.command === undefined ? dirname(options.bundle) : process.cwd(),
    env: { ...options.env, FN_FORMAT: "http-stream", FN_LISTENER: `unix:${socket}`, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of ["stdout", "stderr"] as const) {
    createInterface({ input: child[stream] }).on("line", (line) => options.onLine(stream, line));
  }
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      rmSync(folder, { recursive: true, force: true });
      resolve();
    };
    child.once("close", end);
    child.once("error", end);
  });
  const started = await socketAppears(child, folder, socket, options);
  if (!started) {
    child.kill("SIGKILL");
    await ended;
    throw new Error(
      "the function did not open its socket in time. Next: read its output above; is it a function of an FDK, and long enough the start limit?",
    );
  }
  return {
    pid: child.pid,
    socket,
    ended,
    get exited() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    kill: () => {
      child.kill("SIGKILL");
    },
    call: (event, headers, timeoutMs) => post(socket, event, headers, options.clock, timeoutMs),
  };
}

async function socketAppears(
  child: ChildProcess,
  folder: string,
  socket: string,
  options: FunctionProcessOptions,
): Promise<boolean> {
  const timer = options.clock.abortAfter(options.startTimeoutMs);
  const stop = new AbortController();
  const end = () => stop.abort();
  child.once("exit", end);
  child.once("error", end);
  timer.signal.addEventListener("abort", end, { once: true });
  try {
    // The watch starts before the check, so that the socket cannot appear unseen in between.
    const changes = watch(folder, { signal: stop.signal });
    const iterator = changes[Symbol.asyncIterator]();
    while (!existsSync(socket)) {
      const next = await iterator.next();
      if (next.done === true) return existsSync(socket);
    }
    return true;
  } catch {
    return false;
  } finally {
    timer.cancel();
    child.off("exit", end);
    stop.abort();
  }
}

function post(
  socketPath: string,
  event: string,
  headers: Record<string, string>,
  clock: Clock,
  timeoutMs: number,
): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const timer = clock.abortAfter(timeoutMs);
    const finish = (outcome: { status: number; body: string } | null) => {
      timer.cancel();
      resolve(outcome);
    };
    const sent = request(
      {
        socketPath,
        path: "/call",
        method: "POST",
        agent: false,
        signal: timer.signal,
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(event),
          // As the fn agent does. Otherwise the function could close the connection before this side's last, empty write.
          connection: "keep-alive",
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) {
            sent.destroy();
          }
          chunks.push(chunk);
        });
        response.once("end", () => {
          finish({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
        });
        response.once("error", () => finish(null));
        response.once("close", () => finish(null));
      },
    );
    sent.once("error", () => finish(null));
    sent.end(event);
  });
}
