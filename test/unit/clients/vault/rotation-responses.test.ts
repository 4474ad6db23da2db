import { describe, expect, test } from "vitest";
import { readRotationState } from "../../../../src/clients/vault/rotation-responses.ts";
import { expectFailure } from "../../../support/failures.ts";

const AT = "2026-01-01T10:00:00.000Z";
const LATER = "2026-02-01T10:00:00.000Z";

const secret = {
  secretName: "payments",
  compartmentId: "ocid1.compartment.oc1..a",
  lifecycleState: "ACTIVE",
  currentVersionNumber: 3,
  isReplica: true,
  freeformTags: { team: "x" },
  rotationConfig: {
    rotationInterval: "P30D",
    isScheduledRotationEnabled: true,
    targetSystemDetails: { targetSystemType: "FUNCTION", functionId: "ocid1.fnfunc.oc1..f" },
  },
  rotationStatus: "SCHEDULED",
  lastRotationTime: AT,
  nextRotationTime: LATER,
};
const bare = { secretName: "payments", compartmentId: "c", lifecycleState: "ACTIVE" };

const none = {
  functionId: null,
  targetType: null,
  intervalDays: null,
  isScheduled: false,
  status: null,
  lastAt: null,
  nextAt: null,
};

describe("a secret that is looked at for its rotation", () => {
  test("is read with its etag, its tags and its schedule", () => {
    expect(readRotationState(secret, "e1")).toEqual({
      etag: "e1",
      name: "payments",
      compartmentId: "ocid1.compartment.oc1..a",
      lifecycle: "ACTIVE",
      currentVersionNo: 3,
      isReplica: true,
      tags: { team: "x" },
      rotation: {
        functionId: "ocid1.fnfunc.oc1..f",
        targetType: "FUNCTION",
        intervalDays: 30,
        isScheduled: true,
        status: "SCHEDULED",
        lastAt: Date.parse(AT),
        nextAt: Date.parse(LATER),
      },
      expiry: null,
    });
  });

  test.each<[string, object]>([
    ["nothing of it", {}],
    [
      "nothing but nulls",
      { rotationConfig: null, rotationStatus: null, lastRotationTime: null, nextRotationTime: null },
    ],
    ["an empty configuration", { rotationConfig: {} }],
    ["an empty target", { rotationConfig: { targetSystemDetails: {}, rotationInterval: null } }],
  ])("has no schedule if the answer has %s", (_what, members) => {
    expect(readRotationState({ ...bare, ...members }, undefined)).toEqual({
      etag: null,
      name: "payments",
      compartmentId: "c",
      lifecycle: "ACTIVE",
      currentVersionNo: null,
      isReplica: false,
      tags: {},
      rotation: none,
      expiry: null,
    });
  });

  test.each([
    ["P1D", 1],
    ["P360D", 360],
    ["P1000D", null],
    ["PT1H", null],
    ["xP1D", null],
    ["P1Dx", null],
    ["P1M", null],
    ["PD", null],
  ])("has an interval of whole days only: %s", (rotationInterval, days) => {
    const { rotation } = readRotationState({ ...bare, rotationConfig: { rotationInterval } }, "");
    expect(rotation.intervalDays).toBe(days);
  });

  test("has no etag if the answer had an empty one, and no tags if they cannot be read", () => {
    expect(readRotationState({ ...bare, freeformTags: { a: 1 } }, "")).toMatchObject({ etag: null, tags: null });
  });

  test.each<[string, unknown, boolean]>([
    ["no rule", undefined, false],
    ["rules that name no date", [{ timeOfAbsoluteExpiry: null }, {}], false],
    ["a rule that names another date", [{ timeOfAbsoluteExpiry: LATER }], false],
    ["a rule that names this date", [{}, { timeOfAbsoluteExpiry: AT }], true],
    ["rules that cannot be read", "x", false],
  ])("expires with its version, %s making it stand still or not", (_what, secretRules, standsStill) => {
    const answer = { ...bare, timeOfCurrentVersionExpiry: AT, secretRules };
    expect(readRotationState(answer, "e1").expiry).toEqual({ at: Date.parse(AT), standsStill });
  });

  test("does not expire by a rule alone", () => {
    const rules = { secretRules: [{ timeOfAbsoluteExpiry: AT }], timeOfCurrentVersionExpiry: null };
    expect(readRotationState({ ...bare, ...rules }, "e1").expiry).toBeNull();
  });

  test("of another shape is not read", async () => {
    const what = "the answer to GetSecret could not be read";
    await expectFailure(async () => readRotationState({ ...bare, secretName: 7 }, "e1"), "VAULT_UNAVAILABLE", what);
  });
});
