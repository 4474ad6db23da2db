import { describe, expect, it } from "vitest";
import { createMirrorWorld, MIRROR_CALLBACK } from "../../prove/mirror/world.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";

const MALFORMED = '{usecase:"credentialRotation","change":"all"}';
const RECEIVED = { responseCode: 200, returnMessage: "OK: received. Next: nothing.", versionNo: null };
const MIRROR = { action: "mirror" };

silenceSdk();

function setUp(options: Parameters<typeof createMirrorWorld>[0] = {}) {
  const world = createMirrorWorld(options);
  const fetches = () => world.emulator.requests.filter(({ call }) => call === "fetch-credentials");
  return { ...world, watch: world.watch, fetches };
}

describe("A callback", () => {
  it.each([
    ["as documented, with an unquoted name", MALFORMED],
    ["as it was meant", '{"usecase":"credentialRotation","change":"credentials"}'],
    ["empty", ""],
    ["of something else", '{"action":"nothing"}'],
    ["of no text", "\u0000\u0001"],
  ])("%s has the mirror fetch", async (_what, body) => {
    const { startProcess, watch } = setUp();
    expect(await startProcess().call(body, { isHttp: true })).toEqual(RECEIVED);
    expect(watch.inForce).toBe(0);
  });

  it("hears the same words whatever goes wrong", async () => {
    const { startProcess, emulator } = setUp({ switches: { "ces-status": "403" } });
    expect(await startProcess().call(MALFORMED, { isHttp: true })).toEqual(RECEIVED);
    emulator.switches.deny = ["list-secrets"];
    expect(await startProcess().call(MALFORMED, { isHttp: true })).toEqual(RECEIVED);
    const broken = setUp({ environment: { OROT_MIRROR_TENANT_ID: "?" } });
    expect(await broken.startProcess().call(MALFORMED, { isHttp: true })).toEqual(RECEIVED);
  });

  it("gets at no action", async () => {
    const { startProcess, emulator } = setUp();
    const process = startProcess();
    await process.call(MIRROR);
    expect(emulator.admin.cesEndpoints()).toEqual([MIRROR_CALLBACK]);
    expect(await process.call({ action: "unregister" }, { isHttp: true })).toEqual(RECEIVED);
    expect(emulator.admin.cesEndpoints()).toEqual([MIRROR_CALLBACK]);
  });

  it("flooding causes no fetch beyond the rate limit, and keeps one container at most", async () => {
    const { startProcess, clock, fetches, log } = setUp();
    const startedAt = clock.now();
    const ended: number[] = [];
    const flood = Array.from({ length: 30 }, async () => {
      const answer = await startProcess().call(MALFORMED, { isHttp: true });
      ended.push(clock.now() - startedAt);
      return answer;
    });
    expect(new Set((await Promise.all(flood)).map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify(RECEIVED)]),
    );
    expect(fetches().length).toBeLessThanOrEqual(2);
    const times = fetches().map(({ time }) => time);
    for (const [index, time] of times.entries()) {
      if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(60_000);
    }
    expect(ended.filter((ms) => ms > 50_000).length).toBeLessThanOrEqual(1);
    expect(log.join("")).not.toContain("call-failed");
  });

  it("flooding right after a fetch has one call wait for the next one, which all others leave to it", async () => {
    const { startProcess, clock, fetches, log } = setUp();
    await startProcess().call(MIRROR);
    await clock.sleep(5_000);
    const startedAt = clock.now();
    const flood = Array.from({ length: 8 }, async () => {
      await startProcess().call(MALFORMED, { isHttp: true });
      return clock.now() - startedAt;
    });
    const waited = (await Promise.all(flood)).filter((ms) => ms > 40_000);
    expect(waited).toHaveLength(1);
    expect(fetches()).toHaveLength(2);
    expect(log.join("")).not.toContain("call-failed");
  });

  it("that comes right after a fetch waits for its turn, and what it told of is not missed", async () => {
    const { startProcess, emulator, watch, clock, fetches } = setUp();
    const process = startProcess();
    await process.call(MIRROR);
    await clock.sleep(5_000);
    emulator.admin.rotateWallets();
    watch.served();
    await startProcess().call(MALFORMED, { isHttp: true });
    expect(watch.inForce).toBe(1);
    const [first, second] = fetches().map(({ time }) => time);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(60_000);
  });

  it("is left to the schedule where its turn comes too late for the call", async () => {
    const { startProcess, fetches } = setUp({ environment: { OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES: "3600" } });
    const process = startProcess();
    await process.call(MIRROR);
    expect((await process.call(MIRROR))?.returnMessage).toMatch(
      /NOTHING_TO_DO: the next fetch may begin in 3[56]\d\d s/,
    );
    expect(fetches()).toHaveLength(1);
  });
});

describe("Registration of the callback", () => {
  it("takes place at the start, is checked once a day, and makes good what Oracle removed", async () => {
    const { startProcess, emulator, clock } = setUp();
    const process = startProcess();
    await process.call(MIRROR);
    expect(emulator.admin.cesEndpoints()).toEqual([MIRROR_CALLBACK]);
    emulator.state.ces.endpoints = [];
    await clock.sleep(3_600_000);
    await process.call(MIRROR);
    expect(emulator.admin.cesEndpoints()).toEqual([]);
    await clock.sleep(86_400_000);
    await process.call(MIRROR);
    expect(emulator.admin.cesEndpoints()).toEqual([MIRROR_CALLBACK]);
  });

  it("lists, removes and registers again by actions", async () => {
    const { startProcess, emulator } = setUp({ switches: { "ces-registration": "204" } });
    const process = startProcess();
    await process.call({ action: "register" });
    expect(await process.call({ action: "callbacks" })).toMatchObject({ endpoints: [MIRROR_CALLBACK] });
    emulator.state.ces.endpoints.push({ url: "https://canary-4711.example/x", failures: 0 });
    expect(await process.call({ action: "callbacks" })).toMatchObject({
      endpoints: [MIRROR_CALLBACK, "an endpoint of 29 characters"],
    });
    emulator.state.ces.endpoints.pop();
    const removed = await process.call({ action: "unregister" });
    expect(removed?.returnMessage).toContain("OK: 1 callbacks were removed");
    expect(emulator.admin.cesEndpoints()).toEqual([]);
  });

  it("that fails stops no mirror, and is warned of", async () => {
    const { startProcess, emulator, watch } = setUp();
    emulator.faults.add({ call: "register-callback", kind: "client-error" });
    const answer = await startProcess().call(MIRROR);
    expect(answer).toMatchObject({ responseCode: 200 });
    expect(answer?.returnMessage).toContain("warning: the callbacks are not registered");
    expect(watch.inForce).toBe(0);
  });

  it("that fails is warned of beside a certificate that ends", async () => {
    const { startProcess, emulator, clock } = setUp();
    await clock.sleep(340 * 86_400_000);
    emulator.faults.add({ call: "list-callbacks", kind: "client-error" });
    const answer = await startProcess().call(MIRROR);
    expect(answer?.returnMessage).toContain("warning: the certificate of wallet 1 in the manifest ends on 2027-11-01");
    expect(answer?.returnMessage).toContain("warning: the callbacks are not registered");
  });

  it("of another action than the known is refused to whoever invokes the function itself", async () => {
    const answer = await setUp().startProcess().call({ action: "rotate" });
    expect(answer?.returnMessage).toContain(
      "EVENT_INVALID: action must be one of mirror, register, callbacks, unregister",
    );
  });
});
