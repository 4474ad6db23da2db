import { describe, expect, test } from "vitest";
import { notifyChange } from "../../../src/notify/notify.ts";
import { CURRENT_NO, createTellRig, HOOK, MAIL, OTHER, own, subscriber, TOPIC } from "./tell-rig.ts";

type Situation = NonNullable<Parameters<typeof createTellRig>[0]>;

async function told(situation: Situation = {}) {
  const rig = createTellRig(situation);
  await notifyChange(rig.context, rig.seen, { versionNo: CURRENT_NO, isCertain: true });
  return rig;
}

const both = [{ endpoint: HOOK }, { endpoint: MAIL }];
const heard = { version: CURRENT_NO, seq: 4 };
const news = { version: 2, seq: 4 };

/** More looks than any wait has. */
const manyLooks = (look: { lifecycle: string }) => Array.from({ length: 50 }, () => look);

describe("who has not heard that a version is CURRENT", () => {
  test.each<[string, Situation, string[]]>([
    ["everybody, where nothing was ever told", { subscribers: both }, [HOOK, MAIL]],
    ["everybody, where another version was told", { subscribers: both, told: news }, [HOOK, MAIL]],
    ["nobody, where all have heard", { subscribers: both, told: heard }, []],
    [
      "those that could not be reached, or that nobody tried to reach",
      {
        subscribers: [{ endpoint: HOOK, failures: 2 }, { endpoint: OTHER, failures: 0 }, { endpoint: MAIL }],
        told: heard,
      },
      [HOOK, OTHER],
    ],
    ["the topic, which is told beside them", { told: news, environment: TOPIC }, [HOOK, "topic"]],
    ["the topic alone, where there is nobody else", { subscribers: [], environment: TOPIC }, ["topic"]],
    ["the topic, where it could not be told", { told: { ...heard, owesTopic: true }, environment: TOPIC }, ["topic"]],
    ["not the topic, where it has heard", { told: heard, environment: TOPIC }, []],
    ["not the topic, where none is set", { told: { ...heard, owesTopic: true } }, []],
    [
      "not the topic, where only others have not heard",
      {
        ...{ subscribers: [{ endpoint: HOOK, failures: 1 }], told: heard, environment: TOPIC },
      },
      [HOOK],
    ],
  ])("is told: %s", async (_what, situation, recipients) => {
    const rig = await told(situation);
    expect(rig.recipients()).toEqual(recipients);
    // Where nobody is to hear, nobody is asked.
    expect(rig.asked.length > 0).toBe(recipients.length > 0);
    expect(rig.log.length > 0).toBe(recipients.length > 0);
  });

  test.each([
    ["the first", undefined, 1],
    ["the next", news, 5],
    ["the same again, for those that have not heard", heard, 4],
  ])("hears of %s change under its number", async (_what, before, seq) => {
    const subscribers = [{ endpoint: HOOK, failures: 1 }];
    const rig = await told({ subscribers, ...(before && { told: before }) });
    expect(rig.sent[0]?.message.id).toBe(`${rig.context.secretId}:3:${seq}`);
    expect(rig.kept().told).toMatchObject({ version: 3, seq });
    expect(JSON.parse(rig.sent[0]?.message.body ?? "")).toMatchObject({
      ...{ usecase: "credentialRotation", versionNo: 3, time: new Date(rig.clock.now()).toISOString() },
    });
  });

  test("is nobody beyond the limit of the settings", async () => {
    const rig = await told({ subscribers: both, environment: { OROT_SUBSCRIBER_LIMIT: "1" } });
    expect(rig.recipients()).toEqual([HOOK]);
  });

  test("is everybody, where what was told is of a version that there is not", async () => {
    const planted = { version: 9, seq: 4 };
    expect((await told({ told: planted })).sent[0]?.message.id).toContain(":3:1");
    // Of a call that has not listed the versions nobody knows what there is.
    expect((await told({ told: planted, seen: { highestNo: null } })).sent[0]?.message.id).toContain(":3:5");
  });
});

describe("the first version", () => {
  const version = { version: 1, seq: 1 };
  const ofNothing = { version: 0, seq: 0, failure: { code: "LOCKED_OUT", day: "2026-01-01" } };

  test.each<[string, Situation, boolean, string[]]>([
    ["no news, where nothing was ever told", {}, false, []],
    ["no news, where nothing but a failure was told", { told: ofNothing }, false, []],
    ["news, where somebody went back to it", {}, true, [HOOK, "topic"]],
    ["news, where another was told", { told: { version: 3, seq: 1 } }, false, [HOOK, "topic"]],
    ["news for who could not be reached", { subscribers: [...both, { endpoint: OTHER, failures: 1 }] }, false, [OTHER]],
    ["news for the topic, which could not be told", { told: { ...version, owesTopic: true } }, false, ["topic"]],
  ])("is %s", async (_what, situation, isCertain, recipients) => {
    const looks = Array.from({ length: 3 }, () => ({ currentVersionNo: 1 }));
    const rig = createTellRig({ environment: TOPIC, looks, ...situation });
    await notifyChange(rig.context, rig.seen, { versionNo: 1, isCertain });
    expect(rig.recipients()).toEqual(recipients);
  });

  test.each([undefined, ofNothing])("but any other is news, however it came to be CURRENT", async (before) => {
    const rig = createTellRig({ ...(before && { told: before }) });
    await notifyChange(rig.context, rig.seen, { versionNo: CURRENT_NO, isCertain: false });
    expect(rig.recipients()).toEqual([HOOK]);
    expect(rig.sent[0]?.message.id).toContain(":3:1");
  });
});

describe("nobody hears", () => {
  const current = own({ subscribers: both, told: heard });
  test.each<[string, Situation]>([
    ["where somebody else has told it since this call looked", { looks: [{ metadata: current }] }],
    ["where another version is CURRENT by now", { looks: [{ currentVersionNo: 4 }] }],
    ["before the version is CURRENT", { looks: [{ currentVersionNo: 2 }] }],
    [
      "while Vault is between two states",
      { environment: { OROT_ACTIVE_WAIT_SECONDS: "1" }, looks: manyLooks({ lifecycle: "UPDATING" }) },
    ],
    ["where less than a second is left", { allowanceMs: 999 }],
  ])("%s", async (_what, situation) => {
    const rig = await told(situation);
    expect(rig.sent).toEqual([]);
    expect(rig.asked).not.toContain("write");
    expect(rig.log.filter(({ outcome }) => outcome !== "no time left")).toEqual([]);
  });

  test("and the log says so, where no time is left", async () => {
    const rig = await told({ allowanceMs: 999 });
    expect(rig.asked).toEqual([]);
    expect(rig.spent).toEqual([]);
    expect(rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "not-told", what: "change", outcome: "no time left" }),
    ]);
  });

  test("until Vault is ACTIVE again", async () => {
    const rig = await told({ looks: [{ lifecycle: "UPDATING" }, { lifecycle: "UPDATING" }] });
    expect(rig.asked.slice(0, 3)).toEqual(["look", "look", "look"]);
    expect(rig.recipients()).toEqual([HOOK]);
  });
});

describe("the time for notifications", () => {
  test("is shared out: what looking leaves, three fifths for sending, the rest for noting it", async () => {
    const rig = await told({ subscribers: both, looks: [{ lifecycle: "UPDATING" }], environment: TOPIC });
    expect(rig.sent.map(({ ms }) => ms)).toEqual([5_940, 5_940, 5_940]);
    expect(rig.windows).toHaveLength(1);
    expect(rig.windows[0]?.remaining()).toBe(9_900);
  });

  test("may be as short as one second", async () => {
    expect((await told({ allowanceMs: 1_000 })).recipients()).toEqual([HOOK]);
  });

  test("is enough for noting who has heard, where somebody took all that there was for sending", async () => {
    const rig = await told({ allowanceMs: 1_000, sendMs: 600 });
    expect(rig.kept().told).toMatchObject({ version: CURRENT_NO });
  });

  test.each([1_000, 1_300, 2_500])(
    "of %i ms is not exceeded while Vault is between two states",
    async (allowanceMs) => {
      const looks = manyLooks({ lifecycle: "UPDATING" });
      expect((await told({ allowanceMs, looks })).spent).toEqual([allowanceMs]);
      const [spent] = (await told({ allowanceMs, looks: [{}, ...looks], sendMs: 250 })).spent;
      expect(spent).toBe(allowanceMs);
    },
  );

  test("is used up by what it took, also where it ends unexpectedly", async () => {
    expect((await told({ sendMs: 700 })).spent).toEqual([700]);
    expect((await told({ sendMs: 700, deliveries: { [HOOK]: new Error("x") } })).spent).toEqual([700]);
  });

  test("is the same for all: everybody is sent to before anybody has answered", async () => {
    const rig = await told({ subscribers: both, environment: TOPIC, sendMs: 1_000 });
    expect(rig.sent.map(({ ms }) => ms)).toEqual([6_000, 6_000, 6_000]);
  });
});

describe("what became of it is noted", () => {
  test("for each of them, in one write, and counted in the log", async () => {
    const rig = await told({
      subscribers: [...both, { endpoint: OTHER }],
      environment: TOPIC,
      deliveries: { [HOOK]: "failed", [MAIL]: "not-sent", topic: "failed" },
    });
    expect(rig.kept()).toEqual({
      subscribers: [subscriber(HOOK, 1), subscriber(MAIL, 0), subscriber(OTHER)],
      told: { version: 3, seq: 1, owesTopic: true, failure: null },
    });
    expect(rig.asked).toEqual(["look", "look", "write"]);
    expect(rig.log).toEqual([
      expect.objectContaining({
        level: "info",
        event: "change-told",
        versionNo: 3,
        delivered: 1,
        failed: 2,
        notSent: 1,
      }),
    ]);
  });

  test("and the topic is counted only where it is told", async () => {
    expect((await told()).log).toEqual([expect.objectContaining({ delivered: 1, failed: 0, notSent: 0 })]);
  });

  test("also where the secret had no metadata of ours before", async () => {
    const nothing = { metadata: { team: "payments" } };
    const rig = await told({ subscribers: [], environment: TOPIC, looks: [nothing, nothing] });
    expect(rig.asked).toEqual(["look", "look", "write"]);
  });

  test.each<[string, Situation["deliveries"], boolean]>([
    ["by anybody", { [HOOK]: "delivered", [MAIL]: "not-sent", topic: "not-sent" }, true],
    ["by nobody, although some were tried", { [HOOK]: "failed", [MAIL]: "not-sent", topic: "not-sent" }, true],
    ["by the topic alone", { [HOOK]: "not-sent", [MAIL]: "not-sent", topic: "delivered" }, true],
    ["by nobody, although the topic was tried", { [HOOK]: "not-sent", [MAIL]: "not-sent", topic: "failed" }, true],
    ["by nobody, and nobody was tried", { [HOOK]: "not-sent", [MAIL]: "not-sent", topic: "not-sent" }, false],
  ])("where it was heard %s", async (_what, deliveries = {}, isNoted) => {
    const rig = await told({ subscribers: both, environment: TOPIC, deliveries });
    expect(rig.asked).toEqual(isNoted ? ["look", "look", "write"] : ["look"]);
  });

  test("only where it changes something", async () => {
    const subscribers = [
      { endpoint: HOOK, failures: 0 },
      { endpoint: MAIL, failures: 0 },
    ];
    const after = own({ subscribers: [{ endpoint: HOOK }, { endpoint: MAIL }], told: heard });
    const rig = await told({ subscribers, told: heard, looks: [{}, { metadata: after }] });
    expect(rig.recipients()).toEqual([HOOK, MAIL]);
    expect(rig.asked).toEqual(["look", "look"]);
  });

  test.each(["race-lost", "busy", "unknown"] as const)("anew, where the write ends as %s", async (outcome) => {
    const rig = await told({ writes: [outcome, outcome] });
    expect(rig.asked).toEqual(["look", "look", "write", "look", "write", "look", "write"]);
    expect(rig.kept().told).toMatchObject({ version: 3, seq: 1 });
    expect(rig.log).toHaveLength(1);
  });

  test("three times at most, and the log says that it was not", async () => {
    const rig = await told({ writes: ["race-lost", "race-lost", "race-lost"] });
    expect(rig.asked.filter((what) => what === "write")).toHaveLength(3);
    expect(rig.log.at(-1)).toMatchObject({ level: "warn", event: "told-not-noted", outcome: "race-lost" });
  });

  test("once, where the write has landed and its answer is lost: no failure counts twice", async () => {
    const rig = await told({ deliveries: { [HOOK]: "failed" }, writes: ["lost"] });
    expect(rig.asked).toEqual(["look", "look", "write", "look"]);
    expect(rig.kept().subscribers).toEqual([subscriber(HOOK, 1)]);
    expect(rig.log).toHaveLength(1);
  });

  test("not again where Vault refuses the write, which changes nothing about the rotation", async () => {
    const rig = await told({ writes: ["refused"] });
    expect(rig.asked).toEqual(["look", "look", "write"]);
    expect(rig.log.at(-1)).toMatchObject({
      ...{ level: "warn", event: "not-told", what: "change", outcome: "VAULT_FORBIDDEN" },
    });
  });

  test("not while Vault is between two states", async () => {
    const looks = [{}, ...manyLooks({ lifecycle: "UPDATING" })];
    const rig = await told({ environment: { OROT_ACTIVE_WAIT_SECONDS: "1" }, looks });
    expect(rig.recipients()).toEqual([HOOK]);
    expect(rig.asked).not.toContain("write");
    expect(rig.log.at(-1)).toMatchObject({ level: "warn", event: "told-not-noted", outcome: "not-active" });
  });

  test("without what another call has told of a later version meanwhile, which this call has never seen", async () => {
    const later = own({ subscribers: both, told: { version: 4, seq: 9 } });
    const rig = await told({ looks: [{}, { currentVersionNo: 4, metadata: later }] });
    expect(rig.recipients()).toEqual([HOOK]);
    expect(rig.asked).toEqual(["look", "look"]);
    expect(rig.log).toEqual([expect.objectContaining({ event: "change-told", versionNo: 3, delivered: 1 })]);
  });

  test("for those that are still there; who came meanwhile is kept", async () => {
    const meanwhile = own({ subscribers: [{ endpoint: MAIL }] });
    const rig = await told({ deliveries: { [HOOK]: "failed" }, looks: [{}, { metadata: meanwhile }] });
    expect(rig.kept().subscribers).toEqual([subscriber(MAIL)]);
  });

  test("by nobody, where something ends unexpectedly", async () => {
    const rig = await told({ deliveries: { [HOOK]: new Error("https://hooks.example.org/T0KEN") } });
    expect(rig.asked).toEqual(["look"]);
    expect(rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "not-told", what: "change", outcome: "INTERNAL" }),
    ]);
  });
});
