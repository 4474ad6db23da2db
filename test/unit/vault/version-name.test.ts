import { expect, test } from "vitest";
import { VERSION_NAME_PREFIX, versionName } from "../../../src/vault/version-name.ts";

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
  expect(name.startsWith(VERSION_NAME_PREFIX)).toBe(true);
});
