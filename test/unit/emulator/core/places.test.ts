import { describe, expect, it } from "vitest";
import type { Switches } from "../../../../src/emulator/core/switches.ts";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { setUp } from "../harness.ts";

const NONE = "ocid1.any.oc1..none";
const NOT_FOUND = { status: 404, json: { code: "NotAuthorizedOrNotFound" } };
const answer = async () => ({ status: 200, body: '{"responseCode":200}' });

function world(switches: Partial<Switches> = {}) {
  const made = setUp({ switches });
  const { compartmentId, vaultId, keyId } = made.emulator.admin.secret(made.secretId);
  const secretContent = { contentType: "BASE64", content: made.base64("{}") };
  const place = { compartmentId, vaultId, keyId };
  const create = (members: object) =>
    made.send("POST", "/20180608/secrets", { secretName: "made", ...place, secretContent, ...members });
  const rotation = (functionId: string) => ({
    rotationConfig: { targetSystemDetails: { targetSystemType: "FUNCTION", functionId } },
  });
  const publish = (topicId: string) => made.send("POST", `/20181201/topics/${topicId}/messages`, { body: "b" });
  return { ...made, place, create, rotation, publish };
}

describe("an id that was never made", () => {
  it.each(["compartmentId", "vaultId", "keyId"])("is refused as %s of a new secret", async (member) => {
    expect(await world().create({ [member]: NONE })).toMatchObject(NOT_FOUND);
  });

  it("is refused as a key of another vault", async () => {
    const { create, emulator } = world();
    const { keyId } = emulator.admin.createVault();
    expect(await create({ keyId })).toMatchObject(NOT_FOUND);
  });

  it("is refused as a compartment to move a secret to", async () => {
    const { control, emulator, active } = world();
    const move = (compartmentId: string) => control("POST", "/actions/changeCompartment", { compartmentId });
    expect(await move(NONE)).toMatchObject(NOT_FOUND);
    expect((await move(emulator.admin.createCompartment())).status).toBe(200);
    expect((await active()).status).toBe(200);
  });

  it.each([
    "/20180608/secrets?compartmentId=",
    "/20160918/workRequests?compartmentId=",
    "/20181201/applications?compartmentId=",
    "/20181201/functions?applicationId=",
    "/20181201/topics?compartmentId=",
  ])("is refused in a list: %s", async (path) => {
    expect(await world().send("GET", `${path}${NONE}`)).toMatchObject(NOT_FOUND);
  });

  it("is refused as a topic, to read and to publish to", async () => {
    const { send, publish, emulator } = world();
    expect(await publish(NONE)).toMatchObject(NOT_FOUND);
    expect(await send("GET", `/20181201/topics/${NONE}`)).toMatchObject(NOT_FOUND);
    expect(emulator.state.received.topics).toEqual([]);
    expect((await publish(emulator.admin.createTopic())).status).toBe(202);
  });

  it("is refused as the function of a rotation, or not, as the switch says", async () => {
    const { create, control, rotation, emulator } = world();
    expect(await create(rotation(NONE))).toMatchObject(NOT_FOUND);
    expect(await control("PUT", "", rotation(NONE))).toMatchObject(NOT_FOUND);
    emulator.switches["rotation-target"] = "unchecked";
    expect((await create(rotation(NONE))).status).toBe(200);
    expect((await control("PUT", "", rotation(NONE))).status).toBe(200);
  });

  it("fails the rotation that is to call it as a function, and calls nothing", async () => {
    const { emulator } = world();
    const id = emulator.admin.createSecret({ name: "aimless", content: "{}", functionId: NONE });
    let calls = 0;
    const invoke = () => {
      calls += 1;
      return answer();
    };
    const report = await createScheduler({ emulator, invoke }).rotate(id);
    expect(report).toMatchObject({
      status: "FAILED",
      steps: [{ responseCode: null, returnMessage: expect.stringContaining("404") }],
    });
    expect(calls).toBe(0);
    expect(emulator.state.workRequests.requests[report.workRequestId]?.errors).toMatchObject([
      { message: expect.stringContaining("404") },
    ]);
  });

  it("passes everywhere where the switch accepts unknown ids", async () => {
    const { create, rotation, publish, send, emulator, secretId } = world({ "unknown-ids": "accepted" });
    const all = { compartmentId: NONE, vaultId: NONE, keyId: NONE, ...rotation(NONE) };
    expect((await create(all)).status).toBe(200);
    expect((await publish(NONE)).status).toBe(202);
    expect((await send("GET", `/20180608/secrets?compartmentId=${NONE}`)).list).toHaveLength(1);
    emulator.admin.secret(secretId).rotationConfig = { targetSystemDetails: { functionId: NONE } };
    expect(await createScheduler({ emulator, invoke: answer }).rotate(secretId)).toMatchObject({ status: "SUCCEEDED" });
  });
});

describe("a fresh emulator", () => {
  it("has a tenancy, a compartment, and a vault with a key in it", async () => {
    const { create, place } = world();
    expect(place).toEqual({
      compartmentId: "ocid1.compartment.oc1..emulatedcompartment",
      vaultId: "ocid1.vault.oc1.iad.emulatedvault",
      keyId: "ocid1.key.oc1.iad.emulatedkey",
    });
    expect((await create({})).status).toBe(200);
    expect((await create({ secretName: "b", compartmentId: "ocid1.tenancy.oc1..emulatedtenancy" })).status).toBe(200);
  });
});
