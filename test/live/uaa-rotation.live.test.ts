import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DroppingProxy, startDroppingProxy } from "../../scripts/live/dropping-proxy.ts";
import { type ClientOptions, type Credentials, uaaCalls } from "../contract/uaa-calls.ts";
import { createLiveWorld, type LiveWorldOptions } from "./live-world.ts";
import { expectNeverRefused, hammer, healed, outcome, rotate } from "./rotations.ts";
import { openRealUaa } from "./uaa-under-test.ts";

const NO_GRACE = { environment: { OROT_GRACE_HOURS: "0" } };

const uaa = openRealUaa();
const { bearer, change, login, send } = uaaCalls(uaa);
let proxy: DroppingProxy;

beforeAll(async () => {
  proxy = await startDroppingProxy(new URL(uaa.url).origin);
});
afterAll(async () => {
  await proxy.stop();
});

/** A client of the server, its secret in Vault, and the product that rotates it. */
function worldOf(client: Credentials, options: LiveWorldOptions = {}, url = `${proxy.origin}/uaa`) {
  const { clientId, secret } = client;
  const world = createLiveWorld({ issuer: "uaa", url, clientId, clientSecret: secret }, options);
  const current = () => String(world.current()["clientSecret"]);
  const statusOf = async (value: string) => (await login({ clientId, secret: value })).status;
  return {
    ...world,
    client,
    statusOf,
    /** Statuses of logins with the values of all versions, the oldest first. */
    logins: () => Promise.all(world.values().map(statusOf)),
    lose: (changeMode: "ADD" | "DELETE", lose: "answer" | "request", count = 1) => {
      const path = new RegExp(`^/uaa/oauth/clients/${clientId}/secret$`);
      proxy.drop({ method: "PUT", path, body: new RegExp(`"changeMode":"${changeMode}"`), lose, count });
    },
    /** As an administrator. Throws unless it was done. */
    administer: async (body: { changeMode: string; secret?: string }) => {
      const answer = await change(clientId, await bearer(uaa.admin), body);
      if (answer.status !== 200) throw new Error(String(answer.json["error_description"]));
    },
    current,
  };
}

const open = async (options: LiveWorldOptions = {}, client: ClientOptions = {}) =>
  worldOf(await uaa.makeClient(client), options);
type OpenWorld = Awaited<ReturnType<typeof open>>;

/** Holds the server to keep CURRENT's value and no other one, be it one that nobody knows. */
async function expectCurrentAlone(world: OpenWorld): Promise<void> {
  expect(await world.statusOf(world.current())).toBe(200);
  await expect(world.administer({ changeMode: "DELETE" })).rejects.toThrow(/has only one secret/);
}

describe("a rotation at the real UAA", () => {
  it.each(["the four steps", "one call"] as const)(
    "in %s ends with CURRENT and the value before it at work",
    async (way) => {
      const world = await open();
      await rotate(world, way);
      expect(world.values()).toEqual([world.client.secret, world.current()]);
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
    await expectCurrentAlone(world);
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
    expect(proxy.armed).toBe(0);
    expect(await world.logins()).toEqual([200, 200]);
    expect(await outcome(world, "retire")).toBe("OK 200");
    await expectCurrentAlone(world);
  });

  it.each(["heal", "rotation"] as const)(
    "that was never answered leaves CURRENT at work, and a %s ends it",
    async (next) => {
      const world = await open(NO_GRACE);
      world.lose("ADD", "request", 2);
      expect(await outcome(world)).toBe("ISSUER_UNAVAILABLE 503");
      expect(proxy.armed).toBe(0);
      expect(await world.logins()).toEqual([200, 401]);
      expect(await (next === "heal" ? healed(world) : outcome(world))).toBe("OK 200");
      expect(world.values()).toHaveLength(2);
      expect(await world.logins()).toEqual([200, 200]);
      expect(await outcome(world, "retire")).toBe("OK 200");
      await expectCurrentAlone(world);
    },
  );

  it.each(["answer", "request"] as const)(
    "retires the older value although the %s of deleting is lost",
    async (lost) => {
      const world = await open(NO_GRACE);
      await rotate(world, "one call");
      world.lose("DELETE", lost);
      expect(await outcome(world, "retire")).toMatch(/ 200$/);
      expect(proxy.armed).toBe(0);
      await expectCurrentAlone(world);
    },
  );

  it.each(["answer", "request"] as const)(
    "goes on to the next value although the %s of deleting is lost",
    async (lost) => {
      const world = await open(NO_GRACE);
      await rotate(world, "one call");
      world.lose("DELETE", lost);
      await rotate(world, "one call");
      expect(proxy.armed).toBe(0);
      expect(await world.logins()).toEqual([401, 200, 200]);
    },
  );
});

describe("the right to rotate at the real UAA", () => {
  const WITHOUT = { authorities: ["uaa.none"] };
  const authorityOf = ({ clientId, secret }: Credentials, mayRotate: readonly string[] = ["*"]) => {
    const where = { issuer: "uaa", origin: proxy.origin, mayRotate };
    return { ...NO_GRACE, authority: { ...where, kind: "client-secret", clientId, clientSecret: secret } };
  };

  it.each(["the four steps", "one call"] as const)(
    "may be another client's: it rotates and retires, in %s",
    async (way) => {
      const warden = await uaa.makeClient({ authorities: ["clients.admin"] });
      const world = await open(authorityOf(warden), WITHOUT);
      await rotate(world, way);
      expect(await world.logins()).toEqual([200, 200]);
      expect(await outcome(world, "retire")).toBe("OK 200");
      await expectCurrentAlone(world);
    },
  );

  it("is missing where nobody has it: 403, nothing has changed, and once it is granted a heal goes on", async () => {
    const world = await open({}, WITHOUT);
    expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
    expect(await world.logins()).toEqual([200, 401]);
    const granted = { client_id: world.client.clientId, scope: ["uaa.none"], authorities: ["clients.secret"] };
    const body = { ...granted, authorized_grant_types: ["client_credentials"] };
    const path = `/oauth/clients/${world.client.clientId}`;
    expect((await send("PUT", path, await bearer(uaa.admin), body)).status).toBe(200);
    expect(await healed(world)).toBe("OK 200");
    expect(await world.logins()).toEqual([200, 200]);
  });

  it("is not another client's that the second authority does not name", async () => {
    const warden = await uaa.makeClient({ authorities: ["clients.admin"] });
    const world = await open(authorityOf(warden, ["somebody-else"]), WITHOUT);
    expect(await outcome(world)).toBe("ISSUER_FORBIDDEN 403");
    expect(await world.logins()).toEqual([200, 401]);
  });

  it("is not that of a second authority without clients.admin", async () => {
    const stranger = await uaa.makeClient();
    const world = await open(authorityOf(stranger), WITHOUT);
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
    const world = worldOf(await uaa.makeClient(), {}, `${proxy.origin}/no-uaa`);
    expect(await outcome(world)).toBe("ISSUER_CONFIGURATION 400");
    expect(world.values()).toHaveLength(1);
  });
});
