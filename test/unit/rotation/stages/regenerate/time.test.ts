import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../../src/base/errors.ts";
import type { Mint } from "../../../../../src/clients/issuers/issuer.ts";
import { mint } from "../../../../../src/rotation/stages/regenerate/mint.ts";
import { claimTokenLifeSeconds, requireTimeToMint } from "../../../../../src/rotation/stages/regenerate/time.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { BUDGET_MS, createRig, holdClaim, startRun } from "../../rig.ts";

/** Three calls and the longest UPDATING. */
const NEEDED_MS = 60_000;

const unanswered: Mint = { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer") };

/**
 * Mints under a claim that was taken so long before, with so much time left before, and at the moment right before the request. Answers
 * whether the request may still go then.
 */
async function mayStillMint(leftBefore: number, leftThen: number, ttlSeconds = 600): Promise<boolean> {
  const asked: boolean[] = [];
  const run = await startRun({
    environment: { OROT_CLAIM_TTL_SECONDS: String(ttlSeconds) },
    issuer: {
      mint: async (_proof, isInTime) => {
        run.clock.advance(leftBefore - leftThen);
        asked.push(isInTime?.() === true);
        return unanswered;
      },
    },
  });
  run.clock.advance(BUDGET_MS - leftBefore);
  holdClaim(run.attempt, run, { callId: "me", name: "orot-8" });
  await mint({ context: run.context, attempt: run.attempt, snapshot: run.seen });
  expect(asked).toHaveLength(1);
  return asked[0] === true;
}

describe("the time that a mint needs", () => {
  test("are three calls and the longest UPDATING", async () => {
    const { context, clock } = createRig([], {
      OROT_CALL_TIMEOUT_SECONDS: "20",
      OROT_ACTIVE_WAIT_SECONDS: "40",
    });
    clock.advance(BUDGET_MS - 100_000);
    expect(() => requireTimeToMint(context)).not.toThrow();
    clock.advance(1);
    const failure = await expectFailure(() => requireTimeToMint(context), "DEADLINE_TOO_SHORT");
    expect(failure.message).toBe("99 s are left, and storing a new client secret safely may take 100 s");
  });

  test("that a claim's token lives is the claim's, the landing bound, and three heals", () => {
    const { context } = createRig([], {
      OROT_CLAIM_TTL_SECONDS: "90",
      OROT_LANDING_BOUND_SECONDS: "60",
      OROT_HEAL_INTERVAL_MINUTES: "10",
    });
    expect(claimTokenLifeSeconds(context)).toBe(90 + 60 + 3 * 600);
  });

  test("must be left before the request, to the millisecond", async () => {
    expect(await mayStillMint(NEEDED_MS, NEEDED_MS)).toBe(true);
    await expect(mayStillMint(NEEDED_MS - 1, NEEDED_MS - 1)).rejects.toThrow(/^59 s are left, .* may take 60 s$/);
  });

  test("must be left also right before it, since it may have waited for a connection or a token", async () => {
    expect(await mayStillMint(NEEDED_MS + 5_000, NEEDED_MS)).toBe(true);
    expect(await mayStillMint(NEEDED_MS + 5_000, NEEDED_MS - 1)).toBe(false);
  });

  test("is of no use if the claim is over by then", async () => {
    expect(await mayStillMint(BUDGET_MS, BUDGET_MS - 89_999, 90)).toBe(true);
    expect(await mayStillMint(BUDGET_MS, BUDGET_MS - 90_000, 90)).toBe(false);
  });
});
