import { describe, expect, test, vi } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { type Due, notifyDue } from "../../../src/notify/notify-due.ts";
import { STARTED_AT } from "../rotation/rig.ts";
import { CURRENT_NO, createTellRig, HOOK, MAIL, OTHER, own, TOPIC } from "./tell-rig.ts";

type Situation = NonNullable<Parameters<typeof createTellRig>[0]>;

const due: Due = { at: STARTED_AT + DAY_MS, aheadMs: DAY_MS, reason: "expiry" };
const WEEK = { OROT_NOTICE_BEFORE: "7d" };
const heard = { version: CURRENT_NO };

async function noticed(
  { environment, ...situation }: Situation = {},
  dueOf: (beforeMs: number) => Promise<Due | null> = () => Promise.resolve(due),
) {
  const rig = createTellRig({ ...situation, environment: { ...WEEK, ...environment } });
  await notifyDue(rig.context, rig.seen, CURRENT_NO, dueOf);
  return rig;
}

describe("who has not heard that a value is due", () => {
  const both = [{ endpoint: HOOK }, { endpoint: MAIL }];

  test.each<[string, Situation, string[]]>([
    ["everybody, where nobody was told", { subscribers: both, environment: TOPIC }, [HOOK, MAIL, "topic"]],
    ["who was told of another version only", { subscribers: [{ endpoint: HOOK, due: { version: 2 } }] }, [HOOK]],
    ["who came later", { subscribers: [{ endpoint: HOOK, due: heard }, { endpoint: MAIL }] }, [MAIL]],
    [
      "who could not be reached, as often as the settings allow",
      {
        subscribers: [
          { endpoint: HOOK, due: { version: 3, failures: 9 } },
          { endpoint: OTHER, due: { version: 3, failures: 10 } },
        ],
      },
      [HOOK],
    ],
    [
      "the topic, where it was told of another version",
      { subscribers: [], topicDue: 2, environment: TOPIC },
      ["topic"],
    ],
    ["who says so by a version that there is not", { subscribers: [{ endpoint: HOOK, due: { version: 4 } }] }, [HOOK]],
    ["nobody else", { subscribers: [{ endpoint: HOOK, due: heard }], topicDue: 3, environment: TOPIC }, []],
  ])("is told: %s", async (_what, situation, recipients) => {
    const dueOf = vi.fn(() => Promise.resolve(due));
    const rig = await noticed(situation, dueOf);
    expect(rig.recipients()).toEqual(recipients);
    // Where nobody is to hear, nothing is asked.
    expect(dueOf.mock.calls.length > 0).toBe(recipients.length > 0);
    expect(rig.asked.length > 0).toBe(recipients.length > 0);
  });

  test("hears on which day, why, and of which version", async () => {
    const [sent] = (await noticed()).sent;
    expect(sent?.message.id).toBe("ocid1.vaultsecret.oc1.iad.toy:3:due");
    expect(JSON.parse(sent?.message.body ?? "")).toMatchObject({
      usecase: "credentialRotationDue",
      versionNo: 3,
      dueAt: new Date(due.at).toISOString(),
      reason: "expiry",
    });
  });
});

describe("a subscriber that has a time of its own", () => {
  const all = [{ endpoint: HOOK, noticeBefore: "2d" }, { endpoint: OTHER, noticeBefore: "14d" }, { endpoint: MAIL }];

  test.each<[number, string[]]>([
    [15, []],
    [14, [OTHER]],
    [7, [OTHER, MAIL, "topic"]],
    [2, [HOOK, OTHER, MAIL, "topic"]],
    [-1, [HOOK, OTHER, MAIL, "topic"]],
  ])("hears in that time, and the others in the common one: %i days ahead", async (days, recipients) => {
    const dueOf = vi.fn(() => Promise.resolve({ ...due, aheadMs: days * DAY_MS }));
    const rig = await noticed({ subscribers: all, environment: TOPIC }, dueOf);
    expect(rig.recipients()).toEqual(recipients);
    expect(dueOf.mock.calls).toEqual([[14 * DAY_MS]]);
    if (recipients.length === 0) expect(rig.asked).toEqual([]);
  });

  test("is the only one that hears where there is no common time", async () => {
    const rig = createTellRig({ subscribers: all, environment: TOPIC });
    await notifyDue(rig.context, rig.seen, CURRENT_NO, () => Promise.resolve(due));
    expect(rig.recipients()).toEqual([HOOK, OTHER]);
    const none = createTellRig({ environment: TOPIC });
    await notifyDue(none.context, none.seen, CURRENT_NO, () => Promise.reject(new Error("nobody asks")));
    expect(none.recipients()).toEqual([]);
  });

  test("keeps it through its notice, and does not widen that of those who are left", async () => {
    const rig = await noticed({ subscribers: all }, () => Promise.resolve({ ...due, aheadMs: 10 * DAY_MS }));
    expect(rig.kept().subscribers).toEqual([
      { endpoint: HOOK, failures: null, noticeBeforeMs: 2 * DAY_MS },
      { endpoint: OTHER, failures: null, noticeBeforeMs: 14 * DAY_MS, due: { version: 3, failures: 0 } },
      { endpoint: MAIL, failures: null },
    ]);
    const dueOf = vi.fn(() => Promise.resolve(null));
    await noticed({ subscribers: [{ ...all[1], due: heard }, { endpoint: MAIL }] }, dueOf);
    expect(dueOf.mock.calls).toEqual([[7 * DAY_MS]]);
  });
});

describe("nobody hears", () => {
  test.each<[string, Situation, Due | null]>([
    ["of a value that is not due", {}, null],
    ["of a version that is CURRENT no more", { looks: [{ currentVersionNo: 4 }] }, due],
    [
      "twice, where another run has told it",
      { looks: [{ metadata: own({ subscribers: [{ endpoint: HOOK, due: heard }] }) }] },
      due,
    ],
    ["without time to note it", { allowanceMs: 999 }, due],
  ])("%s", async (_what, situation, found) => {
    const rig = await noticed(situation, () => Promise.resolve(found));
    expect(rig.sent).toEqual([]);
    expect(rig.asked).not.toContain("write");
  });
});

describe("a notice is noted", () => {
  test("for each receiver as it went, and the rotation's own notifications are left as they are", async () => {
    const rig = await noticed({
      subscribers: [{ endpoint: HOOK, failures: 2 }, { endpoint: OTHER }, { endpoint: MAIL }],
      told: { version: 3, seq: 4 },
      environment: TOPIC,
      deliveries: { [OTHER]: "failed", [MAIL]: "not-sent" },
    });
    expect(rig.kept()).toEqual({
      subscribers: [
        { endpoint: HOOK, failures: 2, due: { version: 3, failures: 0 } },
        { endpoint: OTHER, failures: null, due: { version: 3, failures: 1 } },
        { endpoint: MAIL, failures: null },
      ],
      told: { version: 3, seq: 4, owesTopic: false, failure: null },
      topicDue: 3,
    });
    expect(rig.log).toEqual([
      expect.objectContaining({
        level: "info",
        event: "due-told",
        reason: "expiry",
        delivered: 2,
        failed: 1,
        notSent: 1,
      }),
    ]);
  });

  test("not as heard by a topic that took nothing", async () => {
    const rig = await noticed({ environment: TOPIC, deliveries: { topic: "failed" } });
    expect(rig.kept().topicDue).toBeUndefined();
  });

  test("at nobody's, where nothing was tried", async () => {
    const rig = await noticed({ deliveries: { [HOOK]: "not-sent" } });
    expect(rig.asked).toEqual(["look"]);
  });

  test("with one failure more of the same version, and from none of another", async () => {
    const failing = { deliveries: { [HOOK]: "failed" } } as const;
    const dueAfter = async (version: number) =>
      (await noticed({ ...failing, subscribers: [{ endpoint: HOOK, due: { version, failures: 4 } }] })).kept()
        .subscribers[0]?.due;
    expect(await dueAfter(3)).toEqual({ version: 3, failures: 5 });
    expect(await dueAfter(2)).toEqual({ version: 3, failures: 1 });
  });

  test("as heard where another run has reached who failed here", async () => {
    const told = { metadata: own({ subscribers: [{ endpoint: HOOK, due: heard }] }) };
    const rig = await noticed({ deliveries: { [HOOK]: "failed" }, looks: [{}, told] });
    expect(rig.asked).toEqual(["look", "look"]);
  });
});
