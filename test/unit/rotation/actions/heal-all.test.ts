import { describe, expect, test } from "vitest";
import {
  COMPARTMENT,
  type Condition,
  countsOf,
  createFleet,
  HEAL_ALL,
  OTHER_COMPARTMENT,
  verdictOf,
} from "../../../support/fleet.ts";
import { startProcess } from "../../../support/processes.ts";
import type { WorldOptions } from "../../../support/world.ts";
import { outcomeOf, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

const fleet = (environment?: Record<string, string>, switches?: WorldOptions["switches"]) =>
  createFleet(world, environment, switches);

describe("heal without a secretId", () => {
  test("needs the setting that says where to look", async () => {
    const w = await world({ environment: { FN_FN_ID: "ocid1.fnfunc.oc1.iad.x" } });
    const answer = await w.call(HEAL_ALL);
    expect(outcomeOf(answer)).toBe("EVENT_INVALID 400");
    expect(answer.returnMessage).toContain("OROT_HEAL_COMPARTMENT_IDS");
    expect(w.emulator.requests).toEqual([]);
  });

  test("needs to know which function it is", async () => {
    const w = await world({ environment: { OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT } });
    const answer = await w.call(HEAL_ALL);
    expect(outcomeOf(answer)).toBe("SETTINGS_INVALID 500");
    expect(answer.returnMessage).toContain("FN_FN_ID");
    expect(w.emulator.requests).toEqual([]);
  });

  test("counts what it did with each secret", async () => {
    const w = await fleet();
    const conditions = ["healthy", "busy", "healed", "failed", "healthy", "healed", "healthy"] as const;
    const made = conditions.map((condition) => w.make(condition));
    await w.clock.sleep(300_000);
    const answer = await w.heal();
    expect(countsOf(answer)).toEqual({ healed: 2, healthy: 3, busy: 1, failed: 1, remaining: 0 });
    expect(answer.responseCode).toBe(400);
    expect(answer.returnMessage).toBe(
      `LOCKED_OUT: 2 healed, 3 healthy, 1 busy, 1 failed, 0 left; the first failure is that of the secret whose OCID ends in ${made[3]?.id.slice(-8)}. Next: read the log lines heal-failed.`,
    );
    expect(answer.versionNo).toBeNull();
    expect(made.map((one) => verdictOf(w, one))).toEqual([
      ...["accepted", "rejected", "accepted", "rejected", "accepted", "accepted", "accepted"],
    ]);
  });

  test("says of each that failed or was busy why, in the log, by the end of its OCID", async () => {
    const w = await fleet();
    const busy = w.make("busy");
    const failed = w.make("failed");
    await w.clock.sleep(300_000);
    await w.heal();
    const warnings = w.log.filter(({ event }) => event === "heal-failed");
    expect(warnings).toHaveLength(2);
    expect(warnings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: "warn", secretId: busy.id.slice(-8), outcome: "CLAIM_LIVE" }),
        expect.objectContaining({ level: "warn", secretId: failed.id.slice(-8), outcome: "LOCKED_OUT" }),
      ]),
    );
  });

  test("with nothing wrong anywhere, and the tags there, sends nothing but reads and token requests", async () => {
    const w = await fleet();
    const made = [1, 2, 3].map(() => w.make("healthy"));
    await w.heal();
    const known = w.emulator.requests.length;
    const before = made.map(({ id }) => structuredClone(w.emulator.admin.secret(id).versions));
    const answer = await w.heal();
    expect(outcomeOf(answer)).toBe("NOTHING_TO_DO 200");
    expect(countsOf(answer)).toEqual({ healed: 0, healthy: 3, busy: 0, failed: 0, remaining: 0 });
    expect(answer.returnMessage).toContain("Next: nothing.");
    expect(made.map(({ id }) => w.emulator.admin.secret(id).versions)).toEqual(before);
    for (const { method, call } of w.emulator.requests.slice(known)) {
      expect(method === "GET" || call === "token-current", `${method} ${call}`).toBe(true);
    }
  });

  test("with no secret at all is done", async () => {
    const w = await fleet();
    expect(countsOf(await w.heal())).toEqual({ healed: 0, healthy: 0, busy: 0, failed: 0, remaining: 0 });
  });

  test("is what an alarm's message means", async () => {
    const w = await fleet();
    w.make("healed");
    const alarm = {
      dedupeKey: "01ALARM",
      title: "Function errors",
      type: "OK_TO_FIRING",
      severity: "CRITICAL",
      secretId: "not-from-here",
      alarmMetaData: [{ id: "ocid1.alarm.oc1.iad.x", status: "FIRING" }],
    };
    await w.clock.sleep(300_000);
    expect(countsOf(await w.call(alarm))).toEqual({ healed: 1, healthy: 0, busy: 0, failed: 0, remaining: 0 });
  });
});

describe("the secrets that heal looks at", () => {
  test("are those whose rotation targets this function, and no others are read", async () => {
    const w = await fleet();
    const ours = w.make("healthy");
    const { emulator } = w;
    const others = [
      w.make("healed", { functionId: emulator.admin.createFunction() }).id,
      w.make("healed", { compartmentId: OTHER_COMPARTMENT }).id,
      w.secretId,
    ];
    expect(countsOf(await w.heal())).toMatchObject({ healed: 0, healthy: 1, remaining: 0 });
    expect(w.healed()).toEqual([ours.id]);
    for (const id of others) expect(emulator.requests.some(({ target }) => target.includes(id))).toBe(false);
  });

  test("are none whose rotation an operator has ended", async () => {
    const w = await fleet();
    const { id } = w.make("healed");
    w.emulator.admin.secret(id).freeformTags = { "orot-outcome": "ABANDONED 2026-01-02T00:00:00Z v1" };
    expect(countsOf(await w.heal())).toMatchObject({ healed: 0, healthy: 0, remaining: 0 });
  });

  test("may be in several compartments", async () => {
    const w = await fleet({ OROT_HEAL_COMPARTMENT_IDS: `${COMPARTMENT}, ${OTHER_COMPARTMENT}` });
    w.make("healthy");
    w.make("healthy", { compartmentId: OTHER_COMPARTMENT });
    expect(countsOf(await w.heal())).toMatchObject({ healthy: 2 });
  });

  test("may fill many pages of the list", async () => {
    const w = await fleet({}, { "page-size": 2 });
    const made = Array.from({ length: 7 }, () => w.make("healthy"));
    expect(countsOf(await w.heal())).toMatchObject({ healthy: 7, remaining: 0 });
    expect(new Set(w.healed())).toEqual(new Set(made.map(({ id }) => id)));
    // Eight secrets with the world's own one.
    expect(w.calls().filter((call) => call === "list-secrets")).toHaveLength(4);
  });

  test("are not those that are on their way out", async () => {
    const w = await fleet();
    const { id } = w.make("healthy");
    w.emulator.admin.secret(id).lifecycle = "PENDING_DELETION";
    expect(countsOf(await w.heal())).toMatchObject({ healthy: 0, failed: 0, remaining: 0 });
  });

  test("are also those that are UPDATING when they are listed: a rotation may have died a moment ago", async () => {
    const w = await fleet();
    const { id } = w.make("healthy");
    const secret = w.emulator.admin.secret(id);
    secret.updatingPolls = 2;
    secret.lifecycle = "UPDATING";
    expect(countsOf(await w.heal())).toEqual({ healed: 0, healthy: 1, busy: 0, failed: 0, remaining: 0 });
  });

  test.each([
    ["unauthorized", "VAULT_FORBIDDEN 403"],
    ["server-error-before", "VAULT_UNAVAILABLE 503"],
    ["truncated", "VAULT_UNAVAILABLE 503"],
  ] as const)("cannot be told if the list is %s", async (kind, outcome) => {
    const w = await fleet();
    w.make("healthy");
    w.emulator.faults.add({ call: "list-secrets", kind, count: 100 });
    const answer = await w.heal();
    expect(outcomeOf(answer)).toBe(outcome);
    expect(answer.returnMessage).toContain("ListSecrets");
    expect(new Set(w.calls())).toEqual(new Set(["list-secrets"]));
  });

  test("are listed again after a fault that passes", async () => {
    const w = await fleet();
    w.make("healthy");
    w.emulator.faults.add({ call: "list-secrets", kind: "answer-lost" });
    expect(countsOf(await w.heal())).toMatchObject({ healthy: 1 });
  });
});

describe("the order of healing", () => {
  const DAY_MS = 86_400_000;

  test("begins with those whose last heal failed, as their tags say, and asks no more about them", async () => {
    const w = await fleet();
    const [, second, third] = ["healthy", "failed", "healed", "healthy"].map((condition) =>
      w.make(condition as Condition),
    );
    await w.clock.sleep(300_000);
    await w.heal();
    expect(w.emulator.admin.secret(second?.id ?? "").freeformTags["orot-outcome"]).toMatch(/^LOCKED_OUT /);
    w.healed();
    w.emulator.admin.secret(third?.id ?? "").freeformTags = { "orot-outcome": "OK 2026-11-02T00:00:00Z v2" };
    const before = w.emulator.requests.length;
    await w.heal();
    expect(w.healed()[0]).toBe(second?.id);
    const asked = w.emulator.requests.slice(before).find(({ target }) => target.includes(second?.id ?? ""));
    expect(asked?.call).toBe("get-secret");
  });

  test("has those whose scheduled rotation did not succeed in time among the first", async () => {
    const w = await fleet();
    const made = Array.from({ length: 4 }, () => w.make("healthy").id);
    for (const id of made) {
      const secret = w.emulator.admin.secret(id);
      const config = secret.rotationConfig ?? { targetSystemDetails: {} };
      secret.rotationConfig = { ...config, rotationInterval: "P30D", isScheduledRotationEnabled: true };
      secret.lastRotationAt = w.clock.now() - (id === made[2] ? 31 : 30) * DAY_MS;
    }
    await w.heal();
    expect(w.healed()[0]).toBe(made[2]);
  });

  test("leaves the others their turn, however many failed before", async () => {
    const w = await fleet({}, { "latency-ms": 2_000 });
    const failed = Array.from({ length: 240 }, () => w.make("failed").id);
    for (const id of failed)
      w.emulator.admin.secret(id).freeformTags = { "orot-outcome": "LOCKED_OUT 2026-11-02T00:00:00Z v1" };
    const healthy = [w.make("healthy").id, w.make("healthy").id];
    await w.clock.sleep(300_000);
    w.healed();
    const answer = await w.heal(160);
    expect(answer.remaining).toBeGreaterThan(0);
    expect(w.healed()).toEqual(expect.arrayContaining(healthy));
  });

  test("begins with those that have a PENDING version", async () => {
    const w = await fleet();
    const [, second, , fourth] = ["healthy", "healed", "healthy", "busy", "healthy"].map((condition) =>
      w.make(condition as Condition),
    );
    await w.clock.sleep(300_000);
    await w.heal();
    expect(new Set(w.healed().slice(0, 2))).toEqual(new Set([second?.id, fourth?.id]));
  });

  test("of the others begins somewhere else in each process, and reaches all", async () => {
    const firsts = new Set<string | undefined>();
    for (let seed = 1; seed <= 12; seed++) {
      const w = await fleet();
      const made = Array.from({ length: 5 }, () => w.make("healthy").id);
      const environment = { OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT, FN_FN_ID: w.functionId };
      await startProcess(w, seed, { environment }).call(HEAL_ALL);
      const order = w.healed();
      expect(new Set(order)).toEqual(new Set(made));
      firsts.add(order[0] && String(made.indexOf(order[0])));
      // Round the list, from wherever it began: each follows its neighbour.
      const places = order.map((id) => made.indexOf(id));
      const distances = places.map((place, at) => ((places[(at + 1) % 5] ?? 0) - place + 5) % 5);
      expect(new Set(distances).size).toBe(1);
    }
    expect(firsts.size).toBeGreaterThan(2);
  });

  test("counts a secret that could not be looked at as urgent, and goes on with the others", async () => {
    const w = await fleet();
    const made = [w.make("healthy"), w.make("healthy"), w.make("healthy")];
    w.emulator.faults.add({ call: "list-versions", kind: "unauthorized", count: 1 });
    const answer = await w.heal();
    expect(countsOf(answer)).toMatchObject({ healthy: 3, failed: 0, remaining: 0 });
    expect(w.log).toContainEqual(
      expect.objectContaining({
        event: "heal-look-failed",
        secretId: w.healed()[0]?.slice(-8),
        outcome: "VAULT_FORBIDDEN",
      }),
    );
    expect(made).toHaveLength(3);
  });
});

describe("the time that healing takes", () => {
  test("is never spent on another's live claim", async () => {
    const w = await fleet();
    for (let count = 0; count < 4; count++) w.make("busy");
    await w.clock.sleep(300_000);
    const started = w.clock.now();
    expect(countsOf(await w.heal())).toMatchObject({ busy: 4, remaining: 0 });
    expect(w.clock.now() - started).toBeLessThan(20_000);
  });

  test("ends with the budget: what was not reached is counted, and sent for again", async () => {
    const w = await fleet();
    for (let count = 0; count < 300; count++) w.make("healthy");
    w.emulator.switches["latency-ms"] = 1_000;
    const started = w.clock.now();
    const answer = await w.heal(100);
    expect(w.clock.now() - started).toBeLessThan(100_000);
    const counts = countsOf(answer);
    expect(counts.healthy).toBeGreaterThan(0);
    expect(counts.remaining).toBeGreaterThan(0);
    expect((counts.healthy ?? 0) + (counts.remaining ?? 0)).toBe(300);
    expect(answer.returnMessage).toContain("Next: send heal again.");
  });

  test("is spent first if something is pending, however many secrets there are", async () => {
    const w = await fleet();
    const made = Array.from({ length: 12 }, (_, at) => w.make(at === 6 ? "healed" : "healthy"));
    await w.clock.sleep(300_000);
    w.emulator.switches["latency-ms"] = 1_000;
    expect(countsOf(await w.heal(100))).toMatchObject({ healed: 1 });
    const urgent = made[6];
    if (urgent === undefined) throw new Error("it was not made");
    expect(verdictOf(w, urgent)).toBe("accepted");
  });

  test("that is too short for any heal leaves all", async () => {
    const w = await fleet();
    w.make("healed");
    const answer = await w.heal(20);
    expect(countsOf(answer)).toEqual({ healed: 0, healthy: 0, busy: 0, failed: 0, remaining: 1 });
    expect(answer.returnMessage).toContain("Next: send heal again.");
  });
});
