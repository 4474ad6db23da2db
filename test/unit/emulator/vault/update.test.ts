import { describe, expect, it } from "vitest";
import { setUp } from "../harness.ts";

const BASE64 = "BASE64";

describe("a content write", () => {
  it("makes one new version, PENDING as asked, and moves LATEST to it", async () => {
    const { write, stages } = setUp();
    const answer = await write("{}", "orot-2");
    expect(answer.status).toBe(200);
    expect(answer.json["lifecycleState"]).toBe("UPDATING");
    expect(stages()).toEqual({ 1: "CURRENT", 2: "PENDING+LATEST" });
  });

  it("becomes CURRENT where it names no version stage", async () => {
    const { control, active, stages, base64 } = setUp();
    await control("PUT", "", { secretContent: { contentType: BASE64, content: base64("{}") } });
    await active();
    expect(stages()).toEqual({ 1: "PREVIOUS", 2: "CURRENT+LATEST" });
  });

  it.each([
    [
      "content with a current version number",
      { secretContent: { contentType: BASE64, content: "e30=" }, currentVersionNumber: 1 },
    ],
    ["content with rules", { secretContent: { contentType: BASE64, content: "e30=" }, secretRules: [] }],
    ["a version number with rules", { currentVersionNumber: 1, secretRules: [] }],
    ["content with replication", { secretContent: { contentType: BASE64, content: "e30=" }, replicationConfig: {} }],
    ["content with metadata", { secretContent: { contentType: BASE64, content: "e30=" }, metadata: { a: "b" } }],
    ["content that is no base64", { secretContent: { contentType: BASE64, content: "{}" } }],
    ["content without a content type", { secretContent: { content: "e30=" } }],
    [
      "a version stage that cannot be written",
      { secretContent: { contentType: BASE64, content: "e30=", stage: "PREVIOUS" } },
    ],
    ["a name with a space", { secretContent: { contentType: BASE64, content: "e30=", name: "a b" } }],
    ["a version that does not exist", { currentVersionNumber: 9 }],
    ["nothing", {}],
    ["metadata that is no object", { metadata: "x" }],
    ["a rule of unknown type", { secretRules: [{ ruleType: "OTHER" }] }],
    [
      "a rotation interval of 0 days",
      {
        rotationConfig: {
          rotationInterval: "P0D",
          targetSystemDetails: { targetSystemType: "FUNCTION", functionId: "f" },
        },
      },
    ],
  ])("refuses %s with 400 and changes nothing", async (_title, body) => {
    const { control, emulator, secretId } = setUp();
    const before = JSON.stringify(emulator.state);
    const answer = await control("PUT", "", body);
    expect(answer.status).toBe(400);
    expect(emulator.admin.versions(secretId)).toHaveLength(1);
    expect(JSON.stringify(emulator.state)).toBe(before);
  });

  it("takes metadata beside content where the switch accepts it", async () => {
    const { control } = setUp({ switches: { "metadata-with-content": "accepted" } });
    const body = { secretContent: { contentType: BASE64, content: "e30=" }, metadata: { a: "b" } };
    expect((await control("PUT", "", body)).json["metadata"]).toEqual({ a: "b" });
  });

  it("refuses a name that another version has, so that a name is an idempotency key", async () => {
    const { write } = setUp();
    await write("1", "orot-2");
    const again = await write("2", "orot-2");
    expect(again.status).toBe(400);
    expect(again.json).toMatchObject({
      code: "InvalidParameter",
      message: expect.stringContaining("name already exists"),
    });
  });

  it("refuses content above 25 KB and takes content of exactly 25 KB", async () => {
    const { write } = setUp();
    expect((await write("x".repeat(25 * 1024 + 1), "orot-2")).status).toBe(400);
    expect((await write("x".repeat(25 * 1024), "orot-2")).status).toBe(200);
  });

  it("refuses content equal to an earlier version's under the reuse rule, with the status of the switch", async () => {
    const { control, write, emulator } = setUp({ switches: { "reuse-rule-status": 409 } });
    await control("PUT", "", { secretRules: [{ ruleType: "SECRET_REUSE_RULE" }] });
    await control("GET", "");
    expect((await write("1", "orot-2")).status).toBe(200);
    expect((await write("1", "orot-3")).status).toBe(409);
    emulator.switches["reuse-rule-status"] = 400;
    expect((await write("1", "orot-3")).status).toBe(400);
  });

  it.each([
    ["limit-exceeded", 400, "LimitExceeded"],
    ["conflict", 409, "Conflict"],
  ] as const)("is refused at the version limit (%s)", async (error, status, code) => {
    const { write } = setUp({ switches: { "version-limit": 3, "version-limit-error": error } });
    expect((await write("1", "orot-2")).status).toBe(200);
    expect((await write("2", "orot-3")).status).toBe(200);
    expect(await write("3", "orot-4")).toMatchObject({ status, json: { code } });
  });
});

describe("version stages", () => {
  it("move the old CURRENT to PREVIOUS at a promote and the old PREVIOUS to DEPRECATED", async () => {
    const { write, promote, stages } = setUp();
    await write("1", "orot-2");
    await promote(2);
    expect(stages()).toEqual({ 1: "PREVIOUS", 2: "CURRENT+LATEST" });
    await write("2", "orot-3");
    await promote(3);
    expect(stages()).toEqual({ 1: "DEPRECATED", 2: "PREVIOUS", 3: "CURRENT+LATEST" });
  });

  it("swap at a promote of PREVIOUS", async () => {
    const { write, promote, stages } = setUp();
    await write("1", "orot-2");
    await promote(2);
    await promote(1);
    expect(stages()).toEqual({ 1: "CURRENT", 2: "PREVIOUS+LATEST" });
  });

  it("stay as they are at a promote of CURRENT", async () => {
    const { promote, stages } = setUp();
    expect((await promote(1)).status).toBe(200);
    expect(stages()).toEqual({ 1: "CURRENT+LATEST" });
  });

  it.each([
    ["deprecates", { 1: "CURRENT", 2: "DEPRECATED", 3: "PENDING+LATEST" }],
    ["refuses", { 1: "CURRENT", 2: "PENDING+LATEST" }],
    ["keeps-both", { 1: "CURRENT", 2: "PENDING", 3: "PENDING+LATEST" }],
  ] as const)("of a second PENDING follow the switch: %s", async (value, expected) => {
    const { write, stages } = setUp({ switches: { "second-pending": value } });
    await write("1", "orot-2");
    await write("2", "orot-3");
    expect(stages()).toEqual(expected);
  });

  it.each([
    ["accepted", 200, { 1: "PREVIOUS", 2: "CURRENT+LATEST" }],
    ["refused", 400, { 1: "CURRENT", 2: "PENDING+LATEST" }],
    ["conflict", 409, { 1: "CURRENT", 2: "PENDING+LATEST" }],
    ["error", 500, { 1: "CURRENT", 2: "PENDING+LATEST" }],
  ] as const)("of a version that is promoted with tags follow the switch: %s", async (value, status, expected) => {
    const { write, control, stages } = setUp({ switches: { "tags-with-promote": value } });
    await write("1", "orot-2");
    const together = { currentVersionNumber: 2, freeformTags: { team: "payments" } };
    expect((await control("PUT", "", together)).status).toBe(status);
    expect(stages()).toMatchObject(expected);
  });

  it.each([
    ["accepted", 200, { 1: "PREVIOUS", 2: "CURRENT", 3: "PENDING+LATEST" }],
    ["refused", 400, { 1: "CURRENT", 2: "DEPRECATED", 3: "PENDING+LATEST" }],
  ] as const)("of a DEPRECATED version that is promoted follow the switch: %s", async (value, status, expected) => {
    const { write, promote, stages } = setUp({ switches: { "promote-deprecated": value } });
    await write("1", "orot-2");
    await write("2", "orot-3");
    expect((await promote(2)).status).toBe(status);
    expect(stages()).toEqual(expected);
  });
});
