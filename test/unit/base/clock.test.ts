import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

test("now is the wall clock and monotonic counts milliseconds", () => {
  const before = systemClock.monotonic();
  expect(systemClock.now()).toBe(Date.UTC(2026, 0, 1));
  vi.advanceTimersByTime(1_500);
  expect(systemClock.now()).toBe(Date.UTC(2026, 0, 1) + 1_500);
  expect(systemClock.monotonic() - before).toBe(1_500);
});

test("monotonic does not follow the wall clock when that is set back", () => {
  const before = systemClock.monotonic();
  vi.setSystemTime(0);
  vi.advanceTimersByTime(10);
  expect(systemClock.monotonic()).toBe(before + 10);
});

test("a sleep ends after its time and not before", async () => {
  const onEnd = vi.fn();
  const sleeping = systemClock.sleep(1_000).then(onEnd);
  await vi.advanceTimersByTimeAsync(999);
  expect(onEnd).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onEnd).toHaveBeenCalledOnce();
  await sleeping;
});

test("a sleep rejects with the signal's reason as soon as it aborts, and leaves no timer", async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(1_000, controller.signal);
  controller.abort("enough");
  await expect(sleeping).rejects.toBe("enough");
  expect(vi.getTimerCount()).toBe(0);
});

test("a sleep whose signal aborts once it is over stays over", async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(1_000, controller.signal);
  await vi.advanceTimersByTimeAsync(1_000);
  controller.abort("enough");
  await expect(sleeping).resolves.toBeUndefined();
});

test("a sleep with a signal that has aborted does not begin", async () => {
  await expect(systemClock.sleep(1_000, AbortSignal.abort("enough"))).rejects.toBe("enough");
  expect(vi.getTimerCount()).toBe(0);
});

test("a sleep that ended no longer listens to its signal", async () => {
  const controller = new AbortController();
  const remove = vi.spyOn(controller.signal, "removeEventListener");
  const sleeping = systemClock.sleep(1_000, controller.signal);
  await vi.advanceTimersByTimeAsync(1_000);
  await sleeping;
  expect(remove).toHaveBeenCalledWith("abort", expect.any(Function));
});

test("abortAfter aborts after its time", () => {
  const { signal } = systemClock.abortAfter(1_000);
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.aborted).toBe(true);
});

test("abortAfter of a time that has passed aborts at the next turn", () => {
  const { signal } = systemClock.abortAfter(-5_000);
  vi.advanceTimersByTime(0);
  expect(signal.aborted).toBe(true);
});

test("a cancelled wait stays quiet and leaves no timer", () => {
  const { signal, cancel } = systemClock.abortAfter(1_000);
  cancel();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(signal.aborted).toBe(false);
});
