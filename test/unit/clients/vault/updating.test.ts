import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { SecretState, SecretStore, VersionList, Write } from "../../../../src/clients/vault/store.ts";
import { createUpdating, createUpdatingTimes, type UpdatingTimes } from "../../../../src/clients/vault/updating.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

/** A secret whose writes each leave it UPDATING for so long, and a call that looks as advised. */
function createCall(times: UpdatingTimes = createUpdatingTimes()) {
  const clock = createInstantClock();
  const vault = { activeAt: 0, updatingMs: 0, write: { outcome: "done" } as Write, isListed: false };
  const isActive = () => clock.monotonic() >= vault.activeAt;
  const toy: Partial<SecretStore> = {
    readSecret: async () => ({ lifecycle: isActive() ? "ACTIVE" : "UPDATING" }) as SecretState,
    listVersions: async () => (isActive() || vault.isListed ? ({ versions: [], asOf: 0 } as VersionList) : null),
    writeVersion: async () => {
      vault.activeAt = clock.monotonic() + vault.updatingMs;
      return vault.write;
    },
  };
  const updating = createUpdating(clock, times);
  const store = updating.watch(toy as SecretStore);
  return {
    clock,
    vault,
    updating,
    store,
    /** One write and the looks until ACTIVE: when each look came, in ms after the write. */
    async write(updatingMs: number): Promise<number[]> {
      vault.updatingMs = updatingMs;
      await store.writeVersion("orot-2", "PENDING", new Secret("{}"), null);
      const wroteAt = clock.monotonic();
      const looks: number[] = [];
      for (let look = 0; look < 100; look += 1) {
        await clock.sleep(updating.nextLookMs());
        looks.push(clock.monotonic() - wroteAt);
        if ((await store.readSecret()).lifecycle === "ACTIVE") return looks;
      }
      throw new Error("the secret never became ACTIVE");
    },
  };
}

const last = (looks: readonly number[]) => looks.at(-1) ?? Number.NaN;

describe("the looks after a write", () => {
  test("come a tenth of a second apart, and later after each sixth of the time waited", async () => {
    const { write } = createCall();
    expect(await write(1_100)).toEqual([100, 200, 300, 400, 500, 600, 700, 817, 954, 1_113]);
  });

  test("are never more than a sixth too late, however long UPDATING lasts", async () => {
    for (const updatingMs of [650, 1_000, 2_000, 3_000, 8_000, 20_000]) {
      expect(last(await createCall().write(updatingMs)) / updatingMs).toBeLessThan(7 / 6 + 0.01);
    }
  });

  test("are put off by nothing where nothing was written and nothing shows UPDATING", async () => {
    const { updating, store } = createCall();
    expect([updating.nextLookMs(), updating.waitedMs()]).toEqual([0, 0]);
    await store.readSecret();
    expect([updating.nextLookMs(), updating.waitedMs()]).toEqual([0, 0]);
  });

  test("are not put off by a write that did not take effect", async () => {
    const { updating, store, vault } = createCall();
    vault.write = { outcome: "refused" } as Write;
    await store.writeVersion("orot-2", "PENDING", new Secret("{}"), null);
    expect(updating.nextLookMs()).toBe(0);
  });

  test("are put off by a list that Vault refuses, until it lists", async () => {
    const { updating, store, vault, clock } = createCall();
    vault.activeAt = clock.monotonic() + 50;
    await store.listVersions();
    expect(updating.nextLookMs()).toBe(100);
    await clock.sleep(100);
    expect(updating.waitedMs()).toBe(100);
    await store.listVersions();
    expect([updating.nextLookMs(), updating.waitedMs()]).toEqual([0, 0]);
  });

  test("are put off although Vault lists, since it may do so while the secret is UPDATING", async () => {
    const { updating, store, vault } = createCall();
    Object.assign(vault, { updatingMs: 5_000, isListed: true });
    await store.writeVersion("orot-2", "PENDING", new Secret("{}"), null);
    await store.listVersions();
    expect(updating.nextLookMs()).toBe(100);
  });
});

describe("what a process learns of UPDATING", () => {
  test("puts the first look after the next write off to when the last one ended", async () => {
    const times = createUpdatingTimes();
    await createCall(times).write(1_000);
    expect(await createCall(times).write(1_000)).toEqual([1_113]);
  });

  test("comes down where Vault becomes faster, in a few writes", async () => {
    const times = createUpdatingTimes();
    const { write } = createCall(times);
    await write(1_900);
    for (let writes = 0; writes < 20; writes += 1) await write(300);
    expect(last(await write(300))).toBeLessThan(450);
  });

  test("costs at most two looks a write where Vault is steady", async () => {
    const { write } = createCall();
    await write(1_000);
    for (let writes = 0; writes < 30; writes += 1) {
      const looks = await write(1_000);
      expect(looks.length).toBeLessThanOrEqual(2);
      expect(last(looks)).toBeLessThan(1_170);
    }
  });

  test("is the shortest of the last three: one slow secret lengthens no wait for the next", async () => {
    const times = createUpdatingTimes();
    for (const ms of [500, 500, 9_000]) times.learn(ms, false);
    expect(times.firstWaitMs()).toBe(500);
    for (const ms of [900, 800]) times.learn(ms, false);
    expect(times.firstWaitMs()).toBe(800);
  });

  test("never puts a first look off by more than two seconds", () => {
    const times = createUpdatingTimes();
    times.learn(30_000, false);
    expect(times.firstWaitMs()).toBe(2_000);
  });

  test("comes from own writes alone: another's may have begun long before", async () => {
    const times = createUpdatingTimes();
    const { store, vault, clock } = createCall(times);
    vault.activeAt = clock.monotonic() + 10;
    await store.readSecret();
    await clock.sleep(20);
    await store.readSecret();
    expect(times.firstWaitMs()).toBe(100);
  });

  test("goes with a copy of the process's memory, and each then learns by itself", () => {
    const times = createUpdatingTimes();
    times.learn(700, false);
    const other = times.copy();
    other.learn(300, false);
    expect([times.firstWaitMs(), other.firstWaitMs()]).toEqual([700, 300]);
  });
});
