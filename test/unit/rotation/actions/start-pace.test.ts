import { describe, expect, test } from "vitest";
import { createStartPace } from "../../../../src/rotation/actions/start-pace.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

/** When each of these turns began, in ms after the first; `true` is one of the second round. */
async function begun(count: number, ms: number, turns: readonly boolean[]) {
  const clock = createInstantClock();
  const pace = createStartPace(clock, count, ms);
  const from = clock.monotonic();
  const times: number[] = [];
  for (const isSecond of turns) {
    await pace.start(isSecond);
    times.push(clock.monotonic() - from);
  }
  return { times, slept: clock.slept };
}

describe("turns begin", () => {
  test("two a second, the first one at once", async () => {
    const { times, slept } = await begun(3, 100_000, [false, false, false]);
    expect(times).toEqual([0, 500, 1_000]);
    expect(slept).toEqual([500, 500]);
  });

  test("faster if more than fit have to begin in seven tenths of the time", async () => {
    expect((await begun(100, 10_000, [false, false, false])).times).toEqual([0, 70, 140]);
    expect((await begun(0, 100, [false, false])).times).toEqual([0, 70]);
  });

  test("two a second in the second round, however many there are", async () => {
    expect((await begun(100, 10_000, [true, true, false])).times).toEqual([0, 500, 1_000]);
  });

  test("without a wait after time that has passed anyway, which is not made up for", async () => {
    const clock = createInstantClock();
    const pace = createStartPace(clock, 1, 100_000);
    await pace.start(false);
    clock.advance(3_000);
    await pace.start(false);
    expect(clock.slept).toEqual([]);
    await pace.start(false);
    expect(clock.slept).toEqual([500]);
  });
});
