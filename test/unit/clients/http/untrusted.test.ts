import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import { createNetworkTransport } from "../../../../src/clients/http/network.ts";
import { type HttpRequest, TransportError } from "../../../../src/clients/http/transport.ts";
import { createAuthority } from "../../../support/certificates.ts";
import { startConnectProxy } from "../../../support/connect-proxy.ts";
import { thrownBy } from "../../../support/failures.ts";
import { HANG_MS, useLoopback } from "../../../support/loopback.ts";
import { startTlsFront, type TlsFront } from "../../../support/tls-front.ts";

useLoopback();

const NAME = "hooks.example.org";

describe("a request to a target that somebody else has chosen", () => {
  const own = createAuthority("Own");
  const heard: string[] = [];
  const server = createServer((message, response) => {
    heard.push(`${message.method} ${message.headers.host}`);
    if (message.url === "/endless") {
      response.writeHead(200);
      response.write("x".repeat(100_000));
      response.on("close", () => heard.push("closed"));
      return;
    }
    if (message.url === "/upgrade") {
      message.socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");
      message.socket.on("close", () => heard.push("closed"));
      return;
    }
    if (message.url === "/redirect") response.writeHead(307, { location: "http://127.0.0.1:1/" });
    response.end("body");
  });
  let port = 0;
  let front: TlsFront;

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
    front = await startTlsFront(own.issue(NAME), port);
  });
  beforeEach(() => {
    heard.length = 0;
  });
  afterAll(async () => {
    await front.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const send = (
    url: string,
    untrusted: HttpRequest["untrusted"],
    variables: Record<string, string> = {},
  ): ReturnType<ReturnType<typeof createNetworkTransport>> =>
    createNetworkTransport(
      systemClock,
      variables,
    )({
      method: "POST",
      url,
      headers: {},
      body: "b",
      authorities: own.pem,
      deadline: systemClock.monotonic() + HANG_MS,
      ...(untrusted && { untrusted }),
    });

  test("goes to the one address, whatever its name resolves to, and names the host", async () => {
    const url = `http://${NAME}:${port}/`;
    expect(await send(url, { address: "127.0.0.1" })).toMatchObject({ status: 200, body: "" });
    expect(heard).toEqual([`POST ${NAME}:${port}`]);
  });

  test("holds the certificate to the name, not to the address", async () => {
    const untrusted = { address: "127.0.0.1" };
    expect(await send(`https://${NAME}:${front.port}/`, untrusted)).toMatchObject({ status: 200 });
    const thrown = await thrownBy(() => send(`https://other.example.org:${front.port}/`, untrusted));
    expect(thrown instanceof TransportError && thrown.failure).toBe("CERTIFICATE_UNTRUSTED");
  });

  test("asks a proxy for the address too", async () => {
    const proxy = await startConnectProxy();
    try {
      const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const url = `https://${NAME}:${front.port}/`;
      expect(await send(url, { address: "93.184.216.34" }, environment)).toMatchObject({ status: 200 });
      expect(await send(url, { address: "2606:2800:220:1::1" }, environment)).toMatchObject({ status: 200 });
      expect(await send(url, { address: null }, environment)).toMatchObject({ status: 200 });
      expect(proxy.asked.map(({ target }) => target)).toEqual([
        `93.184.216.34:${front.port}`,
        `[2606:2800:220:1::1]:${front.port}`,
        `${NAME}:${front.port}`,
      ]);
    } finally {
      await proxy.close();
    }
  });

  test("waits for no end of the answer's body", async () => {
    expect(await send(`http://127.0.0.1:${port}/endless`, { address: null })).toMatchObject({ status: 200, body: "" });
    await vi.waitFor(() => expect(heard).toContain("closed"), HANG_MS);
  });

  test("follows no redirect", async () => {
    expect(await send(`http://127.0.0.1:${port}/redirect`, { address: null })).toMatchObject({ status: 307 });
    expect(heard).toHaveLength(1);
  });

  test("is answered once and for all by a switch to another protocol", async () => {
    expect(await send(`http://127.0.0.1:${port}/upgrade`, { address: null })).toMatchObject({ status: 101, body: "" });
    await vi.waitFor(() => expect(heard).toContain("closed"), HANG_MS);
  });

  test.each(["ftp://hooks.example.org/", "file:///etc/passwd"])("is not sent by %s", async (url) => {
    const thrown = await thrownBy(() => send(url, { address: "127.0.0.1" }));
    expect(thrown instanceof TransportError && thrown.failure).toBe("URL_NOT_ALLOWED");
  });

  test("is the only one whose name is not resolved here", async () => {
    expect(await send(`http://localhost:${port}/`, undefined)).toMatchObject({ status: 200, body: "body" });
  });

  test("is the only one that may go without TLS to another machine", async () => {
    const thrown = await thrownBy(() => send(`http://${NAME}:${port}/`, undefined));
    expect(thrown instanceof TransportError && thrown.failure).toBe("URL_NOT_ALLOWED");
  });
});
