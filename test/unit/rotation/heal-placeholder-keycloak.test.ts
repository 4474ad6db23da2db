import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../src/base/durations.ts";
import { keycloakClient } from "../../support/clients.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();
const DAY_S = 86_400;
const POLICY = { expirationSeconds: 30 * DAY_S, rotatedSeconds: 3_600 };

/** A client whose value the realm's policy has ended, as its adoption leaves it in Vault: the first version holds no client secret. */
async function adopted(rest: WorldOptions = {}, policy: typeof POLICY | undefined = POLICY) {
  const client = keycloakClient(policy, { warden: ["manage-clients"] });
  const content = (sample: Record<string, unknown>) => ({
    ...{ ...sample, clientSecret: null },
    _rotation: { v: 1, kind: "placeholder" },
  });
  const w = await createWorld({ client, content, ...rest });
  for (const stored of Object.values(w.emulator.admin.realm("shop").clients)) {
    if (stored.clientId !== w.app.clientId) stored.attributes = {};
  }
  await w.clock.sleep(31 * DAY_MS);
  return w;
}

const send = (w: TestWorld, action: string, more: object = {}) => w.call({ secretId: w.secretId, action, ...more });
const oldWorks = (w: TestWorld) => w.client.accepts(w.app.secret);
const works = (w: TestWorld, versionNo: number) =>
  w.client.accepts(JSON.parse(w.emulator.admin.content(w.secretId, versionNo) ?? "{}").clientSecret);
const clientIn = (w: TestWorld) => w.emulator.admin.keycloakClient("shop", w.app.clientId);

describe("a placeholder of a Keycloak's client whose value has expired", () => {
  test("is healed by a new value, and the expired one works beside it until the grace is over", async () => {
    const w = await adopted();
    expect(oldWorks(w)).toBe(false);
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", true]);
    await w.clock.sleep(23 * HOUR_MS);
    expect(outcomeOf(await send(w, "heal"))).toBe("NOTHING_TO_DO 200");
    expect(oldWorks(w)).toBe(true);
    await w.clock.sleep(2 * HOUR_MS);
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
  });

  test("is healed by a new value where no policy rotates any more, and the expired one stays dead", async () => {
    const w = await adopted();
    w.emulator.admin.realm("shop").policies = [];
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
  });

  test.each(["answer-lost", "server-error-before", "killed-after", "killed-before"] as const)(
    "whose PUT ends with %s has both at work in the end",
    async (kind) => {
      const w = await adopted();
      w.emulator.faults.add({ call: "install", kind });
      await Promise.race([send(w, "heal"), w.clock.sleep(400_000)]);
      await w.clock.sleep(400_000);
      expect((await send(w, "heal")).responseCode).toBe(200);
      expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", true]);
    },
  );

  test.each([
    ["without a grace", { OROT_GRACE_HOURS: "0" }, "heal", {}],
    ["for the reason compromised", {}, "rotate", { reason: "compromised" }],
  ])("revives nothing %s", async (_how, environment, action, more) => {
    const w = await adopted({ environment });
    const event = { secretId: w.secretId, ...(action === "heal" ? { action } : {}), ...more };
    expect(outcomeOf(await w.call(event))).toBe("OK 200");
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
  });

  test("promoted again by somebody once its successor has expired, it revives nothing", async () => {
    const w = await adopted();
    await send(w, "heal");
    await w.clock.sleep(31 * DAY_MS);
    expect(works(w, 2)).toBe(false);
    for (const version of w.emulator.admin.secret(w.secretId).versions) {
      version.stage = version.number === 1 ? "CURRENT" : "PREVIOUS";
    }
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect([w.currentVerdict(), works(w, 2), oldWorks(w)]).toEqual(["accepted", false, false]);
  });
});

describe("a value that a Keycloak has revived, which no version holds", () => {
  const revived = async () => {
    const w = await adopted();
    await send(w, "heal");
    expect(oldWorks(w)).toBe(true);
    return w;
  };
  const end = (w: TestWorld) => send(w, "retire", { unknown: true });

  test("is ended by an express word alone, and CURRENT's works on", async () => {
    const w = await revived();
    const retired = await send(w, "retire");
    expect(outcomeOf(retired)).toBe("RETIRE_NOT_SAFE 409");
    expect(retired.returnMessage).toContain("retire --unknown");
    expect(oldWorks(w)).toBe(true);
    expect(outcomeOf(await end(w))).toBe("OK 200");
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
    expect((await end(w)).responseCode).toBe(200);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("ends with a rotation of compromised values", async () => {
    const w = await revived();
    expect(outcomeOf(await w.call({ secretId: w.secretId, reason: "compromised" }))).toBe("OK 200");
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
  });

  test("is left alone where CURRENT's has become the rotated one: deleting that would end CURRENT", async () => {
    const w = await revived();
    const client = clientIn(w);
    const own = client.secret;
    client.secret = "made-by-the-administrator";
    client.attributes["client.secret.rotated"] = own;
    w.canary.add("made-by-the-administrator");
    expect(outcomeOf(await end(w))).toBe("RETIRE_NOT_SAFE 409");
    expect(w.currentVerdict()).toBe("accepted");
  });
});
