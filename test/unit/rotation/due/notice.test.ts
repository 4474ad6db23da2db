import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { addVersion } from "../../../../src/emulator/vault/stages.ts";
import { createFleet } from "../../../support/fleet.ts";
import { startProcess } from "../../../support/processes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";
import { DOWN, HOOK, heal, heardBy, KEY, OTHER, published, subscribedIn, TOPIC } from "../../notify/subscribed.ts";

const world = useWorlds();
const WEEK = { OROT_NOTICE_BEFORE: "7d" };

/** A secret made sixty days ago, with these subscribers. */
async function subscribed(endpoints: readonly string[], environment: Readonly<Record<string, string>> = WEEK) {
  const w = await subscribedIn(world, endpoints, environment);
  backdate(w, w.secretId, 60);
  return w;
}

function backdate(w: TestWorld, secretId: string, days: number): void {
  const secret = w.emulator.admin.secret(secretId);
  secret.versions = secret.versions.map((one) => ({ ...one, createdAt: w.clock.now() - days * DAY_MS }));
}

const inDays = (w: TestWorld, days: number) => new Date(w.clock.now() + days * DAY_MS).toISOString();

function scheduleIn(w: TestWorld, days: number, secretId = w.secretId): void {
  const secret = w.emulator.admin.secret(secretId);
  const target = { targetSystemType: "FUNCTION", functionId: w.emulator.admin.createFunction() };
  secret.rotationConfig = { targetSystemDetails: target, isScheduledRotationEnabled: true, rotationInterval: "P30D" };
  secret.nextRotationAt = w.clock.now() + days * DAY_MS;
}

function endIn(w: TestWorld, days: number, secretId = w.secretId): void {
  w.emulator.admin.secret(secretId).freeformTags = {
    "orot-issuer": "oci-iam",
    "orot-expires-on": `${inDays(w, days)} v1`,
  };
}

/** Every notice that a receiver got. */
const noticesOf = (w: TestWorld, endpoint = HOOK) =>
  heardBy(w, endpoint).filter(({ usecase }) => usecase === "credentialRotationDue");

describe("before a client secret is due", () => {
  test("each subscriber and the topic hear of it once, however many heals there are", async () => {
    const w = await subscribed([HOOK, OTHER], { ...WEEK, ...TOPIC });
    scheduleIn(w, 6);
    const dueAt = inDays(w, 6);
    for (let times = 0; times < 3; times++) expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    const notice = {
      ...{ usecase: "credentialRotationDue", id: `${w.secretId}:1:due`, time: expect.any(String) },
      ...{ secretId: w.secretId, versionNo: 1, dueAt, reason: "rotation" },
    };
    expect(heardBy(w, HOOK)).toEqual([notice]);
    expect(heardBy(w, OTHER)).toEqual([notice]);
    expect(published(w)).toEqual([
      { to: TOPIC.OROT_NOTIFY_TOPIC_ID, title: "A client secret in OCI Vault is due to be rotated", ...notice },
    ]);
  });

  test.each<[string, (w: TestWorld) => void]>([
    ["8 days before its rotation", (w) => scheduleIn(w, 8)],
    ["while it never ends and is never rotated", () => undefined],
    [
      "while its end is that of another version",
      (w) => {
        w.emulator.admin.secret(w.secretId).freeformTags = { "orot-expires-on": `${inDays(w, 3)} v9` };
      },
    ],
    [
      "in the first half of its life",
      (w) => {
        scheduleIn(w, 6);
        w.emulator.admin.secret(w.secretId).rotationConfig = {
          targetSystemDetails: { targetSystemType: "FUNCTION", functionId: w.emulator.admin.createFunction() },
          isScheduledRotationEnabled: true,
          rotationInterval: "P10D",
        };
        backdate(w, w.secretId, 4);
      },
    ],
    [
      "while Vault is rotating it",
      (w) => {
        scheduleIn(w, 6);
        w.emulator.admin.secret(w.secretId).rotation = {
          workRequestId: "ocid1.workrequest.oc1..w",
          cancelled: false,
          started: true,
        };
      },
    ],
  ])("nobody hears %s", async (_what, arrange) => {
    const w = await subscribed([HOOK]);
    arrange(w);
    await heal(w);
    expect(noticesOf(w)).toEqual([]);
  });

  test("each subscriber hears in its own time, once, and under the same id", async () => {
    const w = await subscribed([HOOK], WEEK);
    const twoWeeks = { secretId: w.secretId, action: "subscribe", endpoint: OTHER, noticeBefore: "14d" };
    expect(outcomeOf(await w.call(twoWeeks))).toBe("OK 200");
    scheduleIn(w, 10);
    await heal(w);
    await heal(w);
    const told = () => [HOOK, OTHER].map((endpoint) => noticesOf(w, endpoint).map(({ id }) => id));
    const id = `${w.secretId}:1:due`;
    expect(told()).toEqual([[], [id]]);
    scheduleIn(w, 6);
    await heal(w);
    await heal(w);
    expect(told()).toEqual([[id], [id]]);
  });

  test("nobody hears without the setting", async () => {
    const w = await subscribed([HOOK], {});
    scheduleIn(w, 1);
    await heal(w);
    expect(noticesOf(w)).toEqual([]);
  });

  test.each<[string, Record<string, string>, (w: TestWorld) => void]>([
    ["expiry", {}, (w) => endIn(w, 5)],
    ["age", { OROT_MAX_AGE_DAYS: "65" }, () => undefined],
    ["rotation", {}, (w) => scheduleIn(w, -1)],
  ])("they hear that it is its %s", async (reason, environment, arrange) => {
    const w = await subscribed([HOOK], { ...WEEK, ...environment });
    arrange(w);
    await heal(w);
    expect(noticesOf(w)).toEqual([expect.objectContaining({ reason })]);
  });

  test("they hear of a rotation by Vault's schedule also of a value that was made a day before", async () => {
    const w = await subscribed([HOOK]);
    scheduleIn(w, 3);
    backdate(w, w.secretId, 1);
    const dueAt = inDays(w, 3);
    await heal(w);
    expect(noticesOf(w)).toEqual([expect.objectContaining({ reason: "rotation", dueAt })]);
  });

  test("a copy of the value in a newer version does not put its age off", async () => {
    const w = await subscribed([HOOK], { ...WEEK, OROT_MAX_AGE_DAYS: "65" });
    const secret = w.emulator.admin.secret(w.secretId);
    addVersion(secret, {
      content: secret.versions[0]?.content ?? "",
      name: null,
      stage: "CURRENT",
      now: w.clock.now(),
      keepPending: true,
    });
    await heal(w);
    expect(noticesOf(w)).toEqual([expect.objectContaining({ reason: "age", versionNo: 2 })]);
  });

  test("the next value has a notice of its own, under another id", async () => {
    const w = await subscribed([HOOK]);
    scheduleIn(w, 6);
    await heal(w);
    await w.rotate();
    scheduleIn(w, 30);
    await heal(w);
    expect(noticesOf(w)).toHaveLength(1);
    const { number } = w.emulator.admin.secret(w.secretId).versions.at(-1) ?? { number: 0 };
    scheduleIn(w, 6);
    backdate(w, w.secretId, 30);
    await heal(w);
    expect(noticesOf(w).map(({ id }) => id)).toEqual([`${w.secretId}:1:due`, `${w.secretId}:${number}:due`]);
  });
});

describe("a receiver that is down", () => {
  test("hears later, and the others not again", async () => {
    const w = await subscribed([HOOK, DOWN]);
    scheduleIn(w, 6);
    await heal(w);
    expect(noticesOf(w)).toHaveLength(1);
    const triedBefore = w.emulator.requests.filter(({ call }) => call === "webhook").length;
    await heal(w);
    expect(w.emulator.requests.filter(({ call }) => call === "webhook").length).toBeGreaterThan(triedBefore);
    expect(noticesOf(w)).toHaveLength(1);
  });

  test("is tried as often as the settings allow, and stays registered", async () => {
    const w = await subscribed([DOWN], { ...WEEK, OROT_NOTIFY_MAX_FAILURES: "2" });
    scheduleIn(w, 6);
    for (let times = 0; times < 2; times++) await heal(w);
    const tried = w.emulator.requests.filter(({ call }) => call === "webhook").length;
    await heal(w);
    expect(w.emulator.requests.filter(({ call }) => call === "webhook")).toHaveLength(tried);
    expect((await w.call({ secretId: w.secretId, action: "subscribers" })).endpoints).toHaveLength(1);
  });
});

describe("of many", () => {
  async function fleet(environment: Record<string, string> = {}) {
    const w = await createFleet(world, { ...WEEK, ...TOPIC, ...environment });
    w.emulator.admin.createTopic({ id: TOPIC.OROT_NOTIFY_TOPIC_ID });
    const make = (days: number) => {
      const { id } = w.make("healthy");
      backdate(w, id, 60);
      endIn(w, days, id);
      return id;
    };
    return { w, make };
  }
  const told = (w: TestWorld) =>
    published(w).flatMap(({ usecase, secretId }) => (usecase === "credentialRotationDue" ? [secretId] : []));

  test("a heal tells whose value is due soon", async () => {
    const { w, make } = await fleet();
    const [soon] = [make(6), make(20)];
    await w.heal();
    await w.heal();
    expect(told(w)).toEqual([soon]);
  });

  test("rotate-due tells beforehand whose rotation it will make, and rotates none of them", async () => {
    const { w, make } = await fleet();
    const [, soon] = [make(2), make(9), make(12)];
    const answer = await w.call({ action: "rotate-due", within: "3d" });
    expect(answer).toMatchObject({ rotated: 1, notDue: 0, remaining: 0 });
    expect(told(w)).toEqual([soon]);
    await w.call({ action: "rotate-due", within: "3d" });
    expect(told(w)).toEqual([soon]);
  });

  test("rotate-due holds back the notice of a subscriber whose own time has not come", async () => {
    const { w, make } = await fleet({ OROT_NOTIFY_HOSTS: "hooks.emulated.example" });
    const keys = { name: "keys", content: JSON.stringify({ keys: [KEY] }) };
    w.environment["OROT_WEBHOOK_KEY_SECRET_ID"] = w.emulator.admin.createSecret(keys);
    const [early, late] = [make(9), make(8)];
    for (const id of [early, late]) {
      const subscribers = [{ endpoint: HOOK, noticeBefore: "5d" }];
      w.emulator.admin.secret(id).metadata = { orot: JSON.stringify({ subscribers }) };
    }
    await w.call({ action: "rotate-due", within: "3d" });
    expect(new Set(told(w))).toEqual(new Set([early, late]));
    expect(noticesOf(w)).toEqual([expect.objectContaining({ secretId: late })]);
  });

  test.each(["PENDING", "CURRENT"] as const)("nobody hears while another run's claim is %s", async (stage) => {
    const { w, make } = await fleet();
    const id = make(2);
    const secret = w.emulator.admin.secret(id);
    const _rotation = { v: 1, kind: "claim", callId: "01OTHER", ttlSeconds: 3_600, base: 1, takeovers: 0 };
    const claim = JSON.stringify({ ...JSON.parse(w.emulator.admin.content(id, 1) ?? "{}"), _rotation });
    const content = Buffer.from(claim).toString("base64");
    addVersion(secret, { name: "orot-2", content, stage, now: w.clock.now(), keepPending: false });
    backdate(w, id, 60);
    // The claim in CURRENT is long over, that of the run at work has just been written.
    if (stage === "PENDING") Object.assign(secret.versions[1] ?? {}, { createdAt: w.clock.now() });
    else secret.freeformTags = { "orot-issuer": "oci-iam", "orot-expires-on": inDays(w, 2) };
    await w.call({ action: "rotate-due" });
    expect(told(w)).toEqual([]);
  });

  test("rotate-due still rotates who is too old now although its date is only near", async () => {
    const { w, make } = await fleet();
    Object.assign(w.emulator.admin.secret(make(6)), { createdAt: w.clock.now() - 60 * DAY_MS });
    expect(await w.call({ action: "rotate-due", maxAge: "50d" })).toMatchObject({ rotated: 1 });
    expect(told(w)).toEqual([]);
  });

  test("two heals at once send it under one id, and the next ones send nothing", async () => {
    const w = await subscribed([HOOK]);
    scheduleIn(w, 6);
    const processes = [startProcess(w, 1), startProcess(w, 2)];
    await Promise.all(processes.map(({ call }) => call({ secretId: w.secretId, action: "heal" })));
    expect(new Set(noticesOf(w).map(({ id }) => id)).size).toBe(1);
    const sent = noticesOf(w).length;
    await heal(w);
    expect(noticesOf(w)).toHaveLength(sent);
  });
});
