import { describe, expect, it, vi } from "vitest";
import type { InvokeFunction } from "../../../../src/emulator/functions/api.ts";
import { setUp } from "../harness.ts";

describe("the Functions API", () => {
  it.each(["20181201", "20260325"])(
    "describes a function at the path version %s, with the endpoint to invoke it",
    async (version) => {
      const { send, functionId } = setUp();
      const answer = await send("GET", `/${version}/functions/${functionId}`);
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({
        id: functionId,
        displayName: "oci-rotate",
        applicationId: expect.any(String),
        compartmentId: expect.any(String),
        lifecycleState: "ACTIVE",
        invokeEndpoint: "https://oci.example",
        memoryInMBs: 256,
        timeoutInSeconds: 300,
        config: {},
        sourceDetails: { sourceType: "CONTAINER_IMAGE" },
        freeformTags: {},
        definedTags: {},
        timeCreated: expect.any(String),
      });
    },
  );

  it("tells the configuration of a function and of its application, each apart", async () => {
    const { send, emulator } = setUp();
    const id = emulator.admin.createFunction({
      applicationId: "ocid1.fnapp.oc1.iad.configured",
      config: { OROT_PAUSED: "true" },
      applicationConfig: { HTTPS_PROXY: "http://proxy.example:3128" },
    });
    expect((await send("GET", `/20181201/functions/${id}`)).json).toMatchObject({ config: { OROT_PAUSED: "true" } });
    expect((await send("GET", "/20181201/applications/ocid1.fnapp.oc1.iad.configured")).json).toMatchObject({
      displayName: "rotation",
      config: { HTTPS_PROXY: "http://proxy.example:3128" },
    });
    expect((await send("GET", "/20181201/applications/ocid1.fnapp.oc1.iad.nobodys")).status).toBe(404);
  });

  it("lists the functions of an application, page by page, and by name", async () => {
    const { send, emulator, functionId } = setUp({ switches: { "page-size": 1 } });
    const { applicationId } = emulator.state.functions.functions[functionId] ?? {};
    const second = emulator.admin.createFunction({ displayName: "second" });
    emulator.admin.createFunction({ applicationId: "ocid1.fnapp.oc1.iad.other" });
    const path = `/20181201/functions?applicationId=${applicationId}`;
    const first = await send("GET", path);
    expect(first.list.map(({ id }) => id)).toEqual([functionId]);
    const rest = await send("GET", `${path}&page=${first.headers["opc-next-page"]}`);
    expect(rest.list.map(({ id }) => id)).toEqual([second]);
    expect(rest.headers["opc-next-page"]).toBeUndefined();
    expect((await send("GET", `${path}&displayName=second`)).list).toMatchObject([
      { id: second, invokeEndpoint: "https://oci.example" },
    ]);
    expect((await send("GET", "/20181201/functions")).status).toBe(400);
    expect(emulator.requests.map(({ call }) => call)).toEqual(Array(4).fill("list-functions"));
  });

  it("passes the event on as it came, and the answer back", async () => {
    const { send, functionId, emulator } = setUp();
    const invoke = vi.fn<InvokeFunction>().mockResolvedValue({ status: 200, body: '{"responseCode":200}' });
    emulator.invoke = invoke;
    const answer = await send("POST", `/20181201/functions/${functionId}/actions/invoke`, '{"secretId":"x"}');
    expect(invoke).toHaveBeenCalledExactlyOnceWith(functionId, '{"secretId":"x"}', {
      callId: expect.any(String),
      timeoutMs: 300_000,
    });
    expect(answer).toMatchObject({ status: 200, json: { responseCode: 200 } });
    expect(answer.headers["fn-call-id"]).toBe(invoke.mock.calls[0]?.[2].callId);
  });

  it.each([
    [502, 502, "FunctionInvokeExecutionFailed"],
    [504, 504, "FunctionInvokeExecutionTimeout"],
  ])("answers the platform's %i with %i and a code", async (platform, status, code) => {
    const { send, functionId, emulator } = setUp();
    emulator.invoke = async () => ({ status: platform, body: "" });
    expect(await send("POST", `/20181201/functions/${functionId}/actions/invoke`, "{}")).toMatchObject({
      status,
      json: { code },
    });
  });

  it("answers a detached call at once and without a body", async () => {
    const { send, functionId, emulator } = setUp();
    emulator.invoke = () => new Promise(() => undefined);
    const path = `/20181201/functions/${functionId}/actions/invoke`;
    const answer = await send("POST", path, "{}", { "fn-invoke-type": "detached" });
    expect(answer).toMatchObject({ status: 202, body: "" });
  });

  it("stops waiting for the function when the caller's deadline passes", async () => {
    const { send, functionId, emulator, clock } = setUp();
    emulator.invoke = () => new Promise(() => undefined);
    const sent = send("POST", `/20181201/functions/${functionId}/actions/invoke`, "{}");
    await expect(sent).rejects.toMatchObject({ failure: "TIMED_OUT", sent: true });
    expect(clock.monotonic()).toBe(10_000);
  });

  it("answers 502 where the emulator has no function to call, 404 where there is none of that id, and 501 at another path", async () => {
    const { send, functionId } = setUp();
    expect((await send("POST", `/20181201/functions/${functionId}/actions/invoke`, "{}")).status).toBe(502);
    expect((await send("POST", "/20181201/functions/none/actions/invoke", "{}")).status).toBe(404);
    expect((await send("GET", `/2018/functions/${functionId}`)).status).toBe(501);
  });
});
