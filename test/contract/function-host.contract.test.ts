import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { createFunctionHost, type FunctionHost } from "../../src/emulator/functions/host.ts";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const fn = {
  id: "ocid1.fnfunc.oc1.iad.f",
  displayName: "oci-rotate",
  applicationId: "ocid1.fnapp.oc1.iad.a",
  compartmentId: "ocid1.compartment.oc1..c",
  memoryInMBs: 256,
  timeoutInSeconds: 300,
};

describe("the function host", () => {
  const hosts: FunctionHost[] = [];
  const lines: string[] = [];
  const start = (
    name = "function.cjs",
    clock: Clock = systemClock,
    onLine: (line: string) => void = () => undefined,
  ) => {
    const host = createFunctionHost({
      bundle: fixture(name),
      fn,
      config: { OROT_PAUSED: "true" },
      principal: { OCI_RESOURCE_PRINCIPAL_VERSION: "2.2" },
      clock,
      onLine: (_stream, line) => {
        lines.push(line);
        onLine(line);
      },
    });
    hosts.push(host);
    const call = (event: object = {}, timeoutMs = 20_000) =>
      host.invoke(fn.id, JSON.stringify(event), { callId: "call-1", timeoutMs });
    return { host, call };
  };
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.stop()));
    lines.length = 0;
  });

  it("calls the function on its socket with call id, deadline and no variable of its own process", async () => {
    const { call } = start();
    const before = systemClock.now();
    const answer = await call();
    expect(answer.status).toBe(200);
    const body = JSON.parse(answer.body);
    expect(body).toMatchObject({ callId: "call-1", setting: "true" });
    expect(Date.parse(body.deadline)).toBeGreaterThanOrEqual(before + 20_000);
    expect(body.variables).toEqual([
      "FN_APP_ID",
      "FN_APP_NAME",
      "FN_FN_ID",
      "FN_FN_NAME",
      "FN_FORMAT",
      "FN_LISTENER",
      "FN_MEMORY",
      "FN_TYPE",
      "OCI_RESOURCE_PRINCIPAL_VERSION",
      "OROT_PAUSED",
      "PATH",
      "TMPDIR",
    ]);
  });

  it("keeps the process warm and gives it one call at a time", async () => {
    const { host, call } = start();
    const answers = await Promise.all([call(), call(), call()]);
    expect(answers.map((answer) => JSON.parse(answer.body).calls)).toEqual([1, 2, 3]);
    expect(host.starts).toBe(1);
  });

  it("answers 502 without the body when the function throws, and keeps the process", async () => {
    const { host, call } = start();
    expect(await call({ behave: "throw" })).toEqual({ status: 502, body: "" });
    expect((await call()).status).toBe(200);
    expect(host.starts).toBe(1);
  });

  it("answers 502 when the process ends, and starts another for the next call", async () => {
    const { host, call } = start();
    expect(await call({ behave: "exit" })).toEqual({ status: 502, body: "" });
    expect(JSON.parse((await call()).body).calls).toBe(1);
    expect(host.starts).toBe(2);
  });

  it("answers 504 when the time is up, and throws the process away", async () => {
    let elapsed = 0;
    const timeUp = new AbortController();
    const clock: Clock = {
      ...systemClock,
      monotonic: () => elapsed,
      abortAfter: (ms) =>
        ms === 5_000 ? { signal: timeUp.signal, cancel: () => undefined } : systemClock.abortAfter(ms),
    };
    const { host, call } = start("function.cjs", clock, (line) => {
      if (line === "hanging") {
        elapsed = 5_000;
        timeUp.abort();
      }
    });
    expect(await call({ behave: "hang" }, 5_000)).toEqual({ status: 504, body: "" });
    expect((await call()).status).toBe(200);
    expect(host.starts).toBe(2);
  });

  it("can be killed in the middle of a call, which then gets 502", async () => {
    const { host, call } = start("function.cjs", systemClock, (line) => {
      if (line === "hanging") {
        host.kill();
      }
    });
    expect(await call({ behave: "hang" })).toEqual({ status: 502, body: "" });
  });

  it("answers 502 to an answer that the platform does not know, and throws the process away", async () => {
    const { host, call } = start("invalid-answer.cjs");
    expect(await call()).toEqual({ status: 502, body: "" });
    await call();
    expect(host.starts).toBe(2);
  });

  it("answers 502 where the function does not start, and passes its output on", async () => {
    const { call } = start("no-socket.cjs");
    expect(await call()).toEqual({ status: 502, body: "" });
    expect(lines).toContain("cannot start");
    expect(lines.at(-1)).toContain("did not open its socket");
  });

  it("says how to build a function that is not there", async () => {
    const { call } = start("nothing.cjs");
    expect(await call()).toEqual({ status: 502, body: "" });
    expect(lines.at(-1)).toContain("npm run build");
  });

  it("starts nothing more after it was stopped", async () => {
    const { host, call } = start();
    await host.stop();
    expect((await call()).status).toBe(502);
    expect(host.starts).toBe(0);
  });

  it("runs a command line instead, in the current folder and with the caller's programs", async () => {
    const host = createFunctionHost({
      bundle: "absent.js",
      command: `node '${fixture("function.cjs")}' "two words"`,
      fn,
      config: { OROT_PAUSED: "true" },
      principal: {},
      clock: systemClock,
    });
    hosts.push(host);
    const answer = await host.invoke(fn.id, "{}", { callId: "call-1", timeoutMs: 20_000 });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ callId: "call-1", setting: "true" });
  });

  it("starts another process for another configuration, and only then", async () => {
    let setting = "true";
    const host = createFunctionHost({
      bundle: fixture("function.cjs"),
      fn,
      config: () => ({ OROT_PAUSED: setting }),
      principal: {},
      clock: systemClock,
    });
    hosts.push(host);
    const call = async () =>
      JSON.parse((await host.invoke(fn.id, "{}", { callId: "c", timeoutMs: 20_000 })).body).setting;
    expect([await call(), await call(), host.starts]).toEqual(["true", "true", 1]);
    setting = "false";
    expect([await call(), host.starts]).toEqual(["false", 2]);
  });
});
