import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../../src/base/durations.ts";
import type { Facts } from "../../../../src/cli/doctor/facts.ts";
import type { Finding } from "../../../../src/cli/doctor/finding.ts";
import { checkSchedule, checkSecret } from "../../../../src/cli/doctor/schedule.ts";
import type { SecretFacts } from "../../../../src/cli/doctor/secret-facts.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const facts = (secret: Partial<SecretFacts>, more: Partial<Facts> = {}): Facts =>
  ({
    ...{ secretId: "S", functionId: "F", versions: null },
    secret: {
      value: {
        ...{ name: "shop", lifecycle: "ACTIVE", isReplica: false, tags: {}, isBlockedOnExpiry: false, expiresAt: null },
        ...secret,
      },
    },
    ...more,
  }) as Facts;
const failure = { failure: { code: "SECRET_NOT_FOUND", what: "", means: null, next: "", exitCode: 1 } } as const;
const told = (found: readonly Finding[]) => found.map(({ level, what, mend }) => [level, what, ...mend]);

const BLOCKS = "the secret's expiry rule blocks retrieval";
const UNBLOCK = "oci vault secret update --secret-id S --force --secret-rules '[]'";

test.each<[Partial<SecretFacts>, readonly (readonly string[])[]]>([
  [{}, [["ok", "the secret is ACTIVE and may be written"]]],
  [{ lifecycle: "UPDATING" }, [["ok", "the secret is UPDATING and may be written"]]],
  [
    { isReplica: true },
    [["problem", "the secret is a replica, which cannot be written", "rotate the secret in its source region"]],
  ],
  [
    { lifecycle: "PENDING_DELETION" },
    [
      [
        "problem",
        "the secret is PENDING_DELETION, and only an ACTIVE one can be rotated",
        "oci vault secret cancel-secret-deletion --secret-id S",
      ],
    ],
  ],
  [
    { lifecycle: "FAILED" },
    [["problem", "the secret is FAILED, and only an ACTIVE one can be rotated", "look at the secret in the console"]],
  ],
  [{ isBlockedOnExpiry: true }, [["warning", `${BLOCKS}: once CURRENT expires it can no longer be rotated`, UNBLOCK]]],
  [
    { isBlockedOnExpiry: true, expiresAt: NOW + 1 },
    [["warning", `${BLOCKS}: once CURRENT expires it can no longer be rotated`, UNBLOCK]],
  ],
  [
    { isBlockedOnExpiry: true, expiresAt: NOW },
    [["problem", `${BLOCKS}, and CURRENT has expired: it cannot be read, and so not rotated`, UNBLOCK]],
  ],
])("of a secret with %j it finds %j", (secret, findings) => {
  const found = checkSecret(facts(secret), NOW);
  expect(told(found)).toEqual(findings);
  expect(new Set(found.map(({ area }) => area))).toEqual(new Set(["secret"]));
});

test("nothing is found of a secret that could not be read, or that was not given", () => {
  for (const more of [{ secret: failure }, { secretId: null }]) {
    expect(checkSecret(facts({}, more), NOW)).toEqual([]);
    expect(checkSchedule(facts({}, more), null, NOW)).toEqual([]);
  }
});

const ON = {
  ...{ targetType: "FUNCTION", functionId: "F", intervalDays: 60, isScheduled: true, status: "SCHEDULED" },
  ...{ lastAt: null, nextAt: NOW + DAY_MS },
};
const line = (days: number, functionId = "F") =>
  `oci vault secret update --secret-id S --force --rotation-config '{"targetSystemDetails":{"targetSystemType":"FUNCTION","functionId":"${functionId}"},"isScheduledRotationEnabled":true,"rotationInterval":"P${days}D"}'`;
const IN_ORDER = ["ok", "Vault rotates it every 60 days, next on 2026-11-23T12:00:00.000Z"];
const TARGETLESS = "Vault never rotates this secret: it has no rotation configuration";

test.each<[object, string | null, readonly string[]]>([
  [{}, "F", IN_ORDER],
  [{}, null, IN_ORDER],
  [{ nextAt: NOW - HOUR_MS }, "F", ["ok", "Vault rotates it every 60 days, next on 2026-11-22T11:00:00.000Z"]],
  [
    { nextAt: NOW - HOUR_MS - 1 },
    "F",
    ["problem", "the next rotation was due on 2026-11-22T10:59:59.999Z and has not begun", line(60)],
  ],
  [
    { nextAt: NOW - HOUR_MS - 1, status: "IN_PROGRESS" },
    "F",
    ["ok", "Vault rotates it every 60 days, next on 2026-11-22T10:59:59.999Z"],
  ],
  [{ targetType: null }, "F", ["warning", TARGETLESS, line(60)]],
  [{ targetType: null, intervalDays: null }, null, ["warning", TARGETLESS, line(30, "<function>")]],
  [{ targetType: "ADB" }, "F", ["problem", "the rotation targets ADB, not a function", line(60)]],
  [{ functionId: null }, "F", ["problem", "the rotation targets FUNCTION, not a function", line(60)]],
  [{ functionId: "G" }, "F", ["problem", "the rotation targets another function, G", line(60)]],
  [
    { isScheduled: false },
    "F",
    [
      "warning",
      "the rotation has a function but its schedule is off, as a cancelled rotation also leaves it",
      line(60),
    ],
  ],
  [{ intervalDays: null }, "F", ["problem", "the schedule is on but has no interval", line(30)]],
  [
    { status: "NOT_ENABLED" },
    "F",
    ["problem", "the schedule is set but Vault says NOT_ENABLED, as after a cancelled rotation", line(60)],
  ],
  [{ nextAt: null }, "F", ["warning", "the schedule is on, but Vault names no next rotation", line(60)]],
])("of a schedule with %j and the function %j it finds %j", (rotation, functionId, finding) => {
  const found = checkSchedule(facts({ rotation: { ...ON, ...rotation } }, { functionId }), null, NOW);
  expect(told(found)).toEqual([finding]);
  expect(found[0]?.area).toBe("schedule");
});

test.each([
  [30, null, 20],
  [30, 7, 7],
  [30, 25, 20],
  [1, 25, 25],
])("a line sets no interval that a value of %d days does not live for: of %s days it makes %d", (life, given, days) => {
  const versions = { value: { versions: [{ versionNo: 1, versionStages: ["CURRENT"], createdAt: NOW }], asOf: NOW } };
  const off = { ...ON, intervalDays: given, isScheduled: false };
  const [finding] = checkSchedule(facts({ rotation: off }, { versions } as never), NOW + life * DAY_MS, NOW);
  expect(finding?.mend).toEqual([line(days)]);
});
