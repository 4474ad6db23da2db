import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../../../src/emulator/virtual-clock.ts";
import { createRateGate, RatePausedError } from "../../../src/http/rate-gate.ts";
import { thrownBy } from "../../support/failures.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const ORIGIN = "https://issuer.example.org";
const OTHER = "https://other.example.org";

function setUp() {
  const clock = createInstantClock();
  const gate = createRateGate(clock);
  return { clock, gate, inAnHour: clock.monotonic() + 3_600_000 };
}

test("nothing waits before the first 429", async () => {
  const { clock, gate, inAnHour } = setUp();
  await gate.pass(ORIGIN, inAnHour);
  expect(clock.slept).toEqual([]);
});

test("after a 429 the next request waits until the pause is over, and the one after it does not", async () => {
  const { clock, gate, inAnHour } = setUp();
  gate.close(ORIGIN, undefined, 60_000);
  clock.advance(10_000);
  await gate.pass(ORIGIN, inAnHour);
  await gate.pass(ORIGIN, inAnHour);
  expect(clock.slept).toEqual([50_000]);
});

test("a pause that has ended by itself is not waited for", async () => {
  const { clock, gate, inAnHour } = setUp();
  gate.close(ORIGIN, undefined, 60_000);
  clock.advance(60_000);
  await gate.pass(ORIGIN, inAnHour);
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
    gate.close(ORIGIN, header, 60_000);
    await gate.pass(ORIGIN, inAnHour);
    expect(clock.slept).toEqual([expected]);
  });

  test("a second 429 never shortens a running pause", async () => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(ORIGIN, "300", 60_000);
    gate.close(ORIGIN, undefined, 60_000);
    await gate.pass(ORIGIN, inAnHour);
    expect(clock.slept).toEqual([300_000]);
  });

  test("a second 429 lengthens a running pause", async () => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(ORIGIN, undefined, 60_000);
    clock.advance(30_000);
    gate.close(ORIGIN, undefined, 60_000);
    await gate.pass(ORIGIN, inAnHour);
    expect(clock.slept).toEqual([60_000]);
  });
});

describe("a pause that does not fit into the time left", () => {
  test.each([
    ["ends after the deadline", 59_999],
    ["ends at the deadline", 60_000],
  ])("is refused at once where it %s", async (_what, msLeft) => {
    const { clock, gate } = setUp();
    gate.close(ORIGIN, undefined, 60_000);
    const thrown = await thrownBy(() => gate.pass(ORIGIN, clock.monotonic() + msLeft));
    expect(thrown).toBeInstanceOf(RatePausedError);
    expect(thrown).toMatchObject({ pauseMs: 60_000 });
    expect(clock.slept).toEqual([]);
  });

  test("goes on for those who come later", async () => {
    const { clock, gate, inAnHour } = setUp();
    gate.close(ORIGIN, undefined, 60_000);
    await thrownBy(() => gate.pass(ORIGIN, clock.monotonic() + 1_000));
    await gate.pass(ORIGIN, inAnHour);
    expect(clock.slept).toEqual([60_000]);
  });
});

test("a pause of one origin leaves every other free", async () => {
  const { clock, gate, inAnHour } = setUp();
  gate.close(ORIGIN, undefined, 60_000);
  await gate.pass(OTHER, inAnHour);
  expect(clock.slept).toEqual([]);
});

describe("callers at the same time", () => {
  function inVirtualTime() {
    const clock = createVirtualClock();
    const start = clock.monotonic();
    const gate = createRateGate(clock);
    const passedAt = async () => {
      await gate.pass(ORIGIN, start + 3_600_000);
      return clock.monotonic() - start;
    };
    return { clock, gate, passedAt };
  }

  test("all wait for the same end", async () => {
    const { gate, passedAt } = inVirtualTime();
    gate.close(ORIGIN, undefined, 60_000);
    expect(await Promise.all([passedAt(), passedAt(), passedAt()])).toEqual([60_000, 60_000, 60_000]);
  });

  test("one who waits waits longer when another 429 lengthens the pause meanwhile", async () => {
    const { clock, gate, passedAt } = inVirtualTime();
    gate.close(ORIGIN, undefined, 60_000);
    const another = clock.sleep(30_000).then(() => gate.close(ORIGIN, "120", 60_000));
    expect(await passedAt()).toBe(150_000);
    await another;
  });

  test("one who waits gives up when the pause is lengthened beyond its deadline", async () => {
    const { clock, gate } = inVirtualTime();
    gate.close(ORIGIN, undefined, 60_000);
    const another = clock.sleep(30_000).then(() => gate.close(ORIGIN, "120", 60_000));
    const thrown = await thrownBy(() => gate.pass(ORIGIN, clock.monotonic() + 100_000));
    expect(thrown).toBeInstanceOf(RatePausedError);
    await another;
  });
});
