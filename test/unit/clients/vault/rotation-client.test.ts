import { describe, expect, test } from "vitest";
import { createBudget } from "../../../../src/base/budget.ts";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { createRotationClient } from "../../../../src/clients/vault/rotation-client.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import type { InvokeFunction } from "../../../../src/emulator/functions/api.ts";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { expectFailure } from "../../../support/failures.ts";
import { silenceSdk } from "../../../support/silence-sdk.ts";
import { setUp } from "../../emulator/harness.ts";

/** The real SDK clients against the emulator, whose function answers every step so. */
function world(answer: object = { responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: 1 }) {
  const made = setUp({ switches: { "updating-polls": 0 } });
  const { clock, emulator, secretId } = made;
  const invoke: InvokeFunction = async () => ({ status: 200, body: JSON.stringify(answer) });
  const endpoint = "https://oci.example";
  const access = {
    transport: emulator.transport,
    signer: { signHttpRequest: () => Promise.resolve() },
    vaultEndpoint: endpoint,
    secretsEndpoint: endpoint,
    workRequestsEndpoint: endpoint,
  };
  const seams = {
    clock,
    entropy: createSeededEntropy(1),
    budget: createBudget(clock, null, { budgetMs: 280_000, marginMs: 5_000, callTimeoutMs: 10_000 }),
  };
  const clientOf = (id: string) => createRotationClient(access, id, seams);
  return { ...made, client: clientOf(secretId), clientOf, scheduler: createScheduler({ emulator, invoke }) };
}

silenceSdk();

describe("a rotation by Vault", () => {
  test("is found by its secret, the last one that was accepted", async () => {
    const { client, scheduler, clock } = world();
    const { compartmentId } = await client.read();
    expect(await client.findWorkRequest(compartmentId)).toBeNull();
    const first = await client.rotate((await client.read()).etag);
    await scheduler.runDue();
    await clock.sleep(60_000);
    const second = await client.rotate((await client.read()).etag);
    if (first.outcome !== "started" || second.outcome !== "started") throw new Error("no rotation was started");
    expect(second.workRequestId).not.toBe(first.workRequestId);
    expect(await client.findWorkRequest(compartmentId)).toBe(second.workRequestId);
    expect(await client.findWorkRequest("ocid1.compartment.oc1..another")).toBeNull();
  });

  /** So many rotations of the secret, of which this one, the first made being 0, was accepted last. */
  async function rotatedTimes(count: number, latest: number) {
    const made = world();
    const { client, scheduler, clock, emulator } = made;
    emulator.switches["page-size"] = 1;
    const ids: string[] = [];
    for (let turn = 0; turn < count; turn++) {
      const started = await client.rotate((await client.read()).etag);
      if (started.outcome !== "started" || started.workRequestId === null) throw new Error("no rotation was started");
      ids.push(started.workRequestId);
      await scheduler.runDue();
      await clock.sleep(1_000);
    }
    const { requests } = emulator.state.workRequests;
    const [id, found] = Object.entries(requests).find(([made]) => made === ids[latest]) ?? [];
    if (id === undefined || found === undefined) throw new Error("no such rotation");
    requests[id] = { ...found, acceptedAt: clock.now() };
    const { compartmentId } = await client.read();
    const before = emulator.requests.length;
    const asked = () => emulator.requests.length - before;
    return { ...made, ids, asked, find: () => client.findWorkRequest(compartmentId) };
  }

  test("is the last one that was accepted, on whatever page the service lists it", async () => {
    for (const latest of [0, 1, 2]) {
      const { find, ids, asked } = await rotatedTimes(3, latest);
      expect(await find()).toBe(ids[latest]);
      expect(asked()).toBe(3);
    }
  });

  test("is looked for on so many pages, each asked for as any read", async () => {
    const { find, ids, emulator, asked } = await rotatedTimes(22, 0);
    emulator.faults.add({ call: "get-work-request", kind: "server-error-before", count: 1 });
    // The service lists the newest first: without an end of the list, what was found there is as good as can be known.
    expect(await find()).toBe(ids[21]);
    expect(asked()).toBe(21);
  });

  test("is started, and followed by its work request to the end", async () => {
    const { client, scheduler, clock } = world();
    const started = await client.rotate((await client.read()).etag);
    if (started.outcome !== "started" || started.workRequestId === null) throw new Error(started.outcome);
    expect(await client.readWorkRequest(started.workRequestId)).toMatchObject({
      status: "ACCEPTED",
      percentComplete: 0,
      acceptedAt: clock.now(),
      finishedAt: null,
    });
    expect((await client.read()).rotation.status).toBe("IN_PROGRESS");
    await scheduler.runDue();
    expect(await client.readWorkRequest(started.workRequestId)).toEqual({
      status: "SUCCEEDED",
      percentComplete: 100,
      acceptedAt: clock.now(),
      startedAt: clock.now(),
      finishedAt: clock.now(),
      problems: [],
    });
    expect((await client.read()).rotation).toMatchObject({ status: "NOT_ENABLED", lastAt: clock.now() });
  });

  test("that failed tells why, without control characters and bounded", async () => {
    const returnMessage = `LOCKED_OUT: \u001b[31m${"x".repeat(2_000)}`;
    const { client, scheduler } = world({ responseCode: 400, returnMessage, versionNo: null });
    const started = await client.rotate(null);
    await scheduler.runDue();
    const id = started.outcome === "started" ? started.workRequestId : null;
    const seen = await client.readWorkRequest(id ?? "");
    expect(seen?.status).toBe("FAILED");
    expect(seen?.problems).toHaveLength(1);
    expect(seen?.problems[0]).toMatchObject({ code: "400" });
    expect(seen?.problems[0]?.message).toMatch(/^LOCKED_OUT: {2}\[31mx+$/);
    expect(seen?.problems[0]?.message.length).toBeLessThanOrEqual(1_000);
  });

  test("that failed in words of nobody we know tells how long they are", async () => {
    const { client, scheduler, emulator } = world({ responseCode: 400, returnMessage: "canary 4711", versionNo: null });
    const started = await client.rotate(null);
    await scheduler.runDue();
    const id = started.outcome === "started" ? (started.workRequestId ?? "") : "";
    const stored = emulator.state.workRequests.requests[id];
    stored?.errors.push({ code: "CanaryCode", message: "Function said: LOCKED_OUT: over. Next: go.", at: 1 });
    expect((await client.readWorkRequest(id))?.problems.map(({ code, message }) => [code, message])).toEqual([
      ["400", "a message of 11 characters"],
      ["an error code of 10 characters", "LOCKED_OUT: over. Next: go."],
    ]);
  });

  test("is not started beside another, nor on an etag that is stale", async () => {
    const { client } = world();
    const { etag } = await client.read();
    expect((await client.rotate(etag)).outcome).toBe("started");
    const again = await client.rotate(null);
    expect(again).toMatchObject({ outcome: "busy", error: { code: "VAULT_UNAVAILABLE" } });
    expect(await client.rotate(etag)).toMatchObject({ outcome: "race-lost" });
  });

  test("may have begun where the answer was lost", async () => {
    const { client, emulator } = world();
    emulator.faults.add({ call: "rotate-secret", kind: "answer-lost" });
    expect((await client.rotate(null)).outcome).toBe("unknown");
    expect((await client.read()).rotation.status).toBe("IN_PROGRESS");
    expect(emulator.requests.filter(({ call }) => call === "rotate-secret")).toHaveLength(1);
  });

  test("is refused for a secret without a rotation configuration", async () => {
    const { emulator, clientOf } = world();
    const plain = emulator.admin.createSecret({ name: "plain", content: "{}" });
    expect(await clientOf(plain).rotate(null)).toMatchObject({
      outcome: "refused",
      error: { code: "SECRET_NOT_ROTATABLE" },
    });
  });

  test("is followed by the secret's own status where the service knows no such work request", async () => {
    const { client, emulator } = world();
    emulator.switches["work-requests"] = "absent";
    const started = await client.rotate(null);
    const id = started.outcome === "started" ? started.workRequestId : null;
    expect(await client.readWorkRequest(id ?? "")).toBeNull();
  });

  test("cannot be followed where the service stays away, after as many tries as any read", async () => {
    const { client, emulator } = world();
    emulator.faults.add({ call: "get-work-request", kind: "server-error-before", count: 10 });
    await expectFailure(() => client.readWorkRequest("x"), "VAULT_UNAVAILABLE", "GetWorkRequest");
    expect(emulator.requests).toHaveLength(3);
  });
});

describe("the schedule", () => {
  test("is set, shown, switched off by a cancellation, and restored", async () => {
    const { client, clock, functionId } = world();
    const schedule = { functionId, intervalDays: 30, isScheduled: true };
    expect(await client.writeSchedule(schedule, (await client.read()).etag)).toEqual({ outcome: "done" });
    const before = await client.read();
    expect(before.rotation).toEqual({
      functionId,
      targetType: "FUNCTION",
      intervalDays: 30,
      isScheduled: true,
      status: "SCHEDULED",
      lastAt: null,
      nextAt: clock.now() + 30 * DAY_MS,
    });
    expect(await client.cancel(before.etag)).toEqual({ outcome: "done" });
    const after = await client.read();
    expect(after.rotation).toMatchObject({ isScheduled: false, status: "NOT_ENABLED", nextAt: null });
    await client.writeSchedule({ functionId, intervalDays: 30, isScheduled: true }, after.etag);
    expect((await client.read()).rotation).toEqual(before.rotation);
  });

  test("may be none, the function staying its target", async () => {
    const { client, functionId } = world();
    await client.writeSchedule({ functionId, intervalDays: null, isScheduled: false }, null);
    expect((await client.read()).rotation).toMatchObject({ functionId, intervalDays: null, isScheduled: false });
  });

  test("is not written over another's change", async () => {
    const { client, functionId } = world();
    const { etag } = await client.read();
    await client.writeSchedule({ functionId, intervalDays: 30, isScheduled: true }, etag);
    const late = await client.writeSchedule({ functionId, intervalDays: 90, isScheduled: true }, etag);
    expect(late.outcome).toBe("race-lost");
    expect((await client.read()).rotation.intervalDays).toBe(30);
  });

  test("outside 1 to 360 days is refused", async () => {
    const { client, functionId } = world();
    const written = await client.writeSchedule({ functionId, intervalDays: 361, isScheduled: true }, null);
    expect(written).toMatchObject({ outcome: "refused", error: { code: "SECRET_NOT_ROTATABLE" } });
  });

  test("is shown with the secret's name, tags, etag and CURRENT's number", async () => {
    const { client, emulator, secretId } = world();
    emulator.admin.secret(secretId).freeformTags = { team: "payments" };
    expect(await client.read()).toMatchObject({
      etag: '"e1"',
      name: "app",
      lifecycle: "ACTIVE",
      currentVersionNo: 1,
      isReplica: false,
      tags: { team: "payments" },
    });
  });

  test("cannot be read where the secret is absent, or may not be seen", async () => {
    const { clientOf } = world();
    await expectFailure(() => clientOf("ocid1.none").read(), "SECRET_NOT_FOUND", "GetSecret");
  });
});
