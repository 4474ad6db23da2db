import { describe, expect, test, vi } from "vitest";
import { createBudget } from "../../../../src/base/budget.ts";
import type { Entropy } from "../../../../src/base/entropy.ts";
import { delayBefore, type RetryPolicy, readPolicy, repeatRead } from "../../../../src/clients/http/retry.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const entropyOf = (fraction: number): Entropy => ({
  uuid: () => "",
  bytes: (length) => new Uint8Array(length),
  fraction: () => fraction,
});
const policy: RetryPolicy = { attempts: 4, firstDelayMs: 100, longestDelayMs: 350 };

describe("delays", () => {
  test("double from the first to the longest", () => {
    expect([2, 3, 4, 5].map((next) => delayBefore(policy, next, entropyOf(0)))).toEqual([100, 200, 350, 350]);
  });

  test("grow by up to a quarter of jitter", () => {
    expect(delayBefore(policy, 2, entropyOf(0.5))).toBe(112.5);
    expect(delayBefore(policy, 2, entropyOf(0.999))).toBeLessThan(125);
  });

  test("stay bounded at any try", () => {
    expect(delayBefore(policy, 1_000_000, entropyOf(0))).toBe(350);
  });
});

function setUp(budgetMs = 60_000) {
  const clock = createInstantClock();
  const budget = createBudget(clock, null, { budgetMs, marginMs: 0, callTimeoutMs: 1_000 });
  const repeat = <T>(read: () => Promise<T>, isRepeatable: (thrown: unknown) => boolean = () => true) =>
    repeatRead(read, isRepeatable, policy, { clock, entropy: entropyOf(0), budget });
  return { clock, repeat };
}

/** Fails so often, with numbered errors, then gives "value". */
function failing(times: number) {
  let calls = 0;
  return vi.fn(async () => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return "value";
  });
}

describe("repeatRead", () => {
  test("asks once where the answer is good", async () => {
    const { clock, repeat } = setUp();
    const read = failing(0);
    expect(await repeat(read)).toBe("value");
    expect(read).toHaveBeenCalledOnce();
    expect(clock.slept).toEqual([]);
  });

  test("asks again after growing delays", async () => {
    const { clock, repeat } = setUp();
    expect(await repeat(failing(3))).toBe("value");
    expect(clock.slept).toEqual([100, 200, 350]);
  });

  test("throws the last failure as it came, once the policy's tries are used up", async () => {
    const { repeat } = setUp();
    const read = failing(9);
    await expect(repeat(read)).rejects.toThrow("failure 4");
    expect(read).toHaveBeenCalledTimes(4);
  });

  test("does not repeat what would fail again", async () => {
    const { repeat } = setUp();
    const read = failing(1);
    await expect(repeat(read, () => false)).rejects.toThrow("failure 1");
    expect(read).toHaveBeenCalledOnce();
  });

  test("does not begin a delay that does not fit into the time left", async () => {
    const { clock, repeat } = setUp(250);
    const read = failing(9);
    await expect(repeat(read)).rejects.toThrow("failure 2");
    expect(clock.slept).toEqual([100]);
  });
});

test("reads from Vault are tried three times within seconds", () => {
  expect(readPolicy.attempts).toBe(3);
  expect(delayBefore(readPolicy, 2, entropyOf(0)) + delayBefore(readPolicy, 3, entropyOf(0))).toBeLessThan(5_000);
});
