import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { systemEntropy } from "../../src/base/entropy.ts";
import type { InvokeFunction } from "../../src/emulator/functions/api.ts";

/** An API gateway on loopback, with one function behind it. */
export interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}

const LIMIT_MS = 300_000;

/** What OCI's API Gateway tells the function of a request (Source: Fn project, HTTP gateway headers). */
function headersOf({ method, url }: IncomingMessage): Record<string, string> {
  return { "fn-intent": "httprequest", "fn-http-method": method ?? "POST", "fn-http-request-url": url ?? "/" };
}

export async function openGateway(functionId: string, invoke: InvokeFunction): Promise<Gateway> {
  const server = createServer((request, response) => {
    const answer = async () => {
      const event = await text(request);
      const call = { callId: systemEntropy.uuid(), timeoutMs: LIMIT_MS, headers: headersOf(request) };
      const { status, body } = await invoke(functionId, event, call);
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    };
    answer().catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ces`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
