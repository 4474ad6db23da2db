import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { bearerOf, type Credential, type Mint } from "../../../../src/clients/issuers/issuer.ts";
import { regenerate } from "../../../../src/rotation/stages/regenerate.ts";
import { toyClient } from "../../../support/held.ts";
import { createRig } from "../rig.ts";
import { clientWith } from "./rig.ts";

/** The budget of the rig is 280 s; three calls and the longest UPDATING are 60 s. */
const BUDGET_MS = 280_000;
const NEEDED_MS = 60_000;

const unanswered: Mint = { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer") };

/** Regenerates where so much time is left before, and at the moment right before the request; answers whether the request may still go. */
async function mayStillMint(leftBefore: number, leftThen: number, isOurs = true): Promise<boolean> {
  const { invocation, clock } = createRig([]);
  const asked: boolean[] = [];
  const credential: Credential = {
    ...clientWith({ verdict: "rejected" }).credential,
    mint: async (_proof, isInTime) => {
      clock.advance(leftBefore - leftThen);
      asked.push(isInTime?.() === true);
      return unanswered;
    },
  };
  clock.advance(BUDGET_MS - leftBefore);
  await regenerate(invocation, credential, bearerOf(toyClient, new Secret("token")), () => isOurs);
  expect(asked).toHaveLength(1);
  return asked[0] === true;
}

describe("the time that a mint needs", () => {
  test("must be left before it, to the millisecond", async () => {
    expect(await mayStillMint(NEEDED_MS, NEEDED_MS)).toBe(true);
    await expect(mayStillMint(NEEDED_MS - 1, NEEDED_MS - 1)).rejects.toThrow(/^59 s are left, .* may take 60 s$/);
  });

  test("must be left also right before the request, which may have waited for a connection or a token", async () => {
    expect(await mayStillMint(NEEDED_MS + 5_000, NEEDED_MS)).toBe(true);
    expect(await mayStillMint(NEEDED_MS + 5_000, NEEDED_MS - 1)).toBe(false);
  });

  test("is of no use where the claim is another's by then", async () => {
    expect(await mayStillMint(BUDGET_MS, BUDGET_MS, false)).toBe(false);
  });
});
