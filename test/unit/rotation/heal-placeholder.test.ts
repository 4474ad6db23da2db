import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../src/base/durations.ts";
import type { Client } from "../../../src/clients/issuers/client.ts";
import { contentOf } from "../../../src/clients/issuers/content-of.ts";
import { type ClientKind, edfiClient, ociIamClient, uaaClient } from "../../support/clients.ts";
import { writeVersion } from "../../support/outside-changes.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

/** A secret as its adoption makes it: the client is named, and its first version holds no client secret. */
const named = (sample: Record<string, unknown>) => ({
  ...sample,
  ...("appSecret" in sample ? { appSecret: null } : { clientSecret: null }),
  _rotation: { v: 1, kind: "placeholder" },
});
const world = (client: ClientKind, rest: WorldOptions = {}) => createWorld({ client, content: named, ...rest });
const atUaa = (options = {}, rest: WorldOptions = {}) =>
  world(uaaClient({ authorities: [], warden: ["clients.admin"], ...options }), rest);
const send = (w: TestWorld, action: string) => w.call({ secretId: w.secretId, action });
const callsOf = (w: TestWorld, name: string) => w.calls().filter((call) => call === name).length;
/** Whether the issuer still takes the value that it held before, which no version holds. */
const oldWorks = (w: TestWorld) => w.client.accepts(w.app.secret);

describe("a first version that only names the client", () => {
  test("is what an adoption writes, at every issuer", () => {
    const client: Client = {
      ...{ issuer: "uaa", base: "https://uaa.example/uaa", realm: null, tenant: null, tokenUrl: null },
      ...{ clientId: "app", subject: null },
    };
    const written = JSON.parse(contentOf(client, null).reveal());
    expect(written).toEqual(
      named({ issuer: "uaa", url: "https://uaa.example/uaa", clientId: "app", clientSecret: "" }),
    );
    const app = contentOf({ ...client, issuer: "oci-iam", subject: "0a" }, null).reveal();
    expect(JSON.parse(app)).toMatchObject({ appSecret: null, _rotation: { kind: "placeholder" } });
  });

  test("at a UAA, a heal gives the client a value beside the one that works, without waiting", async () => {
    const w = await atUaa();
    const started = w.clock.now();
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
    expect(oldWorks(w)).toBe(true);
    expect(w.clock.now() - started).toBeLessThan(30_000);
    expect(outcomeOf(await send(w, "heal"))).toBe("NOTHING_TO_DO 200");
    expect(callsOf(w, "install")).toBe(1);
  });

  test("at Ed-Fi, a heal has a value made, under a claim, and says so in the content that applications get", async () => {
    const w = await world(edfiClient());
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.content(w.secretId, 3)).not.toContain("_rotation");
    expect(w.emulator.admin.content(w.secretId, 2)).toContain("claim");
    expect(callsOf(w, "regenerate")).toBe(1);
  });

  test.each([
    ["has a value made", "empty", 1],
    ["is asked for the value that the App shows, and nothing is changed", "clear", 0],
  ] as const)("at an identity domain, the principal that is bound to the secret %s", async (_does, shown, mints) => {
    const switches = { "signed-callers": "allowed", "app-read-back": shown } as const;
    const w = await world(ociIamClient, { signsRequests: true, switches });
    const base = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;
    w.environment["OROT_RESOURCE_PRINCIPAL_APPS"] = [base, w.app.appId, w.app.clientId, w.secretId].join("#");
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(mints);
  });

  test("Vault's own four steps do the same", async () => {
    const w = await atUaa();
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
  });

  test("without an authority that is bound, it waits for one, and nobody is called locked out", async () => {
    const w = await world(edfiClient({ hasAdmin: false }));
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("CLIENT_NOT_BOUND 400");
    expect(answer.returnMessage).toContain("no client secret yet");
    expect(w.versions()).toBe("1:CURRENT");
  });

  test("is never taken for a credential: check and rollback say what it is", async () => {
    const w = await atUaa();
    const checked = await send(w, "check");
    expect(outcomeOf(checked)).toBe("CONTENT_INVALID 400");
    expect(checked.returnMessage).toContain("placeholder");
    await send(w, "heal");
    const rolledBack = await send(w, "rollback");
    expect(rolledBack.responseCode).toBe(400);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
  });

  test("is believed in the first version alone: stored later by somebody, it has no value made", async () => {
    const w = await createWorld({ client: edfiClient() });
    await writeVersion(w, named(JSON.parse(w.emulator.admin.content(w.secretId, 1) ?? "")), { stage: "CURRENT" });
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("CONTENT_INVALID 400");
    expect(callsOf(w, "regenerate")).toBe(0);
  });

  test("promoted again by somebody, it gives way to the value that works", async () => {
    const w = await world(edfiClient());
    await send(w, "heal");
    w.emulator.admin.secret(w.secretId).versions.forEach((version) => {
      version.stage = version.number === 1 ? "CURRENT" : version.number === 3 ? "PREVIOUS" : "DEPRECATED";
    });
    await w.clock.sleep(HOUR_MS);
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(callsOf(w, "regenerate")).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });
});

describe("a UAA's client that must not get a second value", () => {
  test("one that logs in without a secret is left alone, and its empty login lives", async () => {
    const w = await atUaa({ secret: "" });
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("logs in without a secret");
    expect(w.emulator.admin.uaaClient(w.app.clientId).installs).toBe(0);
    expect(w.client.accepts("")).toBe(true);
  });

  test("one that holds two already is refused after the landing bound, and both live", async () => {
    const w = await atUaa();
    const { secrets } = w.emulator.admin.uaaClient(w.app.clientId);
    const [first] = secrets;
    if (first !== undefined) secrets.push({ ...first, value: "another-that-works" });
    w.canary.add("another-that-works");
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("RETIRE_NOT_SAFE 409");
    expect(oldWorks(w)).toBe(true);
    expect(w.client.accepts("another-that-works")).toBe(true);
  });
});

describe("the value from before an adoption, which no version holds", () => {
  const adopted = async (rest: WorldOptions = {}) => {
    const w = await atUaa({}, { environment: { OROT_GRACE_HOURS: "0" }, ...rest });
    await send(w, "heal");
    await w.clock.sleep(40 * DAY_MS);
    return w;
  };
  const end = (w: TestWorld) => w.call({ secretId: w.secretId, action: "retire", unknown: true });

  test("is ended by no grace: not by a heal, a rotation, or a retirement", async () => {
    const w = await adopted();
    expect(outcomeOf(await send(w, "heal"))).toBe("NOTHING_TO_DO 200");
    const retired = await send(w, "retire");
    expect(outcomeOf(retired)).toBe("RETIRE_NOT_SAFE 409");
    expect(retired.returnMessage).toContain("retire --unknown");
    expect(outcomeOf(await w.rotate())).toBe("RETIRE_NOT_SAFE 409");
    expect(oldWorks(w)).toBe(true);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is ended by an express word, and CURRENT's value stays alone; the next rotation then has room", async () => {
    const w = await adopted();
    expect(outcomeOf(await end(w))).toBe("OK 200");
    expect(oldWorks(w)).toBe(false);
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.uaaClient(w.app.clientId).secrets).toHaveLength(1);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
  });

  test("is ended although a rotation has stored a value that found no room, which then gets it", async () => {
    const w = await adopted();
    expect(outcomeOf(await w.rotate())).toBe("RETIRE_NOT_SAFE 409");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT 3:PENDING");
    await w.clock.sleep(HOUR_MS);
    expect(outcomeOf(await send(w, "retire"))).toBe("RETIRE_NOT_SAFE 409");
    expect(outcomeOf(await end(w))).toBe("OK 200");
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.versions()).toBe("1:DEPRECATED 2:PREVIOUS 3:CURRENT");
    expect(w.accepted(2, 3)).toEqual([2, 3]);
  });

  test("is not ended while a pending value works, which a heal makes CURRENT first", async () => {
    const w = await adopted();
    w.emulator.admin.uaaClient(w.app.clientId).secrets.splice(0, 1);
    w.emulator.faults.add({ call: "promote", kind: "killed-before" });
    await Promise.race([w.rotate(), w.clock.sleep(400_000)]);
    expect(w.accepted(2, 3)).toEqual([2, 3]);
    const refused = await end(w);
    expect(outcomeOf(refused)).toBe("RETIRE_NOT_SAFE 409");
    expect(refused.returnMessage).toContain("version 3 is pending. Next: run heal first");
    expect(w.accepted(2, 3)).toEqual([2, 3]);
  });

  test("is ended although a stray value is the newer one: CURRENT is never what the UAA deletes", async () => {
    const w = await adopted();
    const { secrets } = w.emulator.admin.uaaClient(w.app.clientId);
    const [old, own] = secrets;
    if (old === undefined || own === undefined) throw new Error("two were expected");
    secrets.splice(0, 2, own, old);
    expect(outcomeOf(await end(w))).toBe("OK 200");
    expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
  });

  test.each(["answer-lost", "server-error-before", "killed-after"] as const)(
    "if the request ends with %s, it is ended in the end, and nothing else is",
    async (kind) => {
      const w = await adopted();
      w.emulator.faults.add({ call: "install", kind });
      await Promise.race([end(w), w.clock.sleep(400_000)]);
      expect((await end(w)).responseCode).toBe(200);
      expect([w.currentVerdict(), oldWorks(w)]).toEqual(["accepted", false]);
    },
  );

  test("without a placeholder the word does no harm, and at issuers that keep one value there is nothing to do", async () => {
    const w = await createWorld({ client: uaaClient() });
    expect(outcomeOf(await end(w))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    const edfi = await createWorld({ client: edfiClient() });
    expect(outcomeOf(await end(edfi))).toBe("NOTHING_TO_DO 200");
    expect(edfi.currentVerdict()).toBe("accepted");
  });

  test("the word belongs to retire alone", async () => {
    const w = await createWorld({ client: uaaClient() });
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "heal", unknown: true }))).toBe("EVENT_INVALID 400");
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "retire", unknown: "yes" }))).toBe(
      "EVENT_INVALID 400",
    );
  });
});
