import { describe, expect, test } from "vitest";
import { readRecord } from "../../../../src/clients/vault/notify-record.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();
const HOOK = "https://hooks.example.org/rotated";
const KEYS = "ocid1.vaultsecret.oc1.iad.keys";
const environment = {
  OROT_WEBHOOK_KEY_SECRET_ID: KEYS,
  OROT_SMTP_SECRET_ID: KEYS,
  OROT_NOTIFY_HOSTS: "hooks.example.org",
};
const ready = () => world({ environment });

const subscribe = (w: TestWorld, endpoint: unknown) => w.call({ secretId: w.secretId, action: "subscribe", endpoint });
const unsubscribe = (w: TestWorld, endpoint: unknown) =>
  w.call({ secretId: w.secretId, action: "unsubscribe", endpoint });
const list = async (w: TestWorld) => (await w.call({ secretId: w.secretId, action: "subscribers" })).endpoints;
/** As the secret's metadata keeps them. */
const endpoints = (w: TestWorld) =>
  readRecord(w.emulator.admin.secret(w.secretId).metadata).subscribers.map(({ endpoint }) => endpoint);

describe("subscribers", () => {
  test("of a new secret are none", async () => {
    const w = await ready();
    const answer = await w.call({ secretId: w.secretId, action: "subscribers" });
    expect(answer).toEqual({
      responseCode: 200,
      returnMessage: "OK: the secret has 0 subscribers. Next: nothing.",
      versionNo: null,
      endpoints: [],
    });
  });

  test("are registered once, listed in their order, and removed once", async () => {
    const w = await ready();
    expect(outcomeOf(await subscribe(w, HOOK))).toBe("OK 200");
    expect(outcomeOf(await subscribe(w, "mailto:ops@example.org"))).toBe("OK 200");
    expect(outcomeOf(await subscribe(w, "HTTPS://hooks.example.org:443/rotated"))).toBe("NOTHING_TO_DO 200");
    expect(endpoints(w)).toEqual([HOOK, "mailto:ops@example.org"]);
    expect(outcomeOf(await unsubscribe(w, HOOK))).toBe("OK 200");
    expect(outcomeOf(await unsubscribe(w, HOOK))).toBe("NOTHING_TO_DO 200");
    expect(endpoints(w)).toEqual(["mailto:ops@example.org"]);
  });

  test("are listed without the part that lets anyone post there", async () => {
    const w = await ready();
    const token = "T0KEN-in-the-path";
    const whole = [
      `https://hooks.example.org/${token}`,
      `https://hooks.example.org:8443/?key=${token}`,
      "https://hooks.example.org/",
    ];
    for (const endpoint of [...whole, "mailto:ops@example.org"]) await subscribe(w, endpoint);
    expect(await list(w)).toEqual([
      "https://hooks.example.org/…",
      "https://hooks.example.org:8443/…",
      "https://hooks.example.org/",
      "mailto:ops@example.org",
    ]);
    expect(endpoints(w)).toEqual([...whole, "mailto:ops@example.org"]);
    const { metadata } = w.emulator.admin.secret(w.secretId);
    metadata["orot"] = String(metadata["orot"]).replace(`https://hooks.example.org/${token}`, `no URL ${token}`);
    expect((await list(w))?.[0]).toBe("unreadable");
  });

  test("have their paths in no answer and no log line, whatever is asked of them", async () => {
    const token = "T0KEN-in-the-path";
    const w = await world({ environment: { ...environment, OROT_NOTIFY_HOSTS: "hooks.emulated.example" } });
    const content = JSON.stringify({ keys: [`whsec_${Buffer.alloc(24, 7).toString("base64")}`] });
    w.environment["OROT_WEBHOOK_KEY_SECRET_ID"] = w.emulator.admin.createSecret({ name: "keys", content });
    const endpoint = (where: string) => `https://hooks.emulated.example/receivers/${where}${token}?key=${token}`;
    const answers = [
      await subscribe(w, endpoint("")),
      await subscribe(w, endpoint("")),
      await subscribe(w, endpoint("unavailable/")),
      await subscribe(w, `https://other.example.org/${token}`),
      await subscribe(w, `https://hooks.emulated.example/${token}#f`),
      await subscribe(w, `ftp://hooks.emulated.example/${token}`),
      await subscribe(w, `https://user:${token}@hooks.emulated.example/`),
      await subscribe(w, `mailto:ops@example.org?${token}`),
      await w.call({ secretId: w.secretId, action: "subscribers" }),
      await w.call({ secretId: w.secretId, action: "test-notification" }),
      await w.call({ secretId: w.secretId }),
      await w.call({ secretId: w.secretId, action: "heal" }),
      await unsubscribe(w, endpoint("")),
      await unsubscribe(w, `https://hooks.emulated.example/${token}`),
    ];
    expect(answers[9]?.deliveries?.map(({ outcome }) => outcome)).toEqual(["delivered", "failed"]);
    expect(w.log.filter(({ event }) => event === "notified").length).toBeGreaterThan(2);
    expect(JSON.stringify([answers, w.log])).not.toContain("T0KEN");
  });

  test("stay through a rotation", async () => {
    const w = await ready();
    await subscribe(w, HOOK);
    expect(outcomeOf(await w.call({ secretId: w.secretId }))).toBe("OK 200");
    expect(endpoints(w)).toEqual([HOOK]);
  });

  test.each([
    ["no URL", "hooks"],
    ["of another scheme", "ftp://hooks.example.org/"],
    ["at a host that is not allowed", "https://other.example.org/"],
  ])("whose endpoint is %s are refused before anything is asked", async (_what, endpoint) => {
    const w = await ready();
    w.calls();
    expect(outcomeOf(await subscribe(w, endpoint))).toBe("SUBSCRIBER_INVALID 400");
    expect(w.calls()).toEqual([]);
  });

  test.each([[undefined], [7], [""], [["https://hooks.example.org/"]]])(
    "with the endpoint %j are no event",
    async (endpoint) => {
      const w = await ready();
      expect(outcomeOf(await subscribe(w, endpoint))).toBe("EVENT_INVALID 400");
      expect(outcomeOf(await unsubscribe(w, endpoint))).toBe("EVENT_INVALID 400");
    },
  );

  test("beyond the limit are refused, and none is dropped", async () => {
    const w = await world({ environment: { ...environment, OROT_SUBSCRIBER_LIMIT: "2" } });
    await subscribe(w, `${HOOK}/1`);
    await subscribe(w, `${HOOK}/2`);
    expect(outcomeOf(await subscribe(w, `${HOOK}/3`))).toBe("SUBSCRIBER_INVALID 400");
    expect(outcomeOf(await subscribe(w, `${HOOK}/2`))).toBe("NOTHING_TO_DO 200");
    expect(endpoints(w)).toEqual([`${HOOK}/1`, `${HOOK}/2`]);
  });

  test("whose endpoints would take more than 4,000 characters together are refused", async () => {
    const w = await ready();
    const long = (n: number) => `${HOOK}/${"a".repeat(400)}${n}`;
    for (let n = 1; n <= 9; n++) expect(outcomeOf(await subscribe(w, long(n)))).toBe("OK 200");
    expect(outcomeOf(await subscribe(w, long(10)))).toBe("SUBSCRIBER_INVALID 400");
    expect(endpoints(w)).toHaveLength(9);
  });

  test("need the setting of their channel", async () => {
    const w = await world({ environment: { OROT_NOTIFY_HOSTS: "hooks.example.org" } });
    const web = await subscribe(w, HOOK);
    expect(outcomeOf(web)).toBe("SUBSCRIBER_INVALID 400");
    expect(web.returnMessage).toContain("OROT_WEBHOOK_KEY_SECRET_ID");
    const mail = await subscribe(w, "mailto:ops@example.org");
    expect(outcomeOf(mail)).toBe("SUBSCRIBER_INVALID 400");
    expect(mail.returnMessage).toContain("OROT_SMTP_SECRET_ID");
  });

  test("registered by two at once are both there", async () => {
    const w = await ready();
    const answers = await Promise.all([subscribe(w, `${HOOK}/1`), subscribe(w, `${HOOK}/2`)]);
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200"]);
    expect(endpoints(w).toSorted()).toEqual([`${HOOK}/1`, `${HOOK}/2`]);
  });

  test.each([
    "answer-lost",
    "server-error-after",
    "truncated",
    "refused",
    "precondition-failed",
    "server-error-before",
  ] as const)("are registered once although Vault's answer is %s", async (kind) => {
    const w = await ready();
    w.emulator.faults.add({ call: "update-metadata", kind });
    expect(outcomeOf(await subscribe(w, HOOK))).toBe("OK 200");
    expect(endpoints(w)).toEqual([HOOK]);
  });

  test("are not registered if Vault forbids it", async () => {
    const w = await ready();
    w.emulator.switches.deny = ["update-metadata"];
    expect((await subscribe(w, HOOK)).responseCode).toBeGreaterThanOrEqual(400);
    expect(endpoints(w)).toEqual([]);
  });

  test("cost two calls to register, and one to list", async () => {
    const w = await ready();
    w.calls();
    await subscribe(w, HOOK);
    expect(w.calls()).toEqual(["get-secret", "update-metadata"]);
    await list(w);
    expect(w.calls()).toEqual(["get-secret"]);
  });
});
