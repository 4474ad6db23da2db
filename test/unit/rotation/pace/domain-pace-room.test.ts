import { describe, expect, test } from "vitest";
import { MINUTE_MS, SECOND_MS } from "../../../../src/base/durations.ts";
import { createVirtualClock } from "../../../../src/emulator/core/virtual-clock.ts";
import { createDomainPace } from "../../../../src/rotation/pace/domain-pace.ts";
import type { Group } from "../../../../src/rotation/pace/limits.ts";

function setUp(perMinute: number | null) {
  const clock = createVirtualClock();
  const slept: number[] = [];
  const watched = {
    ...clock,
    sleep: (ms: number) => {
      slept.push(ms);
      return clock.sleep(ms);
    },
  };
  const pace = createDomainPace(watched, perMinute);
  /** When the next rotation has room. */
  const nextAt = async () => (await pace.admit()).admittedAt;
  /** So many requests of no admitted rotation. */
  const sendOthers = async (count: number, group: Group = "token") => {
    for (let sent = 0; sent < count; sent += 1) await pace.send(group, null);
  };
  /** A rotation whose token requests are sent so long after it was admitted. */
  const rotate = async (afterMs: readonly number[]) => {
    const share = await pace.admit();
    for (const ms of afterMs) {
      await clock.sleep(share.admittedAt + ms - clock.monotonic());
      await pace.send("token", share);
    }
    pace.end(share);
  };
  return { clock, slept, pace, nextAt, sendOthers, rotate };
}

describe("a rotation", () => {
  test("has no room while what one at work has sent and is still to send fill the limit", async () => {
    const { clock, pace, nextAt, sendOthers } = setUp(4);
    const share = await pace.admit();
    for (const group of ["token", "other"] as const) {
      await pace.send(group, share);
      await sendOthers(1, group);
    }
    const next = nextAt();
    await clock.sleep(SECOND_MS);
    pace.end(share);
    expect(await next).toBeGreaterThanOrEqual(MINUTE_MS);
  });

  test("has room beside one at work whose requests are sent: each of them counts once", async () => {
    const { pace, nextAt } = setUp(6);
    const share = await pace.admit();
    for (const _ of [1, 2, 3]) await pace.send("token", share);
    expect(await nextAt()).toBe(0);
  });

  test("has room within a quarter of a second once one at work has ended and left its requests unused", async () => {
    const { clock, pace, nextAt } = setUp(3);
    const share = await pace.admit();
    const next = nextAt();
    await clock.sleep(10_100);
    pace.end(share);
    expect(await next).toBe(10_250);
  });

  test.each([2 * SECOND_MS, 7 * SECOND_MS])("begins when a pause of %i ms after a 429 is over", async (pauseMs) => {
    const { pace, nextAt } = setUp(100);
    pace.refused(pauseMs);
    expect(await nextAt()).toBe(pauseMs);
  });
});

describe("the estimate", () => {
  test("of what a rotation takes is left as it was by rotations that sent nothing", async () => {
    const { pace } = setUp(100);
    const { left } = await pace.admit();
    for (let ended = 0; ended < 10; ended += 1) pace.end(await pace.admit());
    expect((await pace.admit()).left).toEqual(left);
  });

  test("of what a rotation takes follows what the last ones sent", async () => {
    const { pace, rotate } = setUp(null);
    for (let rotated = 0; rotated < 10; rotated += 1) await rotate([0, 10]);
    expect((await pace.admit()).left).toEqual({ token: 2, other: 1 });
  });

  test("of when a rotation sends its second request lets the next begin so much earlier", async () => {
    const { nextAt, rotate } = setUp(3);
    await rotate([0, 10_000, 20_000]);
    expect(await nextAt()).toBe(20_000 + MINUTE_MS - 10_000);
  });

  test.each<[string, number, number]>([
    ["grows slowly", 30_000, 11_000],
    ["falls at once", 4_000, 4_000],
  ])("of that time %s", async (_what, secondMs, leadMs) => {
    const { clock, nextAt, rotate } = setUp(3);
    await rotate([0, 10_000, 20_000]);
    await rotate([0, secondMs, 40_000]);
    const last = clock.monotonic();
    expect(await nextAt()).toBe(last + MINUTE_MS - leadMs);
  });
});

test("the limit that a 429 shows is three quarters of what the last minute saw, and nothing older", async () => {
  const { clock, pace, sendOthers, nextAt } = setUp(null);
  await sendOthers(40);
  await clock.sleep(MINUTE_MS + 1);
  await sendOthers(20);
  pace.refused(0);
  expect(await nextAt()).toBeGreaterThanOrEqual(2 * MINUTE_MS);
});

test("a request beyond those of its second is sent when the second is over, after one sleep", async () => {
  const { clock, slept, sendOthers } = setUp(100);
  await sendOthers(1);
  await clock.sleep(400);
  await sendOthers(4);
  await sendOthers(1);
  expect(slept).toEqual([600]);
  expect(clock.monotonic()).toBe(SECOND_MS);
});
