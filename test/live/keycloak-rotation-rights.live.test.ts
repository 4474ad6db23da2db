import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeycloakWorlds, openKeycloakWorlds } from "./keycloak-world.ts";
import { healed, outcome, rotate } from "./rotations.ts";

let worlds: KeycloakWorlds;

beforeAll(async () => {
  worlds = await openKeycloakWorlds();
});
afterAll(async () => {
  await worlds.stop();
});

/** So that a verdict that stays unknown is not waited for until the platform's deadline. */
const SECONDS = 12;

describe("the right to rotate at the real Keycloak", () => {
  it.each(["the four steps", "one call"] as const)(
    "may be another client's with manage-clients, in %s",
    async (way) => {
      const manager = await worlds.keycloak.makeClient({ roles: ["manage-clients"] });
      const world = await worlds.open(worlds.authorityOf(manager), {});
      await rotate(world, way);
      expect(await world.logins()).toEqual([401, 200]);
    },
  );

  it("may be the client's own, by the permission to manage itself alone", async () => {
    const world = await worlds.open({}, { roles: ["query-clients"], permissions: ["view", "manage"] });
    await rotate(world, "the four steps");
    expect(await world.logins()).toEqual([401, 200]);
  });

  it("is missing where nobody has it: 403, nothing is stored, and once it is granted a rotation goes on", async () => {
    const world = await worlds.open({}, {});
    expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
    expect(await world.logins()).toEqual([200]);
    await worlds.keycloak.giveRoles(world.client.uuid, ["manage-clients"]);
    await rotate(world, "one call");
    expect(await world.logins()).toEqual([401, 200]);
  });

  it.each([
    [[], [200]],
    // It may look, so only the change itself is refused.
    [["view-clients"], [200, 401]],
    [["query-clients"], [200]],
  ])("is not that of a client with the roles %j, nor a second authority's", async (roles, logins) => {
    const stranger = await worlds.keycloak.makeClient({ roles });
    const world = await worlds.open(worlds.authorityOf(stranger), { roles });
    expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
    expect(await world.logins()).toEqual(logins);
  });
});

describe("what the real Keycloak refuses", () => {
  it("is told apart from a refused secret where the realm is unknown", async () => {
    const world = worlds.worldOf(await worlds.keycloak.makeClient(), {}, { realm: "no-such-realm" });
    expect(await outcome(world, "check")).toBe("ISSUER_CONFIGURATION 400");
    expect(await outcome(world)).toBe("ISSUER_CONFIGURATION 400");
    expect(world.values()).toHaveLength(1);
  });

  it("is told apart from a refused secret where the address is not Keycloak's", async () => {
    const url = `${worlds.proxy.origin}/auth`;
    const world = worlds.worldOf(await worlds.keycloak.makeClient(), {}, { url });
    expect(await outcome(world)).toBe("ISSUER_CONFIGURATION 400");
  });

  it("is no verdict on the secret where the client is unknown", async () => {
    const world = worlds.worldOf(await worlds.keycloak.makeClient(), {}, { clientId: "no-such-client" });
    for (const action of ["check", undefined] as const) {
      expect(await outcome(world, action)).toBe("ISSUER_CONFIGURATION 400");
    }
    expect(world.values()).toHaveLength(1);
  });

  it.each(["client-jwt", "client-secret-jwt", "client-x509"])(
    "is no verdict on the secret of a client with the authenticator %s",
    async (authenticator) => {
      const client = await worlds.keycloak.makeClient({ authenticator, roles: ["manage-clients"] });
      const world = worlds.worldOf(client, worlds.authorityOf(worlds.keycloak.administrator));
      expect(await outcome(world, "check", SECONDS)).toBe("ISSUER_CONFIGURATION 400");
      expect(await outcome(world, undefined, SECONDS)).toBe("ISSUER_CONFIGURATION 400");
    },
  );

  it("is a refusal of the secret where only that is wrong", async () => {
    const client = await worlds.keycloak.makeClient();
    const world = worlds.worldOf({ ...client, secret: "not-this-one" });
    expect(await outcome(world, "check")).toBe("SECRET_REJECTED 400");
    expect(await outcome(world)).toBe("LOCKED_OUT 400");
  });

  it("keeps CURRENT at work where a client policy refuses every value, and a heal goes on once it does not", async () => {
    const world = await worlds.open({}, { roles: ["manage-clients"], ownRoles: ["consenting"] });
    const mustConsent = { executor: "consent-required", configuration: { "auto-configure": false } };
    const owners = { condition: "client-roles", configuration: { roles: ["consenting"] } };
    await worlds.calls.setPolicies([mustConsent], [owners]);
    try {
      expect(await outcome(world)).toBe("POLICY_REFUSED 400");
      expect(await world.statusOf(world.client.secret)).toBe(200);
    } finally {
      await worlds.calls.withoutPolicy();
    }
    expect(await healed(world)).toBe("OK 200");
    expect(await world.statusOf(world.client.secret)).toBe(401);
    expect(await world.statusOf(String(world.current()["clientSecret"]))).toBe(200);
    await world.expectNothingUnknown();
  });
});
