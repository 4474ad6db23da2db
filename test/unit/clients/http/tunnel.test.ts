import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { openTunnel } from "../../../../src/clients/http/proxy.ts";
import { ProxyError } from "../../../../src/clients/http/transport.ts";
import { thrownBy } from "../../../support/failures.ts";
import { HANG_MS, useLoopback } from "../../../support/loopback.ts";

useLoopback();

/** A proxy that answers each CONNECT with this text; null: it breaks the connection; "": it says nothing. */
async function proxying(answer: string | null) {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      heard.push(bytes.toString());
      if (answer === null) socket.destroy();
      else if (answer !== "") socket.write(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { heard, port };
}

const open = (port: number, signal = AbortSignal.timeout(HANG_MS), authorization: Secret | null = null) =>
  openTunnel(
    { isTls: false, host: "127.0.0.1", port, authorization },
    new URL("https://issuer.example.org"),
    signal,
    null,
  );

describe("a tunnel", () => {
  test.each([200, 204, 299])("is open after CONNECT was answered %i", async (status) => {
    const { port, heard } = await proxying(`HTTP/1.1 ${status} OK\r\n\r\n`);
    const socket = await open(port, undefined, new Secret("Basic canary"));
    socket.destroy();
    expect(heard.join("")).toMatch(/^CONNECT issuer\.example\.org:443 HTTP\/1\.1\r\n/);
    expect(heard.join("")).toMatch(/\r\nhost: issuer\.example\.org:443\r\n/i);
    expect(heard.join("")).toMatch(/\r\nproxy-authorization: Basic canary\r\n/i);
  });

  test.each([
    ["CONNECT was answered 199", "HTTP/1.1 199 No\r\n\r\n", "answered CONNECT with 199"],
    ["CONNECT was answered 407", "HTTP/1.1 407 No\r\n\r\n", "answered CONNECT with 407"],
    ["CONNECT was answered 300", "HTTP/1.1 300 No\r\n\r\n", "answered CONNECT with 300"],
    ["bytes came that are not the target's", "HTTP/1.1 200 OK\r\n\r\nearly", "answered CONNECT with 200"],
    ["the connection broke", null, "did not answer CONNECT: ECONNRESET"],
  ])("is not there if %s", async (_what, answer, words) => {
    const { port } = await proxying(answer);
    const thrown = await thrownBy(() => open(port));
    expect(thrown).toBeInstanceOf(ProxyError);
    expect(thrown).toMatchObject({
      failure: "UNREACHABLE",
      sent: false,
      message: `UNREACHABLE: the proxy of HTTPS_PROXY ${words}`,
    });
  });

  test("is not there in time if the proxy says nothing", async () => {
    const { port } = await proxying("");
    expect(await thrownBy(() => open(port, AbortSignal.timeout(50)))).toMatchObject({
      failure: "TIMED_OUT",
      sent: false,
      message: "TIMED_OUT: the proxy of HTTPS_PROXY did not answer CONNECT before the deadline",
    });
  });

  test("is not there if no proxy is", async () => {
    const { port } = await proxying(null);
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const free = (server.address() as AddressInfo).port;
    server.close();
    await once(server, "close");
    expect(free).not.toBe(port);
    expect(await thrownBy(() => open(free))).toMatchObject({
      message: "UNREACHABLE: the proxy of HTTPS_PROXY did not answer CONNECT: ECONNREFUSED",
    });
  });
});

test.each(["UNREACHABLE", "TIMED_OUT"] as const)("a proxy's trouble (%s) stays the same with its hosts", (failure) => {
  const named = new ProxyError(failure, "did not answer").between("proxy:80", "issuer:443");
  expect(named).toMatchObject({
    failure,
    message: `${failure}: the proxy of HTTPS_PROXY did not answer (proxy:80, for issuer:443)`,
  });
});
