import { expect, test } from "vitest";
import { isRotating } from "../../../../src/clients/vault/schedule.ts";

test.each([
  ["IN_PROGRESS", true],
  ["CANCELLING", true],
  ["SCHEDULED", false],
  ["NOT_ENABLED", false],
  [null, false],
])("a rotation by Vault with the status %s is under way: %s", (status, isSo) => {
  expect(isRotating({ status })).toBe(isSo);
});
