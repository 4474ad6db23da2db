/** What people's realms hold, at the real server: the same as test/unit/compatibility holds the emulator to. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeycloakWorlds, openKeycloakWorlds } from "./keycloak-world.ts";
import { outcome, rotate } from "./rotations.ts";

let worlds: KeycloakWorlds;

beforeAll(async () => {
  worlds = await openKeycloakWorlds();
});
afterAll(async () => {
  await worlds.stop();
});

const ALLOWED = "client.secret.authentication.allowed.method";
const RIGHT = { roles: ["manage-clients"] };

describe("the real Keycloak", () => {
  it.each(["https://app.example.com/x", "urn:my:app", "a b", "a;b", "a%b", "a\\b", "..", "ü+é"])(
    "has the secret of the client %j rotated",
    async (clientId) => {
      const world = await worlds.open({}, { ...RIGHT, clientId });
      await rotate(world, "one call");
      expect(await world.statusOf(String(world.current()["clientSecret"]))).toBe(200);
    },
  );

  it.each(["client_secret_post", "client_secret_basic"])(
    "has that of a client with %s alone rotated",
    async (method) => {
      const world = await worlds.open({}, { ...RIGHT, attributes: { [ALLOWED]: method } });
      await rotate(world, "one call");
      expect(world.values()).toHaveLength(2);
      expect(await outcome(world, "check")).toBe("OK 200");
    },
  );

  it("says so of a client whose secret is wrong, also where only client_secret_post is allowed", async () => {
    const client = await worlds.keycloak.makeClient({ ...RIGHT, attributes: { [ALLOWED]: "client_secret_post" } });
    const world = worlds.worldOf({ ...client, secret: "not-this-one" });
    expect(await outcome(world, "check")).toBe("SECRET_REJECTED 400");
  });

  // Without a vault of its own, a Keycloak takes the reference as the value: so CURRENT logs in with it.
  it("keeps a reference to its own vault: the rotation is refused before anything is stored", async () => {
    const secret = "$" + "{vault.my_secret}";
    const world = await worlds.open({}, { ...RIGHT, secret });
    expect(await outcome(world)).toBe("ISSUER_CONFIGURATION 400");
    expect(world.values()).toEqual([secret]);
    expect(await worlds.calls.of(world.client).secret()).toBe(secret);
  });
});
