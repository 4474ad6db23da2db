import { expect, test } from "vitest";
import { isOurs, versionName } from "../../../src/vault/version-name.ts";

test.each([
  [1, null, "orot-2"],
  [41, null, "orot-42"],
  [41, "orot-41", "orot-42"],
  [41, "orot-42", "orot-42.1"],
])("after version %i, with %j taken, the next is named %s", (highest, taken, expected) => {
  const name = versionName(highest, taken);
  expect(name).toBe(expected);
  // What Vault takes as a name.
  expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
  expect(isOurs(name)).toBe(true);
});

test.each([null, "", "made-by-hand", "ORO-1", "x-orot-1"])("a version named %j is not ours", (name) => {
  expect(isOurs(name)).toBe(false);
});
