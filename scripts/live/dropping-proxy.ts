import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** Which requests a fault strikes, and how. */
export interface Drop {
  readonly method: string;
  /** Is looked for in path and query. */
  readonly path: RegExp;
  /** Searched for in the body, if one path serves several operations. */
  readonly body?: RegExp;
  /** `answer`: the server does its work, then the connection breaks. `request`: it breaks before the server hears anything. */
  readonly lose: "answer" | "request";
  /** How many requests in a row. Default 1. */
  readonly count?: number;
}

export interface DroppingProxy {
  /** `http://127.0.0.1:<port>`; paths are those of the server. */
  readonly origin: string;
  drop(fault: Drop): void;
  /** What was struck, in order: `PUT /path: answer`. */
  readonly struck: readonly string[];
  /** Drops that have not struck yet, or not as often as they should. */
  readonly armed: number;
  stop(): Promise<void>;
}

const TARGET_LIMIT_MS = 60_000;

/**
 * Stands before a real server and breaks connections on demand, so that a lost answer can be tried against the real thing. It passes on the
 * `Host` header as it came, unless it stands for another host of the server.
 * @param target origin of the server, `http://127.0.0.1:<port>`
 * @param host name that the server shall see, where that decides what it answers
 */
export async function startDroppingProxy(target: string, host?: string): Promise<DroppingProxy> {
  const agent = new Agent({ keepAlive: false });
  const armed: { readonly fault: Drop; left: number }[] = [];
  const struck: string[] = [];

  const strike = (message: IncomingMessage, body: string): Drop | undefined => {
    const url = message.url ?? "";
    const found = armed.find(
      ({ fault, left }) =>
        left > 0 && fault.method === message.method && fault.path.test(url) && (fault.body?.test(body) ?? true),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    struck.push(`${message.method} ${url}: ${found.fault.lose}`);
    return found.fault;
  };

  const serve = async (message: IncomingMessage, response: ServerResponse) => {
    const body = await readAll(message);
    const fault = strike(message, body.toString("utf8"));
    if (fault?.lose === "request") {
      message.socket.destroy();
      return;
    }
    const answer = await forward(message, body);
    if (fault?.lose === "answer") {
      message.socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const forward = async (message: IncomingMessage, body: Buffer) => {
    const headers = { ...endToEnd(message.headers), ...(host === undefined ? {} : { host }) };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method: message.method, agent, headers: { ...headers, "content-length": body.length } };
      const call = request(`${target}${message.url}`, { ...options, timeout: TARGET_LIMIT_MS }, resolve);
      call.on("timeout", () => call.destroy(new Error("the server did not answer the proxy in time")));
      call.on("error", reject);
      call.end(body);
    });
    return { status: answer.statusCode ?? 502, headers: endToEnd(answer.headers), body: await readAll(answer) };
  };

  const server = createServer((message, response) => {
    serve(message, response).catch(() => message.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    drop: (fault) => {
      armed.push({ fault, left: fault.count ?? 1 });
    },
    struck,
    get armed() {
      return armed.filter(({ left }) => left > 0).length;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Without the headers that concern only one connection (RFC 9110, section 7.6.1). */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const hop = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "te"]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hop.has(name)));
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
