import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DroppingProxy, startDroppingProxy } from "../../scripts/live/dropping-proxy.ts";
import { systemClock } from "../../src/base/clock.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import type { HttpRequest } from "../../src/clients/http/transport.ts";
import { HANG_MS } from "../support/loopback.ts";

describe("the dropping proxy", () => {
  const heard: string[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      heard.push(`${message.method} ${message.url} ${message.headers.host} ${Buffer.concat(chunks).toString("utf8")}`);
      response.writeHead(201, { "x-shown": "yes" }).end("done");
    });
  });
  const transport = createNetworkTransport(systemClock);
  let proxy: DroppingProxy;
  const ask = (method: HttpRequest["method"], path: string, body?: string) =>
    transport({
      method,
      url: `${proxy.origin}${path}`,
      headers: { host: "zone.example" },
      deadline: systemClock.monotonic() + HANG_MS,
      ...(body === undefined ? {} : { body }),
    });

  beforeEach(async () => {
    heard.length = 0;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    proxy = await startDroppingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    await proxy.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it("passes requests and answers on, with the host that was asked for", async () => {
    expect(await ask("PUT", "/a?b=c", "body")).toMatchObject({
      status: 201,
      headers: { "x-shown": "yes" },
      body: "done",
    });
    expect(heard).toEqual(["PUT /a?b=c zone.example body"]);
    expect(proxy.struck).toEqual([]);
  });

  it("stands for another host of the server where it was told to", async () => {
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const other = await startDroppingProxy(target, "other.example");
    try {
      const deadline = systemClock.monotonic() + HANG_MS;
      await transport({ method: "GET", url: `${other.origin}/a`, headers: { host: "zone.example" }, deadline });
    } finally {
      await other.stop();
    }
    expect(heard).toEqual(["GET /a other.example "]);
  });

  it("loses the answer after the server has done its work", async () => {
    proxy.drop({ method: "PUT", path: /^\/a/, lose: "answer" });
    await expect(ask("PUT", "/a", "1")).rejects.toMatchObject({ failure: "CONNECTION_LOST" });
    expect(heard).toEqual(["PUT /a zone.example 1"]);
    expect(proxy.struck).toEqual(["PUT /a: answer"]);
  });

  it("loses the request before the server hears of it", async () => {
    proxy.drop({ method: "GET", path: /^\/a/, lose: "request" });
    await expect(ask("GET", "/a")).rejects.toMatchObject({ failure: "CONNECTION_LOST" });
    expect(heard).toEqual([]);
  });

  it("strikes as often as it was told, and only what was meant: method, path and body", async () => {
    proxy.drop({ method: "PUT", path: /^\/a$/, body: /ADD/, lose: "answer", count: 2 });
    await ask("POST", "/a", "ADD");
    await ask("PUT", "/b", "ADD");
    await ask("PUT", "/a", "DELETE");
    expect(proxy.armed).toBe(1);
    await expect(ask("PUT", "/a", "ADD")).rejects.toThrow();
    await expect(ask("PUT", "/a", "ADD")).rejects.toThrow();
    expect(proxy.armed).toBe(0);
    expect((await ask("PUT", "/a", "ADD")).status).toBe(201);
  });
});
