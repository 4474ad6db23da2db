import { describe, expect, test } from "vitest";
import { parseEvent, type RotationEvent } from "../../../src/rotation/event.ts";
import { expectFailure } from "../../support/failures.ts";

const secretId = "ocid1.vaultsecret.oc1.iad.a";
const read = (event: object): RotationEvent => parseEvent(Buffer.from(JSON.stringify(event)));
const refused = (event: object, what: string) => expectFailure(() => read(event), "EVENT_INVALID", what);

describe("an event that looks like an alarm's message", () => {
  const alarm = { type: "OK_TO_FIRING", severity: "CRITICAL" };

  test("is what its step says", () => {
    const step = "VERIFY_CONNECTION";
    expect(read({ ...alarm, step, secretId })).toEqual({ kind: "step", step, secretId });
  });

  test("is what its action says", () => {
    expect(read({ ...alarm, action: "check", secretId })).toEqual({ kind: "action", action: "check", secretId });
    expect(read({ ...alarm, action: "rotate-due" })).toMatchObject({ kind: "rotate-due" });
  });
});

describe("the cursor", () => {
  test("goes with a heal of many, and is refused with that of one secret", async () => {
    expect(read({ action: "heal", cursor: "1.a" })).toEqual({ kind: "heal-all", cursor: "1.a" });
    await refused({ action: "heal", secretId, cursor: "1.a" }, "cursor belongs to a heal of many");
    await refused({ action: "heal", cursor: 1 }, "cursor must be a text");
  });

  test("is ignored wherever it means nothing", () => {
    expect(read({ action: "check", secretId, cursor: "1.a" })).toEqual({ kind: "action", action: "check", secretId });
    expect(read({ secretId, cursor: "1.a" })).toEqual({ kind: "rotation", secretId, isCompromised: false });
    expect(read({ step: "VERIFY_CONNECTION", secretId, cursor: "1.a" })).toMatchObject({ kind: "step" });
  });
});

describe("unknown", () => {
  const retire = { kind: "action", action: "retire", secretId } as const;

  test("with a retirement ends what no version holds, if it is true", () => {
    expect(read({ action: "retire", secretId, unknown: true })).toEqual({ ...retire, endsUnstored: true });
    expect(read({ action: "retire", secretId, unknown: false })).toEqual(retire);
    expect(read({ action: "retire", secretId })).toEqual(retire);
  });

  test("is no other action's, unless it asks for nothing", async () => {
    const what = "unknown must be true or false, and belongs to retire";
    expect(read({ action: "check", secretId, unknown: false })).toEqual({ kind: "action", action: "check", secretId });
    await refused({ action: "check", secretId, unknown: true }, what);
    for (const unknown of ["true", 1, null]) await refused({ action: "retire", secretId, unknown }, what);
  });
});

describe("a reason", () => {
  test("belongs to a whole rotation alone", async () => {
    const reason = "compromised";
    expect(read({ secretId, reason })).toEqual({ kind: "rotation", secretId, isCompromised: true });
    await refused({ secretId, reason, action: "check" }, "reason belongs to a whole rotation, not to an action");
    await refused({ secretId, reason, action: "heal" }, "reason belongs to a whole rotation, not to an action");
    const step = "VERIFY_CONNECTION";
    await refused({ secretId, reason, step }, "reason belongs to a whole rotation, not to a step");
  });
});

describe("an endpoint", () => {
  test.each(["subscribe", "unsubscribe", "acknowledge"])("is what %s needs, as a text", async (action) => {
    for (const endpoint of [undefined, "", 7, ["https://a.example.org"]]) {
      await refused({ action, secretId, endpoint, versionNo: 1 }, `endpoint must be a text at ${action}`);
    }
  });

  test("is acknowledged with a version", async () => {
    await refused(
      { action: "acknowledge", secretId, endpoint: "a" },
      "versionNo must be a whole number above 0 at ack",
    );
  });

  test("unsubscribes whatever else is said", () => {
    const event = { action: "unsubscribe", secretId, endpoint: "a", noticeBefore: 7, versionNo: "x" };
    expect(read(event)).toEqual({ kind: "subscription", action: "unsubscribe", secretId, endpoint: "a" });
  });
});

describe("a time in an event", () => {
  test("is a text: a list that holds one is none", async () => {
    await refused({ action: "rotate-due", within: ["7d"] }, "within must be a text");
    await refused({ action: "rotate-due", maxAge: ["7d"] }, "maxAge must be a text");
    const subscribe = { action: "subscribe", secretId, endpoint: "a" };
    await refused({ ...subscribe, noticeBefore: ["7d"] }, "noticeBefore must be a text");
  });
});

test("an event may have 65,536 bytes", async () => {
  const event = JSON.stringify({ secretId });
  expect(parseEvent(Buffer.from(event.padEnd(65_536)))).toMatchObject({ kind: "rotation" });
  await expectFailure(() => parseEvent(Buffer.from(event.padEnd(65_537))), "EVENT_INVALID", "larger than 65536 bytes");
});
