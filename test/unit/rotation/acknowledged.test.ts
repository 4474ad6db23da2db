import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../src/base/durations.ts";
import { withOwn } from "../../../src/clients/vault/rotation-metadata.ts";
import { keycloakClient, uaaClient } from "../../support/clients.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";
import { HOOK, heal, OTHER, subscribedIn } from "../notify/subscribed.ts";

const world = useWorlds();
const ACKNOWLEDGED = { OROT_RETIRE_AFTER: "acknowledged", OROT_GRACE_HOURS: "1", OROT_LONGEST_GRACE_HOURS: "100" };
/** Its tokens live for less than the grace. */
const uaa = { client: uaaClient({ tokenSeconds: 600 }) };
/** Of a realm that keeps the older value. */
const keycloak = { client: keycloakClient({ expirationSeconds: 86_400 * 30, rotatedSeconds: 3_600 }) };

const acknowledge = async (w: TestWorld, endpoint: string, versionNo: unknown) =>
  outcomeOf(await w.call({ secretId: w.secretId, action: "acknowledge", endpoint, versionNo }));

/** A world with two subscribers, two hours after its first rotation: versions 1 and 2 both work. */
async function rotated(options: Parameters<typeof subscribedIn>[3] = uaa, environment: Record<string, string> = {}) {
  const w = await subscribedIn(world, [HOOK, OTHER], { ...ACKNOWLEDGED, ...environment }, options);
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(w.accepted(1, 2)).toEqual([1, 2]);
  await w.clock.sleep(2 * HOUR_MS);
  return w;
}

const working = async (w: TestWorld) => {
  const answer = await heal(w);
  return [outcomeOf(answer), w.accepted(1, 2)];
};
const both = ["NOTHING_TO_DO 200", [1, 2]];
const retired = ["OK 200", [2]];

describe.each([
  ["UAA", uaa],
  ["a Keycloak's policy", keycloak],
])("at %s a heal ends the older value", (_issuer, options) => {
  test("once every subscriber has acknowledged CURRENT, and not before", async () => {
    const w = await rotated(options);
    expect(await working(w)).toEqual(both);
    expect(await acknowledge(w, HOOK, 2)).toBe("OK 200");
    expect(await working(w)).toEqual(both);
    expect(await acknowledge(w, OTHER, 1)).toBe("OK 200");
    expect(await working(w)).toEqual(both);
    expect(await acknowledge(w, OTHER, 2)).toBe("OK 200");
    expect(await working(w)).toEqual(retired);
    expect((await working(w))[1]).toEqual([2]);
  });

  test("never before the shortest grace is over, whoever has acknowledged", async () => {
    const w = await rotated(options, { OROT_GRACE_HOURS: "3" });
    for (const endpoint of [HOOK, OTHER]) await acknowledge(w, endpoint, 2);
    expect(await working(w)).toEqual(both);
    await w.clock.sleep(HOUR_MS);
    expect(await working(w)).toEqual(retired);
  });

  test("once the longest grace is over, whoever has not", async () => {
    const w = await rotated(options);
    await w.clock.sleep(97 * HOUR_MS);
    expect(await working(w)).toEqual(both);
    await w.clock.sleep(2 * HOUR_MS);
    expect((await working(w))[1]).toEqual([2]);
  });

  test("after the longest grace where nobody is subscribed", async () => {
    const w = await rotated(options);
    for (const endpoint of [HOOK, OTHER]) await w.call({ secretId: w.secretId, action: "unsubscribe", endpoint });
    expect(await working(w)).toEqual(both);
  });
});

describe("an acknowledgement", () => {
  test("is noted once, and tells nobody anything", async () => {
    const w = await rotated();
    expect(await w.call({ secretId: w.secretId, action: "acknowledge", endpoint: HOOK, versionNo: 2 })).toEqual({
      responseCode: 200,
      returnMessage: "OK: the endpoint has version 2. Next: nothing.",
      versionNo: 2,
    });
    expect(w.calls()).toContain("update-metadata");
    expect(await acknowledge(w, HOOK, 2)).toBe("NOTHING_TO_DO 200");
    expect(await acknowledge(w, HOOK, 1)).toBe("NOTHING_TO_DO 200");
    expect(w.calls()).not.toContain("update-metadata");
  });

  test("holds for the endpoint however it is spelled", async () => {
    const w = await rotated();
    expect(await acknowledge(w, HOOK.replace("https://", "HTTPS://").replace("/receivers", ":443/receivers"), 2)).toBe(
      "OK 200",
    );
  });

  test.each<[string, unknown, string, string]>([
    [HOOK, 3, "EVENT_INVALID 400", "is of no version above CURRENT"],
    ["https://hooks.emulated.example/receivers/c", 2, "SUBSCRIBER_INVALID 400", "is of no unknown endpoint"],
    [HOOK, 0, "EVENT_INVALID 400", "is of a version above 0"],
    [HOOK, "2", "EVENT_INVALID 400", "is of a number"],
    [HOOK, undefined, "EVENT_INVALID 400", "names its version"],
    ["", 2, "EVENT_INVALID 400", "names its endpoint"],
  ])("by %j of %j is refused with %s: it %s", async (endpoint, versionNo, outcome) => {
    expect(await acknowledge(await rotated(), endpoint, versionNo)).toBe(outcome);
  });

  test("of the version that CURRENT was rolled back to counts, although a later one was acknowledged", async () => {
    const w = await rotated();
    await acknowledge(w, HOOK, 2);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    expect(await acknowledge(w, HOOK, 2)).toBe("EVENT_INVALID 400");
    expect(await acknowledge(w, HOOK, 1)).toBe("OK 200");
  });

  test("goes with its subscriber, and survives notifications", async () => {
    const w = await rotated();
    await acknowledge(w, HOOK, 2);
    const noted = () => JSON.parse(String(w.emulator.admin.secret(w.secretId).metadata["orot"])).subscribers;
    await heal(w);
    expect(noted()).toEqual([{ endpoint: HOOK, has: 2 }, { endpoint: OTHER }]);
    await w.call({ secretId: w.secretId, action: "unsubscribe", endpoint: HOOK });
    await w.call({ secretId: w.secretId, action: "subscribe", endpoint: HOOK });
    expect(noted()).toEqual([{ endpoint: OTHER }, { endpoint: HOOK }]);
  });
});

describe("what anybody may have written there", () => {
  const all = (has: unknown) => [HOOK, OTHER].map((endpoint) => ({ endpoint, has }));

  test("ends no value before the shortest grace", async () => {
    const w = await rotated(uaa, { OROT_GRACE_HOURS: "3" });
    const secret = w.emulator.admin.secret(w.secretId);
    secret.metadata = withOwn(secret.metadata, { subscribers: all(2) }) as typeof secret.metadata;
    expect(await working(w)).toEqual(both);
  });

  test.each([3, 10 ** 9, -1, "2", { version: 2 }, null, [2]])("%j is no acknowledgement", async (has) => {
    const w = await rotated();
    const secret = w.emulator.admin.secret(w.secretId);
    secret.metadata = withOwn(secret.metadata, { subscribers: all(has) }) as typeof secret.metadata;
    expect(await working(w)).toEqual(both);
  });

  test("delays no rotation for a compromised value", async () => {
    const w = await rotated();
    expect(outcomeOf(await w.call({ secretId: w.secretId, reason: "compromised" }))).toBe("OK 200");
    expect(w.accepted(1, 2)).toEqual([]);
  });
});
