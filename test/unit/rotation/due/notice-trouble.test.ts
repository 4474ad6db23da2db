import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { RotationError } from "../../../../src/base/errors.ts";
import { listedNotice, lookAndGiveNotice, wishOfHeal } from "../../../../src/rotation/due/notice.ts";
import { createRig, credential, current, type Written, withVault } from "../rig.ts";

const WISH = { withinMs: DAY_MS, maxAgeMs: null };
const TOPIC = { OROT_NOTIFY_TOPIC_ID: "ocid1.onstopic.oc1.iad.toy", OROT_NOTICE_BEFORE: "1d" };
const fails = async () => {
  throw new RotationError("VAULT_UNAVAILABLE", "no answer");
};

describe("what a list is searched for beforehand", () => {
  const heal = { withinMs: 0, maxAgeMs: null };
  test.each<[string, Record<string, string>, typeof WISH, object | null]>([
    ["nothing without the setting", {}, WISH, null],
    ["what is due in its time, for a heal", { OROT_NOTICE_BEFORE: "2d" }, heal, { ...heal, withinMs: 2 * DAY_MS }],
    [
      "what is due so long after what is rotated now, for a run that rotates",
      { OROT_NOTICE_BEFORE: "2d" },
      WISH,
      { ...WISH, withinMs: 3 * DAY_MS },
    ],
  ])("is %s", (_what, environment, wish, outcome) => {
    expect(listedNotice(createRig([], environment).context, wish)).toEqual(outcome);
  });

  test.each([
    [null, {}],
    [90 * DAY_MS, { OROT_MAX_AGE_DAYS: "90" }],
  ])("is of the greatest age %j with %j", (maxAgeMs, environment) => {
    expect(wishOfHeal(createRig([], environment).context)).toEqual({ withinMs: 0, maxAgeMs });
  });
});

describe("a notice that cannot be given", () => {
  test.each<[string, Parameters<typeof withVault>[1]]>([
    ["since the secret cannot be looked at", { readSecret: fails }],
    ["since its value cannot be read", { readVersion: fails }],
  ])("%s is a line in the log", async (_what, trouble) => {
    const { context, log } = createRig([current], TOPIC);
    await lookAndGiveNotice(withVault(context, trouble), WISH);
    expect(log).toEqual([
      expect.objectContaining({ level: "warn", event: "not-told", what: "due", outcome: "VAULT_UNAVAILABLE" }),
    ]);
  });

  test("since an older value cannot be read to tell CURRENT's age is a line in the log", async () => {
    const schedule = {
      ...{ functionId: null, targetType: null, intervalDays: null, isScheduled: false, status: null },
      ...{ lastAt: null, nextAt: null },
    };
    const older: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S7") };
    const { context, log } = createRig([older, { ...current, ageSeconds: 1 }], TOPIC, {
      stateOf: (state) => ({ ...state, schedule: { rotation: schedule, expiry: null } }),
    });
    const { readVersion } = context.clients.vault;
    const vault = withVault(context, { readVersion: (no) => (no === 6 ? fails() : readVersion(no)) });
    await lookAndGiveNotice(vault, { withinMs: 0, maxAgeMs: 2 * DAY_MS });
    expect(log).toEqual([
      expect.objectContaining({ level: "warn", event: "not-told", what: "due", outcome: "VAULT_UNAVAILABLE" }),
    ]);
  });

  test("while the secret is being changed is left for later, without a word", async () => {
    const { context, log, vault } = createRig([current], TOPIC);
    vault.lifecycle = "UPDATING";
    await lookAndGiveNotice(context, WISH);
    expect(log).toEqual([]);
  });
});
