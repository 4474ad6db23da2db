import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../../src/base/clock.ts";
import { createNetworkTransport } from "../../../../src/clients/http/network.ts";
import type { HttpRequest } from "../../../../src/clients/http/transport.ts";
import { createAuthority } from "../../../support/certificates.ts";
import { type ConnectProxy, startConnectProxy } from "../../../support/connect-proxy.ts";
import { expectFailure, thrownBy } from "../../../support/failures.ts";
import { HANG_MS, useLoopback } from "../../../support/loopback.ts";
import { startTlsFront, type TlsFront } from "../../../support/tls-front.ts";

useLoopback();

const NAME = "issuer.example.org";

describe("a proxy that is spoken to over TLS", () => {
  const own = createAuthority("Own");
  const folder = mkdtempSync(path.join(tmpdir(), "tls-proxy-"));
  const bundle = path.join(folder, "own.pem");
  const missing = path.join(folder, "missing.pem");
  writeFileSync(bundle, own.pem);

  const connections: unknown[] = [];
  const server = createServer((message, response) => {
    connections.push(message.headers.connection);
    if (message.url === "/broken") message.socket.destroy();
    else response.end("done");
  });
  let proxy: ConnectProxy;
  let target: TlsFront;
  let named: TlsFront;
  let numbered: TlsFront;

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    target = await startTlsFront(own.issue(NAME), (server.address() as AddressInfo).port);
  });
  beforeEach(async () => {
    proxy = await startConnectProxy();
    named = await startTlsFront(own.issue("localhost"), proxy.port);
    numbered = await startTlsFront(own.issue("127.0.0.1"), proxy.port);
    return async () => {
      for (const each of [named, numbered, proxy]) await each.close();
    };
  });
  afterAll(async () => {
    await target.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const byName = () => `https://localhost:${named.port}`;
  const send = (environment: Record<string, string>, request: Partial<HttpRequest> = {}) =>
    createNetworkTransport(
      systemClock,
      environment,
    )({
      method: "GET",
      url: `https://${NAME}:${target.port}/`,
      headers: {},
      deadline: systemClock.monotonic() + HANG_MS,
      ...request,
    });

  test("is sent its own name, and its certificate is held to that, by the authorities of the request", async () => {
    const environment = { HTTPS_PROXY: byName() };
    expect(await send(environment, { authorities: own.pem })).toMatchObject({ status: 200, body: "done" });
    expect(proxy.asked).toMatchObject([{ target: `${NAME}:${target.port}` }]);
    expect(named.names).toEqual(["localhost"]);
    expect(connections).toEqual(["close"]);
  });

  test("is sent no name where it is known by an address", async () => {
    const environment = { HTTPS_PROXY: `https://127.0.0.1:${numbered.port}` };
    expect(await send(environment, { authorities: own.pem })).toMatchObject({ status: 200 });
    expect(numbered.names).toEqual([""]);
  });

  test("has the bundle's file for a request without authorities, which then trusts the proxy and no server", async () => {
    const thrown = await thrownBy(() => send({ HTTPS_PROXY: byName(), OROT_CA_BUNDLE: bundle }));
    expect(thrown).toMatchObject({ failure: "CERTIFICATE_UNTRUSTED", sent: false });
    expect(proxy.asked).toHaveLength(1);
  });

  test("needs a bundle that can be read only for a request without authorities", async () => {
    const environment = { HTTPS_PROXY: byName(), OROT_CA_BUNDLE: missing };
    expect(await send(environment, { authorities: own.pem })).toMatchObject({ status: 200 });
    await expectFailure(() => send(environment), "SETTINGS_INVALID", "names a file that the function cannot read");
  });

  test.each([
    ["there is no bundle", {}],
    ["the bundle is a secret", { OROT_CA_BUNDLE: "ocid1.vaultsecret.oc1.iad.bundle" }],
  ])("is told nothing by a request without authorities if %s", async (_what, environment) => {
    expect(await thrownBy(() => send({ HTTPS_PROXY: byName(), ...environment }))).toMatchObject({
      failure: "UNREACHABLE",
      sent: false,
      message: expect.stringContaining(` (localhost:${named.port}, for ${NAME}:${target.port})`),
    });
    expect(proxy.asked).toEqual([]);
  });

  test("is not known to the request behind it: what is lost there may have been sent", async () => {
    const url = `https://${NAME}:${target.port}/broken`;
    const thrown = await thrownBy(() => send({ HTTPS_PROXY: byName() }, { url, authorities: own.pem }));
    expect(thrown).toMatchObject({
      failure: "CONNECTION_LOST",
      sent: true,
      message: `CONNECTION_LOST: ECONNRESET at ${NAME}:${target.port}`,
    });
    await proxy.allClosed();
  });

  test("is not named for a target that somebody else has chosen", async () => {
    const untrusted = { address: null };
    proxy.behaviour = 502;
    expect(await thrownBy(() => send({ HTTPS_PROXY: byName() }, { untrusted, authorities: own.pem }))).toMatchObject({
      message: "UNREACHABLE: the proxy of HTTPS_PROXY answered CONNECT with 502",
    });
  });

  test("without TLS needs no bundle", async () => {
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, OROT_CA_BUNDLE: missing };
    expect(await send(environment, { authorities: own.pem })).toMatchObject({ status: 200 });
    expect(await thrownBy(() => send(environment))).toMatchObject({ failure: "CERTIFICATE_UNTRUSTED" });
  });
});
