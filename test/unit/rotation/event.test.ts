import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { parseEvent, type RotationEvent } from "../../../src/rotation/event.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";
import { STEPS } from "../../support/world.ts";

const secretId = "ocid1.vaultsecret.oc1.eu-frankfurt-1.amaaaaaa0123456789";
const bytes = (event: unknown) => Buffer.from(typeof event === "string" ? event : JSON.stringify(event));
const read = (event: unknown): RotationEvent => parseEvent(bytes(event));

describe("what may arrive", () => {
  test.each([
    ["step", { step: "VERIFY_CONNECTION", secretId }],
    ["step", { step: "CREATE_PENDING_VERSION", secretId }],
    ["step", { step: "UPDATE_TARGET_SYSTEM", secretId, versionNo: 3 }],
    ["step", { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: 3 }],
    ["action", { secretId, action: "check" }],
    ["action", { secretId, action: "retire" }],
    ["action", { secretId, action: "rollback" }],
    ["action", { secretId, action: "subscribers" }],
    ["subscription", { secretId, action: "subscribe", endpoint: "mailto:ops@example.org" }],
    ["subscription", { secretId, action: "unsubscribe", endpoint: "anything" }],
    ["subscription", { secretId, action: "acknowledge", endpoint: "anything", versionNo: 7 }],
  ])("a %s, as it was sent: %j", (kind, event) => {
    expect(read(event)).toEqual({ kind, ...event });
  });

  test.each([
    [{ secretId }, { kind: "rotation", secretId, isCompromised: false }],
    [
      { secretId, reason: "compromised" },
      { kind: "rotation", secretId, isCompromised: true },
    ],
    [
      { secretId, action: "subscribe", endpoint: "anything", noticeBefore: "14d" },
      {
        ...{ kind: "subscription", action: "subscribe", secretId, endpoint: "anything" },
        noticeBeforeMs: 14 * 86_400_000,
      },
    ],
  ])("%j", (event, expected) => {
    expect(read(event)).toEqual(expected);
  });

  test("members that we do not know are ignored, and versionNo if no step needs it", () => {
    expect(read({ step: "VERIFY_CONNECTION", secretId, versionNo: "x", extra: { step: "no" }, __proto__: 1 })).toEqual({
      kind: "step",
      step: "VERIFY_CONNECTION",
      secretId,
    });
  });

  test("white space and a byte order mark around the JSON", () => {
    expect(read(`\ufeff \n${JSON.stringify({ secretId })}\r\n\t`)).toMatchObject({ kind: "rotation", secretId });
  });

  test("a JSON string that holds the event is unwrapped once", () => {
    expect(read(JSON.stringify(JSON.stringify({ secretId })))).toMatchObject({ kind: "rotation", secretId });
  });
});

describe("what is refused before anything is read from its members", () => {
  test.each(["30s", "361d", "", 7, null])("a time for notices of %j", async (noticeBefore) => {
    const event = { secretId, action: "subscribe", endpoint: "anything", noticeBefore };
    await expectFailure(() => read(event), "EVENT_INVALID", "noticeBefore must be a text from 1m to 360d");
  });

  test("a notification of a rotation, which would else ask for the next one", async () => {
    const { body } = changeMessage({ secretId, versionNo: 3, seq: 1, at: 0 });
    await expectFailure(() => read(body), "EVENT_INVALID", "a notification of a rotation");
  });

  test.each([
    ["nothing", "", "the event is empty"],
    ["white space", " \n", "the event is not JSON"],
    ["a word", "rotate", "the event is not JSON"],
    ["truncated JSON", `{"secretId":"${secretId}"`, "the event is not JSON"],
    ["two documents", "{}{}", "the event is not JSON"],
    ["JSON with a comment", "{} // now", "the event is not JSON"],
    ["an array", [{ secretId }], "the event is not a JSON object"],
    ["a number", "7", "the event is not a JSON object"],
    ["null", "null", "the event is not a JSON object"],
    ["true", "true", "the event is not a JSON object"],
    ["a JSON string without JSON", '"rotate"', "the event is not JSON"],
    ["an empty JSON string", '""', "the event is not JSON"],
    ["a JSON string that holds an array", JSON.stringify("[]"), "the event is not a JSON object"],
    [
      "a JSON string in a JSON string",
      JSON.stringify(JSON.stringify(JSON.stringify({ secretId }))),
      "the event is not a JSON object",
    ],
  ])("%s", async (_what, event, message) => {
    const error = await expectFailure(() => read(event), "EVENT_INVALID", message);
    expect(error.responseCode).toBe(400);
  });

  test.each([
    ["UTF-16", Buffer.from(JSON.stringify({ secretId }), "utf16le")],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ["compressed data", Buffer.from([0x1f, 0x8b, 0x08, 0x00])],
  ])("%s", async (_what, body) => {
    await expectFailure(() => parseEvent(body), "EVENT_INVALID", "the event is not JSON");
  });

  test("a byte that is not UTF-8 in a member that is needed", async () => {
    const [before, after] = JSON.stringify({ secretId: `${secretId}|` }).split("|");
    const body = Buffer.concat([Buffer.from(before ?? ""), Buffer.from([0xe9]), Buffer.from(after ?? "")]);
    await expectFailure(() => parseEvent(body), "EVENT_INVALID", "secretId");
  });

  test("more than 65536 bytes, while exactly as many are read", async () => {
    const event = JSON.stringify({ secretId });
    expect(read(event.padEnd(65_536))).toMatchObject({ kind: "rotation", secretId });
    await expectFailure(() => read(event.padEnd(65_537)), "EVENT_INVALID", "larger than 65536 bytes");
  });

  test("nesting as deep as the size allows", async () => {
    await expectFailure(() => read("[".repeat(65_536)), "EVENT_INVALID", "the event is not JSON");
    await expectFailure(
      () => read("[".repeat(32_000) + "]".repeat(32_000)),
      "EVENT_INVALID",
      "the event is not a JSON object",
    );
  });
});

describe("step and action", () => {
  test.each(["ROTATE", "verify_connection", "", " VERIFY_CONNECTION", null, 1, true, ["VERIFY_CONNECTION"], {}])(
    "the step %j is refused",
    async (step) => {
      await expectFailure(
        () => read({ step, secretId }),
        "EVENT_INVALID",
        "step must be one of VERIFY_CONNECTION, CREATE_PENDING_VERSION, UPDATE_TARGET_SYSTEM, PROMOTE_PENDING_VERSION",
      );
    },
  );

  test.each(["Retire", "Check", "", null, 1, ["check"], "toString", "__proto__"])(
    "the action %j is refused",
    async (action) => {
      await expectFailure(
        () => read({ action, secretId }),
        "EVENT_INVALID",
        "action must be one of check, heal, retire, rollback",
      );
    },
  );

  test.each(["Compromised", "", null, 1, ["compromised"], "scheduled"])("the reason %j is refused", async (reason) => {
    await expectFailure(() => read({ reason, secretId }), "EVENT_INVALID", "reason must be one of compromised");
  });

  test.each(["check", "heal", "retire", "rollback", "rotate-due"])(
    "a reason together with the action %s is refused",
    async (action) => {
      for (const reason of ["compromised", "scheduled", null]) {
        const what = "reason belongs to a whole rotation, not to an action";
        await expectFailure(() => read({ action, secretId, reason }), "EVENT_INVALID", what);
      }
    },
  );

  test("a reason together with a heal of all secrets is refused too", async () => {
    await expectFailure(() => read({ action: "heal", reason: "compromised" }), "EVENT_INVALID", "reason belongs");
  });

  test.each(STEPS)("a reason at %s is refused: it belongs to a whole rotation", async (step) => {
    const event = { step, secretId, versionNo: 3, reason: "compromised" };
    await expectFailure(() => read(event), "EVENT_INVALID", "reason belongs to a whole rotation");
  });

  test.each([
    { step: "VERIFY_CONNECTION", action: "check", secretId },
    { step: "PROMOTE_PENDING_VERSION", action: "heal" },
  ])("both together are refused: %j", async (event) => {
    await expectFailure(() => read(event), "EVENT_INVALID", "step and action exclude each other");
  });
});

describe("secretId", () => {
  test.each([{}, { step: "VERIFY_CONNECTION" }, { action: "check" }, { alarm: "OK", dedupeKey: "x" }])(
    "its lack is named: %j",
    async (event) => {
      await expectFailure(() => read(event), "EVENT_INVALID", "secretId is missing");
    },
  );

  test.each([
    null,
    "",
    7,
    [secretId],
    { secretId },
    "ocid1.vaultsecret.",
    "ocid1.vault.oc1.eu-frankfurt-1.abc",
    "ocid1.VAULTSECRET.oc1..abc",
    ` ${secretId}`,
    `${secretId}\n`,
    `${secretId}/versions`,
    `${secretId}?x=y`,
    `${secretId}%2e`,
    "ocid1.vaultsecret.oc1..é",
    `ocid1.vaultsecret.oc1..${"a".repeat(233)}`,
  ])("%j is no OCID of a secret", async (value) => {
    await expectFailure(
      () => read({ secretId: value }),
      "EVENT_INVALID",
      "secretId must be the OCID of a Vault secret",
    );
  });

  test("an OCID may have 255 characters", () => {
    const longest = `ocid1.vaultsecret.oc1..${"a".repeat(232)}`;
    expect(longest).toHaveLength(255);
    expect(read({ secretId: longest })).toMatchObject({ kind: "rotation", secretId: longest });
  });
});

describe("versionNo", () => {
  const unusable = [undefined, null, 0, -1, 1.5, "3", "", true, [3], {}, 2 ** 53];

  test.each(unusable)("%j stops PROMOTE_PENDING_VERSION", async (versionNo) => {
    await expectFailure(
      () => read({ step: "PROMOTE_PENDING_VERSION", secretId, versionNo }),
      "EVENT_INVALID",
      "versionNo must be a whole number above 0",
    );
  });

  test.each(unusable)("%j counts as not sent at UPDATE_TARGET_SYSTEM", (versionNo) => {
    expect(read({ step: "UPDATE_TARGET_SYSTEM", secretId, versionNo })).toEqual({
      kind: "step",
      step: "UPDATE_TARGET_SYSTEM",
      secretId,
      versionNo: null,
    });
  });

  test("another notation of a whole number is a whole number", () => {
    expect(read(`{"step":"PROMOTE_PENDING_VERSION","secretId":"${secretId}","versionNo":3.0e0}`)).toMatchObject({
      versionNo: 3,
    });
  });
});

test("an error names the member and never holds a value", async () => {
  const canary = "canary:9c1f/+ 4711";
  for (const event of [
    canary,
    [canary],
    JSON.stringify(canary),
    { step: canary, secretId },
    { action: canary, secretId },
    { reason: canary, secretId },
    { secretId: canary },
    { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: canary },
  ]) {
    expectNoTrace(await expectFailure(() => read(event), "EVENT_INVALID"), canary);
  }
});

const anyEvent = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map(bytes),
  fc
    .record(
      {
        step: fc.oneof(fc.constantFrom(...STEPS), fc.jsonValue()),
        action: fc.oneof(fc.constantFrom("check", "heal", "retire", "rollback", "rotate-due"), fc.jsonValue()),
        secretId: fc.oneof(fc.constant(secretId), fc.jsonValue()),
        versionNo: fc.oneof(fc.integer({ min: 1 }), fc.jsonValue()),
        reason: fc.oneof(fc.constant("compromised"), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    .map(bytes),
);

test("whatever arrives is either a complete event or refused with EVENT_INVALID", () => {
  fc.assert(
    fc.property(anyEvent, (body) => {
      try {
        const event = parseEvent(body);
        if (event.kind === "heal-all" || event.kind === "rotate-due") return;
        expect(event.secretId).toMatch(/^ocid1\.vaultsecret\./);
        if (event.kind === "step" && event.step === "PROMOTE_PENDING_VERSION") {
          expect(Number.isSafeInteger(event.versionNo) && event.versionNo >= 1).toBe(true);
        }
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(RotationError);
        expect(thrown).toMatchObject({ code: "EVENT_INVALID" });
      }
    }),
    { numRuns: 500 },
  );
});

describe("heal", () => {
  test("with a secretId means that secret", () => {
    expect(read({ action: "heal", secretId })).toEqual({ kind: "action", action: "heal", secretId });
  });

  test("without one means every secret whose rotation targets this function", () => {
    expect(read({ action: "heal" })).toEqual({ kind: "heal-all" });
  });

  test("is what an alarm's message means, whatever else it says", () => {
    const alarm = {
      dedupekey: "d",
      title: "t",
      body: null,
      type: "OK_TO_FIRING",
      severity: "CRITICAL",
      timestamp: "x",
    };
    expect(read(alarm)).toEqual({ kind: "heal-all", by: "alarm" });
    expect(read({ ...alarm, secretId })).toEqual({ kind: "heal-all", by: "alarm" });
  });

  test("may say that an operator sent it, and any other word says nothing", () => {
    expect(read({ action: "heal", by: "operator", cursor: "1.a" })).toEqual({
      kind: "heal-all",
      by: "operator",
      cursor: "1.a",
    });
    expect(read({ action: "heal", by: "schedule" })).toEqual({ kind: "heal-all", by: "schedule" });
    expect(read({ action: "heal", by: "alarm" })).toEqual({ kind: "heal-all" });
  });

  test.each([{ type: "OK_TO_FIRING" }, { severity: "CRITICAL" }, { type: 1, severity: "CRITICAL" }])(
    "is not read into what merely resembles an alarm: %j",
    async (event) => {
      await expectFailure(() => read(event), "EVENT_INVALID", "secretId is missing");
    },
  );

  test.each([null, "", 7, "ocid1.secret.oc1..a"])("with the secretId %j is refused", async (id) => {
    await expectFailure(() => read({ action: "heal", secretId: id }), "EVENT_INVALID", "secretId must be the OCID");
  });
});

describe("rotate-due", () => {
  const event = { action: "rotate-due" };

  test("takes how far ahead, an age, a limit and a cursor, and needs none of them", () => {
    const none = { kind: "rotate-due", withinMs: 0, maxAgeMs: null, limit: null, cursor: null };
    expect(read(event)).toEqual(none);
    expect(read({ ...event, within: "7d", maxAge: "0d", limit: 20, cursor: "d1.AAAA" })).toEqual({
      ...none,
      ...{ withinMs: 7 * 86_400_000, maxAgeMs: 0, limit: 20, cursor: "d1.AAAA" },
    });
  });

  test.each([
    [{ within: 7 }, "within must be a text: a whole number with s, m, h or d, such as 30d"],
    [{ within: "a week" }, "within must be a text"],
    [{ within: null }, "within must be a text"],
    [{ maxAge: "-1d" }, "maxAge must be a text"],
    [{ limit: 0 }, "limit must be a whole number from 1 to 5000"],
    [{ limit: 5_001 }, "limit must be"],
    [{ limit: "20" }, "limit must be"],
    [{ limit: 1.5 }, "limit must be"],
    [{ cursor: 5 }, "cursor must be a text"],
    [{ secretId }, "secretId does not belong to rotate-due"],
    [{ step: "VERIFY_CONNECTION" }, "step and action exclude each other"],
    [{ reason: "compromised" }, "reason belongs to a whole rotation"],
  ])("with %j is refused", async (more, what) => {
    await expectFailure(() => read({ ...event, ...more }), "EVENT_INVALID", what);
  });
});
