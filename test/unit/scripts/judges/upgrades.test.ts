import { expect, test } from "vitest";
import { judgeUpgrades } from "../../../../scripts/judges/upgrades.ts";
import { EARLIER } from "../../../prove/upgrades/earlier.ts";
import { expectRefusals, having } from "./corrupt.ts";

const upgrades = {
  ...{
    earlier: EARLIER.commit,
    origin: "history",
    schedules: 2_000,
    unsettledAtSwitch: 1_400,
    unsettledAtEverySwitch: 900,
  },
  ...{ lost: 0, rotated: 2_000, otherViolations: 0, bySample: 350 },
  issuers: { "oci-iam": 900, "oci-iam-caller": 100, keycloak: 100, "keycloak-policy": 100, uaa: 100, "edfi-cms": 100 },
  control: { schedules: 4, lost: 4 },
  real: { schedules: 12, unsettledAtSwitch: 12, lost: 0, rotated: 12, otherViolations: 0, processes: 36 },
};
const good = { upgrades, seconds: 60 };

test("every figure is needed, and none may be null, empty or of another type", () => {
  expectRefusals(judgeUpgrades, good);
});

test.each([
  ["earlier", "0000000000000000000000000000000000000000"],
  ["origin", "somewhere"],
  ["schedules", 199],
  ["unsettledAtSwitch", 199],
  ["unsettledAtEverySwitch", 199],
  ["lost", 1],
  ["rotated", 199],
  ["otherViolations", 1],
  ["bySample", 0],
  ["issuers.uaa", 0],
  ["issuers.edfi-cms", 0],
  ["control.lost", 0],
  ["real.schedules", 0],
  ["real.unsettledAtSwitch", 0],
  ["real.lost", 1],
  ["real.rotated", 0],
  ["real.processes", 12],
])("%s must not be %s", (path, value) => {
  expect(judgeUpgrades({ stdout: having(good, `upgrades.${path}`, value) })).toContain(path);
});

test.each([
  ["schedules", 2_001],
  ["real.schedules", 13],
])("one schedule that does not end rotated is too many, of %s", (path, value) => {
  expect(judgeUpgrades({ stdout: having(good, `upgrades.${path}`, value) })).toContain("did not end rotated");
});
