import { describe, expect, it } from "vitest";
import { setUp } from "../harness.ts";

const API = "/20181201";

function deployed() {
  const made = setUp();
  const { emulator, functionId } = made;
  const { applicationId, compartmentId } = emulator.state.functions.functions[functionId] ?? {};
  return { ...made, applicationId, compartmentId, fn: `${API}/functions/${functionId}` };
}

describe("UpdateFunction", () => {
  it("changes configuration, memory, time-out and tags, and leaves what it does not name", async () => {
    const { send, fn, clock } = deployed();
    const before = (await send("GET", fn)).json;
    const changed = {
      config: { OROT_PAUSED: "true" },
      memoryInMBs: 512,
      timeoutInSeconds: 120,
      freeformTags: { team: "payments" },
      definedTags: { operations: { costCenter: "42" } },
    };
    await clock.sleep(1000);
    const timeUpdated = new Date(clock.now()).toISOString();
    expect(await send("PUT", fn, changed)).toMatchObject({ status: 200, json: { ...before, ...changed, timeUpdated } });
    await send("PUT", fn, { timeoutInSeconds: 300 });
    expect((await send("GET", fn)).json).toEqual({ ...before, ...changed, timeUpdated, timeoutInSeconds: 300 });
  });

  it.each([
    ["config", { config: { "1A": "x" } }],
    ["config", { config: { A: 1 } }],
    ["config", { config: { A: "x".repeat(4096) } }],
    ["memoryInMBs", { memoryInMBs: 300 }],
    ["timeoutInSeconds", { timeoutInSeconds: 301 }],
    ["freeformTags", { freeformTags: { a: {} } }],
    ["displayName", { displayName: "other" }],
  ])("refuses %s out of its range, and changes nothing", async (member, body) => {
    const { send, fn, emulator } = deployed();
    const before = JSON.stringify(emulator.state);
    const answer = await send("PUT", fn, body);
    expect(answer).toMatchObject({ status: 400, json: { code: "InvalidParameter" } });
    expect(answer.json["message"]).toContain(member);
    expect(JSON.stringify(emulator.state)).toBe(before);
  });

  it("takes the kind of source that the command line always sends", async () => {
    const { send, fn } = deployed();
    const body = { config: { A: "1" }, sourceDetails: { sourceType: "CONTAINER_IMAGE" } };
    expect(await send("PUT", fn, body)).toMatchObject({ status: 200, json: { config: { A: "1" } } });
    expect((await send("PUT", fn, { sourceDetails: { ...body.sourceDetails, image: "a/b" } })).status).toBe(501);
  });

  it("counts the application's configuration in the 4 KB", async () => {
    const { send, fn, applicationId } = deployed();
    await send("PUT", `${API}/applications/${applicationId}`, { config: { A: "x".repeat(4000) } });
    expect((await send("PUT", fn, { config: { B: "x".repeat(94) } })).status).toBe(200);
    expect((await send("PUT", fn, { config: { B: "x".repeat(95) } })).status).toBe(400);
  });

  it.each(["image", "sourceDetails", "traceConfig", "provisionedConcurrencyConfig"])(
    "answers 501 to %s and names it",
    async (member) => {
      const { send, fn } = deployed();
      const answer = await send("PUT", fn, { [member]: {} });
      expect(answer.status).toBe(501);
      expect(answer.json["message"]).toContain(member);
    },
  );

  it("refuses a stale if-match with 412 and takes the fresh one", async () => {
    const { send, fn } = deployed();
    const put = (etag: string | undefined) => send("PUT", fn, { config: {} }, { "if-match": etag ?? "" });
    const stale = (await send("GET", fn)).headers["etag"];
    const fresh = (await put(stale)).headers["etag"];
    expect(await put(stale)).toMatchObject({ status: 412, json: { code: "NoEtagMatch" } });
    expect((await put(fresh)).status).toBe(200);
  });
});

describe("applications", () => {
  it("are listed by compartment and by name, without their configuration", async () => {
    const { send, emulator, applicationId, compartmentId } = deployed();
    emulator.admin.createFunction({ applicationId: "ocid1.fnapp.oc1.iad.second", applicationConfig: { A: "1" } });
    const list = async (more = "") =>
      (await send("GET", `${API}/applications?compartmentId=${compartmentId}${more}`)).list.map(({ id }) => id);
    expect(await list()).toEqual([applicationId, "ocid1.fnapp.oc1.iad.second"]);
    expect(await list("&id=ocid1.fnapp.oc1.iad.second")).toEqual(["ocid1.fnapp.oc1.iad.second"]);
    expect(await list("&displayName=none")).toEqual([]);
    expect((await send("GET", `${API}/applications?compartmentId=${compartmentId}`)).list[1]).not.toHaveProperty(
      "config",
    );
    expect((await send("GET", `${API}/applications`)).status).toBe(400);
  });

  it("get another configuration by UpdateApplication, which GetApplication tells", async () => {
    const { send, applicationId } = deployed();
    const path = `${API}/applications/${applicationId}`;
    expect((await send("PUT", path, { config: { HTTPS_PROXY: "http://proxy.example" } })).status).toBe(200);
    expect((await send("GET", path)).json).toMatchObject({
      id: applicationId,
      config: { HTTPS_PROXY: "http://proxy.example" },
    });
    const answer = await send("PUT", path, { syslogUrl: "tcp://logs.example" });
    expect(answer).toMatchObject({ status: 501, json: { message: expect.stringContaining("syslogUrl") } });
  });
});
