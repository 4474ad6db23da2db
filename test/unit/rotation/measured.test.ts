import { describe, expect, test } from "vitest";
import { TransportError } from "../../../src/clients/http/transport.ts";
import { endingOf } from "../../../src/rotation/measured.ts";
import { keycloakClient } from "../../support/clients.ts";
import { withDeadTime } from "../../support/dead-time.ts";
import { AS_FUNCTION, lastPosted, posted } from "../../support/metrics.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, refused, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();
const POST = "post-metric-data";
const measuring = (options: WorldOptions = {}) =>
  world({ ...options, environment: { ...AS_FUNCTION, ...options.environment } });
const notPosted = ({ log }: TestWorld) => log.filter(({ event }) => event === "metrics-not-posted");

describe("a call whose settings name no namespace", () => {
  test("sends what it always sent, and posts nothing", async () => {
    const off = await world({ environment: { FN_FN_ID: AS_FUNCTION.FN_FN_ID } });
    const on = await measuring();
    const outcomes = [await off.rotate(), await on.rotate()].map(outcomeOf);
    expect(outcomes).toEqual(["OK 200", "OK 200"]);
    const calls = off.calls();
    expect(calls).not.toContain(POST);
    expect(on.calls()).toEqual([...calls, POST]);
  });

  test("nor does one that runs on an operator's machine, which is no function", async () => {
    const { FN_FN_ID, ...settings } = AS_FUNCTION;
    const w = await world({ environment: settings });
    await w.rotate();
    expect(FN_FN_ID).not.toBe("");
    expect(w.calls()).not.toContain(POST);
    expect(notPosted(w)).toEqual([]);
  });
});

describe("a rotation", () => {
  test("in one call is one run, and tells its dead window and the free slots", async () => {
    const latencyMs = 400;
    const switches = { "latency-ms": latencyMs };
    const { w, deadDuring } = await withDeadTime(world, { environment: AS_FUNCTION, switches });
    const deadMs = await deadDuring(() => w.rotate());
    const { DeadWindowMilliseconds, ...rest } = lastPosted(w);
    expect(rest).toEqual({ "Runs rotation OK ok": 1, "Calls ROTATION OK ok": 1, VersionSlotsLeft: 27 });
    expect(deadMs).toBeGreaterThan(0);
    // From the request that ended the old value to the answer of the promote: never less than it was.
    expect(DeadWindowMilliseconds).toBeGreaterThanOrEqual(deadMs);
    expect(DeadWindowMilliseconds).toBeLessThanOrEqual(deadMs + latencyMs + 50);
  });

  test.each([
    [
      "is given to the issuer, not made by it",
      { environment: { OROT_OCI_IAM_VALUE: "caller" }, switches: { "app-secret-patch": "accepted" } },
    ],
    [
      "is written as CURRENT, since Vault takes no second PENDING version",
      { switches: { "second-pending": "refuses" } },
    ],
  ] satisfies [string, WorldOptions][])("whose value %s tells its dead window too", async (_what, options) => {
    const latencyMs = 400;
    const { w, deadDuring } = await withDeadTime(world, {
      isFirst: true,
      environment: { ...AS_FUNCTION, ...("environment" in options && options.environment) },
      switches: { "latency-ms": latencyMs, ...options.switches },
    });
    const deadMs = await deadDuring(() => w.rotate());
    expect(deadMs).toBeGreaterThan(0);
    expect(lastPosted(w)).toMatchObject({ "Runs rotation OK ok": 1 });
    expect(lastPosted(w)["DeadWindowMilliseconds"]).toBeGreaterThanOrEqual(deadMs);
    expect(lastPosted(w)["DeadWindowMilliseconds"]).toBeLessThanOrEqual(deadMs + latencyMs + 50);
  });

  test("in four steps is one run too, and the last step tells the dead window from the storing of the value", async () => {
    const w = await measuring();
    await w.steps();
    const [verify, create, update, promote] = posted(w);
    expect(Object.keys(verify ?? {})).toEqual(["VersionSlotsLeft", "Calls VERIFY_CONNECTION OK ok"]);
    expect(create).not.toHaveProperty("DeadWindowMilliseconds");
    expect(update).toMatchObject({ "Calls UPDATE_TARGET_SYSTEM OK ok": 1 });
    expect(promote).toMatchObject({ "Calls PROMOTE_PENDING_VERSION OK ok": 1, "Runs rotation OK ok": 1 });
    const storedAt = w.emulator.admin.versions(w.secretId).at(-1)?.createdAt ?? 0;
    const promotedAt = w.emulator.requests.findLast(({ call }) => call === "promote")?.time ?? 0;
    expect(Math.abs((promote?.["DeadWindowMilliseconds"] ?? 0) - (promotedAt - storedAt))).toBeLessThanOrEqual(50);
    expect(posted(w).flatMap((one) => Object.keys(one).filter((key) => key.startsWith("Runs")))).toHaveLength(1);
  });

  test("that a heal finishes hours later tells how long CURRENT was dead", async () => {
    const w = await measuring();
    await w.step("CREATE_PENDING_VERSION");
    await w.clock.sleep(3 * 3_600_000);
    await w.call({ action: "heal", secretId: w.secretId });
    const { DeadWindowMilliseconds, ...rest } = lastPosted(w);
    expect(rest).toMatchObject({ "Calls HEAL OK ok": 1, "Runs heal OK ok": 1 });
    expect(DeadWindowMilliseconds).toBeGreaterThan(3 * 3_600_000 - 1_000);
    expect(DeadWindowMilliseconds).toBeLessThan(3 * 3_600_000 + 60_000);
  });

  test("at an issuer that takes both values for a time has no dead window", async () => {
    const w = await measuring({ client: keycloakClient() });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(lastPosted(w)).toMatchObject({ "Runs rotation OK ok": 1 });
    expect(lastPosted(w)).not.toHaveProperty("DeadWindowMilliseconds");
  });

  test("that fails in a step is one failed run", async () => {
    const w = await measuring({ switches: { deny: ["regenerate"] } });
    const [, create] = await w.steps();
    expect(create?.responseCode).toBe(403);
    expect(lastPosted(w)).toMatchObject({
      "Runs rotation ISSUER_FORBIDDEN failed": 1,
      "Calls CREATE_PENDING_VERSION ISSUER_FORBIDDEN failed": 1,
    });
  });

  test("that was not to be is no failure", async () => {
    const w = await measuring({ environment: { OROT_PAUSED: "true" } });
    expect(outcomeOf(await w.rotate())).toBe("PAUSED 409");
    expect(lastPosted(w)).toMatchObject({ "Runs rotation PAUSED refused": 1, "Calls ROTATION PAUSED refused": 1 });
  });

  test("counts the notifications that did not arrive", async () => {
    const topic = "ocid1.onstopic.oc1.iad.t";
    const w = await measuring({
      switches: { "unknown-ids": "accepted", deny: ["publish-message"] },
      environment: { OROT_NOTIFY_TOPIC_ID: topic },
    });
    await w.rotate();
    expect(lastPosted(w)).toMatchObject({ NotificationsUndelivered: 1 });
    w.emulator.switches.deny = [];
    await w.call({ action: "heal", secretId: w.secretId });
    expect(lastPosted(w)).toMatchObject({ NotificationsUndelivered: 0 });
  });
});

test.each([
  ["check", "CHECK OK ok"],
  ["subscribers", "SUBSCRIBERS OK ok"],
  ["test-notification", "TEST-NOTIFICATION OK ok"],
  ["rollback", "ROLLBACK ROLLBACK_REFUSED refused"],
  ["retire", "RETIRE NOTHING_TO_DO ok"],
])("the action %s is a call of its own kind", async (action, what) => {
  const w = await measuring();
  await w.call({ action, secretId: w.secretId });
  expect(Object.keys(lastPosted(w))).toContain(`Calls ${what}`);
});

test("a call that ends before it has any client is counted by its code", async () => {
  const w = await measuring({ environment: { OROT_CA_BUNDLE: "/no/such/bundle.pem" } });
  expect(outcomeOf(await w.rotate())).toBe("SETTINGS_INVALID 500");
  expect(lastPosted(w)).toEqual({ "Calls ROTATION SETTINGS_INVALID failed": 1 });
});

test("an event that is not understood posts nothing", async () => {
  const w = await measuring();
  expect(await refused(w, { action: "nonsense" })).toBe("EVENT_INVALID 400");
  expect(w.calls()).toEqual([]);
});

describe("if the metrics cannot be posted", () => {
  test.each([
    [{ deny: [POST] }, { outcome: "refused", status: 404 }],
    [{}, { outcome: "refused", status: 404 }, "ocid1.compartment.oc1..unknown"],
  ])("by %j, the rotation is the same and a line says so", async (switches, line, compartmentId?: string) => {
    const more = compartmentId === undefined ? {} : { OROT_METRIC_COMPARTMENT_ID: compartmentId };
    const w = await measuring({ switches, environment: more });
    const plain = await world();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.returnMessage).toBe((await plain.rotate()).returnMessage);
    expect(notPosted(w)).toMatchObject([{ level: "warn", points: 4, ...line }]);
    expect(w.emulator.state.metrics).toEqual([]);
  });

  test.each([
    ["refused", "no-answer", null],
    ["answer-lost", "no-answer", null],
    ["server-error-before", "refused", 500],
    ["rate-limited", "refused", 429],
  ] as const)("for the fault %s, they are not sent again", async (kind, outcome, status) => {
    const w = await measuring();
    w.emulator.faults.add({ call: POST, kind });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.calls().filter((call) => call === POST)).toHaveLength(1);
    expect(notPosted(w)).toMatchObject([{ outcome, status }]);
  });

  test("for a server that never answers, the answer comes two seconds later and no more", async () => {
    const silent: WorldOptions["transport"] = (emulator, clock) => async (request) => {
      if (!request.url.startsWith("https://telemetry-ingestion.")) return emulator.transport(request);
      await clock.sleep(request.deadline - clock.monotonic());
      throw new TransportError("TIMED_OUT", true, "no answer before the deadline");
    };
    const took = async (w: TestWorld) => {
      const from = w.clock.monotonic();
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      return w.clock.monotonic() - from;
    };
    const w = await measuring({ transport: silent });
    const extra = (await took(w)) - (await took(await world()));
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThanOrEqual(2_010);
    expect(notPosted(w)).toMatchObject([{ outcome: "no-answer", status: null }]);
  });

  const noVault: WorldOptions["transport"] = (emulator, clock) => async (request) => {
    if (!request.url.startsWith("https://vaults.")) return emulator.transport(request);
    await clock.sleep(request.deadline - clock.monotonic());
    throw new TransportError("TIMED_OUT", true, "no answer before the deadline");
  };

  test("for lack of time, nothing is sent, and the answer still comes before the deadline", async () => {
    const w = await measuring({ transport: noVault });
    expect((await w.call({ secretId: w.secretId }, 1)).responseCode).toBe(503);
    expect(w.calls()).not.toContain(POST);
    expect(notPosted(w)).toMatchObject([{ outcome: "no-time", status: null }]);
  });

  test("is not so where a call has used up the time for its work: that call is the one to be seen", async () => {
    const w = await measuring({ transport: noVault });
    const from = w.clock.monotonic();
    expect(outcomeOf(await w.call({ secretId: w.secretId }, 13))).toBe("VAULT_UNAVAILABLE 503");
    expect(w.clock.monotonic() - from).toBeGreaterThan(13_000 - 5_000);
    expect(lastPosted(w)).toMatchObject({ "Calls ROTATION VAULT_UNAVAILABLE failed": 1 });
  });
});

test.each([
  ["OK: done. Next: nothing.", "OK"],
  ["LOCKED_OUT: x. Next: y.", "LOCKED_OUT"],
  ["canary: x. Next: y.", "INTERNAL"],
  ["", "INTERNAL"],
])("of an answer only a code of ours becomes a dimension: %j", (returnMessage, ending) => {
  expect(endingOf({ returnMessage })).toBe(ending);
});
