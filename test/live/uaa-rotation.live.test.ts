import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LiveWorldOptions } from "./live-world.ts";
import { healed, outcome, rotate } from "./rotations.ts";
import { describeTwoValues } from "./two-values.suite.ts";
import { NO_GRACE, openUaaWorlds, type UaaWorlds } from "./uaa-world.ts";

let worlds: UaaWorlds;

beforeAll(async () => {
  worlds = await openUaaWorlds();
});
afterAll(async () => {
  await worlds.proxy.stop();
});

const open = async (options: LiveWorldOptions = {}) => worlds.worldOf(await worlds.uaa.makeClient(), options);

describe("a rotation at the real UAA", () => {
  describeTwoValues({
    open,
    armed: () => worlds.proxy.armed,
    retirable: NO_GRACE,
    expectRotated: async (world) => {
      expect(await outcome(world, "retire")).toBe("OK 200");
      await world.expectCurrentAlone();
    },
    expectRetired: (world) => world.expectCurrentAlone(),
  });

  it("keeps the older value for its grace, from a retirement and from the next rotation", async () => {
    const world = await open();
    await rotate(world, "one call");
    expect(await outcome(world, "retire")).toBe("GRACE_RUNNING 409");
    expect(await outcome(world)).toBe("GRACE_RUNNING 409");
    expect(await world.logins()).toEqual([200, 200]);
  });

  it("is followed by a heal that ends the older value once its grace is over", async () => {
    const world = await open(NO_GRACE);
    await rotate(world, "one call");
    expect(await healed(world)).toMatch(/ 200$/);
    expect(await world.logins()).toEqual([401, 200]);
    expect(await healed(world)).toBe("NOTHING_TO_DO 200");
  });

  it.each(["answer", "request"] as const)(
    "goes on to the next value although the %s of deleting is lost",
    async (lost) => {
      const world = await open(NO_GRACE);
      await rotate(world, "one call");
      world.lose("end", lost);
      await rotate(world, "one call");
      expect(worlds.proxy.armed).toBe(0);
      expect(await world.logins()).toEqual([401, 200, 200]);
    },
  );
});
