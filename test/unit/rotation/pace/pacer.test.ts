import { expect, test } from "vitest";
import type { HttpRequest, Transport } from "../../../../src/clients/http/transport.ts";
import { createVirtualClock } from "../../../../src/emulator/core/virtual-clock.ts";
import { createPacer, notStarted } from "../../../../src/rotation/pace/pacer.ts";

const DOMAIN = "https://idcs-1.identity.oraclecloud.com";
const TOKEN = "/oauth2/v1/token";

function setUp(options: { perMinute?: number; signal?: AbortSignal; answer?: Awaited<ReturnType<Transport>> } = {}) {
  const clock = createVirtualClock();
  const seen: { url: string; at: number; leftMs: number }[] = [];
  const pacer = createPacer({
    clock,
    transport: async ({ url, deadline }) => {
      seen.push({ url, at: clock.monotonic(), leftMs: deadline - clock.monotonic() });
      return options.answer ?? { status: 200, headers: {}, body: "" };
    },
    perMinute: options.perMinute ?? null,
    pauseMs: 60_000,
    signal: options.signal ?? new AbortController().signal,
  });
  const post = (url: string): HttpRequest => ({
    method: "POST",
    url,
    headers: {},
    deadline: clock.monotonic() + 10_000,
  });
  return { clock, seen, pacer, post };
}

test("a rotation that had to wait for its turn has its whole time-out left", async () => {
  const { clock, seen, pacer, post } = setUp({ perMinute: 3 });
  const rotate = () => pacer.run(() => pacer.transport(post(`${DOMAIN}${TOKEN}`)));
  for (let count = 0; count < 4; count += 1) await rotate();
  expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000);
  expect(seen.map(({ leftMs }) => leftMs)).toEqual([10_000, 10_000, 10_000, 10_000]);
});

test("two rotations at once are told apart: what one has sent does not count as the other's beginning", async () => {
  const { clock, pacer, post, seen } = setUp({ perMinute: 12 });
  const begun: string[] = [];
  const rotate = (name: string) =>
    pacer.run(async () => {
      await pacer.transport(post(`${DOMAIN}${TOKEN}`));
      begun.push(`${name} ${Math.floor(clock.monotonic() / 60_000)}`);
      await clock.sleep(5_000);
      await pacer.transport(post(`${DOMAIN}/admin/v1/AppClientSecretRegenerator`));
      await pacer.transport(post(`${DOMAIN}${TOKEN}`));
    });
  await Promise.all([rotate("a"), rotate("b"), rotate("c")]);
  expect(begun).toEqual(["a 0", "b 0", "c 0"]);
  expect(seen.at(-1)?.at).toBeLessThan(20_000);
});

test("identity domains are paced of themselves, others only if asked", async () => {
  const { clock, pacer, post } = setUp();
  const rotate = (url: string) => pacer.run(() => pacer.transport(post(url)));
  for (let count = 0; count < 200; count += 1)
    await rotate("https://sso.example.org/realms/a/protocol/openid-connect/token");
  expect(clock.monotonic()).toBe(0);
  for (let count = 0; count < 200; count += 1) await rotate(`${DOMAIN}${TOKEN}`);
  expect(clock.monotonic()).toBeGreaterThan(60_000);
});

test("one domain's limit holds up no other domain", async () => {
  const { clock, pacer, post } = setUp({ perMinute: 3 });
  const rotate = (url: string) => pacer.run(() => pacer.transport(post(url)));
  for (const number of [1, 2, 3, 4, 5, 6]) await rotate(`https://idcs-${number}.identity.oraclecloud.com${TOKEN}`);
  expect(clock.monotonic()).toBe(0);
});

test("honours Retry-After where it is longer than the pause", async () => {
  const answer = { status: 429, headers: { "retry-after": "90" }, body: "" };
  const { clock, pacer, post } = setUp({ answer });
  const rotate = () => pacer.run(() => pacer.transport(post(`${DOMAIN}${TOKEN}`)));
  await rotate();
  await rotate();
  expect(clock.monotonic()).toBeGreaterThanOrEqual(90_000);
});

test("at Ctrl-C a rotation that waits for its turn has never begun, and one that has goes on", async () => {
  const stopping = new AbortController();
  const { clock, pacer, post, seen } = setUp({ perMinute: 3, signal: stopping.signal });
  const first = pacer.run(async () => {
    await pacer.transport(post(`${DOMAIN}${TOKEN}`));
    await clock.sleep(1_000);
    stopping.abort();
    await pacer.transport(post(`${DOMAIN}${TOKEN}`));
    return "ended";
  });
  const second = pacer.run(() => pacer.transport(post(`${DOMAIN}${TOKEN}`)));
  expect(await Promise.all([first, second])).toEqual(["ended", notStarted]);
  expect(seen).toHaveLength(2);
  expect(await pacer.admitRemote("ocid1.fnfunc.oc1..f")).toBeNull();
});

test("rotations by a function are spread as if each took what the first is taken to take", async () => {
  const { clock, pacer } = setUp({ perMinute: 30 });
  for (let count = 0; count < 30; count += 1) (await pacer.admitRemote("ocid1.fnfunc.oc1..f"))?.end();
  expect(clock.monotonic()).toBeGreaterThan(2 * 60_000);
});

test("a rotation for which it is too late when there is room has never begun, and the next one is not held up by it", async () => {
  const { clock, pacer, post, seen } = setUp({ perMinute: 3 });
  const rotate = (isOver?: () => boolean) => pacer.run(() => pacer.transport(post(`${DOMAIN}${TOKEN}`)), isOver);
  await rotate();
  const late = rotate(() => clock.monotonic() > 1_000);
  expect(await Promise.all([late, rotate()])).toEqual([notStarted, expect.objectContaining({ status: 200 })]);
  expect(seen).toHaveLength(2);
});

test("at Ctrl-C the wait for room ends at once", async () => {
  const stopping = new AbortController();
  const { clock, pacer, post } = setUp({ perMinute: 3, signal: stopping.signal });
  const rotate = () => pacer.run(() => pacer.transport(post(`${DOMAIN}${TOKEN}`)));
  await rotate();
  const waiting = Promise.all([rotate(), pacer.admitRemote("ocid1.fnfunc.oc1..f")]);
  await clock.sleep(1_000);
  stopping.abort();
  await waiting;
  expect(clock.monotonic()).toBeLessThan(2_000);
});

test("a function's rotation takes no more of the limit than it is taken to send", async () => {
  const { clock, pacer } = setUp({ perMinute: 30 });
  for (let count = 0; count < 10; count += 1) (await pacer.admitRemote("ocid1.fnfunc.oc1..f"))?.end();
  expect(clock.monotonic()).toBeLessThan(60_000);
});

test("a function whose issuer answered 429 begins no other rotation until the pause is over", async () => {
  const { clock, pacer } = setUp();
  const first = await pacer.admitRemote("ocid1.fnfunc.oc1..f");
  first?.refused();
  first?.end();
  await pacer.admitRemote("ocid1.fnfunc.oc1..f");
  expect(clock.monotonic()).toBeGreaterThanOrEqual(60_000);
});
