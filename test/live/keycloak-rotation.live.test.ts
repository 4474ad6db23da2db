import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LONG } from "../contract/keycloak-calls.ts";
import { type KeycloakWorlds, openKeycloakWorlds } from "./keycloak-world.ts";
import { healed, outcome, rotate } from "./rotations.ts";
import { describeTwoValues } from "./two-values.suite.ts";

let worlds: KeycloakWorlds;
const PERIOD = Number(LONG.expiration);
/** Seconds within which a slow machine sends the PUT, which says when the value was made. */
const SLOW = 60;

beforeAll(async () => {
  worlds = await openKeycloakWorlds();
});
afterAll(async () => {
  await worlds.stop();
});

describe("a rotation at the real Keycloak with a policy that rotates", () => {
  beforeAll(() => worlds.calls.rotateBy(LONG));

  describeTwoValues({
    open: (options) => worlds.open(options),
    armed: () => worlds.proxy.armed,
    retirable: {},
    expectRotated: (world) => world.expectNothingUnknown(),
    expectRetired: (world) => world.expectNothingUnknown(),
  });

  it("keeps the older value for the grace of the settings, and has the policy count its own period anew", async () => {
    const world = await worlds.open({ environment: { OROT_GRACE_HOURS: "2" } });
    const { put, attributes: attributesOf } = worlds.calls.of(world.client);
    // So long before the policy was the value made.
    await put({ attributes: { "client.secret.creation.time": "1000000000" } });
    await rotate(world, "one call");
    const attributes = await attributesOf();
    const [created, rotatedUntil, expires] = ["creation.time", "rotated.expiration.time", "expiration.time"].map(
      (name) => Number(attributes[name]),
    );
    expect(rotatedUntil).toBe(Number(created) + 7200);
    expect(expires).toBeGreaterThan(Number(created) + PERIOD - SLOW);
    expect(expires).toBeLessThan(Number(created) + PERIOD + SLOW);
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

  it.each(["the four steps", "one call"] as const)(
    "in %s ends with CURRENT at work and the value before it dead",
    async (way) => {
      const world = await worlds.open();
      await rotate(world, way);
      expect(await world.logins()).toEqual([401, 200]);
      expect(await outcome(world, "check")).toBe("OK 200");
      expect(await healed(world)).toBe("NOTHING_TO_DO 200");
      await world.expectNothingUnknown();
    },
  );

  it.each(["answer", "request"] as const)("goes through although the %s of the PUT is lost", async (lost) => {
    const world = await worlds.open();
    world.lose("add", lost);
    await rotate(world, "the four steps");
    expect(worlds.proxy.armed).toBe(0);
    expect(await world.logins()).toEqual([401, 200]);
    await world.expectNothingUnknown();
  });

  it("whose answer is lost each time is ended by the next call, for the stored value logs in", async () => {
    const world = await worlds.open();
    world.lose("add", "answer", 2);
    expect(await outcome(world)).toBe("OK 200");
    expect(await world.logins()).toEqual([401, 200]);
    expect(worlds.proxy.armed).toBe(1);
    expect(await outcome(world)).toBe("OK 200");
    expect(worlds.proxy.armed).toBe(0);
    expect(await world.logins()).toEqual([401, 401, 200]);
  });
});
