import { describe, expect, test } from "vitest";
import { Secret } from "../../../../../src/base/secret.ts";
import type { Mint } from "../../../../../src/clients/issuers/issuer.ts";
import { mint } from "../../../../../src/rotation/stages/regenerate/mint.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { accepted, credential, current, holdClaim, noteLogin, type Run, rejected, said, startRun } from "../../rig.ts";
import { refusing, willing } from "../../toy-issuer.ts";

const minted: Mint = { outcome: "minted", clientSecret: new Secret("S8") };

/** A call whose claim has just been written. */
async function claimed(answer: Mint, options: Parameters<typeof startRun>[0] = {}): Promise<Run> {
  const run = await startRun({ ...options, issuer: { mint: async () => answer, ...options.issuer } });
  holdClaim(run.attempt, run, { callId: "me", name: "orot-8" });
  return run;
}

const send = ({ context, attempt, seen }: Run) => mint({ context, attempt, snapshot: seen });

describe("a mint", () => {
  test("takes the new value into hand, with everything else of CURRENT's content", async () => {
    const run = await claimed(minted, { versions: [{ ...current, content: credential("S7", { appId: "a" }) }] });
    run.clock.advance(1_000);
    expect(await send(run)).toEqual({ outcome: "minted", next: "decide" });
    const { unsaved } = run.attempt;
    const { mints, openMint } = run.attempt.requests;
    expect(run.requested).toEqual(["mint by own"]);
    expect(JSON.parse(unsaved?.text.reveal() ?? "")).toEqual({ appId: "a", appSecret: "S8" });
    expect(unsaved?.credential.clientSecret.reveal()).toBe("S8");
    expect(unsaved?.content.kind).toBe("credential");
    expect(unsaved).toMatchObject({ base: 7, isCopy: false, isMinted: true, login: null, failure: null });
    expect(unsaved?.receivedAt).toBe(run.clock.monotonic());
    expect([mints, openMint]).toEqual([1, null]);
    expect(run.log).toEqual([]);
  });

  test("of a value with which no version can hold the content ends the call, and says how to go on by hand", async () => {
    const run = await claimed({ outcome: "minted", clientSecret: new Secret("S".repeat(30_000)) });
    const { message, nextAction } = await expectFailure(() => send(run), "LOCKED_OUT");
    expect(message).toContain("a client secret of 30000 characters");
    expect(nextAction).toContain("regenerate in its console, store the value as PENDING, run heal");
    expect(run.attempt.unsaved).toBeNull();
  });

  test("once more in the same call is a warning", async () => {
    const run = await claimed(minted);
    run.attempt.requests.mints = 1;
    await send(run);
    expect(run.attempt.requests.mints).toBe(2);
    expect(run.log).toEqual([
      expect.objectContaining({ level: "warn", event: "minted-again", stage: "regenerate", mints: 2 }),
    ]);
  });

  test("resets what was known of reading back and of an open one", async () => {
    const run = await claimed(minted);
    Object.assign(run.attempt.requests, {
      openMint: { at: 0, wasCurrentAccepted: true },
      isReadBackSpent: true,
      readBackSince: 5,
    });
    await send(run);
    expect(run.attempt.requests).toMatchObject({ openMint: null, isReadBackSpent: false, readBackSince: null });
  });

  test.each([true, false])("without an answer stays open; CURRENT accepted before it: %s", async (wasAccepted) => {
    const unanswered = said("ISSUER_UNAVAILABLE");
    const run = await claimed({ outcome: "unknown", error: unanswered });
    noteLogin(run.attempt, run, 7, wasAccepted ? accepted : rejected);
    run.clock.advance(500);
    expect(await send(run)).toEqual({ outcome: "unknown", next: "look" });
    const at = run.clock.monotonic();
    expect(run.attempt).toMatchObject({
      requests: { mints: 1, openMint: { at, wasCurrentAccepted: wasAccepted } },
      unsaved: null,
    });
    expect(run.log).toEqual([
      expect.objectContaining({
        level: "warn",
        event: "mint-unanswered",
        stage: "regenerate",
        code: "ISSUER_UNAVAILABLE",
        message: unanswered.message,
      }),
    ]);
  });

  test("over a CURRENT that was not asked has none to kill", async () => {
    const run = await claimed({ outcome: "unknown", error: said("ISSUER_UNAVAILABLE") });
    await send(run);
    expect(run.attempt.requests.openMint?.wasCurrentAccepted).toBe(false);
  });

  test("that is refused ends the call, and was none", async () => {
    const run = await claimed({ outcome: "refused", error: said("ISSUER_CONFIGURATION") });
    await expectFailure(() => send(run), "ISSUER_CONFIGURATION");
    expect(run.attempt).toMatchObject({ requests: { mints: 0, openMint: null }, unsaved: null });
  });

  test("that is put off is sent again after a while, five times at most", async () => {
    const run = await claimed({ outcome: "busy", error: said("ISSUER_UNAVAILABLE") });
    for (let time = 1; time <= 5; time++) {
      expect(await send(run)).toEqual({ outcome: "busy", next: "look", isRetry: true });
      expect(run.attempt.requests).toMatchObject({ busyMints: time, mints: 0 });
    }
    await expectFailure(() => send(run), "ISSUER_UNAVAILABLE");
  });

  test("whose token is refused by a dead CURRENT goes on with whatever is left", async () => {
    const run = await claimed({ outcome: "proof-refused", error: said("ISSUER_UNAVAILABLE") });
    noteLogin(run.attempt, run, 7, rejected);
    expect(await send(run)).toEqual({ outcome: "token-refused", next: "decide" });
    expect(run.attempt.authorities.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(run.requested).toEqual(["mint by own"]);
    expect(run.attempt.requests.mints).toBe(0);
  });

  test("whose token is refused although CURRENT is good ends the call, unless only a right is missing", async () => {
    const dead = await claimed({ outcome: "proof-refused", error: said("ISSUER_UNAVAILABLE") });
    noteLogin(dead.attempt, dead, 7, accepted);
    await expectFailure(() => send(dead), "ISSUER_UNAVAILABLE");
    const forbidden: Mint = { outcome: "proof-refused", error: said("ISSUER_FORBIDDEN") };
    const helped = await claimed(forbidden, { authorities: [willing("first")] });
    noteLogin(helped.attempt, helped, 7, accepted);
    expect(await send(helped)).toEqual({ outcome: "token-refused", next: "decide" });
  });

  test("by an authority that does not log in is not sent", async () => {
    const run = await claimed(minted);
    run.attempt.authorities.token = null;
    run.attempt.authorities.others = [refusing("first")];
    expect(await send(run)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(run.requested).toEqual([]);
    run.attempt.authorities.others = [willing("second")];
    expect(await send(run)).toEqual({ outcome: "minted", next: "decide" });
    expect(run.requested).toEqual(["mint by second"]);
  });

  test("is not sent once the time of its claim is over, or without a claim", async () => {
    const run = await claimed(minted);
    run.clock.advance(89_999);
    const late = await claimed(minted);
    late.clock.advance(90_000);
    expect(await send(late)).toEqual({ outcome: "claim-expired", next: "look" });
    expect(late.requested).toEqual([]);
    expect(await send(run)).toMatchObject({ outcome: "minted" });
    const unclaimed = await startRun({ issuer: { mint: async () => minted } });
    expect(await send(unclaimed)).toEqual({ outcome: "claim-expired", next: "look" });
  });

  test("with nothing to mint by, or no time to store what it brings, is a defect and a refusal of ours", async () => {
    const run = await claimed(minted);
    run.attempt.authorities.token = null;
    await expectFailure(() => send(run), "INTERNAL", "a mint was decided with nothing to mint by");
    const late = await claimed(minted, { environment: { OROT_CLAIM_TTL_SECONDS: "300" } });
    late.clock.advance(221_000);
    await expectFailure(() => send(late), "DEADLINE_TOO_SHORT");
    expect(late.requested).toEqual([]);
  });
});
