import { describe, expect, it } from "vitest";
import { setUp } from "../harness.ts";

const rotation = { rotation: { client: "uaa base=https%3A%2F%2Fuaa.example.org%2Fuaa client=app" } };
const compartmentId = "ocid1.compartment.oc1..team";
const ELSEWHERE = "ocid1.compartment.oc1..b";

/** Makes a secret as CreateSecret does, in a compartment of its own. */
async function created(options: Parameters<typeof setUp>[0] = {}) {
  const made = setUp(options);
  const { admin } = made.emulator;
  for (const id of [compartmentId, ELSEWHERE]) admin.createCompartment(id);
  const answer = await made.send("POST", "/20180608/secrets", {
    secretName: "tagged",
    compartmentId,
    ...admin.createVault(),
    definedTags: rotation,
    secretContent: { contentType: "BASE64", content: made.base64("{}") },
  });
  const path = `/20180608/secrets/${String(answer.json["id"])}`;
  const listed = async (compartment: string) =>
    (await made.send("GET", `/20180608/secrets?compartmentId=${compartment}`)).list;
  return { ...made, answer, path, listed };
}

describe("defined tags", () => {
  it("given at the making of a secret are in the answers of GetSecret and of ListSecrets", async () => {
    const { send, path, listed } = await created();
    expect((await send("GET", path)).json["definedTags"]).toEqual(rotation);
    expect(await listed(compartmentId)).toMatchObject([{ definedTags: rotation }]);
  });

  it("stay as they are through a write that names none", async () => {
    const { send, path } = await created();
    await send("GET", path);
    expect((await send("PUT", path, { freeformTags: { a: "b" } })).status).toBe(200);
    expect((await send("GET", path)).json["definedTags"]).toEqual(rotation);
  });

  it("are refused with 404, in CreateSecret and UpdateSecret, to one who may not use the namespace", async () => {
    const { answer, control } = await created({ switches: { "defined-tags": "refused" } });
    expect(answer).toMatchObject({ status: 404, json: { code: "NotAuthorizedOrNotFound" } });
    expect((await control("PUT", "", { definedTags: rotation })).status).toBe(404);
    expect((await control("PUT", "", { freeformTags: {} })).status).toBe(200);
  });
});

describe("ChangeSecretCompartment", () => {
  it("moves a secret with its tags, and moves its etag on", async () => {
    const { send, path, listed } = await created();
    const before = (await send("GET", path)).headers["etag"];
    const moved = await send("POST", `${path}/actions/changeCompartment`, {
      compartmentId: ELSEWHERE,
    });
    expect(moved.status).toBe(200);
    expect(moved.headers["etag"]).not.toBe(before);
    await send("GET", path);
    expect(await listed(compartmentId)).toEqual([]);
    expect(await listed(ELSEWHERE)).toMatchObject([{ definedTags: rotation }]);
  });

  it("wants a compartment", async () => {
    const { send, path } = await created();
    await send("GET", path);
    expect((await send("POST", `${path}/actions/changeCompartment`, {})).status).toBe(400);
  });
});
