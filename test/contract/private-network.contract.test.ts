import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import { type HttpRequest, TransportError } from "../../src/clients/http/transport.ts";
import { createAuthority } from "../support/certificates.ts";
import { type ConnectProxy, startConnectProxy } from "../support/connect-proxy.ts";
import { expectNoTrace, thrownBy } from "../support/failures.ts";
import { HANG_MS } from "../support/loopback.ts";
import { startTlsFront, type TlsFront } from "../support/tls-front.ts";

const NAME = "issuer.example.org";
const PASSWORD = "canary/+9c1f~4711";
const AUTHORIZATION = `Basic ${Buffer.from(`user:${PASSWORD}`).toString("base64")}`;

describe("the network transport in a private network", () => {
  const own = createAuthority("Own");
  const other = createAuthority("Other");
  const heard: string[] = [];
  const server = createServer((message, response) => {
    heard.push(`${message.method} ${message.headers.host}`);
    if (message.url === "/break") message.socket.destroy();
    else if (message.url !== "/silent") response.end("done");
  });
  let backend = 0;
  let named: TlsFront;
  let numbered: TlsFront;
  let proxy: ConnectProxy;

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    backend = (server.address() as AddressInfo).port;
    named = await startTlsFront(own.issue(NAME), backend);
    numbered = await startTlsFront(own.issue("192.0.2.7"), backend);
  });
  beforeEach(async () => {
    heard.length = 0;
    proxy = await startConnectProxy();
  });
  afterEach(() => proxy.close());
  afterAll(async () => {
    await named.close();
    await numbered.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const environment = () => ({ HTTPS_PROXY: `http://user:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}` });
  const send = (variables: Record<string, string>, request: Partial<HttpRequest> = {}, seconds = HANG_MS / 1000) =>
    createNetworkTransport(
      systemClock,
      variables,
    )({
      method: "POST",
      url: `https://${NAME}:${named.port}/a`,
      headers: {},
      body: "b",
      authorities: own.pem,
      deadline: systemClock.monotonic() + seconds * 1000,
      ...request,
    });
  const failureOf = async (...[variables, request, seconds]: Parameters<typeof send>) => {
    const error = await thrownBy(() => send(variables, request, seconds));
    if (!(error instanceof TransportError)) throw new Error(`not a TransportError: ${String(error)}`);
    expectNoTrace(error, PASSWORD);
    return { failure: error.failure, sent: error.sent, message: error.message };
  };

  describe("with authorities of its own", () => {
    it("trusts a server only with the authority that its certificate comes from", async () => {
      const front = await startTlsFront(own.issue("127.0.0.1"), backend);
      const transport = createNetworkTransport(systemClock);
      const ask = async (authorities?: string) => {
        const deadline = systemClock.monotonic() + HANG_MS;
        const trusted = authorities === undefined ? {} : { authorities };
        const url = `https://127.0.0.1:${front.port}/`;
        try {
          return (await transport({ method: "GET", url, headers: {}, deadline, ...trusted })).body;
        } catch (error) {
          return error instanceof TransportError ? `${error.failure} ${error.sent}` : "no TransportError";
        }
      };
      // Each after the other: no TLS session of a trusted connection may serve one that must be refused.
      expect(await ask(own.pem)).toBe("done");
      expect(await ask()).toBe("CERTIFICATE_UNTRUSTED false");
      expect(await ask(other.pem)).toBe("CERTIFICATE_UNTRUSTED false");
      expect(await ask(other.pem + own.pem)).toBe("done");
      await front.close();
      expect(heard).toHaveLength(2);
    });
  });

  describe("through a proxy", () => {
    it("reaches the server by its name, with the proxy's credentials for the proxy alone", async () => {
      expect(await send(environment())).toMatchObject({ status: 200, body: "done" });
      expect(proxy.asked).toEqual([{ target: `${NAME}:${named.port}`, authorization: AUTHORIZATION }]);
      expect(heard).toEqual([`POST ${NAME}:${named.port}`]);
      expect(named.names).toContain(NAME);
      await proxy.allClosed();
    });

    it("sends no credentials where the address has none, and takes the lower-case name first", async () => {
      await send({ https_proxy: `http://127.0.0.1:${proxy.port}/`, HTTPS_PROXY: "http://127.0.0.1:1" });
      expect(proxy.asked).toEqual([{ target: `${NAME}:${named.port}`, authorization: undefined }]);
    });

    it("holds the certificate against the server's own name or address, never the proxy's", async () => {
      const toAddress = { url: `https://192.0.2.7:${numbered.port}/` };
      expect((await send(environment(), toAddress)).status).toBe(200);
      const wrong = { url: `https://192.0.2.8:${numbered.port}/` };
      expect(await failureOf(environment(), wrong)).toMatchObject({ failure: "CERTIFICATE_UNTRUSTED", sent: false });
      const proxyName = { url: `https://192.0.2.7:${named.port}/` };
      expect(await failureOf(environment(), proxyName)).toMatchObject({ failure: "CERTIFICATE_UNTRUSTED" });
      expect(heard).toHaveLength(1);
    });

    it("trusts the system's authorities alone where the request names none", async () => {
      const transport = createNetworkTransport(systemClock, environment());
      const url = `https://${NAME}:${named.port}/a`;
      const deadline = systemClock.monotonic() + HANG_MS;
      await expect(transport({ method: "POST", url, headers: {}, deadline })).rejects.toMatchObject({
        failure: "CERTIFICATE_UNTRUSTED",
        sent: false,
      });
      expect(heard).toEqual([]);
      await proxy.allClosed();
    });

    it("goes past the proxy to what NO_PROXY names, and to loopback", async () => {
      const front = await startTlsFront(own.issue("localhost"), backend);
      expect((await send(environment(), { url: `https://localhost:${front.port}/` })).status).toBe(200);
      await front.close();
      expect((await send(environment(), { url: `http://127.0.0.1:${backend}/` })).status).toBe(200);
      expect(proxy.asked).toEqual([]);
    });

    it("speaks TLS to a proxy that asks for it, and TLS within that to the server", async () => {
      const front = await startTlsFront(own.issue("localhost"), proxy.port);
      const variables = { HTTPS_PROXY: `https://user:${encodeURIComponent(PASSWORD)}@localhost:${front.port}` };
      expect(await send(variables)).toMatchObject({ status: 200, body: "done" });
      expect(proxy.asked).toEqual([{ target: `${NAME}:${named.port}`, authorization: AUTHORIZATION }]);
      expect(front.names).toEqual(["localhost"]);
      expect(heard).toEqual([`POST ${NAME}:${named.port}`]);
      await front.close();
    });

    it("shows its credentials to no proxy whose certificate it does not trust", async () => {
      const front = await startTlsFront(other.issue("localhost"), proxy.port);
      const variables = { HTTPS_PROXY: `https://user:${encodeURIComponent(PASSWORD)}@localhost:${front.port}` };
      expect(await failureOf(variables)).toMatchObject({ failure: "UNREACHABLE", sent: false });
      expect(proxy.asked).toEqual([]);
      await front.close();
    });

    describe("with TLS, whose certificate is of an own authority", () => {
      const folder = mkdtempSync(path.join(tmpdir(), "ca-bundle-"));
      const file = path.join(folder, "own.pem");
      writeFileSync(file, own.pem);
      let front: TlsFront;
      beforeEach(async () => {
        front = await startTlsFront(own.issue("localhost"), proxy.port);
      });
      afterEach(() => front.close());
      afterAll(() => rmSync(folder, { recursive: true }));

      /** Two requests that trust no authorities of their own, as those to Vault. */
      const toVault = async (bundle: string) => {
        const HTTPS_PROXY = `https://user:${encodeURIComponent(PASSWORD)}@localhost:${front.port}`;
        const transport = createNetworkTransport(systemClock, { HTTPS_PROXY, OROT_CA_BUNDLE: bundle });
        const url = `https://${NAME}:${named.port}/a`;
        const ask = () => transport({ method: "GET", url, headers: {}, deadline: systemClock.monotonic() + HANG_MS });
        const errors = [await thrownBy(ask), await thrownBy(ask)];
        for (const error of errors) expectNoTrace(error, PASSWORD);
        return errors.map((error) => (error instanceof TransportError ? error.failure : String(error)));
      };

      it("is spoken to by every request, if the authority is in the file of OROT_CA_BUNDLE, which vouches for no server", async () => {
        expect(await toVault(file)).toEqual(["CERTIFICATE_UNTRUSTED", "CERTIFICATE_UNTRUSTED"]);
        const asked = { target: `${NAME}:${named.port}`, authorization: AUTHORIZATION };
        expect(proxy.asked).toEqual([asked, asked]);
        expect(heard).toEqual([]);
      });

      it("is not, if the bundle is a secret, which would have to be read through it", async () => {
        expect(await toVault("ocid1.vaultsecret.oc1.iad.bundle")).toEqual(["UNREACHABLE", "UNREACHABLE"]);
        expect(proxy.asked).toEqual([]);
      });

      it("is not, if the file cannot be read, and the error names the setting", async () => {
        const [first, second] = await toVault(path.join(folder, "none.pem"));
        expect(first).toContain("OROT_CA_BUNDLE names a file that the function cannot read");
        expect(second).toBe(first);
        expect(proxy.asked).toEqual([]);
      });
    });

    const between = (port: number) => `(127.0.0.1:${port}, for ${NAME}:${named.port})`;

    it.each([407, 403, 502])("that answers CONNECT with %i was sent nothing", async (status) => {
      proxy.behaviour = status;
      expect(await failureOf(environment())).toEqual({
        failure: "UNREACHABLE",
        sent: false,
        message: `UNREACHABLE: the proxy of HTTPS_PROXY answered CONNECT with ${status} ${between(proxy.port)}`,
      });
      expect(heard).toEqual([]);
      await proxy.allClosed();
    });

    it("that hangs up before it answers CONNECT was sent nothing", async () => {
      proxy.behaviour = "hang-up";
      const message = `UNREACHABLE: the proxy of HTTPS_PROXY did not answer CONNECT: ECONNRESET ${between(proxy.port)}`;
      expect(await failureOf(environment())).toEqual({ failure: "UNREACHABLE", sent: false, message });
    });

    it("that is not there was sent nothing", async () => {
      const message = `UNREACHABLE: the proxy of HTTPS_PROXY did not answer CONNECT: ECONNREFUSED ${between(1)}`;
      const nowhere = { HTTPS_PROXY: `http://user:${encodeURIComponent(PASSWORD)}@127.0.0.1:1` };
      expect(await failureOf(nowhere)).toEqual({ failure: "UNREACHABLE", sent: false, message });
    });

    it("that never answers CONNECT was sent nothing when the deadline passes, and no connection stays", async () => {
      proxy.behaviour = "silent";
      const message = `TIMED_OUT: the proxy of HTTPS_PROXY did not answer CONNECT before the deadline ${between(proxy.port)}`;
      expect(await failureOf(environment(), {}, 0.3)).toEqual({ failure: "TIMED_OUT", sent: false, message });
      await proxy.allClosed();
    });

    it("leaves open what became of a request whose answer is lost behind the tunnel", async () => {
      const broken = { url: `https://${NAME}:${named.port}/break` };
      expect(await failureOf(environment(), broken)).toMatchObject({ failure: "CONNECTION_LOST", sent: true });
      expect(heard).toHaveLength(1);
      await proxy.allClosed();
    });

    it("aborts a request behind the tunnel at its deadline, and no connection stays", async () => {
      const silent = { url: `https://${NAME}:${named.port}/silent` };
      expect(await failureOf(environment(), silent, 0.5)).toMatchObject({ failure: "TIMED_OUT", sent: true });
      expect(heard).toHaveLength(1);
      await proxy.allClosed();
    });
  });
});
