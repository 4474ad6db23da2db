import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { createRateGate, RatePausedError } from "../../../../src/clients/http/rate-gate.ts";
import { createVirtualClock } from "../../../../src/emulator/core/virtual-clock.ts";
import { thrownBy } from "../../../support/failures.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const KEY = "a realm";
const OTHER = "another realm";

function setUp() {
  const clock = createInstantClock();
  const gate = createRateGate(clock);
  return { clock, gate, inAnHour: clock.monotonic() + 3_600_000 };
}

test("nothing waits before the first 429", async () => {
  const { clock, gate, inAnHour } = setUp();
  await gate.pass(KEY, inAnHour, false);
  expect(clock.slept).toEqual([]);
});

test("after a 429 the next request waits until the pause is over, and the one after it does not", async () => {
  const { clock, gate, inAnHour } = setUp();
  gate.close(KEY, undefined, 60_000);
  clock.advance(10_000);
  await gate.pass(KEY, inAnHour, false);
  await gate.pass(KEY, inAnHour, false);
  expect(clock.slept).toEqual([50_000]);
});

test("a pause that has ended by itself is not waited for", async () => {
  const { clock, gate, inAnHour } = setUp();
  gate.close(KEY, undefined, 60_000);
  clock.advance(60_000);
  await gate.pass(KEY, inAnHour, false);
  expect(clock.slept).toEqual([]);
});

describe("Retry-After", () => {
  test.each([
    ["a longer one in seconds counts", "90", 90_000],
    ["a longer HTTP date counts", new Date(createInstantClock().now() + 120_000).toUTCString(), 120_000],
    ["a shorter one does not", "5", 60_000],
    ["one that has passed does not", "Thu, 01 Jan 1970 00:00:00 GMT", 60_000],
    ["an unreadable one does not", "later", 60_000],
  ])("%s", async (_what, header, expected) => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(KEY, header, 60_000);
    await gate.pass(KEY, inAnHour, false);
    expect(clock.slept).toEqual([expected]);
  });

  test("a second 429 never shortens a running pause", async () => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(KEY, "300", 60_000);
    gate.close(KEY, undefined, 60_000);
    await gate.pass(KEY, inAnHour, false);
    expect(clock.slept).toEqual([300_000]);
  });

  test("a second 429 lengthens a running pause", async () => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(KEY, undefined, 60_000);
    clock.advance(30_000);
    gate.close(KEY, undefined, 60_000);
    await gate.pass(KEY, inAnHour, false);
    expect(clock.slept).toEqual([60_000]);
  });
});

describe("a pause that does not fit into the time left", () => {
  test.each([
    ["ends after the deadline", 59_999],
    ["ends at the deadline", 60_000],
  ])("is refused at once where it %s", async (_what, msLeft) => {
    const { clock, gate } = setUp();
    gate.close(KEY, undefined, 60_000);
    const thrown = await thrownBy(() => gate.pass(KEY, clock.monotonic() + msLeft, false));
    expect(thrown).toBeInstanceOf(RatePausedError);
    expect(thrown).toMatchObject({ pauseMs: 60_000 });
    expect(clock.slept).toEqual([]);
  });

  test("goes on for those who come later", async () => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(KEY, undefined, 60_000);
    await thrownBy(() => gate.pass(KEY, clock.monotonic() + 1_000, false));
    await gate.pass(KEY, inAnHour, false);
    expect(clock.slept).toEqual([60_000]);
  });
});

test("a pause of one key leaves every other free", async () => {
  const { clock, gate, inAnHour } = setUp();
  gate.close(KEY, undefined, 60_000);
  await gate.pass(OTHER, inAnHour, false);
  expect(clock.slept).toEqual([]);
});

describe("callers at the same time", () => {
  function inVirtualTime() {
    const clock = createVirtualClock();
    const start = clock.monotonic();
    const gate = createRateGate(clock);
    const passedAt = async () => {
      await gate.pass(KEY, start + 3_600_000, false);
      return clock.monotonic() - start;
    };
    return { clock, gate, passedAt };
  }

  test("all wait for the same end", async () => {
    const { gate, passedAt } = inVirtualTime();
    gate.close(KEY, undefined, 60_000);
    expect(await Promise.all([passedAt(), passedAt(), passedAt()])).toEqual([60_000, 60_000, 60_000]);
  });

  test("one who waits waits longer when another 429 lengthens the pause meanwhile", async () => {
    const { clock, gate, passedAt } = inVirtualTime();
    gate.close(KEY, undefined, 60_000);
    const another = clock.sleep(30_000).then(() => gate.close(KEY, "120", 60_000));
    expect(await passedAt()).toBe(150_000);
    await another;
  });

  test("one who waits gives up when the pause is lengthened beyond its deadline", async () => {
    const { clock, gate } = inVirtualTime();
    gate.close(KEY, undefined, 60_000);
    const another = clock.sleep(30_000).then(() => gate.close(KEY, "120", 60_000));
    const thrown = await thrownBy(() => gate.pass(KEY, clock.monotonic() + 100_000, false));
    expect(thrown).toBeInstanceOf(RatePausedError);
    await another;
  });
});

test("a pause says how long it still lasts, to each of whom it keeps waiting, and to nobody else", () => {
  const { clock, gate } = setUp();
  expect(gate.pauseMs(KEY, false)).toBe(0);
  gate.close(KEY, "3600", 60_000);
  clock.advance(60_000);
  expect([gate.pauseMs(KEY, false), gate.pauseMs(KEY, true), gate.pauseMs(OTHER, false)]).toEqual([
    3_540_000, 840_000, 0,
  ]);
  clock.advance(3_540_001);
  expect(gate.pauseMs(KEY, false)).toBe(0);
});

const QUARTER_MS = 15 * 60_000;

describe("a Retry-After of a day", () => {
  test("is waited out, and no longer one", async () => {
    for (const asked of ["86400", "9999999999"]) {
      const { clock, gate } = setUp();
      gate.close(KEY, asked, 60_000);
      await gate.pass(KEY, clock.monotonic() + 2 * DAY_MS, false);
      expect(clock.slept).toEqual([DAY_MS]);
    }
  });

  test("keeps what finishes something begun from asking for a quarter of an hour alone, from each 429 on", async () => {
    const { clock, gate } = setUp();
    const later = clock.monotonic() + 2 * DAY_MS;
    gate.close(KEY, "86400", 60_000);
    clock.advance(60_000);
    await gate.pass(KEY, later, true);
    gate.close(KEY, "86400", 60_000);
    await gate.pass(KEY, later, true);
    expect(clock.slept).toEqual([QUARTER_MS - 60_000, QUARTER_MS]);
    await expect(gate.pass(KEY, clock.monotonic() + QUARTER_MS, false)).rejects.toThrow(RatePausedError);
  });

  test("does not lengthen a shorter pause for what finishes something begun", async () => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(KEY, undefined, 60_000);
    await gate.pass(KEY, inAnHour, true);
    expect(clock.slept).toEqual([60_000]);
  });
});

test("a thousand keys are remembered, and the one that was closed longest ago is forgotten first", async () => {
  const { clock, gate, inAnHour } = setUp();
  gate.close("first", undefined, 60_000);
  gate.close("second", undefined, 60_000);
  for (let at = 0; at < 998; at++) gate.close(`key ${at}`, undefined, 60_000);
  gate.close("first", undefined, 60_000);
  gate.close("last", undefined, 60_000);
  await gate.pass("second", inAnHour, false);
  expect(clock.slept).toEqual([]);
  await gate.pass("first", inAnHour, false);
  expect(clock.slept).toEqual([60_000]);
});
