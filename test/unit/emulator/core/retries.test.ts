import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { setUp } from "../harness.ts";

const token = (value: string) => ({ "opc-retry-token": value });

function creating(options: Parameters<typeof setUp>[0] = {}) {
  const made = setUp(options);
  const { compartmentId, vaultId, keyId } = made.emulator.admin.secret(made.secretId);
  const secretContent = { contentType: "BASE64", content: made.base64("{}") };
  const create = (secretName: string, retryToken: string) =>
    made.send(
      "POST",
      "/20180608/secrets",
      { secretName, compartmentId, vaultId, keyId, secretContent },
      token(retryToken),
    );
  const count = () => Object.keys(made.emulator.state.vault.secrets).length;
  return { ...made, create, count };
}

describe("opc-retry-token", () => {
  it("rotates once where the answer of RotateSecret was lost, and names the first work request again", async () => {
    const { control, emulator } = setUp({ switches: { "rotate-in-progress": "accepted" } });
    const rotate = (value: string) => control("POST", "/actions/rotate", undefined, token(value));
    emulator.faults.add({ call: "rotate-secret", kind: "answer-lost" });
    await expect(rotate("one")).rejects.toMatchObject({ sent: true });
    const again = await rotate("one");
    expect(again.status).toBe(202);
    expect(Object.keys(emulator.state.workRequests.requests)).toEqual([again.headers["opc-work-request-id"]]);
    expect((await rotate("two")).headers["opc-work-request-id"]).not.toBe(again.headers["opc-work-request-id"]);
  });

  it("rotates once where the first request lands after its repetition", async () => {
    const { control, emulator, clock } = setUp({ switches: { "rotate-in-progress": "accepted", "late-ms": 1000 } });
    emulator.faults.add({ call: "rotate-secret", kind: "lands-late" });
    await expect(control("POST", "/actions/rotate", undefined, token("one"))).rejects.toMatchObject({ sent: true });
    await control("POST", "/actions/rotate", undefined, token("one"));
    await clock.sleep(1000);
    await control("GET", "");
    expect(Object.keys(emulator.state.workRequests.requests)).toHaveLength(1);
  });

  it("gives CreateSecret's first answer again, word for word, for 24 hours", async () => {
    const { create, count, clock } = creating();
    const first = await create("a", "one");
    await clock.sleep(DAY_MS - 1);
    const again = await create("a", "one");
    expect([again.status, again.body, again.headers["etag"]]).toEqual([200, first.body, first.headers["etag"]]);
    expect(count()).toBe(2);
    await clock.sleep(1);
    expect((await create("a", "one")).status).toBe(409);
  });

  it("refuses another body or another path under the same token with 409 InvalidatedRetryToken", async () => {
    const { create, control, count } = creating();
    await create("a", "one");
    const refused = { status: 409, json: { code: "InvalidatedRetryToken" } };
    expect(await create("b", "one")).toMatchObject(refused);
    expect(await control("POST", "/actions/rotate", undefined, token("one"))).toMatchObject(refused);
    expect(count()).toBe(2);
  });

  it("does not keep a refusal: the same request may pass later", async () => {
    const { control, emulator } = creating();
    const compartmentId = "ocid1.compartment.oc1..late";
    const move = () => control("POST", "/actions/changeCompartment", { compartmentId }, token("one"));
    expect((await move()).status).toBe(404);
    emulator.admin.createCompartment(compartmentId);
    expect((await move()).status).toBe(200);
  });

  it("keeps the newest thousand answers, whatever was asked, and no more", async () => {
    const { create, control, emulator } = creating();
    await create("a", "7");
    for (let asked = 0; asked < 1000; asked += 1) {
      await control("POST", "/actions/cancelRotation", undefined, token(`c${asked}`));
    }
    expect(Object.keys(emulator.state.retries)).toHaveLength(1000);
    expect((await create("a", "7")).status).toBe(409);
  });

  it("keeps no more than 4 MB of answers", async () => {
    const { send, emulator } = setUp();
    const { compartmentId, vaultId, keyId } = emulator.admin.secret(Object.keys(emulator.state.vault.secrets)[0] ?? "");
    const secretContent = { contentType: "BASE64", content: "e30=" };
    const description = "x".repeat(1024 * 1024);
    for (const secretName of ["a", "b", "c", "d", "e"]) {
      const body = { secretName, compartmentId, vaultId, keyId, secretContent, description };
      expect((await send("POST", "/20180608/secrets", body, token(secretName))).status).toBe(200);
    }
    expect(Object.keys(emulator.state.retries)).toHaveLength(3);
  });
});
