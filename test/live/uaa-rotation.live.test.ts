import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LiveWorldOptions } from "./live-world.ts";
import { expectNeverRefused, hammer, healed, outcome, rotate } from "./rotations.ts";
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
  it.each(["the four steps", "one call"] as const)(
    "in %s ends with CURRENT and the value before it at work",
    async (way) => {
      const world = await open();
      await rotate(world, way);
      expect(world.values()).toEqual([world.client.secret, world.current()["clientSecret"]]);
      expect(await world.logins()).toEqual([200, 200]);
      expect(await outcome(world, "check")).toBe("OK 200");
      expect(await healed(world)).toBe("NOTHING_TO_DO 200");
      expect(await world.logins()).toEqual([200, 200]);
    },
  );

  it("three times over refuses no login with CURRENT", async () => {
    const world = await open(NO_GRACE);
    const hammering = hammer(world, world.statusOf);
    for (let turn = 0; turn < 3; turn += 1) await rotate(world, turn === 1 ? "the four steps" : "one call");
    expectNeverRefused(await hammering.stop());
    expect(await world.logins()).toEqual([401, 401, 200, 200]);
  });

  it("keeps the older value for its grace, from a retirement and from the next rotation", async () => {
    const world = await open();
    await rotate(world, "one call");
    expect(await outcome(world, "retire")).toBe("GRACE_RUNNING 409");
    expect(await outcome(world)).toBe("GRACE_RUNNING 409");
    expect(await world.logins()).toEqual([200, 200]);
  });

  it("is followed by a retirement that ends the older value, however often it is sent", async () => {
    const world = await open(NO_GRACE);
    await rotate(world, "one call");
    expect(await outcome(world, "retire")).toBe("OK 200");
    expect(await world.logins()).toEqual([401, 200]);
    expect(await outcome(world, "retire")).toBe("NOTHING_TO_DO 200");
    expect(await healed(world)).toBe("NOTHING_TO_DO 200");
    await world.expectCurrentAlone();
  });

  it("is followed by a heal that ends the older value once its grace is over", async () => {
    const world = await open(NO_GRACE);
    await rotate(world, "one call");
    expect(await healed(world)).toMatch(/ 200$/);
    expect(await world.logins()).toEqual([401, 200]);
    expect(await healed(world)).toBe("NOTHING_TO_DO 200");
  });
});

describe("a rotation at the real UAA behind a connection that breaks", () => {
  it.each(["answer", "request"] as const)("goes through although the %s of adding is lost", async (lost) => {
    const world = await open(NO_GRACE);
    world.lose("ADD", lost);
    await rotate(world, "the four steps");
    expect(worlds.proxy.armed).toBe(0);
    expect(await world.logins()).toEqual([200, 200]);
    expect(await outcome(world, "retire")).toBe("OK 200");
    await world.expectCurrentAlone();
  });

  it.each(["heal", "rotation"] as const)(
    "that was never answered leaves CURRENT at work, and a %s ends it",
    async (next) => {
      const world = await open(NO_GRACE);
      world.lose("ADD", "request", 2);
      expect(await outcome(world)).toBe("ISSUER_UNAVAILABLE 503");
      expect(worlds.proxy.armed).toBe(0);
      expect(await world.logins()).toEqual([200, 401]);
      expect(await (next === "heal" ? healed(world) : outcome(world))).toBe("OK 200");
      expect(world.values()).toHaveLength(2);
      expect(await world.logins()).toEqual([200, 200]);
      expect(await outcome(world, "retire")).toBe("OK 200");
      await world.expectCurrentAlone();
    },
  );

  it.each(["answer", "request"] as const)(
    "retires the older value although the %s of deleting is lost",
    async (lost) => {
      const world = await open(NO_GRACE);
      await rotate(world, "one call");
      world.lose("DELETE", lost);
      expect(await outcome(world, "retire")).toMatch(/ 200$/);
      expect(worlds.proxy.armed).toBe(0);
      await world.expectCurrentAlone();
    },
  );

  it.each(["answer", "request"] as const)(
    "goes on to the next value although the %s of deleting is lost",
    async (lost) => {
      const world = await open(NO_GRACE);
      await rotate(world, "one call");
      world.lose("DELETE", lost);
      await rotate(world, "one call");
      expect(worlds.proxy.armed).toBe(0);
      expect(await world.logins()).toEqual([401, 200, 200]);
    },
  );
});
