import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EmulatedRequest, EmulatedResponse } from "./core/wire.ts";
import type { Emulator } from "./emulator.ts";

/** Vault's largest request is a version of 25 KB in base64; an event for a function may be larger. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

export interface EmulatorServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * The emulator on a loopback port. Faults are real here: the server destroys the socket of a refused or lost request. It delays a slow
 * response until the client has gone or `slow-ms` has passed.
 */
export async function startServer(emulator: Emulator, options: { port?: number } = {}): Promise<EmulatorServer> {
  const server = createServer((request, response) => {
    serve(emulator, request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(asStartError(error, options.port ?? 0)));
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function asStartError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new Error(`port ${port} is in use by another program. Next: end that one, or give another --port.`);
  }
  if (error.code === "EACCES") return new Error(`port ${port} is reserved. Next: give a --port above 1023.`);
  return error;
}

async function serve(emulator: Emulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { clock, core, switches } = emulator;
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413).end();
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const half = switches["latency-ms"] / 2;
  if (half > 0) {
    await clock.sleep(half);
  }
  const arrival = core.arrive(emulatedRequest(request, body), "http");
  if (arrival.kind !== "answered") {
    if (arrival.kind === "killed") {
      emulator.onKill?.("http", arrival.record);
    }
    request.socket.destroy();
    return;
  }
  const answer = await arrival.response;
  const hold = half + (arrival.slow ? switches["slow-ms"] : 0);
  if (hold > 0) {
    await clock.sleep(hold, gone.signal).catch(() => undefined);
  }
  if (!gone.signal.aborted) {
    send(response, answer);
  }
}

function send(response: ServerResponse, answer: EmulatedResponse): void {
  response.sendDate = false;
  const body = Buffer.from(answer.body, answer.encoding);
  response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) {
      return undefined;
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function emulatedRequest(request: IncomingMessage, body: string): EmulatedRequest {
  const target = request.url ?? "/";
  const at = target.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  }
  return {
    method: request.method ?? "GET",
    host: headers["host"] ?? "",
    path: at < 0 ? target : target.slice(0, at),
    target,
    query: at < 0 ? {} : Object.fromEntries(new URLSearchParams(target.slice(at + 1))),
    headers,
    body,
  };
}
