import { describe, expect, test } from "vitest";
import { type UaaClientOptions, uaaClient } from "../../support/clients.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();
const OVER_MS = 160_000;

const world = (options: UaaClientOptions, environment: Record<string, string> = { OROT_GRACE_HOURS: "0" }) =>
  createWorld({ client: uaaClient(options), environment });
const send = (w: TestWorld, action: "retire" | "heal") => w.call({ secretId: w.secretId, action });
const changes = (w: TestWorld) => w.calls().filter((call) => call === "install" || call === "retire");
/** The client may not change its own secret. */
const powerless = { authorities: ["uaa.none"] } as const;

describe("a client that may not change its own secret", () => {
  test.each(["clients.admin", "uaa.admin"])("is rotated and retired by another with %s", async (authority) => {
    const w = await world({ ...powerless, warden: [authority] });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.accepted(1, 2)).toEqual([1, 2]);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
    expect(outcomeOf(await send(w, "retire"))).toBe("OK 200");
    expect(w.accepted(1, 2, 3)).toEqual([3]);
  });

  test("asks by itself once, and then by the other: no value is added twice", async () => {
    const w = await world({ ...powerless, warden: ["clients.admin"] });
    await w.rotate();
    expect(changes(w)).toEqual(["install", "install"]);
    expect(w.emulator.admin.uaaClient(w.client.clientId).installs).toBe(1);
  });

  test("has a heal by the other where CURRENT is dead and nothing stored works", async () => {
    const w = await world({ ...powerless, warden: ["clients.admin"] });
    w.emulator.admin.uaaClient(w.client.clientId).secrets = [];
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test("has nothing stored by a heal while the secret of the only other one cannot be read", async () => {
    const w = await world(powerless, { OROT_AUTHORITY_SECRET_IDS: "ocid1.vaultsecret.oc1.iad.gone" });
    w.emulator.admin.uaaClient(w.client.clientId).secrets = [];
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("SECRET_NOT_FOUND 404");
    expect(answer.returnMessage).toContain("the second authority in secret");
    expect(w.versions()).toBe("1:CURRENT");
  });

  test.each<[string, UaaClientOptions]>([
    ["no other client is configured", powerless],
    ["the other has no authority either", { ...powerless, warden: ["uaa.none"] }],
    ["the other may change only its own secret", { ...powerless, warden: ["clients.secret"] }],
  ])("gets a 403 if %s, and nothing has changed at the UAA", async (_what, options) => {
    const w = await world(options);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_FORBIDDEN 403");
    expect(answer.returnMessage).toContain("clients.secret");
    expect(answer.returnMessage).toContain("clients.admin");
    expect(w.client.state()).toEqual([w.client.secret]);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is rotated with the stored value once it has the authority", async () => {
    const w = await world(powerless);
    await w.rotate();
    const stored = w.valueOf(2);
    w.emulator.admin.uaaClient(w.client.clientId).authorities = ["clients.secret"];
    await w.clock.sleep(OVER_MS);
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.valueOf(2)).toBe(stored);
  });
});

describe("a client without the client credentials grant, which gets no token", () => {
  const tokenless = { grantTypes: ["authorization_code"] } as const;

  test("is rotated and retired by another: its secret is known to be right all the same", async () => {
    const w = await world({ ...tokenless, warden: ["uaa.admin"] });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(changes(w)).toEqual(["install", "retire", "install"]);
    expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
    expect(outcomeOf(await send(w, "heal"))).toMatch(/ 200$/);
  });

  test("gets a 403 if no other is configured, before any change", async () => {
    const w = await world(tokenless);
    const before = w.state();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_FORBIDDEN 403");
    expect(answer.returnMessage).toContain("OROT_AUTHORITY_SECRET_IDS");
    expect(w.state()).toEqual(before);
    expect(changes(w)).toEqual([]);
  });
});

describe("the zone's policy for client secrets", () => {
  const refuseAll = (w: TestWorld, minLength: number) => {
    const zone = w.emulator.state.uaa.zones.uaa;
    zone.policy = { ...zone.policy, minLength };
  };

  test("that refuses two values ends the rotation, with CURRENT at work and no third value", async () => {
    const w = await world({});
    refuseAll(w, 100);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("POLICY_REFUSED 400");
    expect(answer.returnMessage).toContain("refused every value that was tried");
    expect(changes(w)).toEqual(["install", "install"]);
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
    expect(w.client.state()).toEqual([w.client.secret]);
  });

  test("that refuses the stored value ends a heal, which makes no other one", async () => {
    const w = await world({});
    refuseAll(w, 100);
    await w.rotate();
    await w.clock.sleep(OVER_MS);
    w.calls();
    expect(outcomeOf(await send(w, "heal"))).toBe("POLICY_REFUSED 400");
    expect(changes(w)).toEqual(["install"]);
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
  });

  test("once it is changed lets a heal finish with the value that is stored", async () => {
    const w = await world({});
    refuseAll(w, 100);
    await w.rotate();
    refuseAll(w, 64);
    await w.clock.sleep(OVER_MS);
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.accepted(1, 3)).toEqual([1, 3]);
  });

  test("that asks for every kind of character takes the first value", async () => {
    const w = await world({});
    const zone = w.emulator.state.uaa.zones.uaa;
    const one = {
      requireDigit: 1,
      requireLowerCaseCharacter: 1,
      requireUpperCaseCharacter: 1,
      requireSpecialCharacter: 1,
    };
    zone.policy = { ...zone.policy, ...one, minLength: 64, maxLength: 64 };
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(changes(w)).toEqual(["install"]);
  });
});

test("the words of older releases for a wrong secret are understood", async () => {
  const w = await createWorld({
    client: uaaClient(),
    switches: { "uaa-bad-credentials": "unauthorized" },
    environment: { OROT_GRACE_HOURS: "0" },
  });
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(outcomeOf(await send(w, "retire"))).toBe("OK 200");
  expect(w.accepted(1, 2)).toEqual([2]);
});

test("a client of another zone is rotated at its zone's host, where no zone is named", async () => {
  const inZone = (emulator: Parameters<ReturnType<typeof uaaClient>>[0]) => {
    const { zoneId, subdomain } = emulator.admin.createUaaZone();
    const client = uaaClient({ zoneId })(emulator);
    const url = `https://${subdomain}.emulated.example/uaa`;
    return { ...client, content: { ...client.content, url } };
  };
  const w = await createWorld({ client: inZone, environment: { OROT_GRACE_HOURS: "0" } });
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(w.accepted(1, 2, 3)).toEqual([2, 3]);
});
