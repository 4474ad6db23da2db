import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import type { InvokeFunction } from "../../../../src/emulator/functions/api.ts";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { setUp } from "../harness.ts";

interface Event {
  readonly step: string;
  readonly secretId: string;
  readonly versionNo?: number | null;
}

/** A function that answers each step as `answers` says, 200 with a number of its own otherwise. */
function recorder(answers: Record<string, { status?: number; body?: string }> = {}) {
  const events: Event[] = [];
  const numbers: Record<string, number> = {
    VERIFY_CONNECTION: 1,
    CREATE_PENDING_VERSION: 2,
    UPDATE_TARGET_SYSTEM: 3,
    PROMOTE_PENDING_VERSION: 4,
  };
  const invoke: InvokeFunction = async (_functionId, text) => {
    const event: Event = JSON.parse(text);
    events.push(event);
    const body = JSON.stringify({ responseCode: 200, returnMessage: "OK: done.", versionNo: numbers[event.step] });
    return { status: 200, body, ...answers[event.step] };
  };
  return { events, invoke };
}

describe("a rotation", () => {
  it("calls the four steps in order, with the version number that UPDATE_TARGET_SYSTEM answered at the promote", async () => {
    const { emulator, secretId, clock } = setUp();
    const { events, invoke } = recorder();
    const report = await createScheduler({ emulator, invoke }).rotate(secretId);
    expect(report.status).toBe("SUCCEEDED");
    expect(events).toEqual([
      { step: "VERIFY_CONNECTION", secretId },
      { step: "CREATE_PENDING_VERSION", secretId },
      { step: "UPDATE_TARGET_SYSTEM", secretId, versionNo: 1 },
      { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: 3 },
    ]);
    expect(emulator.admin.secret(secretId).lastRotationAt).toBe(clock.now());
  });

  it.each([
    ["create", 2],
    ["null", null],
  ] as const)("sends UPDATE_TARGET_SYSTEM the number that the switch names: %s", async (value, versionNo) => {
    const { emulator, secretId } = setUp({ switches: { "update-version-no": value } });
    const { events, invoke } = recorder();
    await createScheduler({ emulator, invoke }).rotate(secretId);
    expect(events[2]).toEqual({ step: "UPDATE_TARGET_SYSTEM", secretId, versionNo });
  });

  it.each([
    [
      "a responseCode that is not 200",
      { body: '{"responseCode":503,"returnMessage":"ISSUER_UNAVAILABLE: 429."}' },
      "503",
      "ISSUER_UNAVAILABLE: 429.",
    ],
    ["a failed function", { status: 502, body: "" }, "FunctionFailed", "the function failed with 502"],
    ["an answer that is no JSON", { body: "oops" }, "FunctionFailed", "the answer does not follow the protocol"],
  ])("stops at %s and fails its work request", async (_title, answer, code, message) => {
    const { emulator, secretId, send } = setUp();
    const { events, invoke } = recorder({ CREATE_PENDING_VERSION: answer });
    const report = await createScheduler({ emulator, invoke }).rotate(secretId);
    expect(report.status).toBe("FAILED");
    expect(events).toHaveLength(2);
    const path = `/20160918/workRequests/${report.workRequestId}`;
    expect((await send("GET", path)).json).toMatchObject({ status: "FAILED", percentComplete: 25 });
    expect((await send("GET", `${path}/errors`)).list).toMatchObject([{ code, message }]);
    expect(emulator.admin.secret(secretId).lastRotationAt).toBeNull();
  });

  it("counts a function that cannot be called as failed", async () => {
    const { emulator, secretId } = setUp();
    const scheduler = createScheduler({ emulator, invoke: () => Promise.reject(new Error("gone")) });
    expect((await scheduler.rotate(secretId)).status).toBe("FAILED");
  });

  it("is accepted over the wire, shown IN_PROGRESS, and ends SUCCEEDED at 100 percent", async () => {
    const { emulator, secretId, control, send } = setUp();
    const accepted = await control("POST", "/actions/rotate");
    const id = accepted.headers["opc-work-request-id"] ?? "";
    expect((await control("GET", "")).json["rotationStatus"]).toBe("IN_PROGRESS");
    expect((await control("POST", "/actions/rotate")).status).toBe(409);
    const [report] = await createScheduler({ emulator, invoke: recorder().invoke }).runDue();
    expect(report).toMatchObject({ secretId, workRequestId: id, status: "SUCCEEDED" });
    const seen = await send("GET", `/20160918/workRequests/${id}`);
    expect(seen.json).toMatchObject({ status: "SUCCEEDED", percentComplete: 100, operationType: "ROTATE_SECRET" });
    expect((await send("GET", `/20160918/workRequests/${id}/logs`)).list).toHaveLength(4);
    expect((await control("GET", "")).json["rotationStatus"]).toBe("NOT_ENABLED");
  });

  it("is refused where the secret has no rotation configuration", async () => {
    const { emulator, send } = setUp();
    const id = emulator.admin.createSecret({ name: "plain", content: "{}" });
    expect((await send("POST", `/20180608/secrets/${id}/actions/rotate`)).status).toBe(400);
  });

  it("that is cancelled stops before its next step and switches the schedule off", async () => {
    const { emulator, secretId, control, functionId } = setUp();
    await control("PUT", "", {
      rotationConfig: {
        rotationInterval: "P30D",
        isScheduledRotationEnabled: true,
        targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
      },
    });
    const { events, invoke } = recorder();
    const cancelling: InvokeFunction = async (...call) => {
      await control("POST", "/actions/cancelRotation");
      expect(emulator.admin.rotationStatus(secretId)).toBe("CANCELLING");
      return invoke(...call);
    };
    const report = await createScheduler({ emulator, invoke: cancelling }).rotate(secretId);
    expect(report.status).toBe("CANCELED");
    expect(events).toHaveLength(1);
    expect(emulator.admin.secret(secretId)).toMatchObject({ nextRotationAt: null, rotation: null });
    expect(emulator.admin.rotationStatus(secretId)).toBe("NOT_ENABLED");
  });
});

describe("the schedule", () => {
  it("runs a rotation whenever nextRotationTime comes, and plans the next", async () => {
    const { emulator, clock, functionId } = setUp();
    const start = clock.now();
    const secretId = emulator.admin.createSecret({ name: "s", content: "{}", functionId, rotationIntervalDays: 30 });
    const times: number[] = [];
    const scheduler = createScheduler({
      emulator,
      invoke: recorder().invoke,
      onRotation: () => times.push((clock.now() - start) / DAY_MS),
    });
    scheduler.start();
    await clock.sleep(95 * DAY_MS);
    expect(emulator.admin.rotationStatus(secretId)).toBe("SCHEDULED");
    await scheduler.stop();
    expect(times).toEqual([30, 60, 90]);
    expect(emulator.admin.secret(secretId).nextRotationAt).toBe(start + 120 * DAY_MS);
  });

  it("wakes at once for a rotation that RotateSecret accepts", async () => {
    const { emulator, control, clock } = setUp();
    const ended = new Promise((resolve) => {
      const scheduler = createScheduler({ emulator, invoke: recorder().invoke, onRotation: resolve });
      scheduler.start();
    });
    const before = clock.monotonic();
    await control("POST", "/actions/rotate");
    expect(await ended).toMatchObject({ status: "SUCCEEDED" });
    expect(clock.monotonic()).toBe(before);
  });

  it("fails a rotation that an earlier process began", async () => {
    const { emulator, secretId } = setUp();
    const id = emulator.admin.rotate(secretId);
    const { rotation } = emulator.admin.secret(secretId);
    if (rotation !== null) {
      rotation.started = true;
    }
    createScheduler({ emulator, invoke: recorder().invoke });
    expect(emulator.state.workRequests.requests[id]).toMatchObject({
      status: "FAILED",
      errors: [{ code: "Interrupted" }],
    });
    expect(emulator.admin.secret(secretId).rotation).toBeNull();
  });
});
