import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { InvokeFunction } from "./api.ts";
import { type FunctionProcess, startFunctionProcess } from "./process.ts";
import type { StoredFunction } from "./state.ts";

export interface FunctionHostOptions {
  /** The built function, `dist/function/func.js`. */
  readonly bundle: string;
  /** Instead of the bundle, the command line of a function with any FDK. It runs in the current folder, and finds programs as its caller does. */
  readonly command?: string;
  readonly fn: StoredFunction;
  /** The configuration of the function, as `fn config` sets it; a process that was started with another one is discarded. */
  readonly config: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** The variables of its resource principal (`fakeResourcePrincipal`). */
  readonly principal: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly onLine?: (stream: "stdout" | "stderr", line: string) => void;
  /** Default 10 s. */
  readonly startTimeoutMs?: number;
}

/**
 * Runs the built function as OCI Functions does: one process, one call at a time, started at the first call and again after it was
 * discarded. The caller gets the fn agent's response: 200 with the function's body, 502 without one, or 504 after the time-out. Any other
 * response of the function is invalid: it becomes a 502, and the process is discarded.
 */
export interface FunctionHost {
  readonly invoke: InvokeFunction;
  /** Kills the process at once, whatever it is doing. The next call starts another. */
  kill(): void;
  /** Ends the process, waits until it is gone, and starts no other. */
  stop(): Promise<void>;
  /** How many processes were started. */
  readonly starts: number;
}

const START_TIMEOUT_MS = 10_000;
const AGENT_ACCEPTS = new Set([200, 502, 504]);

export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const { fn, clock } = options;
  const bundle = resolve(options.bundle);
  const configured = () => (typeof options.config === "function" ? options.config() : options.config);
  let container: FunctionProcess | undefined;
  let startedWith = "";
  let queue: Promise<unknown> = Promise.resolve();
  let starts = 0;
  let stopped = false;

  const discard = async () => {
    const old = container;
    container = undefined;
    old?.kill();
    await old?.ended;
  };
  const warm = async (): Promise<FunctionProcess> => {
    const config = configured();
    if (startedWith !== JSON.stringify(config)) {
      await discard();
    }
    if (container !== undefined && !container.exited) return container;
    if (stopped) throw new Error("the function host has been stopped");
    if (options.command === undefined && !existsSync(bundle)) {
      throw new Error(`${bundle} is not there. Next: npm run build.`);
    }
    starts += 1;
    startedWith = JSON.stringify(config);
    container = await startFunctionProcess({
      bundle,
      ...(options.command === undefined ? {} : { command: options.command }),
      env: { ...baseEnvironment(fn), ...callersPath(options.command), ...options.principal, ...config },
      clock,
      startTimeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS,
      onLine: (stream, line) => options.onLine?.(stream, line),
    });
    return container;
  };
  const call: InvokeFunction = async (_functionId, event, { callId, timeoutMs, headers }) => {
    let current: FunctionProcess;
    try {
      current = await warm();
    } catch (error) {
      options.onLine?.("stderr", error instanceof Error ? error.message : "the function could not be started");
      return { status: 502, body: "" };
    }
    if (stopped) return { status: 502, body: "" };
    const began = clock.monotonic();
    const deadline = new Date(clock.now() + timeoutMs).toISOString();
    const answer = await current.call(event, { ...headers, "fn-call-id": callId, "fn-deadline": deadline }, timeoutMs);
    if (answer === null) {
      const timedOut = clock.monotonic() - began >= timeoutMs;
      await discard();
      return { status: timedOut ? 504 : 502, body: "" };
    }
    if (!AGENT_ACCEPTS.has(answer.status)) {
      await discard();
      return { status: 502, body: "" };
    }
    return answer.status === 200 ? answer : { status: answer.status, body: "" };
  };
  return {
    get starts() {
      return starts;
    },
    invoke: (...parameters) => {
      const turn = queue.then(() => call(...parameters));
      queue = turn.catch(() => undefined);
      return turn;
    },
    kill: () => container?.kill(),
    stop: async () => {
      stopped = true;
      container?.kill();
      await queue;
      await discard();
    },
  };
}

function callersPath(command: string | undefined): Record<string, string> {
  const { PATH } = process.env;
  return command === undefined || PATH === undefined ? {} : { PATH };
}

function baseEnvironment(fn: StoredFunction): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    FN_FN_ID: fn.id,
    FN_FN_NAME: fn.displayName,
    FN_APP_ID: fn.applicationId,
    FN_APP_NAME: "emulator",
    FN_MEMORY: String(fn.memoryInMBs),
    FN_TYPE: "sync",
  };
}
