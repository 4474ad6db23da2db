import { describe, expect, it } from "vitest";
import { mapConcurrent } from "../../../src/base/map-concurrent.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";

describe("Working on many items, at most so many at a time", () => {
  it("gives the results in the items' order, whichever ends first", async () => {
    const clock = createVirtualClock();
    const results = await mapConcurrent([30, 10, 20, 5], 3, async (ms) => {
      await clock.sleep(ms);
      return ms * 2;
    });
    expect(results).toEqual([60, 20, 40, 10]);
  });

  it("works on no more than were asked for, and on as many as that", async () => {
    const clock = createVirtualClock();
    let running = 0;
    let most = 0;
    await mapConcurrent(Array.from({ length: 10 }), 3, async () => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(10);
      running -= 1;
    });
    expect(most).toBe(3);
  });

  it("begins nothing after a failure, and ends with the first one when nothing goes on any more", async () => {
    const clock = createVirtualClock();
    const begun: number[] = [];
    const ended: number[] = [];
    const work = mapConcurrent([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      await clock.sleep(item * 100);
      if (item === 1) throw new Error("the first");
      ended.push(item);
      if (item === 2) throw new Error("the second");
    });
    await expect(work).rejects.toThrow("the first");
    expect(begun).toEqual([1, 2]);
    expect(ended).toEqual([2]);
  });

  it("of none gives none", async () => {
    expect(await mapConcurrent([], 2, () => Promise.reject(new Error("nothing to do")))).toEqual([]);
  });
});
