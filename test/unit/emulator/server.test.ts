import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { type EmulatorServer, startServer } from "../../../src/emulator/server.ts";
import { useLoopback } from "../../support/loopback.ts";

const MEGABYTE = 1024 * 1024;

describe("the emulator on a port", () => {
  useLoopback();
  const servers: EmulatorServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const start = async (onFault?: (error: unknown) => void) => {
    const emulator = createEmulator({
      clock: createVirtualClock(),
      entropy: createSeededEntropy(1),
      switches: { "verify-signatures": "on" },
    });
    const server = await startServer(emulator, onFault === undefined ? {} : { onFault });
    servers.push(server);
    return { emulator, server };
  };
  const bodies = ({ requests }: Emulator) => requests.map(({ body }) => body.reveal().length);

  it("answers an unsigned request without reading its body", async () => {
    const { emulator, server } = await start();
    const body = Buffer.alloc(5 * MEGABYTE, "x");
    const answer = await fetch(`${server.url}/20180608/secrets`, { method: "POST", body });
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: "NotAuthenticated" }]);
    expect(bodies(emulator)).toEqual([0]);
  });

  it("answers a body that is too large with 413 and words, also where no length was announced", async () => {
    const { server } = await start();
    const chunks = async function* () {
      for (let count = 0; count < 7; count += 1) yield Buffer.alloc(MEGABYTE, "x");
    };
    const body = ReadableStream.from(chunks());
    const answer = await fetch(`${server.url}/oauth2/v1/token`, {
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit);
    expect([answer.status, await answer.json()]).toMatchObject([413, { message: expect.stringContaining("bytes") }]);
  });

  it("reads the body of a request that an issuer gets, which needs no signature", async () => {
    const { emulator, server } = await start();
    const answer = await fetch(`${server.url}/oauth2/v1/token`, { method: "POST", body: "grant_type=x" });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(bodies(emulator)).toEqual(["grant_type=x".length]);
  });

  it("answers a fault of its own with 500, tells it once, and goes on", async () => {
    const onFault = vi.fn();
    const { emulator, server } = await start(onFault);
    const spy = vi.spyOn(emulator.core, "arrive").mockImplementationOnce(() => {
      throw new TypeError("planted");
    });
    const answer = await fetch(`${server.url}/20180608/secrets`);
    expect([answer.status, await answer.json()]).toMatchObject([500, { code: "InternalServerError" }]);
    expect(onFault.mock.calls).toEqual([[expect.any(TypeError), expect.objectContaining({ method: "GET" })]]);
    spy.mockRestore();
    expect((await fetch(`${server.url}/20180608/secrets`)).status).toBe(401);
  });

  it("takes a client that goes away while it sends for no fault", async () => {
    const onFault = vi.fn();
    const { emulator, server } = await start(onFault);
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write("POST /oauth2/v1/token HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf", () => {
          socket.once("close", () => resolve());
          socket.destroy();
        });
      });
    });
    expect((await fetch(`${server.url}/20180608/secrets`)).status).toBe(401);
    expect([emulator.requests.length, onFault.mock.calls]).toEqual([1, []]);
  });
});
