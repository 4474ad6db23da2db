import { describe, expect, it } from "vitest";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";

describe("seeded entropy", () => {
  it("repeats itself for a seed and differs between seeds", () => {
    const take = (seed: number) => {
      const entropy = createSeededEntropy(seed);
      return [entropy.uuid(), entropy.fraction(), ...entropy.bytes(7)];
    };
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
  });

  it("makes UUIDs of version 4 with the RFC 9562 variant", () => {
    const entropy = createSeededEntropy(7);
    for (let index = 0; index < 50; index += 1) {
      expect(entropy.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it("spreads fractions over the whole range from 0 to 1", () => {
    const entropy = createSeededEntropy(3);
    const tenths = new Array<number>(10).fill(0);
    for (let index = 0; index < 1000; index += 1) {
      const at = Math.floor(entropy.fraction() * 10);
      tenths[at] = (tenths[at] ?? 0) + 1;
    }
    expect(tenths.every((count) => count > 50)).toBe(true);
  });
});
