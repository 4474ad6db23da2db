import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { systemClock } from "../../src/base/clock.ts";
import { startFunctionProcess } from "../../src/emulator/functions/process.ts";
import type { Image } from "./image.ts";

/** Only what hangs takes so long. */
const START_LIMIT_MS = 60_000;
const CALL_LIMIT_MS = 60_000;
/** The platform's limit of a synchronous call. */
const TIMEOUT_SECONDS = 300;

/** What OCI Functions sets, but for the socket and the principal. */
const platformVariables = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  FN_FN_ID: "ocid1.fnfunc.oc1.iad.endtoend",
  FN_FN_NAME: "oci-rotate",
  FN_APP_ID: "ocid1.fnapp.oc1.iad.endtoend",
  FN_APP_NAME: "end-to-end",
  FN_MEMORY: "256",
  FN_TYPE: "sync",
};

export interface Reply {
  /** Of the transport. */
  readonly status: number;
  readonly text: string;
  /** The parsed text; every answer of the function is a JSON object. */
  readonly json: Record<string, unknown>;
}

export interface CallOptions {
  /** Until the deadline that the platform sends. Default 300. */
  readonly seconds?: number;
  /** Instead of, or beside, the platform's own headers; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly method?: string;
  readonly path?: string;
}

/** The built function in its image, started as the platform starts it. */
export interface RunningFunction {
  readonly pid: number | undefined;
  readonly exited: boolean;
  /** Sends an event over the socket. Text and bytes go as they are, a list as so many HTTP chunks, everything else as JSON. */
  call(event: unknown, options?: CallOptions): Promise<Reply>;
  /** Opens a call and leaves its body to the caller. */
  open(options?: CallOptions): ClientRequest;
  /** Ends the process, and answers with every line that it has written. */
  stop(): Promise<Output>;
}

export interface Output {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

function chunksOf(event: unknown): readonly Uint8Array[] {
  if (event instanceof Uint8Array) return [event];
  if (Array.isArray(event) && event.length > 0 && event.every((part) => part instanceof Uint8Array)) return event;
  return [Buffer.from(typeof event === "string" ? event : JSON.stringify(event))];
}

async function readReply(sent: ClientRequest): Promise<Reply> {
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  const json: unknown = JSON.parse(text);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new Error(`the function answered no JSON object: ${text.slice(0, 200)}`);
  }
  return { status: response.statusCode ?? 0, text, json: json as Record<string, unknown> };
}

/** @param environment settings and principal; nothing of this process's own environment is passed on */
export async function startFunction(
  image: Image,
  environment: Readonly<Record<string, string>>,
): Promise<RunningFunction> {
  const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  const child = await startFunctionProcess({
    bundle: image.bundle,
    node: image.node,
    ...(image.user === undefined ? {} : { user: image.user }),
    env: { ...platformVariables, ...environment },
    clock: systemClock,
    startTimeoutMs: START_LIMIT_MS,
    onLine: (stream, line) => lines[stream].push(line),
  });
  const end = async () => {
    child.kill();
    await child.ended;
  };
  image.started(end);
  let calls = 0;
  const open: RunningFunction["open"] = (options = {}) => {
    calls += 1;
    const seconds = options.seconds ?? TIMEOUT_SECONDS;
    const headers = {
      "content-type": "application/json",
      // As the fn agent does; a function that closes first may break the last write of this side.
      connection: "keep-alive",
      "fn-call-id": `01CALL${calls}`,
      "fn-deadline": new Date(systemClock.now() + seconds * 1000).toISOString(),
      ...options.headers,
    };
    return request({
      socketPath: child.socket,
      method: options.method ?? "POST",
      path: options.path ?? "/call",
      agent: false,
      timeout: CALL_LIMIT_MS,
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== null)) as Record<
        string,
        string
      >,
    }).on("timeout", function (this: ClientRequest) {
      this.destroy(new Error("the function did not answer in time"));
    });
  };
  return {
    pid: child.pid,
    get exited() {
      return child.exited;
    },
    open,
    call: async (event, options) => {
      const chunks = chunksOf(event);
      const sent = open(options);
      const reply = readReply(sent);
      // HTTP chunks stay apart however the socket joins them: the FDK sees one `data` event for each.
      if (chunks.length === 1) sent.setHeader("content-length", chunks[0]?.byteLength ?? 0);
      for (const chunk of chunks) if (chunk.byteLength > 0) sent.write(chunk);
      sent.end();
      return reply;
    },
    stop: async () => {
      await end();
      return lines;
    },
  };
}
