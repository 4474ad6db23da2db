import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import type { FaultKind } from "../../../src/emulator/core/faults.ts";
import { regenerateByHand } from "../../support/outside-changes.ts";
import { STEPS } from "../../support/world.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import {
  DOWN,
  endpointsOf,
  firstChange,
  HOOK,
  heal,
  heardBy,
  KEY,
  OTHER,
  subscribedIn,
  versionsHeardBy,
} from "./subscribed.ts";

const world = useWorlds();
const subscribed = (endpoints: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  subscribedIn(world, endpoints, more);

describe("after a promotion", () => {
  test("each subscriber hears once which version is CURRENT", async () => {
    const w = await subscribed([HOOK, OTHER]);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(heardBy(w, HOOK)).toEqual([firstChange(w)]);
    expect(heardBy(w, OTHER)).toEqual(heardBy(w, HOOK));
    await heal(w);
    await heal(w);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("the four steps tell of it at the last one", async () => {
    const w = await subscribed([HOOK]);
    const heard: number[] = [];
    let versionNo: number | null = null;
    for (const step of STEPS) {
      versionNo = (await w.step(step, versionNo)).versionNo;
      heard.push(heardBy(w, HOOK).length);
    }
    expect(heard).toEqual([0, 0, 0, 1]);
  });

  test("what is told is signed with the key in Vault", async () => {
    const w = await subscribed([HOOK]);
    await w.rotate();
    const [received] = w.emulator.state.received.webhooks;
    // The library compares with the machine's clock; the world has its own.
    const { "webhook-timestamp": timestamp = "", ...rest } = received?.headers ?? {};
    expect(Number(timestamp) * 1000).toBeLessThanOrEqual(w.clock.now());
    const signature = new Webhook(KEY).sign(
      rest["webhook-id"] ?? "",
      new Date(Number(timestamp) * 1000),
      received?.body ?? "",
    );
    expect(rest["webhook-signature"]).toBe(signature);
    expect(rest).toMatchObject({ "content-type": "application/json" });
  });

  test("the next one is told under another id", async () => {
    const w = await subscribed([HOOK]);
    await w.rotate();
    await w.rotate();
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`, `${w.secretId}:5:2`]);
  });

  test("subscribers hear after the promote, when Vault is ACTIVE again", async () => {
    const w = await subscribed([HOOK]);
    w.emulator.switches["updating-polls"] = 3;
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const names = w.emulator.requests.map(({ call }) => call);
    expect(names.lastIndexOf("webhook")).toBeGreaterThan(names.lastIndexOf("promote") + 3);
  });

  test("what is CURRENT already is no news to the first subscriber", async () => {
    const w = await subscribed([HOOK]);
    await heal(w);
    expect(heardBy(w, HOOK)).toEqual([]);
  });

  test("a rollback is told too", async () => {
    const w = await subscribed([HOOK]);
    await w.rotate();
    regenerateByHand(w, w.app.secret);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`, `${w.secretId}:1:2`]);
  });

  test("without a subscriber not one request more is sent", async () => {
    const plain = await world();
    plain.calls();
    await plain.rotate();
    const w = await subscribed([]);
    await w.rotate();
    expect(w.calls()).toEqual(plain.calls());
  });
});

describe("a subscriber that cannot be reached", () => {
  test("fails no rotation and keeps nobody from being told", async () => {
    const w = await subscribed([DOWN, HOOK]);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("hears of it from the next heal under the same id, and nobody else hears again", async () => {
    const w = await subscribed([HOOK, OTHER]);
    w.emulator.faults.add({ call: "webhook", kind: "server-error-before", count: 4 });
    await w.rotate();
    expect([...heardBy(w, HOOK), ...heardBy(w, OTHER)]).toEqual([]);
    await heal(w);
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
    expect(heardBy(w, OTHER).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
    await heal(w);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("is asked a second time in the same call", async () => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "webhook", kind: "server-error-before" });
    await w.rotate();
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("takes no more time than notifications have", async () => {
    const w = await subscribed([HOOK, OTHER], { OROT_NOTIFY_BUDGET_SECONDS: "4" });
    await w.rotate();
    const started = w.clock.now();
    await w.rotate();
    const plain = w.clock.now() - started;
    w.emulator.faults.add({ call: "webhook", kind: "too-slow", count: 100 });
    const slow = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.clock.now() - slow).toBeLessThanOrEqual(plain + 4_000);
  });

  test("costs no more than that where the key that signs cannot be read in time", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_BUDGET_SECONDS: "4" });
    await w.rotate();
    const started = w.clock.now();
    const reads = () => w.emulator.requests.filter(({ call }) => call === "read-current").length;
    const before = reads();
    await w.rotate();
    const plain = w.clock.now() - started;
    // The last of a rotation's reads is the key's.
    const occurrence = reads() - before;
    w.emulator.faults.add({ call: "read-current", kind: "too-slow", occurrence, count: 100 });
    const slow = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.faults.struck).toBeGreaterThan(0);
    expect(w.clock.now() - slow).toBeLessThanOrEqual(plain + 4_000);
  });

  test("is removed after so many calls in a row", async () => {
    const w = await subscribed([HOOK, DOWN], { OROT_NOTIFY_MAX_FAILURES: "3" });
    await w.rotate();
    await heal(w);
    expect(endpointsOf(w)).toEqual([HOOK, DOWN]);
    await heal(w);
    expect(endpointsOf(w)).toEqual([HOOK]);
  });

  test("is not removed because the list of hosts does not name it any more", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_MAX_FAILURES: "1" });
    const hosts = w.configure("OROT_NOTIFY_HOSTS", "elsewhere.emulated.example");
    await w.rotate();
    await heal(w);
    expect(endpointsOf(w)).toEqual([HOOK]);
    w.configure("OROT_NOTIFY_HOSTS", hosts);
    await heal(w);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("starts anew once it was reached", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_MAX_FAILURES: "2" });
    for (let round = 0; round < 3; round++) {
      w.emulator.faults.add({ call: "webhook", kind: "server-error-before", count: 2 });
      await w.rotate();
      await heal(w);
    }
    expect(endpointsOf(w)).toEqual([HOOK]);
  });
});

describe("at least once", () => {
  test.each<FaultKind>(["killed-before", "killed-after"])("although the process is %s at the webhook", async (kind) => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "webhook", kind });
    // Nobody hears of that call any more.
    void w.rotate();
    await w.clock.sleep(120_000);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    await heal(w);
    expect(new Set(heardBy(w, HOOK).map(({ id }) => id))).toEqual(new Set([`${w.secretId}:3:1`]));
  });

  test.each<FaultKind>([
    "refused",
    "answer-lost",
    "server-error-before",
    "server-error-after",
    "precondition-failed",
    "lands-late",
  ])("although who was told cannot be noted (%s)", async (kind) => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "update-metadata", kind, count: 2 });
    await w.rotate();
    await w.clock.sleep(120_000);
    await heal(w);
    expect(new Set(heardBy(w, HOOK).map(({ id }) => id))).toEqual(new Set([`${w.secretId}:3:1`]));
    const before = heardBy(w, HOOK).length;
    await heal(w);
    expect(heardBy(w, HOOK)).toHaveLength(before);
  });

  test("also where the keys could not be read at first, which is no failure of the subscriber", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_MAX_FAILURES: "1" });
    const keys = w.configure("OROT_WEBHOOK_KEY_SECRET_ID", "ocid1.vaultsecret.oc1.iad.gone");
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    await heal(w);
    expect(endpointsOf(w)).toEqual([HOOK]);
    w.configure("OROT_WEBHOOK_KEY_SECRET_ID", keys);
    await heal(w);
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
  });
});
