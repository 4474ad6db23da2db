import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** TLS in front of a plain server on loopback. */
export interface TlsFront {
  readonly port: number;
  /** Server names that clients sent (SNI); "" if one sent none. */
  readonly names: readonly string[];
  close(): Promise<void>;
}

/** @param backend port of the plain server */
export async function startTlsFront(
  identity: { readonly cert: string; readonly key: string },
  backend: number,
): Promise<TlsFront> {
  const sockets = new Set<Socket>();
  const names: string[] = [];
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // A client that refuses the certificate breaks the connection; that is not this side's failure.
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createTlsServer({ ...identity }, (outside) => {
    names.push(outside.servername || "");
    const inside = keep(connect(backend, "127.0.0.1"));
    keep(outside).pipe(inside).pipe(outside);
  });
  server.on("connection", keep);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    names,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
