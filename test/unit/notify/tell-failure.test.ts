import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../src/base/errors.ts";
import { notifyFailure } from "../../../src/notify/notify.ts";
import { createTellRig, HOOK, MAIL, own, subscriber, TOPIC } from "./tell-rig.ts";

type Situation = NonNullable<Parameters<typeof createTellRig>[0]>;

async function failed(situation: Situation = {}, code: ErrorCode = "LOCKED_OUT") {
  const rig = createTellRig(situation);
  await notifyFailure(rig.context, rig.seen, new RotationError(code, "what happened", "what to do"));
  return rig;
}

const both = [{ endpoint: HOOK }, { endpoint: MAIL, failures: 2 }];
const TODAY = "2026-01-01";
const heard = { version: 3, seq: 4 };
const toldToday = { ...heard, failure: { code: "LOCKED_OUT", day: TODAY } };

describe("a failure", () => {
  test("is told to everybody, whatever they have heard before, with what is to be done", async () => {
    const rig = await failed({ subscribers: both, told: heard, environment: TOPIC });
    expect(rig.recipients()).toEqual([HOOK, MAIL, "topic"]);
    const { id, body } = rig.sent[0]?.message ?? {};
    expect(id).toBe(`${rig.context.secretId}:3:4:LOCKED_OUT:${TODAY}`);
    expect(JSON.parse(body ?? "")).toEqual({
      ...{ usecase: "credentialRotationFailed", id, time: new Date(rig.clock.now()).toISOString() },
      ...{ secretId: rig.context.secretId, versionNo: 3, code: "LOCKED_OUT", nextAction: "what to do" },
    });
  });

  test("before anything was told has number 0", async () => {
    expect((await failed()).sent[0]?.message.id).toContain(":3:0:LOCKED_OUT:");
  });

  test("is told to the topic alone where there is nobody else, and not to it where none is set", async () => {
    expect((await failed({ subscribers: [], environment: TOPIC })).recipients()).toEqual(["topic"]);
    expect((await failed()).recipients()).toEqual([HOOK]);
  });

  test.each<ErrorCode>(["EVENT_INVALID", "PAUSED", "CLAIM_LIVE"])(
    "that is none (%s) is told to nobody",
    async (code) => {
      expect((await failed({ subscribers: both, environment: TOPIC }, code)).asked).toEqual([]);
    },
  );

  test.each<ErrorCode>(["LOCKED_OUT", "NO_WAY_BACK", "SECRET_REJECTED", "ISSUER_UNAVAILABLE", "INTERNAL"])(
    "of the code %s is told",
    async (code) => {
      expect((await failed({}, code)).sent[0]?.message.id).toContain(code);
    },
  );

  test.each<[string, Situation]>([
    ["there is nobody to tell", { subscribers: [] }],
    ["it was told today", { subscribers: both, told: toldToday, environment: TOPIC }],
  ])("is told to nobody, and nobody is asked, where %s", async (_what, situation) => {
    const rig = await failed(situation);
    expect(rig.asked).toEqual([]);
    expect(rig.log).toEqual([]);
  });

  test.each<[string, Situation]>([
    [
      "somebody else has told it since this call looked",
      { looks: [{ metadata: own({ subscribers: both, told: toldToday }) }] },
    ],
    ["nothing is CURRENT", { looks: [{ currentVersionNo: null }] }],
  ])("is told to nobody where %s", async (_what, situation) => {
    expect((await failed(situation)).recipients()).toEqual([]);
  });

  test.each([
    ["another was told today", { code: "NO_WAY_BACK", day: TODAY }],
    ["the same was told on another day", { code: "LOCKED_OUT", day: "2025-12-31" }],
  ])("is told where %s", async (_what, failure) => {
    const rig = await failed({ told: { ...heard, failure } });
    expect(rig.recipients()).toEqual([HOOK]);
    expect(rig.kept().told).toEqual({ ...heard, owesTopic: false, failure: { code: "LOCKED_OUT", day: TODAY } });
  });

  test("that somebody planted of a version that there is not is told all the same", async () => {
    expect((await failed({ told: { ...toldToday, version: 9 } })).recipients()).toEqual([HOOK]);
    expect((await failed({ told: { ...toldToday, version: 9 }, seen: { highestNo: null } })).recipients()).toEqual([]);
  });

  test("is told to nobody where less than a second is left, and the log says so", async () => {
    const rig = await failed({ allowanceMs: 999 });
    expect(rig.asked).toEqual([]);
    expect(rig.log).toEqual([expect.objectContaining({ event: "not-told", what: "failure", outcome: "no time left" })]);
  });
});

describe("that a failure was told", () => {
  test.each<[string, Situation["deliveries"], boolean]>([
    ["everybody has heard", {}, true],
    ["one of several has heard", { [HOOK]: "failed", topic: "failed" }, true],
    ["the topic alone has heard", { [HOOK]: "failed", [MAIL]: "not-sent" }, true],
    ["nobody has heard, who was tried", { [HOOK]: "failed", [MAIL]: "failed", topic: "failed" }, false],
    ["nobody has heard, who was not tried", { [HOOK]: "not-sent", [MAIL]: "not-sent", topic: "not-sent" }, false],
  ])(
    "is noted, or not, where %s; no subscriber's failures count, and nobody is removed",
    async (_what, deliveries = {}, isNoted) => {
      const environment = { ...TOPIC, OROT_NOTIFY_MAX_FAILURES: "1" };
      const rig = await failed({ subscribers: both, told: heard, environment, deliveries });
      expect(rig.asked).toEqual(isNoted ? ["look", "look", "write"] : ["look"]);
      expect(rig.kept().subscribers).toEqual([subscriber(HOOK), subscriber(MAIL, 2)]);
      expect(rig.kept().told?.failure).toEqual(isNoted ? { code: "LOCKED_OUT", day: TODAY } : null);
    },
  );

  test("is counted in the log", async () => {
    const rig = await failed({
      subscribers: both,
      environment: TOPIC,
      deliveries: { [HOOK]: "failed", topic: "not-sent" },
    });
    expect(rig.log).toEqual([
      expect.objectContaining({ level: "info", event: "failure-told", delivered: 1, failed: 1, notSent: 1 }),
    ]);
  });

  test("leaves the change that is CURRENT to be told, where nothing ever was", async () => {
    const rig = await failed();
    expect(rig.kept().told).toMatchObject({ version: 0, seq: 0 });
  });

  test("is not noted where a change was told meanwhile", async () => {
    const changed = own({ subscribers: both, told: { version: 4, seq: 5 } });
    const rig = await failed({ told: heard, looks: [{}, { currentVersionNo: 4, metadata: changed }] });
    expect(rig.recipients()).toEqual([HOOK]);
    expect(rig.asked).toEqual(["look", "look"]);
  });

  test("does not have to be noted for the call to end as it would have", async () => {
    const rig = await failed({ writes: ["refused"] });
    expect(rig.log.at(-1)).toMatchObject({ event: "not-told", what: "failure", outcome: "VAULT_FORBIDDEN" });
  });
});
