import { describe, expect, test } from "vitest";
import { AT_ONCE } from "../../../../src/rotation/actions/many.ts";
import { countsOf, createFleet, HEAL_ALL } from "../../../support/fleet.ts";
import type { WorldOptions } from "../../../support/world.ts";
import { outcomeOf, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

type Fleet = Awaited<ReturnType<typeof createFleet>>;

const fleet = (switches?: WorldOptions["switches"], environment?: Record<string, string>) =>
  createFleet(world, environment, switches);

/** More secrets in Vault of the client that this one holds, each with its own versions. */
function twins(w: Fleet, id: string, count: number): string[] {
  const content = w.emulator.admin.content(id, 1) ?? "";
  return Array.from({ length: count }, (_, at) =>
    w.emulator.admin.createSecret({ name: `twin-${id.slice(-8)}-${at}`, content, functionId: w.functionId }),
  );
}

const requestsOf = (w: Fleet, secretId: string) => w.emulator.requests.filter((one) => one.secretId === secretId);
const tokenTimes = (w: Fleet) =>
  w.emulator.requests.filter(({ system }) => system === "identity").map(({ time }) => time);

describe("several secrets at a time", () => {
  test("are in progress while issuers are silent, and no more than twelve", async () => {
    const w = await fleet();
    for (let made = 0; made < 3 * AT_ONCE; made++) {
      const { clientId, value } = w.make("healthy");
      w.tarpit(clientId, value);
    }
    const started = w.clock.now();
    await w.heal(60);
    const begun = new Set(
      w.emulator.requests
        .filter(({ call, time }) => call === "get-secret" && time - started < 19_000)
        .map(({ secretId }) => secretId),
    );
    expect(AT_ONCE).toBe(12);
    expect(begun.size).toBe(AT_ONCE);
  });

  test("begin one after the other, so that the smallest domain refuses none", async () => {
    const w = await fleet({ "domain-limits": "free", "latency-ms": 30 });
    for (let made = 0; made < 300; made++) w.make("healthy");
    expect(countsOf(await w.heal())).toMatchObject({ healthy: 300, remaining: 0 });
    expect(w.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  test("log under their own ids only", async () => {
    const w = await fleet({ "latency-ms": 100 });
    const made = ["healed", "failed", "healed"].map((condition) => w.make(condition as "healed" | "failed"));
    await w.clock.sleep(300_000);
    await w.heal();
    const lines = (event: string) => w.log.filter((line) => line["event"] === event).map((line) => line["secretId"]);
    const [first, failed, last] = made.map(({ id }) => id.slice(-8));
    expect(lines("heal-failed")).toEqual([failed]);
    expect(new Set(lines("current-noted"))).toEqual(new Set([first, last]));
    for (const { event, secretId, rotationId } of w.log) {
      if (event === "stage") expect(String(rotationId)).toMatch(new RegExp(`^${String(secretId)}-`));
    }
  });
});

describe("two secrets of one client", () => {
  test("have their turns one after the other", async () => {
    const w = await fleet();
    const { id, clientId, value } = w.make("healthy");
    twins(w, id, 2);
    w.tarpit(clientId, value, 5_000);
    expect(countsOf(await w.heal())).toEqual({ healed: 0, healthy: 3, busy: 0, failed: 0, remaining: 0 });
    const times = tokenTimes(w);
    expect(times).toHaveLength(3);
    for (const [at, time] of times.slice(1).entries()) expect(time - (times[at] ?? 0)).toBeGreaterThan(5_000);
    expect(w.log.filter(({ event }) => event === "heal-failed")).toEqual([]);
  });

  test("leave the others their turns first, once one of the two has had its own", async () => {
    const w = await fleet();
    const { id, clientId, value } = w.make("healthy");
    const both = [id, ...twins(w, id, 1)];
    w.tarpit(clientId, value, 5_000);
    const others = Array.from({ length: 30 }, () => w.make("healthy").id);
    await w.heal();
    const looks = (one: string) => requestsOf(w, one).filter(({ call }) => call === "get-secret");
    // Each heal looks as it begins and before it notes; the one behind has begun twice.
    const second = both.map(looks).find(({ length }) => length === 3)?.[1]?.time;
    for (const other of others) expect(looks(other)[0]?.time).toBeLessThan(second ?? 0);
  });

  test("keep no other secret from its turn, however many they are and however slow their issuer", async () => {
    const w = await fleet();
    const { id, clientId, value } = w.make("healthy");
    twins(w, id, 30);
    w.tarpit(clientId, value, 5_000);
    const others = Array.from({ length: 30 }, () => w.make("healthy").id);
    const started = w.clock.now();
    const answer = await w.heal();
    for (const other of others) expect(requestsOf(w, other)[0]?.time ?? 0).toBeLessThan(started + 60_000);
    expect(countsOf(answer)).toMatchObject({ healthy: 61, remaining: 0 });
  });
});

describe("what is noted", () => {
  test("is the last that is asked of Vault: no heal waits for its own note", async () => {
    const w = await fleet({ "updating-ms": 5_000, "updating-polls": 0 });
    const made = ["healthy", "healed"].map((condition) => w.make(condition as "healthy" | "healed").id);
    await w.clock.sleep(300_000);
    await w.heal();
    for (const id of made) expect(requestsOf(w, id).at(-1)?.call).toBe("update-metadata");
  });

  test("is noted by the heal that tidies, after it", async () => {
    const w = await fleet({ "updating-ms": 1_000, "updating-polls": 0 }, { OROT_KEEP_DEPRECATED_VERSIONS: "0" });
    const { id } = w.make("healthy");
    for (let rotations = 0; rotations < 2; rotations++) {
      expect(outcomeOf(await w.call({ secretId: id }))).toBe("OK 200");
      await w.clock.sleep(86_400_000);
    }
    await w.heal();
    expect(w.emulator.admin.versions(id).filter(({ deletionAt }) => deletionAt !== null).length).toBeGreaterThan(0);
    expect(w.emulator.admin.secret(id).freeformTags["orot-outcome"]).toMatch(/^OK /);
    expect(requestsOf(w, id).at(-1)?.call).toBe("update-metadata");
  });
});

describe("a heal that did not reach the end", () => {
  test("is continued by its cursor, and no call looks at a secret that another one is done with", async () => {
    const w = await fleet({ "latency-ms": 1_000 });
    const made = Array.from(
      { length: 150 },
      (_, at) => w.make(at % 50 === 7 ? "failed" : at % 50 === 9 ? "healed" : "healthy").id,
    );
    await w.clock.sleep(300_000);
    const seen: string[] = [];
    let [failed, calls] = [0, 0];
    let cursor: string | undefined;
    do {
      w.healed();
      const before = w.emulator.requests.length;
      const answer = await w.call({ ...HEAL_ALL, cursor }, 80);
      const asked = w.emulator.requests.slice(before).flatMap(({ secretId }) => secretId ?? []);
      for (const id of seen) expect(asked).not.toContain(id);
      const left = answer.remaining ?? 0;
      expect(answer.cursor === undefined).toBe(left === 0);
      seen.push(...w.healed());
      failed += answer.failed ?? 0;
      calls += 1;
      cursor = answer.cursor;
    } while (cursor !== undefined && calls < 20);
    expect(calls).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set(made));
    expect(failed).toBe(3);
  });

  test("is continued with those that were only put off, too", async () => {
    const w = await fleet();
    for (let made = 0; made < 40; made++) {
      const { clientId, value } = w.make("healthy");
      w.tarpit(clientId, value);
    }
    const { remaining, cursor } = await w.heal(120);
    expect(w.log.filter(({ event }) => event === "heal-put-off").length).toBeGreaterThan(12);
    w.healed();
    await w.call({ ...HEAL_ALL, cursor });
    expect(w.healed()).toHaveLength(remaining ?? 0);
  });

  test("begins anew with the most urgent if no cursor is sent", async () => {
    const w = await fleet({ "latency-ms": 1_000 });
    const failed = w.make("failed").id;
    for (let made = 0; made < 100; made++) w.make("healthy");
    await w.clock.sleep(300_000);
    expect((await w.heal(80)).cursor).toBeDefined();
    w.healed();
    await w.heal(80);
    expect(w.healed()[0]).toBe(failed);
  });

  test.each([
    ["that no heal has answered", "1.AAAA"],
    ["that is no text", 7],
    ["that is null", null],
  ])("is not continued by a cursor %s: nothing is asked", async (_what, cursor) => {
    const w = await fleet();
    w.make("healed");
    const answer = await w.call({ ...HEAL_ALL, cursor });
    expect(outcomeOf(answer)).toBe("EVENT_INVALID 400");
    expect(answer.returnMessage).toContain("cursor");
    expect(w.emulator.requests).toEqual([]);
  });

  test("is not continued by a cursor at a heal of one secret", async () => {
    const w = await fleet();
    const answer = await w.call({ ...HEAL_ALL, secretId: w.secretId, cursor: "1.AAAA" });
    expect(outcomeOf(answer)).toBe("EVENT_INVALID 400");
    expect(w.emulator.requests).toEqual([]);
  });
});
