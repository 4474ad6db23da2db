import { describe, expect, it } from "vitest";
import { setUp } from "../harness.ts";

const TOPICS = "/20181201/topics";
const compartmentId = "ocid1.compartment.oc1..emulatedcompartment";

describe("topics", () => {
  it("are created, read, listed and published to", async () => {
    const { send, clock, emulator } = setUp();
    const details = { name: "rotations", compartmentId, description: "of secrets", freeformTags: { team: "payments" } };
    const made = await send("POST", TOPICS, details);
    const topicId = String(made.json["topicId"]);
    expect(made.json).toMatchObject({
      ...details,
      topicId: expect.stringMatching(/^ocid1\.onstopic\./),
      lifecycleState: "ACTIVE",
      timeCreated: new Date(clock.now()).toISOString(),
      apiEndpoint: "https://oci.example",
    });
    expect((await send("GET", `${TOPICS}/${topicId}`)).json).toEqual(made.json);
    expect((await send("GET", `${TOPICS}?compartmentId=${compartmentId}`)).list).toEqual([made.json]);
    expect((await send("GET", `${TOPICS}?compartmentId=${compartmentId}&name=other`)).list).toEqual([]);
    expect((await send("POST", `${TOPICS}/${topicId}/messages`, { body: "hello" })).status).toBe(202);
    expect(emulator.state.received.topics).toMatchObject([{ to: topicId }]);
    expect(emulator.requests.map(({ call }) => call)).toEqual([
      "create-topic",
      "get-topic",
      "list-topics",
      "list-topics",
      "publish-message",
    ]);
  });

  it.each([
    ["name", { name: "two words" }, 400],
    ["name", { name: undefined }, 400],
    ["freeformTags", { freeformTags: { a: 1 } }, 400],
    ["a topic", { name: "taken" }, 409],
  ])("are refused by %s: %j", async (word, members, status) => {
    const { send } = setUp();
    await send("POST", TOPICS, { name: "taken", compartmentId });
    const answer = await send("POST", TOPICS, { name: "new", compartmentId, ...members });
    expect(answer.status).toBe(status);
    expect(String(answer.json["message"]).toLowerCase()).toContain(word.toLowerCase());
  });
});

describe("an operation that is not emulated", () => {
  it.each([
    ["POST", "/20181201/applications", "CreateApplication"],
    ["DELETE", "/20181201/applications/a", "DeleteApplication"],
    ["POST", "/20181201/functions", "CreateFunction"],
    ["DELETE", "/20181201/functions/f", "DeleteFunction"],
    ["DELETE", "/20181201/topics/t", "DeleteTopic"],
    ["PUT", "/20181201/topics/t", "UpdateTopic"],
    ["POST", "/20181201/subscriptions", "CreateSubscription"],
    ["GET", "/20160918/compartments", "ListCompartments"],
    ["GET", "/20180608/vaults", "ListVaults"],
    ["DELETE", "/20180608/secrets/s", "DELETE /20180608/secrets/s"],
    ["POST", "/20180608/secrets/s/version/1/actions/rotate", "POST /20180608/secrets/s/version/1/actions/rotate"],
    ["DELETE", "/20190301/secretbundles/s", "DELETE /20190301/secretbundles/s"],
    ["DELETE", "/20160918/workRequests/w", "DELETE /20160918/workRequests/w"],
    ["GET", "/20990101/widgets", "GET /20990101/widgets"],
  ] as const)("%s %s is answered with 501 and by its name %s", async (method, path, name) => {
    const { send, secretId } = setUp();
    const named = (text: string) => text.replace("/secrets/s", `/secrets/${secretId}`);
    const answer = await send(method, named(path));
    expect(answer).toMatchObject({ status: 501, json: { code: "MethodNotImplemented" } });
    expect(answer.json["message"]).toContain(named(name));
  });
});
