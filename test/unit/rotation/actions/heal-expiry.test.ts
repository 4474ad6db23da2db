import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { keycloakClient } from "../../../support/clients.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

const START = "2026-11-02T00:00:00Z";
const heal = (w: TestWorld) => w.call({ secretId: w.secretId, action: "heal" });
const tagsOf = (w: TestWorld) => w.emulator.admin.secret(w.secretId).freeformTags;
const writes = (w: TestWorld) => w.calls().filter((call) => call === "update-metadata").length;

/** Secrets expire after 29 days. */
const policy = { expirationSeconds: 29 * 86_400, rotatedSeconds: 172_800 };

describe("the issuer's own expiry", () => {
  const expiry = (w: TestWorld) => String(tagsOf(w)["orot-expires-on"]).split(" ");
  const inDays = (w: TestWorld) => Math.round((Date.parse(expiry(w)[0] ?? "") - w.clock.now()) / DAY_MS);

  test("is kept if the realm's policy has the secret expire", async () => {
    const w = await world({ client: keycloakClient(policy) });
    await heal(w);
    const expires = w.emulator.admin.keycloakClient("shop", w.client.clientId).attributes[
      "client.secret.expiration.time"
    ];
    expect([Date.parse(expiry(w)[0] ?? "") / 1000, expiry(w)[1]]).toEqual([Number(expires ?? 0), "v1"]);
    await w.clock.sleep(10 * DAY_MS);
    await w.rotate();
    await heal(w);
    expect(inDays(w)).toBe(29);
    expect(expiry(w)[1]).toBe("v2");
  });

  const rotations = [
    ["whole", async (w: TestWorld) => [await w.rotate()]],
    ["in Vault's four steps", (w: TestWorld) => w.steps()],
  ] as const;

  /** A secret whose expiry a heal has noted. */
  const healed = async () => {
    const w = await world({ client: keycloakClient(policy) });
    w.emulator.admin.secret(w.secretId).freeformTags = { team: "payments" };
    await heal(w);
    await w.clock.sleep(10 * DAY_MS);
    w.calls();
    return w;
  };

  test.each(rotations)("is the new value's with the write that promotes it: a rotation %s", async (_how, rotate) => {
    const w = await healed();
    expect((await rotate(w)).map(outcomeOf)).not.toContain(expect.not.stringMatching(/ 200$/));
    expect(tagsOf(w)).toMatchObject({ team: "payments" });
    expect([inDays(w), expiry(w)[1]]).toEqual([29, "v2"]);
    expect(writes(w)).toBe(0);
  });

  test("costs a rotation one look at the client and no write, whatever was noted before", async () => {
    const [noted, plain] = [await healed(), await healed()];
    plain.emulator.admin.secret(plain.secretId).freeformTags = {};
    await noted.rotate();
    await plain.rotate();
    const calls = noted.calls();
    expect(calls).toEqual(plain.calls());
    expect(calls.slice(calls.indexOf("install") + 1).filter((call) => call === "find-client")).toHaveLength(1);
    expect([inDays(plain), expiry(plain)[1]]).toEqual([29, "v2"]);
  });

  test.each(["server-error-before", "answer-lost"] as const)(
    "keeps no version from being promoted if the realm does not tell: %s",
    async (kind) => {
      const w = await healed();
      const [verified, created, updated] = [
        await w.step("VERIFY_CONNECTION"),
        await w.step("CREATE_PENDING_VERSION"),
        await w.step("UPDATE_TARGET_SYSTEM"),
      ];
      expect([verified, created, updated].map(outcomeOf)).not.toContain(expect.not.stringMatching(/ 200$/));
      w.emulator.faults.add({ call: "find-client", kind, count: 20 });
      expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", 2))).toBe("OK 200");
      expect(tagsOf(w)["orot-expires-on"]).toBe("unknown v2");
      w.emulator.faults.clear();
      await heal(w);
      expect([inDays(w), expiry(w)[1]]).toEqual([29, "v2"]);
    },
  );

  test("is learnt by a later heal although the first came before the realm's policy began for the client", async () => {
    const w = await world({ client: keycloakClient(policy) });
    const { attributes } = w.emulator.admin.keycloakClient("shop", w.client.clientId);
    const begun = attributes["client.secret.expiration.time"];
    delete attributes["client.secret.expiration.time"];
    await heal(w);
    expect(tagsOf(w)["orot-expires-on"]).toBe("never v1");
    w.calls();
    await heal(w);
    expect(writes(w)).toBe(0);
    attributes["client.secret.expiration.time"] = String(begun);
    await heal(w);
    expect([inDays(w), expiry(w)[1]]).toEqual([28, "v1"]);
  });

  test("is learnt as soon as somebody may tell", async () => {
    const w = await world({ client: keycloakClient(policy, { roles: [] }) });
    await heal(w);
    expect(tagsOf(w)["orot-expires-on"]).toBe("unknown v1");
    w.emulator.admin.keycloakClient("shop", w.client.clientId).roles["shop"] = ["view-clients"];
    await heal(w);
    expect([inDays(w), expiry(w)[1]]).toEqual([28, "v1"]);
  });

  test("is that of its grace for the older value, after a rollback", async () => {
    const w = await healed();
    await w.rotate();
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    await heal(w);
    expect([inDays(w), expiry(w)[1]]).toEqual([1, "v1"]);
  });

  test("is not known either after a rollback, until a heal asks", async () => {
    const w = await healed();
    await w.rotate();
    await heal(w);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    expect(tagsOf(w)["orot-expires-on"]).toBe("unknown v1");
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    expect(tagsOf(w)["orot-expires-on"]).toBe("unknown v2");
    await heal(w);
    expect(expiry(w)[1]).toBe("v2");
  });

  const refusals = (["refused", "conflict", "error"] as const).flatMap((answer) =>
    rotations.map(([how, rotate]) => [answer, how, rotate] as const),
  );

  test.each(refusals)("keeps no version from being promoted if tags with it are %s: a rotation %s", async (...row) => {
    const [answer, , rotate] = row;
    const w = await healed();
    w.emulator.switches["tags-with-promote"] = answer;
    expect((await rotate(w)).map(outcomeOf)).not.toContain(expect.not.stringMatching(/ 200$/));
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.calls().filter((call) => call === "promote")).toHaveLength(2);
    expect(expiry(w)[1]).toBe("v1");
    await heal(w);
    expect(expiry(w)[1]).toBe("v2");
  });

  test("keeps no rollback from going back if Vault refuses tags with it", async () => {
    const w = await healed();
    w.emulator.switches["tags-with-promote"] = "refused";
    await w.rotate();
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    expect(w.versions()).toBe("1:CURRENT 2:PREVIOUS");
  });

  test("is asked for once more, and gets its number, if an earlier edition noted it without", async () => {
    const w = await healed();
    const { freeformTags } = w.emulator.admin.secret(w.secretId);
    const [date] = expiry(w);
    w.emulator.admin.secret(w.secretId).freeformTags = { ...freeformTags, "orot-expires-on": date ?? "" };
    await heal(w);
    expect(expiry(w)).toEqual([date, "v1"]);
    await heal(w);
    expect(writes(w)).toBe(1);
  });

  test("is not asked for again while nothing is new", async () => {
    const w = await world({ client: keycloakClient(policy) });
    await heal(w);
    expect(w.calls()).toContain("find-client");
    await heal(w);
    expect(w.calls()).not.toContain("find-client");
  });

  test("is asked of a second authority if the client may not look at itself", async () => {
    const w = await world({ client: keycloakClient(policy, { roles: [], warden: ["manage-clients"] }) });
    await heal(w);
    expect(inDays(w)).toBe(28);
  });

  test("is not known if no client may ask, which is not that it never ends", async () => {
    const w = await world({ client: keycloakClient(policy, { roles: [] }) });
    await heal(w);
    expect(tagsOf(w)).toEqual({
      "orot-issuer": "keycloak",
      "orot-client": w.client.clientId,
      "orot-outcome": `OK ${START} v1`,
      "orot-expires-on": "unknown v1",
    });
  });

  test("is asked for at the next heal if the realm does not answer now", async () => {
    const w = await world({ client: keycloakClient(policy) });
    w.emulator.faults.add({ call: "find-client", kind: "server-error-before", count: 20 });
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(tagsOf(w)).toMatchObject({ "orot-outcome": `OK ${START} v1`, "orot-expires-on": "unknown v1" });
    w.emulator.faults.clear();
    await heal(w);
    expect([inDays(w), expiry(w)[1]]).toEqual([28, "v1"]);
  });
});
