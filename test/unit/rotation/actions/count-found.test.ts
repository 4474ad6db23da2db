import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../../src/base/durations.ts";
import { createFleet } from "../../../support/fleet.ts";
import { lastPosted, METRICS, posted } from "../../../support/metrics.ts";
import { outcomeOf, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();
type Fleet = Awaited<ReturnType<typeof createFleet>>;

const fleet = (environment: Record<string, string> = {}) => createFleet(world, { ...METRICS, ...environment });

/** A healthy secret whose next rotation by Vault is so far from now. */
function makeDue(w: Fleet, inMs: number) {
  const made = w.make("healthy");
  const secret = w.emulator.admin.secret(made.id);
  const target = { targetSystemType: "FUNCTION", functionId: w.functionId };
  secret.rotationConfig = { targetSystemDetails: target, isScheduledRotationEnabled: true, rotationInterval: "P30D" };
  secret.nextRotationAt = w.clock.now() + inMs;
  return made;
}

describe("a heal of many", () => {
  test("counts what it found and what is unhealthy, and each secret's end once", async () => {
    const w = await fleet();
    for (const condition of ["healthy", "healthy", "healed", "busy", "failed"] as const) w.make(condition);
    await w.heal();
    expect(lastPosted(w)).toEqual({
      "Calls HEAL_ALL LOCKED_OUT failed": 1,
      "Runs heal NOTHING_TO_DO ok": 2,
      "Runs heal OK ok": 1,
      "Runs heal CLAIM_LIVE refused": 1,
      "Runs heal LOCKED_OUT failed": 1,
      DeadWindowMilliseconds: expect.any(Number),
      VersionSlotsLeft: 28,
      SecretsFound: 5,
      SecretsDue: 0,
      SecretsOverdue: 0,
      SecretsUnhealthy: 1,
    });
    await w.heal();
    expect(lastPosted(w)).toMatchObject({ SecretsFound: 5, SecretsUnhealthy: 1 });
  });

  test("says zero where all is well, so that an alarm ends", async () => {
    const w = await fleet();
    w.make("healthy");
    await w.heal();
    expect(lastPosted(w)).toMatchObject({ SecretsFound: 1, SecretsDue: 0, SecretsOverdue: 0, SecretsUnhealthy: 0 });
  });

  test("counts as due what comes within a day, and as overdue what should have been done for an hour", async () => {
    const w = await fleet();
    for (const inMs of [2 * DAY_MS, DAY_MS - HOUR_MS, -HOUR_MS / 2, -2 * HOUR_MS, -DAY_MS]) makeDue(w, inMs);
    await w.heal();
    expect(lastPosted(w)).toMatchObject({ SecretsFound: 5, SecretsDue: 4, SecretsOverdue: 2 });
  });

  test("counts as overdue what its issuer has ended, by what a heal noted", async () => {
    const w = await fleet();
    const { id } = w.make("healthy");
    const at = new Date(w.clock.now() - DAY_MS).toISOString();
    w.emulator.admin.secret(id).freeformTags = { "orot-issuer": "keycloak", "orot-expires-on": `${at} v1` };
    await w.heal();
    expect(lastPosted(w)).toMatchObject({ SecretsFound: 1, SecretsDue: 1, SecretsOverdue: 1 });
  });

  test("without time for all counts as unhealthy what an earlier heal found so, and leaves the rest out of it", async () => {
    const w = await fleet();
    const slow = [w.make("failed"), w.make("healthy"), w.make("healthy")];
    await w.heal();
    for (const { clientId, value } of slow) w.tarpit(clientId, value);
    const { remaining } = await w.heal(20);
    expect(remaining).toBeGreaterThan(0);
    const { SecretsUnhealthy, SecretsFound } = lastPosted(w);
    expect({ SecretsUnhealthy, SecretsFound }).toEqual({ SecretsUnhealthy: 1, SecretsFound: 3 });
  });

  test("that goes on by a cursor does not count a part for the whole", async () => {
    const w = await fleet();
    const made = Array.from({ length: 3 }, () => w.make("healthy"));
    for (const { clientId, value } of made) w.tarpit(clientId, value);
    const { cursor } = await w.heal(20);
    await w.call({ action: "heal", cursor });
    expect(posted(w).map((one) => "SecretsFound" in one)).toEqual([true, false]);
  });

  test("is a sign that the schedule works only if the schedule has sent it, and says so", async () => {
    const w = await fleet();
    w.make("healthy");
    const alarm = { type: "REPEAT", severity: "CRITICAL", dedupekey: "d", title: "no-heal" };
    const byWords = ["schedule", "operator", "somebody"].map((by) => ({ action: "heal", by }));
    const events = [{ action: "heal" }, alarm, ...byWords];
    for (const event of events) expect(outcomeOf(await w.call(event))).toMatch(/ 200$/);
    const steps = posted(w).map((one) => Object.keys(one).find((key) => key.startsWith("Calls ")));
    expect(steps).toEqual([
      "Calls HEAL_ALL NOTHING_TO_DO ok",
      "Calls HEAL_ALL_BY_ALARM NOTHING_TO_DO ok",
      "Calls HEAL_ALL_BY_SCHEDULE NOTHING_TO_DO ok",
      "Calls HEAL_ALL_BY_OPERATOR NOTHING_TO_DO ok",
      "Calls HEAL_ALL NOTHING_TO_DO ok",
    ]);
    const ended = w.log.filter(({ event }) => event === "call-ended");
    expect(ended.map(({ step }) => step)).toEqual(Array.from(events, () => "HEAL"));
  });
});

describe("a rotation of what is due", () => {
  test("counts each secret once, also one that had to wait for the second round", async () => {
    const w = await fleet();
    const made = [makeDue(w, -DAY_MS), makeDue(w, -DAY_MS)];
    for (const { id } of made) {
      const secret = w.emulator.admin.secret(id);
      secret.versions = secret.versions.map((one) => ({ ...one, createdAt: w.clock.now() - 60 * DAY_MS }));
    }
    for (const { clientId, value } of made.slice(1)) w.tarpit(clientId, value);
    const answer = w.call({ action: "rotate-due" });
    await w.clock.sleep(25_000);
    for (const { clientId, value } of made) w.tarpit(clientId, value, 0);
    expect((await answer).rotated).toBe(2);
    expect(w.log.filter(({ event }) => event === "rotate-due-put-off")).toHaveLength(1);
    expect(lastPosted(w)).toEqual({
      "Calls ROTATE_DUE OK ok": 1,
      "Runs rotation OK ok": 2,
      DeadWindowMilliseconds: expect.any(Number),
      VersionSlotsLeft: 27,
    });
  });
});
