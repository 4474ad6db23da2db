import { expect, test } from "vitest";
import { systemEntropy } from "../../../src/base/entropy.ts";

const SAMPLES = 200;
const draw = <T>(one: () => T): T[] => Array.from({ length: SAMPLES }, one);

test("a uuid is of version 4 and differs each time", () => {
  const drawn = draw(() => systemEntropy.uuid());
  for (const uuid of drawn)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(drawn).size).toBe(SAMPLES);
});

test("bytes come in the length asked for and differ each time", () => {
  const drawn = draw(() => systemEntropy.bytes(16));
  for (const bytes of drawn) expect(bytes).toHaveLength(16);
  expect(new Set(drawn.map((bytes) => Buffer.from(bytes).toString("hex"))).size).toBe(SAMPLES);
  expect(systemEntropy.bytes(0)).toHaveLength(0);
});

test("a fraction lies from 0 up to, but not at, 1, on both sides of the middle", () => {
  const drawn = draw(() => systemEntropy.fraction());
  for (const fraction of drawn) {
    expect(fraction).toBeGreaterThanOrEqual(0);
    expect(fraction).toBeLessThan(1);
  }
  // A fair source fails this once in 2^199.
  expect(drawn.some((fraction) => fraction < 0.5) && drawn.some((fraction) => fraction >= 0.5)).toBe(true);
});
