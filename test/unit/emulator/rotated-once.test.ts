import { expect, test } from "vitest";
import { isSecondPendingTaken, withSecondPendingTaken } from "../../../src/clients/vault/rotation-metadata.ts";
import { ROTATED_ONCE } from "../../../src/emulator/rotated-once.ts";

test("a secret that the emulator calls rotated before is one for the rotator, which would have written the same", () => {
  expect(isSecondPendingTaken(ROTATED_ONCE)).toBe(true);
  expect(ROTATED_ONCE).toEqual(withSecondPendingTaken({}));
});
