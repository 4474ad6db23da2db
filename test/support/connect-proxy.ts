import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/**
 * What the proxy does with a CONNECT: opens the tunnel, answers with a status, does not answer, or breaks the
 * connection.
 */
export type Behaviour = "open" | "silent" | "hang-up" | number;

/** An HTTP proxy that knows only CONNECT, and connects every name to this machine. */
export interface ConnectProxy {
  readonly port: number;
  behaviour: Behaviour;
  /** host:port of every CONNECT, and the Proxy-Authorization that came with it. */
  readonly asked: readonly { readonly target: string; readonly authorization: string | undefined }[];
  /** Resolves when no client is connected any more. */
  allClosed(): Promise<void>;
  close(): Promise<void>;
}

function lead(client: Socket, target: string): void {
  const server = connect(Number(target.split(":").at(-1)), "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    client.pipe(server).pipe(client);
  });
  server.on("error", () => client.destroy()).on("close", () => client.destroy());
  client.on("close", () => server.destroy());
}

export async function startConnectProxy(): Promise<ConnectProxy> {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const clients = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const server = createServer((_message, response) => response.writeHead(405).end());
  server.on("connection", (socket) => {
    clients.add(socket);
    socket.on("close", () => {
      clients.delete(socket);
      if (clients.size === 0) for (const resolve of waiting.splice(0)) resolve();
    });
  });
  const proxy: ConnectProxy = {
    port: 0,
    behaviour: "open",
    asked,
    allClosed: () => (clients.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    async close() {
      for (const socket of clients) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  server.on("connect", (message, client: Socket) => {
    client.on("error", () => undefined);
    const target = message.url ?? "";
    asked.push({ target, authorization: message.headers["proxy-authorization"] });
    const { behaviour } = proxy;
    // An unread socket would not notice that the client has gone.
    if (behaviour === "silent") client.on("end", () => client.end()).resume();
    else if (behaviour === "hang-up") client.destroy();
    else if (behaviour === "open") lead(client, target);
    else client.end(`HTTP/1.1 ${behaviour} Refused\r\ncontent-length: 2\r\n\r\nno`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port });
}
