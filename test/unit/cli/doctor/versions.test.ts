import { expect, test } from "vitest";
import { checkVersions } from "../../../../src/cli/doctor/versions.ts";
import { facts, settingsOf, told, unread } from "./facts-rig.ts";

/** So many versions, of which the oldest are DEPRECATED, and some of those are being deleted. */
function list(count: number, deprecated = 0, leaving = 0) {
  const versions = Array.from({ length: count + leaving }, (_, index) => ({
    ...{ versionNo: count + leaving - index, name: null, createdAt: 0 },
    versionStages: index >= count - deprecated ? ["DEPRECATED" as const] : ["PREVIOUS" as const],
    isBeingDeleted: index >= count,
  }));
  return { value: { versions, asOf: 0 } };
}
const secret = { value: { compartmentId: "C" } } as never;
const find = (...given: Parameters<typeof list>) =>
  checkVersions(facts({ secretId: "S", secret, versions: list(...given) }));
const DELETE = (versionNo: number) =>
  `oci vault secret-version schedule-deletion --secret-id S --secret-version-number ${versionNo}`;
const WAIT = "wait until versions that await deletion are gone";
const tidy = (compartment: string) =>
  `Allow dynamic-group oci-rotate-function to manage secret-versions in compartment id ${compartment} where target.secret.id = 'S'`;
const NOT_TIDIED = "7 of 30 version slots are free, but tidying has not deleted old versions";

test.each<[readonly [number, number, number], readonly string[]]>([
  [
    [1, 0, 0],
    ["ok", "29 of 30 version slots are free"],
  ],
  [
    [22, 0, 9],
    ["ok", "8 of 30 version slots are free"],
  ],
  [
    [23, 0, 0],
    ["warning", "7 of 30 version slots are free", WAIT],
  ],
  [
    [23, 8, 2],
    ["warning", "7 of 30 version slots are free", DELETE(3)],
  ],
  [
    [26, 1, 0],
    ["warning", "4 of 30 version slots are free", DELETE(1)],
  ],
  [
    [27, 1, 3],
    ["problem", "3 of 30 version slots are free, and a rotation needs 4: it answers NO_VERSION_SLOTS", DELETE(4)],
  ],
  [
    [30, 0, 0],
    ["problem", "0 of 30 version slots are free, and a rotation needs 4: it answers NO_VERSION_SLOTS", WAIT],
  ],
])("of versions, old ones and those being deleted %j it finds %j", (given, finding) => {
  expect(told(find(...given))).toEqual([finding]);
  expect(find(...given)[0]?.area).toBe("versions");
});

test("more old versions than a heal leaves are a missing right", () => {
  const settings = { value: settingsOf({ OROT_KEEP_DEPRECATED_VERSIONS: "10" }) };
  const keeping = (deprecated: number, more: object = {}) =>
    told(checkVersions(facts({ secretId: "S", secret, settings, versions: list(23, deprecated), ...more })));
  expect(keeping(13)).toEqual([["warning", "7 of 30 version slots are free", DELETE(1)]]);
  expect(keeping(14)).toEqual([["warning", NOT_TIDIED, tidy("C")]]);
  expect(keeping(14, { secret: unread() })).toEqual([["warning", NOT_TIDIED, tidy("<compartment>")]]);
  expect(keeping(4, { settings: unread() })).toEqual([["warning", NOT_TIDIED, tidy("C")]]);
  expect(keeping(3, { settings: unread() })).toEqual([["warning", "7 of 30 version slots are free", DELETE(1)]]);
});

test("without a list, or without a secret, it finds nothing", () => {
  expect(checkVersions(facts({ secretId: "S", versions: unread() }))).toEqual([]);
  expect(checkVersions(facts({ versions: list(30) }))).toEqual([]);
});
