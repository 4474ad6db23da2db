import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { setUp } from "../harness.ts";

type Options = Parameters<typeof setUp>[0];

function doomed(options: Options = {}) {
  const made = setUp(options);
  const at = (days: number) => ({ timeOfDeletion: new Date(made.clock.now() + days * DAY_MS).toISOString() });
  const schedule = (body?: unknown) => made.control("POST", "/actions/scheduleDeletion", body);
  const cancel = () => made.control("POST", "/actions/cancelDeletion");
  const state = async () => (await made.control("GET", "")).json["lifecycleState"];
  /** Schedules the deletion and waits until it is pending. */
  const pending = async (days = 2) => {
    await schedule(at(days));
    for (let asked = 0; asked < 5 && (await state()) !== "PENDING_DELETION"; asked += 1);
  };
  return { ...made, at, schedule, cancel, state, pending };
}

describe("deleting a secret", () => {
  it("passes SCHEDULING_DELETION and PENDING_DELETION, and ends with DELETED at its time", async () => {
    const { schedule, state, at, clock, control } = doomed();
    const moment = at(2);
    const before = (await control("GET", "")).headers["etag"];
    const answer = await schedule(moment);
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect(answer.headers["etag"]).not.toBe(before);
    expect(await state()).toBe("SCHEDULING_DELETION");
    expect((await control("GET", "")).json).toMatchObject({ lifecycleState: "PENDING_DELETION", ...moment });
    await clock.sleep(2 * DAY_MS);
    expect(await state()).toBe("DELETED");
  });

  it.each([undefined, {}, "{}"])("is due in 30 days where the request names no time: %j", async (body) => {
    const { schedule, control, at } = doomed();
    const { timeOfDeletion } = at(30);
    expect((await schedule(body)).status).toBe(200);
    expect((await control("GET", "")).json["timeOfDeletion"]).toBe(timeOfDeletion);
  });

  it.each([0.99, 30.01, Number.NaN])("refuses a time %d days ahead", async (days) => {
    const { schedule, at, state } = doomed();
    const body = Number.isNaN(days) ? { timeOfDeletion: "soon" } : at(days);
    expect(await schedule(body)).toMatchObject({ status: 400, json: { code: "InvalidParameter" } });
    expect(await state()).toBe("ACTIVE");
  });

  it("is taken back by way of CANCELLING_DELETION, and only while it is pending", async () => {
    const { cancel, pending, state, control } = doomed();
    expect(await cancel()).toMatchObject({ status: 409, json: { code: "IncorrectState" } });
    await pending();
    expect((await cancel()).status).toBe(200);
    expect(await state()).toBe("CANCELLING_DELETION");
    const secret = (await control("GET", "")).json;
    expect(secret).toMatchObject({ lifecycleState: "ACTIVE" });
    expect(secret).not.toHaveProperty("timeOfDeletion");
  });

  it("refuses writes and rotations meanwhile, and leaves reads by id", async () => {
    const { pending, control, bundle, send, emulator, secretId } = doomed();
    await pending();
    for (const [path, body] of [
      ["", { description: "x" }],
      ["/actions/rotate", undefined],
      ["/actions/scheduleDeletion", undefined],
    ] as const) {
      expect(await control(path === "" ? "PUT" : "POST", path, body)).toMatchObject({
        status: 409,
        json: { code: "IncorrectState", message: expect.stringContaining("PENDING_DELETION") },
      });
    }
    expect((await bundle("")).status).toBe(200);
    const { name, vaultId } = emulator.admin.secret(secretId);
    const byName = `/20190301/secretbundles/actions/getByName?secretName=${name}&vaultId=${vaultId}`;
    expect((await send("POST", byName)).status).toBe(404);
  });

  it("keeps the name taken, and gives no content any more once it is done", async () => {
    const { pending, clock, bundle, send, emulator, secretId, base64 } = doomed();
    await pending();
    await clock.sleep(2 * DAY_MS);
    expect((await bundle("")).status).toBe(404);
    const { name: secretName, compartmentId, vaultId, keyId } = emulator.admin.secret(secretId);
    const secretContent = { contentType: "BASE64", content: base64("{}") };
    const again = { secretName, compartmentId, vaultId, keyId, secretContent };
    expect((await send("POST", "/20180608/secrets", again)).status).toBe(409);
  });

  it.each([
    ["accepted", 200],
    ["refused", 409],
  ] as const)(
    "of a secret whose schedule is on is %s as the switch says, and starts no rotation",
    async (value, status) => {
      const { schedule, emulator, secretId, clock } = doomed({ switches: { "deletion-with-rotation": value } });
      const secret = emulator.admin.secret(secretId);
      Object.assign(secret.rotationConfig ?? {}, { isScheduledRotationEnabled: true, rotationInterval: "P1D" });
      secret.nextRotationAt = clock.now() + DAY_MS;
      expect((await schedule()).status).toBe(status);
      await clock.sleep(DAY_MS);
      const answer = { status: 200, body: '{"responseCode":200}' };
      const rotations = await createScheduler({ emulator, invoke: async () => answer }).runDue();
      expect(rotations).toHaveLength(status === 200 ? 0 : 1);
    },
  );
});
