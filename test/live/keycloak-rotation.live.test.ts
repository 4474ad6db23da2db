import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LONG } from "../contract/keycloak-calls.ts";
import { type KeycloakWorlds, openKeycloakWorlds } from "./keycloak-world.ts";
import { expectNeverRefused, hammer, healed, outcome, rotate } from "./rotations.ts";

let worlds: KeycloakWorlds;

beforeAll(async () => {
  worlds = await openKeycloakWorlds();
});
afterAll(async () => {
  await worlds.stop();
});

const ways = ["the four steps", "one call"] as const;

describe("a rotation at the real Keycloak with a policy that rotates", () => {
  beforeAll(() => worlds.calls.rotateBy(LONG));

  it.each(ways)("in %s ends with CURRENT and the value before it at work", async (way) => {
    const world = await worlds.open();
    await rotate(world, way);
    expect(world.values()).toEqual([world.client.secret, world.current()["clientSecret"]]);
    expect(await world.logins()).toEqual([200, 200]);
    expect(await outcome(world, "check")).toBe("OK 200");
    expect(await healed(world)).toBe("NOTHING_TO_DO 200");
    expect(await world.logins()).toEqual([200, 200]);
    await world.expectNothingUnknown();
  });

  it("three times over refuses no login with CURRENT", async () => {
    const world = await worlds.open();
    const hammering = hammer(world, world.statusOf);
    for (let turn = 0; turn < 3; turn += 1) await rotate(world, turn === 1 ? "the four steps" : "one call");
    expectNeverRefused(await hammering.stop());
    expect(await world.logins()).toEqual([401, 401, 200, 200]);
  });

  it("keeps the older value for the grace of the settings, and moves the expiry on", async () => {
    const world = await worlds.open({ environment: { OROT_GRACE_HOURS: "2" } });
    await rotate(world, "one call");
    const attributes = await worlds.calls.of(world.client).attributes();
    const [created, rotatedUntil, expires] = ["creation.time", "rotated.expiration.time", "expiration.time"].map(
      (name) => Number(attributes[name]),
    );
    expect(rotatedUntil).toBe(Number(created) + 7200);
    expect(expires).toBeGreaterThan(Number(created));
  });

  it.each([
    ["without a grace", { OROT_GRACE_HOURS: "0" }, undefined],
    ["for the reason compromised", {}, "compromised"],
  ] as const)("%s ends the older values at once", async (_how, environment, reason) => {
    const world = await worlds.open({ environment });
    const { secretId } = world;
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await world.call({ secretId, ...(reason === undefined ? {} : { reason }) })).responseCode).toBe(200);
    }
    expect(await world.logins()).toEqual([401, 401, 200]);
  });

  it("for the reason compromised ends both values of the rotation before it", async () => {
    const world = await worlds.open();
    await rotate(world, "one call");
    const { responseCode } = await world.call({ secretId: world.secretId, reason: "compromised" });
    expect(responseCode).toBe(200);
    expect(await world.logins()).toEqual([401, 401, 200]);
  });

  it.each(["answer", "request"] as const)("goes through although the %s of the PUT is lost", async (lost) => {
    const world = await worlds.open();
    world.lose("PUT", lost);
    await rotate(world, "the four steps");
    expect(worlds.proxy.armed).toBe(0);
    expect(await world.logins()).toEqual([200, 200]);
    await world.expectNothingUnknown();
  });

  it.each(["heal", "rotation"] as const)(
    "that was never answered leaves CURRENT at work, and a %s ends it",
    async (next) => {
      const world = await worlds.open();
      world.lose("PUT", "request", 2);
      expect(await outcome(world)).toBe("ISSUER_UNAVAILABLE 503");
      expect(worlds.proxy.armed).toBe(0);
      expect(await world.logins()).toEqual([200, 401]);
      expect(await (next === "heal" ? healed(world) : outcome(world))).toBe("OK 200");
      expect(await world.logins()).toEqual([200, 200]);
      await world.expectNothingUnknown();
    },
  );

  it("is followed by a retirement that ends the older value, however often it is sent", async () => {
    const world = await worlds.open();
    await rotate(world, "one call");
    expect(await outcome(world, "retire")).toBe("OK 200");
    expect(await world.logins()).toEqual([401, 200]);
    expect(await outcome(world, "retire")).toBe("NOTHING_TO_DO 200");
    expect(await healed(world)).toBe("NOTHING_TO_DO 200");
    await world.expectNothingUnknown();
  });

  it.each(["answer", "request"] as const)(
    "is followed by a retirement although the %s of the DELETE is lost",
    async (lost) => {
      const world = await worlds.open();
      await rotate(world, "one call");
      world.lose("DELETE", lost);
      expect(await outcome(world, "retire")).toMatch(/ 200$/);
      expect(worlds.proxy.armed).toBe(0);
      expect(await world.logins()).toEqual([401, 200]);
      await world.expectNothingUnknown();
    },
  );

  it("by a second authority gives a client a new value after its own has expired", async () => {
    await worlds.calls.rotateBy({ expiration: 2, rotated: 1, remaining: 1 });
    const client = await worlds.keycloak.makeClient();
    await worlds.calls.rotateBy(LONG);
    const world = worlds.worldOf(client, worlds.authorityOf(worlds.keycloak.administrator));
    await worlds.keycloak.pass(3);
    expect(await world.logins()).toEqual([401]);
    await rotate(world, "one call");
    expect(await world.logins()).toEqual([401, 200]);
    await world.expectNothingUnknown();
  });
});

describe("a rotation at the real Keycloak without a policy", () => {
  beforeAll(() => worlds.calls.withoutPolicy());

  it.each(ways)("in %s ends with CURRENT at work and the value before it dead", async (way) => {
    const world = await worlds.open();
    await rotate(world, way);
    expect(await world.logins()).toEqual([401, 200]);
    expect(await outcome(world, "check")).toBe("OK 200");
    expect(await healed(world)).toBe("NOTHING_TO_DO 200");
    await world.expectNothingUnknown();
  });

  it.each(["answer", "request"] as const)("goes through although the %s of the PUT is lost", async (lost) => {
    const world = await worlds.open();
    world.lose("PUT", lost);
    await rotate(world, "the four steps");
    expect(worlds.proxy.armed).toBe(0);
    expect(await world.logins()).toEqual([401, 200]);
    await world.expectNothingUnknown();
  });

  it("whose answer is lost each time is ended by the next call, for the stored value logs in", async () => {
    const world = await worlds.open();
    world.lose("PUT", "answer", 2);
    expect(await outcome(world)).toBe("OK 200");
    expect(await world.logins()).toEqual([401, 200]);
    expect(worlds.proxy.armed).toBe(1);
    expect(await outcome(world)).toBe("OK 200");
    expect(worlds.proxy.armed).toBe(0);
    expect(await world.logins()).toEqual([401, 401, 200]);
  });
});
