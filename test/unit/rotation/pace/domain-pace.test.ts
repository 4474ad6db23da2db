import { expect, test } from "vitest";
import { MINUTE_MS } from "../../../../src/base/durations.ts";
import { createVirtualClock } from "../../../../src/emulator/core/virtual-clock.ts";
import { createDomainPace, type DomainPace, type Share } from "../../../../src/rotation/pace/domain-pace.ts";

/** One rotation: two token requests and another one, within a second or two. */
async function rotation(
  pace: DomainPace,
  clock: ReturnType<typeof createVirtualClock>,
  sent: number[],
): Promise<Share> {
  const share = await pace.admit();
  for (const group of ["token", "other", "token"] as const) {
    await pace.send(group, share);
    if (group === "token") sent.push(clock.monotonic());
    await clock.sleep(500);
  }
  pace.end(share);
  return share;
}

/** So many at a time until all are done; when each token request was sent. */
async function rotations(pace: DomainPace, clock: ReturnType<typeof createVirtualClock>, count: number) {
  const sent: number[] = [];
  let left = count;
  const work = async () => {
    for (; left > 0; ) {
      left -= 1;
      await rotation(pace, clock, sent);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return sent.sort((a, b) => a - b);
}

const mostWithin = (times: readonly number[], ms: number) =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));

test("never sends more in any minute, nor in any second, than the limit allows", async () => {
  const clock = createVirtualClock();
  const sent = await rotations(createDomainPace(clock, 100), clock, 200);
  expect(sent).toHaveLength(400);
  expect(mostWithin(sent, MINUTE_MS)).toBeLessThanOrEqual(100);
  expect(mostWithin(sent, 1_000)).toBeLessThanOrEqual(5);
});

test("uses nearly all of what the limit allows, as it learns what a rotation takes", async () => {
  const clock = createVirtualClock();
  await rotations(createDomainPace(clock, 100), clock, 200);
  expect(clock.monotonic()).toBeLessThan((400 / 100) * MINUTE_MS);
});

test("holds a rotation before its first request, and not once it has begun", async () => {
  const clock = createVirtualClock();
  const pace = createDomainPace(clock, 3);
  const first = await pace.admit();
  const second = pace.admit();
  for (const _ of [1, 2, 3]) await pace.send("token", first);
  expect(clock.monotonic()).toBeLessThan(2_000);
  pace.end(first);
  await second;
  expect(clock.monotonic()).toBeGreaterThanOrEqual(MINUTE_MS);
});

test("without a known limit nothing waits, until a 429 shows that there is one", async () => {
  const clock = createVirtualClock();
  const pace = createDomainPace(clock, null);
  for (let count = 0; count < 50; count += 1) {
    const share = await pace.admit();
    for (const _ of [1, 2]) await pace.send("token", share);
    pace.end(share);
  }
  expect(clock.monotonic()).toBe(0);
  pace.refused(20_000);
  await pace.admit();
  expect(clock.monotonic()).toBeGreaterThanOrEqual(20_000);
  const sent = await rotations(pace, clock, 100);
  expect(sent.filter((at) => at < (sent[0] ?? 0) + MINUTE_MS).length).toBeLessThanOrEqual(83);
});

test("lets nothing begin during a pause, is slower after it, and comes back to what was asked for", async () => {
  const clock = createVirtualClock();
  const pace = createDomainPace(clock, 100);
  await rotations(pace, clock, 10);
  const from = clock.monotonic();
  for (const _ of [1, 2, 3]) pace.refused(30_000);
  await pace.admit().then(pace.end);
  expect(clock.monotonic() - from).toBeGreaterThanOrEqual(30_000);
  const sent = await rotations(pace, clock, 60);
  const firstMinute = sent.filter((at) => at < (sent[0] ?? 0) + MINUTE_MS);
  expect(firstMinute.length).toBeLessThanOrEqual(75);
  await clock.sleep(10 * MINUTE_MS);
  const later: number[] = [];
  for (let minute = 0; minute < 6; minute += 1) later.push(...(await rotations(pace, clock, 60)));
  expect(mostWithin(later, MINUTE_MS)).toBeGreaterThan(85);
});
