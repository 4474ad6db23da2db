import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../../../../src/emulator/core/virtual-clock.ts";

describe("the virtual clock", () => {
  it("wakes sleepers in the order of their due times, whatever the order they were made in", async () => {
    const clock = createVirtualClock(1_000_000);
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now() - 1_000_000]);
    };
    await Promise.all([sleep("c", 30), sleep("a", 10), sleep("b", 20), sleep("b2", 20), sleep("z", 0)]);
    expect(woken).toEqual([
      ["z", 0],
      ["a", 10],
      ["b", 20],
      ["b2", 20],
      ["c", 30],
    ]);
  });

  it("keeps the order among a hundred sleepers with mixed due times", async () => {
    const clock = createVirtualClock();
    const woken: number[] = [];
    const due = Array.from({ length: 100 }, (_, index) => (index * 37) % 101);
    await Promise.all(due.map((ms) => clock.sleep(ms).then(() => woken.push(ms))));
    expect(woken).toEqual([...due].sort((a, b) => a - b));
  });

  it("lets a sleeper that it woke do all that takes no time before it wakes another", async () => {
    const clock = createVirtualClock();
    const done: number[] = [];
    const work = async (ms: number) => {
      await clock.sleep(ms);
      for (let step = 0; step < 50; step++) await Promise.resolve();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      done.push(clock.monotonic());
    };
    await Promise.all(Array.from({ length: 20 }, (_, ms) => work(ms)));
    expect(done).toEqual(Array.from({ length: 20 }, (_, ms) => ms));
  });

  it("lets an hour pass without waiting for it", async () => {
    const clock = createVirtualClock();
    const start = clock.monotonic();
    await clock.sleep(3_600_000);
    expect(clock.monotonic() - start).toBe(3_600_000);
  });

  it("rejects a sleeper with the reason of its signal and forgets it", async () => {
    const clock = createVirtualClock();
    const { signal } = clock.abortAfter(5);
    const reason: unknown = await clock.sleep(50, signal).then(
      () => "slept",
      (error: unknown) => error,
    );
    expect(signal.aborted).toBe(true);
    expect(reason).toBe(signal.reason);
    expect(clock.monotonic()).toBe(5);
    expect(clock.waiting).toBe(0);
  });

  it("refuses to sleep on a signal that has already aborted", async () => {
    const clock = createVirtualClock();
    await expect(clock.sleep(1, AbortSignal.abort("gone"))).rejects.toBe("gone");
  });

  it("keeps a cancelled abort timer quiet and does not let time pass for it", async () => {
    const clock = createVirtualClock();
    const timer = clock.abortAfter(5);
    timer.cancel();
    timer.cancel();
    await clock.sleep(3);
    expect(clock.waiting).toBe(0);
    await clock.sleep(10);
    expect(timer.signal.aborted).toBe(false);
    expect(clock.monotonic()).toBe(13);
  });
});
