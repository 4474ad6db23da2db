import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemTime, unlessAborted, within } from "../../../src/consumer/time.ts";

describe("The system's time", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("sleeps as long as it was told", async () => {
    const woken = vi.fn();
    const sleep = systemTime.sleep(1_000).then(woken);
    await vi.advanceTimersByTimeAsync(999);
    expect(woken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toHaveBeenCalledOnce();
    await sleep;
  });

  it("wakes with the signal's reason as soon as it aborts, and keeps no timer", async () => {
    const over = new AbortController();
    const sleep = systemTime.sleep(1_000, over.signal);
    const woken = expect(sleep).rejects.toThrow("enough");
    over.abort(new Error("enough"));
    await woken;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not begin to sleep where the signal has aborted before", async () => {
    await expect(systemTime.sleep(1_000, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves nothing listening on the signal once it has slept", async () => {
    const { signal } = new AbortController();
    const taken = vi.spyOn(signal, "removeEventListener");
    const sleep = systemTime.sleep(10, signal);
    await vi.advanceTimersByTimeAsync(10);
    await sleep;
    expect(taken).toHaveBeenCalledWith("abort", expect.any(Function));
  });

  it("ends the waiting for what takes too long, and no timer outlives the work", async () => {
    const never = within(systemTime, 50, new Promise<string>(() => undefined));
    await vi.advanceTimersByTimeAsync(50);
    expect(await never).toBeUndefined();
    expect(await within(systemTime, 50, Promise.resolve("done"))).toBe("done");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("Work that a caller may give up", () => {
  it("is not begun where the signal has aborted before", async () => {
    const work = vi.fn(async () => "done");
    await expect(unlessAborted(work, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
    expect(work).not.toHaveBeenCalled();
  });

  it("goes on for others, and leaves nothing listening on the signal of a caller that has its answer", async () => {
    const { signal } = new AbortController();
    const taken = vi.spyOn(signal, "removeEventListener");
    expect(await unlessAborted(async () => "done", signal)).toBe("done");
    expect(taken).toHaveBeenCalledWith("abort", expect.any(Function));
  });
});
