import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { functionImage } from "../support/image-files.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { type CallOptions, type RunningFunction, startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

const MAX_EVENT_BYTES = 65_536;
const PLATFORM_MAX_BYTES = 6 * 1024 * 1024;

const eventInvalid = (what: string) => ({
  responseCode: 400,
  returnMessage: `EVENT_INVALID: ${what}. Next: send one of the events that docs/reference.md lists.`,
  versionNo: null,
});
const notAnObject = eventInvalid("the event is not a JSON object");
const notJson = eventInvalid("the event is not JSON");

describe("the built function on the FDK", () => {
  let image: Image;
  let cloud: Cloud;
  let fn: RunningFunction;
  let pid: number | undefined;
  beforeAll(async () => {
    image = openImage();
    cloud = await openCloud();
    fn = await startFunction(image, cloud.environment());
    pid = fn.pid;
  });
  afterAll(async () => {
    await fn.stop();
    await cloud.close();
    await image.remove();
  });
  const verify = (more: object = {}) => ({ step: "VERIFY_CONNECTION", secretId: cloud.secretId, ...more });
  const verified = {
    responseCode: 200,
    returnMessage: "OK: the client secret of version 1 logs in. Next: nothing.",
    versionNo: 1,
  };
  // Whatever a test has sent, the same process goes on.
  afterEach(async () => {
    expect((await fn.call(verify())).json).toEqual(verified);
    expect(fn.exited).toBe(false);
    expect(fn.pid).toBe(pid);
    cloud.calls();
  });

  it("answers a step with exactly the three members of the protocol", async () => {
    const { status, json } = await fn.call(verify());
    expect(status).toBe(200);
    expect(json).toEqual(verified);
  });

  it.each<[string, unknown, object]>([
    ["an empty body", "", eventInvalid("the event is empty")],
    ["white space", " \n", notJson],
    ["text", "hello", notJson],
    ["half of a JSON object", '{"step":"VERIFY_CONN', notJson],
    ["bytes that are not UTF-8", Buffer.from([0xff, 0xfe, 0x00]), notJson],
    ["null", "null", notAnObject],
    ["a number", "42", notAnObject],
    ["a boolean", "true", notAnObject],
    ["an array", [], notAnObject],
    ["an array of events", [{ step: "VERIFY_CONNECTION" }], notAnObject],
    ["a JSON string that holds no JSON", JSON.stringify("hello"), notJson],
    ["a JSON string that holds null", JSON.stringify("null"), notAnObject],
    ["a JSON string that holds a JSON string", JSON.stringify(JSON.stringify("{}")), notAnObject],
    ["an empty object", {}, eventInvalid("secretId is missing")],
    ["secretId null", { secretId: null }, eventInvalid("secretId must be the OCID of a Vault secret")],
    [
      "the OCID of something else",
      { secretId: "ocid1.vault.oc1..x" },
      eventInvalid("secretId must be the OCID of a Vault secret"),
    ],
    [
      "an unknown step",
      { step: "DELETE_EVERYTHING" },
      eventInvalid(
        "step must be one of VERIFY_CONNECTION, CREATE_PENDING_VERSION, UPDATE_TARGET_SYSTEM, PROMOTE_PENDING_VERSION",
      ),
    ],
    [
      "an unknown action",
      { action: "purge" },
      eventInvalid(
        "action must be one of check, heal, retire, rollback, subscribers, test-notification, rotate-due, subscribe, unsubscribe, acknowledge",
      ),
    ],
    [
      "step and action",
      { step: "VERIFY_CONNECTION", action: "check" },
      eventInvalid("step and action exclude each other"),
    ],
  ])("answers 400 to %s, and sends nothing anywhere", async (_name, event, answer) => {
    const { status, json } = await fn.call(event);
    expect(status).toBe(200);
    expect(json).toEqual(answer);
    expect(cloud.calls()).toEqual([]);
  });

  it.each([undefined, null, 0, 1.5, "2", -1])("answers 400 to PROMOTE with versionNo %s", async (versionNo) => {
    const { json } = await fn.call({ step: "PROMOTE_PENDING_VERSION", secretId: cloud.secretId, versionNo });
    expect(json).toEqual(eventInvalid("versionNo must be a whole number above 0 at PROMOTE_PENDING_VERSION"));
    expect(cloud.calls()).toEqual([]);
  });

  it("answers 400 to PROMOTE of a version that does not exist, and changes nothing", async () => {
    const event = { step: "PROMOTE_PENDING_VERSION", secretId: cloud.secretId, versionNo: 7 };
    // So little time that the 404 is not asked for again.
    const { json } = await fn.call(event, { seconds: 4 });
    expect(json).toMatchObject({ responseCode: 400, versionNo: null });
    expect(json["returnMessage"]).toMatch(/^VERSION_NOT_PROMOTABLE: version 7 /);
    expect(cloud.emulator.admin.versions(cloud.secretId)).toHaveLength(1);
  });

  it("unwraps a JSON string that holds the event", async () => {
    expect((await fn.call(JSON.stringify(JSON.stringify(verify())))).json).toEqual(verified);
  });

  it("ignores members that it does not know", async () => {
    expect((await fn.call(verify({ versionNo: "x", note: null, toString: 1 }))).json).toEqual(verified);
  });

  it("joins an event whose characters arrive in halves, and counts its bytes", async () => {
    const frame = Buffer.byteLength(JSON.stringify(verify({ note: "" })));
    const room = MAX_EVENT_BYTES - frame;
    // The ASCII character, if any, makes the length come out.
    const note = `${"ü".repeat(Math.floor(room / 2))}${"x".repeat(room % 2)}`;
    const event = Buffer.from(JSON.stringify(verify({ note })));
    expect(event.byteLength).toBe(MAX_EVENT_BYTES);
    const at = event.indexOf("ü") + 1;
    const halves = [event.subarray(0, at), event.subarray(at, at + 2), event.subarray(at + 2)];
    expect((await fn.call(halves)).json).toEqual(verified);
    const tooLarge = eventInvalid(`the event is larger than ${MAX_EVENT_BYTES} bytes`);
    expect((await fn.call([...halves, Buffer.from(" ")])).json).toEqual(tooLarge);
  });

  it("answers 400 to the largest body that the platform lets through", async () => {
    const { status, json } = await fn.call(Buffer.alloc(PLATFORM_MAX_BYTES, "a"));
    expect(status).toBe(200);
    expect(json).toEqual(eventInvalid(`the event is larger than ${MAX_EVENT_BYTES} bytes`));
  });

  it("answers 400 to JSON of a thousand levels, and to a member __proto__", async () => {
    expect((await fn.call("[".repeat(1_000) + "]".repeat(1_000))).json).toEqual(notAnObject);
    const { json } = await fn.call(`{"__proto__":{"secretId":"${cloud.secretId}"}}`);
    expect(json).toEqual(eventInvalid("secretId is missing"));
  });

  it.each<[string, CallOptions]>([
    ["GET /call", { method: "GET" }],
    ["PUT /call", { method: "PUT" }],
    ["POST /", { path: "/" }],
    ["POST /call/", { path: "/call/" }],
    ["POST /call with a query", { path: "/call?x=1" }],
  ])("leaves %s to the FDK, which answers 400", async (_name, options) => {
    const { status, json } = await fn.call("", options);
    expect(status).toBe(400);
    expect(json).toEqual({ message: "Invalid method", detail: "Bad request" });
    expect(cloud.calls()).toEqual([]);
  });

  it.each<[string, CallOptions]>([
    ["no headers of the platform", { headers: { "fn-call-id": null, "fn-deadline": null, "content-type": null } }],
    ["a deadline that is no time", { headers: { "fn-deadline": "soon" } }],
    ["another content type", { headers: { "content-type": "text/plain; charset=latin1" } }],
  ])("answers a call with %s", async (_name, options) => {
    expect((await fn.call(verify(), options)).json).toEqual(verified);
  });

  it("answers 503 to a call whose deadline has passed", async () => {
    const { status, json } = await fn.call(verify(), { seconds: -10 });
    expect(status).toBe(200);
    expect(json).toMatchObject({ responseCode: 503, versionNo: null });
  });

  it("survives a caller that goes away in the middle of its event", async () => {
    const sent = fn.open({ headers: { "content-length": "1000" } });
    const closed = new Promise<void>((resolve) => {
      sent.once("close", resolve);
    });
    sent.on("error", () => undefined);
    await new Promise<void>((resolve) => {
      sent.write('{"step":', () => resolve());
    });
    sent.destroy();
    await closed;
  });

  it("answers twenty calls, one after the other, all alike", async () => {
    for (let calls = 0; calls < 20; calls += 1) expect((await fn.call(verify())).json).toEqual(verified);
  });
});

describe("the image of the built function", () => {
  it("runs as the platform's user from a read-only folder, leaves it as it was, and writes nothing but log lines", async () => {
    const image = openImage();
    const cloud = await openCloud();
    const fn = await startFunction(image, cloud.environment());
    const contents = () =>
      readdirSync(image.folder).map((name) => [name, readFileSync(path.join(image.folder, name), "base64")]);
    const before = contents();
    const names = functionImage().files.map((file) => path.basename(file));
    expect(before.map(([name]) => name).sort()).toEqual(names.sort());
    for (const [name] of before) expect(statSync(path.join(image.folder, String(name))).mode & 0o777).toBe(0o444);
    if (process.platform === "linux") {
      const status = readFileSync(`/proc/${fn.pid}/status`, "utf8");
      const uid = image.user?.uid ?? process.getuid?.();
      const gid = image.user?.gid ?? process.getgid?.();
      expect(/^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual([String(uid), String(uid)]);
      expect(/^Gid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual([String(gid), String(gid)]);
      expect(readdirSync(`/proc/${fn.pid}/cwd`).sort()).toEqual(names);
    }
    try {
      await fn.call({ secretId: cloud.secretId });
      await fn.call("no event");
      await fn.call("", { method: "GET" });
      expect(contents()).toEqual(before);
    } finally {
      const { stdout, stderr } = await fn.stop();
      await cloud.close();
      await image.remove();
      expect(stderr).toEqual([]);
      expect(stdout.length).toBeGreaterThan(2);
      for (const line of stdout) expect(JSON.parse(line)).toMatchObject({ event: expect.any(String) });
    }
  });
});
