import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type EmulatedRequest, type EmulatedResponse, ociError } from "./core/wire.ts";
import type { Emulator } from "./emulator.ts";

/** Vault's largest request is a version of 25 KB in base64; an event for a function may be larger. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

export interface EmulatorServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Gets the error of a request that ended in a fault of the emulator itself. */
  readonly onFault?: (error: unknown, request: EmulatedRequest) => void;
}

/**
 * The emulator on a loopback port. Faults are real here: the server destroys the socket of a refused or lost request. It delays a slow
 * response until the client has gone or `slow-ms` has passed. It reads no body that it will not use.
 */
export async function startServer(emulator: Emulator, options: ServerOptions = {}): Promise<EmulatorServer> {
  const server = createServer((request, response) => {
    const emulated = emulatedRequest(request);
    serve(emulator, emulated, request, response).catch((error: unknown) => {
      options.onFault?.(error, emulated);
      if (response.headersSent) request.socket.destroy();
      else refuse(request, response, ociError(500, "InternalServerError", "The emulator has failed."));
    });
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

async function serve(
  emulator: Emulator,
  head: EmulatedRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, core, switches } = emulator;
  const unread = core.refusesUnread(head);
  const body = unread ? "" : await readBody(request);
  if (body === null) return;
  if (body === undefined) {
    refuse(request, response, ociError(413, "RequestEntityTooLarge", `A body has at most ${MAX_BODY_BYTES} bytes.`));
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const half = switches["latency-ms"] / 2;
  if (half > 0) {
    await clock.sleep(half);
  }
  const arrival = core.arrive({ ...head, body }, "http");
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
  if (gone.signal.aborted) return;
  if (unread) refuse(request, response, answer);
  else send(response, answer);
}

function send(response: ServerResponse, answer: EmulatedResponse): void {
  response.sendDate = false;
  const body = Buffer.from(answer.body, answer.encoding);
  response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
  response.end(body);
}

/**
 * Answers a request whose body nobody wants. The answer ends with the request: a connection that closes earlier could take the answer with it
 * from a client that is still sending. What it sends is dropped, up to the size of a largest body.
 */
function refuse(request: IncomingMessage, response: ServerResponse, answer: EmulatedResponse): void {
  let left = MAX_BODY_BYTES;
  const body = Buffer.from(answer.body, answer.encoding);
  response.sendDate = false;
  response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
  response.write(body);
  if (request.complete) {
    response.end();
    return;
  }
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  request.once("error", () => undefined);
  request.once("end", () => response.end());
}

/** Undefined: it is too large, and the rest of it is not read. Null: the client has gone. */
function readBody(request: IncomingMessage): Promise<string | undefined | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      request.off("data", onData);
      resolve(undefined);
    };
    request.on("data", onData);
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.once("error", () => resolve(null));
  });
}

/** A request without its body. */
function emulatedRequest(request: IncomingMessage): EmulatedRequest {
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
    body: "",
  };
}
