import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { setUp } from "../harness.ts";

describe("UPDATING", () => {
  it("is seen by exactly as many requests as the switch says, and refuses writes and lists meanwhile", async () => {
    const { control, base64 } = setUp({ switches: { "updating-polls": 4 } });
    const secretContent = { contentType: "BASE64", content: base64("1"), stage: "PENDING" };
    await control("PUT", "", { secretContent });
    expect((await control("GET", "")).json["lifecycleState"]).toBe("UPDATING");
    expect(await control("PUT", "", { currentVersionNumber: 2 })).toMatchObject({
      status: 409,
      json: { code: "IncorrectState", message: expect.stringContaining("UPDATING") },
    });
    expect(await control("GET", "/versions")).toMatchObject({ status: 409, json: { code: "IncorrectState" } });
    expect((await control("GET", "")).json["lifecycleState"]).toBe("UPDATING");
    expect((await control("GET", "")).json["lifecycleState"]).toBe("ACTIVE");
    expect((await control("PUT", "", { currentVersionNumber: 2 })).status).toBe(200);
  });

  it("lasts as long as the switch says", async () => {
    const { control, clock } = setUp({ switches: { "updating-polls": 0, "updating-ms": 5000 } });
    await control("PUT", "", { currentVersionNumber: 1 });
    await clock.sleep(4999);
    expect((await control("GET", "")).json["lifecycleState"]).toBe("UPDATING");
    await clock.sleep(1);
    expect((await control("GET", "")).json["lifecycleState"]).toBe("ACTIVE");
  });

  it("leaves the version list open where the switch accepts that", async () => {
    const { control } = setUp({ switches: { "list-while-updating": "accepted" } });
    await control("PUT", "", { currentVersionNumber: 1 });
    expect((await control("GET", "/versions")).status).toBe(200);
  });

  it.each([
    ["yes", "UPDATING"],
    ["no", "ACTIVE"],
  ] as const)("follows a write of metadata alone as the switch says: %s", async (value, expected) => {
    const { control } = setUp({ switches: { "metadata-updating": value } });
    const answer = await control("PUT", "", { metadata: { orot: "{}" } });
    expect(answer.json).toMatchObject({ lifecycleState: expected, metadata: { orot: "{}" } });
  });
});

describe("the etag", () => {
  it("changes with every write", async () => {
    const { control, active } = setUp({ switches: { "etag-on-active": "stays" } });
    const before = (await control("GET", "")).headers["etag"];
    await control("PUT", "", { metadata: {} });
    expect((await active()).headers["etag"]).not.toBe(before);
  });

  it("refuses a stale if-match with 412 and takes the fresh one", async () => {
    const { control, active } = setUp();
    const stale = (await control("GET", "")).headers["etag"] ?? "";
    await control("PUT", "", { metadata: { a: "1" } });
    const fresh = (await active()).headers["etag"] ?? "";
    expect(fresh).not.toBe(stale);
    const body = { metadata: { a: "2" } };
    expect(await control("PUT", "", body, { "if-match": stale })).toMatchObject({
      status: 412,
      json: { code: "NoEtagMatch" },
    });
    expect((await control("PUT", "", body, { "if-match": fresh })).status).toBe(200);
  });

  it("is ignored where the switch says so", async () => {
    const { control } = setUp({ switches: { "if-match": "ignored" } });
    expect((await control("PUT", "", { metadata: {} }, { "if-match": "stale" })).status).toBe(200);
  });

  it.each([
    ["changes", false],
    ["stays", true],
  ] as const)("at the end of UPDATING %s", async (value, same) => {
    const { control, active } = setUp({ switches: { "etag-on-active": value } });
    const written = (await control("PUT", "", { metadata: {} })).headers["etag"];
    expect((await active()).headers["etag"] === written).toBe(same);
  });
});

describe("deleting a version", () => {
  const prepare = async (switches = {}) => {
    const all = setUp({ switches });
    await all.write("1", "orot-2");
    await all.write("2", "orot-3");
    const at = (days: number) => ({ timeOfDeletion: new Date(all.clock.now() + days * DAY_MS).toISOString() });
    return { ...all, at };
  };

  it("is for DEPRECATED versions alone and at least a day ahead", async () => {
    const { control, at } = await prepare();
    expect((await control("POST", "/version/1/actions/scheduleDeletion", at(2))).status).toBe(409);
    expect((await control("POST", "/version/2/actions/scheduleDeletion", at(0.99))).status).toBe(400);
    expect((await control("POST", "/version/2/actions/scheduleDeletion", at(2))).status).toBe(200);
    expect((await control("GET", "/version/2")).json["timeOfDeletion"]).toBe(at(2).timeOfDeletion);
  });

  it("takes the version out when its time comes, and frees its slot at once", async () => {
    const { control, at, clock, stages, write } = await prepare({ "version-limit": 3 });
    await control("POST", "/version/2/actions/scheduleDeletion", at(2));
    expect((await write("3", "orot-4")).status).toBe(200);
    await clock.sleep(2 * DAY_MS);
    expect(Object.keys(stages())).toEqual(["1", "3", "4"]);
    expect((await control("GET", "/version/2")).status).toBe(404);
  });

  it("hinders writes and rotations where the switch says so, until it is cancelled", async () => {
    const { control, at, write } = await prepare({ "update-during-version-deletion": "refused" });
    await control("POST", "/version/2/actions/scheduleDeletion", at(2));
    expect((await write("3", "orot-4")).json["message"]).toContain("PENDING_DELETION");
    expect((await control("POST", "/actions/rotate")).status).toBe(409);
    expect((await control("POST", "/version/2/actions/cancelDeletion")).status).toBe(200);
    expect((await write("3", "orot-4")).status).toBe(200);
  });
});

describe("reads", () => {
  it("lists versions in pages and in the order asked for", async () => {
    const { control, write } = setUp({ switches: { "page-size": 2 } });
    await write("1", "orot-2");
    await write("2", "orot-3");
    const first = await control("GET", "/versions?sortBy=VERSION_NUMBER&sortOrder=ASC");
    const next = first.headers["opc-next-page"] ?? "";
    const second = await control("GET", `/versions?sortBy=VERSION_NUMBER&sortOrder=ASC&page=${next}`);
    expect([...first.list, ...second.list].map((version) => version["versionNumber"])).toEqual([1, 2, 3]);
    expect(second.headers["opc-next-page"]).toBeUndefined();
    expect((await control("GET", "/versions")).list[0]).toMatchObject({
      versionNumber: 3,
      stages: ["PENDING", "LATEST"],
    });
    expect((await control("GET", "/versions?page=nonsense")).status).toBe(400);
  });

  it("lists the secrets of a compartment, by name if asked", async () => {
    const { send, emulator, secretId } = setUp();
    const other = emulator.admin.createSecret({
      name: "aaa",
      content: "{}",
      compartmentId: "ocid1.compartment.oc1..b",
    });
    const compartment = emulator.admin.secret(secretId).compartmentId;
    const all = await send("GET", `/20180608/secrets?compartmentId=${compartment}`);
    expect(all.list.map((secret) => secret["id"])).toEqual([secretId]);
    expect(all.list[0]).not.toHaveProperty("currentVersionNumber");
    const named = await send("GET", "/20180608/secrets?compartmentId=ocid1.compartment.oc1..b&name=aaa");
    expect(named.list.map((secret) => secret["id"])).toEqual([other]);
    expect((await send("GET", "/20180608/secrets")).status).toBe(400);
  });

  it("lists tags, the rotation's times and the expiry of CURRENT, and no metadata", async () => {
    const { send, emulator, functionId, clock } = setUp();
    const id = emulator.admin.createSecret({
      name: "told",
      content: "{}",
      compartmentId: "ocid1.compartment.oc1..c",
      functionId,
      rotationIntervalDays: 30,
      metadata: { a: "b" },
      rules: [{ ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P10D" }],
    });
    emulator.admin.secret(id).freeformTags = { team: "payments" };
    const inDays = (days: number) => new Date(clock.now() + days * 86_400_000).toISOString();
    const { list } = await send(
      "GET",
      "/20180608/secrets?compartmentId=ocid1.compartment.oc1..c&lifecycleState=ACTIVE",
    );
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({
      secretName: "told",
      freeformTags: { team: "payments" },
      rotationStatus: "SCHEDULED",
      rotationConfig: { rotationInterval: "P30D", isScheduledRotationEnabled: true },
      nextRotationTime: inDays(30),
      timeOfCurrentVersionExpiry: inDays(10),
    });
    expect(list[0]).not.toHaveProperty("metadata");
    const one = await send("GET", `/20180608/secrets/${id}`);
    expect(one.json).toMatchObject({ metadata: { a: "b" }, timeOfCurrentVersionExpiry: inDays(10) });
  });

  it("answers what is missing and what is forbidden alike", async () => {
    const { control, send, emulator } = setUp();
    const missing = await send("GET", "/20180608/secrets/ocid1.vaultsecret.oc1..none");
    emulator.switches.deny = ["get-secret"];
    const forbidden = await control("GET", "");
    expect(forbidden.status).toBe(404);
    expect(forbidden.body).toBe(missing.body);
    expect(missing.json["code"]).toBe("NotAuthorizedOrNotFound");
  });

  it.each(["constructor", "__proto__", "%E0%A4%A"])("answers 404 to the strange id %s", async (id) => {
    const { send } = setUp();
    expect((await send("GET", `/20180608/secrets/${id}`)).status).toBe(404);
    expect((await send("GET", `/20190301/secretbundles/${id}`)).status).toBe(404);
    expect((await send("GET", `/20160918/workRequests/${id}`)).status).toBe(404);
    expect((await send("GET", `/20181201/functions/${id}`)).status).toBe(404);
  });

  it("carries the emulated date and a request id on every answer", async () => {
    const { control, clock } = setUp();
    const answer = await control("GET", "", undefined, { "opc-request-id": "mine" });
    expect(answer.headers["date"]).toBe(new Date(clock.now()).toUTCString());
    expect(answer.headers["opc-request-id"]).toMatch(/^mine\//);
  });

  it("writes to a replica are refused, reads are not", async () => {
    const { emulator, send } = setUp();
    const replica = emulator.admin.createSecret({ name: "r", content: "{}", isReplica: true });
    expect((await send("PUT", `/20180608/secrets/${replica}`, { metadata: {} })).status).toBe(409);
    expect((await send("GET", `/20180608/secrets/${replica}`)).json["isReplica"]).toBe(true);
  });
});
