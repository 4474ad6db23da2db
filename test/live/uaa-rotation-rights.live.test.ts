import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClientOptions, uaaCalls, type Zone } from "../contract/uaa-calls.ts";
import type { LiveWorldOptions } from "./live-world.ts";
import { healed, outcome, rotate } from "./rotations.ts";
import { NO_GRACE, openUaaWorlds, type UaaWorlds } from "./uaa-world.ts";

let worlds: UaaWorlds;

beforeAll(async () => {
  worlds = await openUaaWorlds();
});
afterAll(async () => {
  await worlds.proxy.stop();
});

const open = async (options: LiveWorldOptions = {}, client: ClientOptions = {}) =>
  worlds.worldOf(await worlds.uaa.makeClient(client), options);

describe("the right to rotate at the real UAA", () => {
  const WITHOUT = { authorities: ["uaa.none"] };

  it.each(["the four steps", "one call"] as const)(
    "may be another client's: it rotates and retires, in %s",
    async (way) => {
      const warden = await worlds.uaa.makeClient({ authorities: ["clients.admin"] });
      const world = await open(worlds.authorityOf(warden), WITHOUT);
      await rotate(world, way);
      expect(await world.logins()).toEqual([200, 200]);
      expect(await outcome(world, "retire")).toBe("OK 200");
      await world.expectCurrentAlone();
    },
  );

  it("is missing where nobody has it: 403, nothing has changed, and once it is granted a heal goes on", async () => {
    const world = await open({}, WITHOUT);
    expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
    expect(await world.logins()).toEqual([200, 401]);
    const { send, bearer } = uaaCalls(worlds.uaa);
    const granted = { client_id: world.client.clientId, scope: ["uaa.none"], authorities: ["clients.secret"] };
    const body = { ...granted, authorized_grant_types: ["client_credentials"] };
    const path = `/oauth/clients/${world.client.clientId}`;
    expect((await send("PUT", path, await bearer(worlds.uaa.admin), body)).status).toBe(200);
    expect(await healed(world)).toBe("OK 200");
    expect(await world.logins()).toEqual([200, 200]);
  });

  it("is not another client's that the second authority does not name", async () => {
    const warden = await worlds.uaa.makeClient({ authorities: ["clients.admin"] });
    const world = await open(worlds.authorityOf(warden, "somebody-else"), WITHOUT);
    expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
    expect(await world.logins()).toEqual([200, 401]);
  });

  it("is not that of a second authority without clients.admin", async () => {
    const stranger = await worlds.uaa.makeClient();
    const world = await open(worlds.authorityOf(stranger), WITHOUT);
    expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
    expect(await world.logins()).toEqual([200, 401]);
  });
});

describe("what the real UAA refuses", () => {
  it("stays as it is where the client holds a value that Vault does not know, and the answer says what to do", async () => {
    const world = await open();
    await world.administer({ changeMode: "ADD", secret: "stray-value" });
    expect(await outcome(world)).toBe("RETIRE_NOT_SAFE 409");
    expect(await world.logins()).toEqual([200, 401]);
    expect(await world.statusOf("stray-value")).toBe(200);
    await world.administer({ changeMode: "UPDATE", secret: world.client.secret });
    expect(await healed(world)).toBe("OK 200");
    expect(await world.logins()).toEqual([200, 200]);
  });

  it("is told apart from a refused secret where the address is not the UAA's", async () => {
    const url = `${worlds.proxy.origin}/no-uaa`;
    const world = worlds.worldOf(await worlds.uaa.makeClient(), {}, { url });
    expect(await outcome(world, "check")).toBe("ISSUER_CONFIGURATION 400");
    expect(await outcome(world)).toBe("ISSUER_CONFIGURATION 400");
    expect(world.values()).toHaveLength(1);
  });

  it("cannot be told from a refused secret where the client is unknown; a second authority shows it", async () => {
    const clientId = "no-such-client";
    const alone = worlds.worldOf(await worlds.uaa.makeClient(), {}, { clientId });
    expect(await outcome(alone, "check")).toBe("SECRET_REJECTED 400");
    expect(await outcome(alone)).toBe("LOCKED_OUT 400");
    const warden = await worlds.uaa.makeClient({ authorities: ["clients.admin"] });
    const world = worlds.worldOf(await worlds.uaa.makeClient(), worlds.authorityOf(warden), { clientId });
    expect(await outcome(world)).toBe("ISSUER_CONFIGURATION 400");
  });
});

describe("a zone of the real UAA", () => {
  let zone: Zone;
  let there: UaaWorlds;
  beforeAll(async () => {
    zone = await worlds.uaa.makeZone();
    there = await openUaaWorlds(zone);
  });
  afterAll(async () => {
    await there.proxy.stop();
  });
  const inZone = (authorities = ["clients.secret"]) =>
    there.uaa.makeClient({ zoneId: zone.zoneId, secret: "Value-0001", authorities });
  const setMinLength = async (minLength: number) => {
    const { send, bearer } = uaaCalls(worlds.uaa);
    const token = await bearer(worlds.uaa.admin);
    const path = `/identity-zones/${zone.zoneId}`;
    const { json } = await send("GET", path, token);
    const config = json["config"] as { readonly clientSecretPolicy: object };
    const policy = { ...config.clientSecretPolicy, minLength };
    const { status } = await send("PUT", path, token, { ...json, config: { ...config, clientSecretPolicy: policy } });
    if (status !== 200) throw new Error(`the zone was not changed: ${status}`);
  };

  it("is rotated and retired in by its host", async () => {
    const world = there.worldOf(await inZone(), NO_GRACE);
    await rotate(world, "the four steps");
    expect(await world.logins()).toEqual([200, 200]);
    expect(await outcome(world, "retire")).toBe("OK 200");
    await world.expectCurrentAlone();
  });

  it("is rotated in by another client of the zone", async () => {
    const warden = await inZone(["clients.admin"]);
    const client = await inZone(["uaa.none"]);
    const world = there.worldOf(client, there.authorityOf(warden));
    await rotate(world, "one call");
    expect(await world.logins()).toEqual([200, 200]);
  });

  it("is not named by its id, which the server refuses from the zone's own clients", async () => {
    const world = there.worldOf(await inZone(), NO_GRACE, { zoneId: zone.zoneId });
    expect(await outcome(world)).toBe("CONTENT_INVALID 400");
    expect(await world.logins()).toEqual([200]);
  });

  it("keeps CURRENT at work where its policy refuses every value, and a heal goes on once it does not", async () => {
    const world = there.worldOf(await inZone());
    await setMinLength(100);
    expect(await outcome(world)).toBe("POLICY_REFUSED 400");
    expect(await world.statusOf(world.client.secret)).toBe(200);
    await setMinLength(7);
    expect(await healed(world)).toBe("OK 200");
    expect(await world.statusOf(String(world.current()["clientSecret"]))).toBe(200);
    expect(await world.statusOf(world.client.secret)).toBe(200);
  });

  it("is told apart from a refused secret where it is unknown", async () => {
    const nowhere = await openUaaWorlds({ zoneId: "nowhere", host: "nowhere.localhost" });
    try {
      const world = nowhere.worldOf(await inZone());
      expect(await outcome(world, "check")).toBe("ISSUER_CONFIGURATION 400");
    } finally {
      await nowhere.proxy.stop();
    }
  });
});
