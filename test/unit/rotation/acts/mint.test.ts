import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { Mint, ReadBack } from "../../../../src/clients/issuers/issuer.ts";
import { mint, readBack, readOthers } from "../../../../src/rotation/acts/mint.ts";
import { expectFailure } from "../../../support/failures.ts";
import { credential, holdClaim, type Written } from "../rig.ts";
import { type Acting, accepted, createActing, current, note, refusing, rejected, willing } from "./rig.ts";

const error = (code: ErrorCode) => new RotationError(code, `said ${code}`);
const minted: Mint = { outcome: "minted", clientSecret: new Secret("S8") };

/** A call whose claim has just been written. */
async function claimed(answer: Mint, options: Parameters<typeof createActing>[0] = {}): Promise<Acting> {
  const acting = await createActing({ ...options, issuer: { mint: async () => answer, ...options.issuer } });
  holdClaim(acting.memory, acting.rig, { callId: "me", name: "orot-8" });
  return acting;
}
const send = ({ invocation, memory, seen }: Acting) => mint(invocation, memory, seen);

describe("a mint", () => {
  test("takes the new value into hand, with everything else of CURRENT's content", async () => {
    const acting = await claimed(minted, { versions: [{ ...current, content: credential("S7", { appId: "a" }) }] });
    acting.rig.clock.advance(1_000);
    expect(await send(acting)).toEqual({ outcome: "minted", next: "decide" });
    const { hand, mints, openMint } = acting.memory;
    expect(acting.asked).toEqual(["mint by own"]);
    expect(JSON.parse(hand?.text.reveal() ?? "")).toEqual({ appId: "a", appSecret: "S8" });
    expect(hand?.credential.clientSecret.reveal()).toBe("S8");
    expect(hand?.content.kind).toBe("credential");
    expect(hand).toMatchObject({ base: 7, isCopy: false, isMinted: true, login: null, failure: null });
    expect(hand?.receivedAt).toBe(acting.rig.clock.monotonic());
    expect([mints, openMint]).toEqual([1, null]);
    expect(acting.rig.log).toEqual([]);
  });

  test("once more in the same call is a warning", async () => {
    const acting = await claimed(minted);
    acting.memory.mints = 1;
    await send(acting);
    expect(acting.memory.mints).toBe(2);
    expect(acting.rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "minted-again", stage: "regenerate", mints: 2 }),
    ]);
  });

  test("begins anew what was known of reading back and of an open one", async () => {
    const acting = await claimed(minted);
    Object.assign(acting.memory, {
      openMint: { at: 0, wasCurrentAccepted: true },
      isReadBackSpent: true,
      readBackSince: 5,
    });
    await send(acting);
    expect(acting.memory).toMatchObject({ openMint: null, isReadBackSpent: false, readBackSince: null });
  });

  test.each([true, false])("without an answer stays open; CURRENT accepted before it: %s", async (wasAccepted) => {
    const unanswered = error("ISSUER_UNAVAILABLE");
    const acting = await claimed({ outcome: "unknown", error: unanswered });
    note(acting, 7, wasAccepted ? accepted : rejected);
    acting.rig.clock.advance(500);
    expect(await send(acting)).toEqual({ outcome: "unknown", next: "look" });
    const at = acting.rig.clock.monotonic();
    expect(acting.memory).toMatchObject({ mints: 1, hand: null, openMint: { at, wasCurrentAccepted: wasAccepted } });
    expect(acting.rig.log).toEqual([
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
    const acting = await claimed({ outcome: "unknown", error: error("ISSUER_UNAVAILABLE") });
    await send(acting);
    expect(acting.memory.openMint?.wasCurrentAccepted).toBe(false);
  });

  test("that is refused ends the call, and was none", async () => {
    const acting = await claimed({ outcome: "refused", error: error("ISSUER_CONFIGURATION") });
    await expectFailure(() => send(acting), "ISSUER_CONFIGURATION");
    expect(acting.memory).toMatchObject({ mints: 0, hand: null, openMint: null });
  });

  test("that is put off is sent again after a while, five times at the most", async () => {
    const acting = await claimed({ outcome: "busy", error: error("ISSUER_UNAVAILABLE") });
    for (let time = 1; time <= 5; time++) {
      expect(await send(acting)).toEqual({ outcome: "busy", next: "look", isRetry: true });
      expect(acting.memory).toMatchObject({ busyMints: time, mints: 0 });
    }
    await expectFailure(() => send(acting), "ISSUER_UNAVAILABLE");
  });

  test("whose token is refused by a dead CURRENT goes on with whatever is left", async () => {
    const acting = await claimed({ outcome: "proof-refused", error: error("ISSUER_UNAVAILABLE") });
    note(acting, 7, rejected);
    expect(await send(acting)).toEqual({ outcome: "token-refused", next: "decide" });
    expect(acting.memory.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(acting.asked).toEqual(["mint by own"]);
    expect(acting.memory.mints).toBe(0);
  });

  test("whose token is refused although CURRENT is good ends the call, unless only a right is missing", async () => {
    const dead = await claimed({ outcome: "proof-refused", error: error("ISSUER_UNAVAILABLE") });
    note(dead, 7, accepted);
    await expectFailure(() => send(dead), "ISSUER_UNAVAILABLE");
    const forbidden: Mint = { outcome: "proof-refused", error: error("ISSUER_FORBIDDEN") };
    const helped = await claimed(forbidden, { authorities: [willing("first")] });
    note(helped, 7, accepted);
    expect(await send(helped)).toEqual({ outcome: "token-refused", next: "decide" });
  });

  test("by an authority that does not log in is not sent", async () => {
    const acting = await claimed(minted);
    acting.memory.token = null;
    acting.memory.authorities = [refusing("first")];
    expect(await send(acting)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(acting.asked).toEqual([]);
    acting.memory.authorities = [willing("second")];
    expect(await send(acting)).toEqual({ outcome: "minted", next: "decide" });
    expect(acting.asked).toEqual(["mint by second"]);
  });

  test("is not sent once the time of its claim is over, or without a claim", async () => {
    const acting = await claimed(minted);
    acting.rig.clock.advance(89_999);
    const late = await claimed(minted);
    late.rig.clock.advance(90_000);
    expect(await send(late)).toEqual({ outcome: "claim-expired", next: "look" });
    expect(late.asked).toEqual([]);
    expect(await send(acting)).toMatchObject({ outcome: "minted" });
    const unclaimed = await createActing({ issuer: { mint: async () => minted } });
    expect(await send(unclaimed)).toEqual({ outcome: "claim-expired", next: "look" });
  });

  test("with nothing to mint by, or no time to store what it brings, is a defect and a refusal of ours", async () => {
    const acting = await claimed(minted);
    acting.memory.token = null;
    await expectFailure(() => send(acting), "INTERNAL", "a mint was decided with nothing to mint by");
    const late = await claimed(minted, { environment: { OROT_CLAIM_TTL_SECONDS: "300" } });
    late.rig.clock.advance(221_000);
    await expectFailure(() => send(late), "DEADLINE_TOO_SHORT");
    expect(late.asked).toEqual([]);
  });
});

describe("reading what else is stored", () => {
  test("reads every version, and looks up second authorities once", async () => {
    const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3"), ageSeconds: 30 * 86_400 };
    const first = willing("first");
    const { invocation, memory, seen, rig, asked } = await createActing({
      versions: [old, current],
      authorities: [first],
    });
    for (let time = 0; time < 2; time++) {
      expect(await readOthers(invocation, memory, seen)).toEqual({ outcome: "read", next: "decide" });
    }
    expect(memory).toMatchObject({ hasReadOthers: true, authorities: [first] });
    expect(memory.contents.get(3)?.kind).toBe("credential");
    expect(rig.asked.filter((call) => call === "read 3")).toHaveLength(1);
    expect(asked).toEqual(["authorities"]);
  });
});

describe("reading the client secret back", () => {
  const read = (value: string): ReadBack => ({ outcome: "read", clientSecret: new Secret(value) });
  const reading = (answer: ReadBack, login: typeof accepted | typeof rejected = accepted) =>
    createActing({ issuer: { readBack: async () => answer, login: async () => login } });
  const ask = ({ invocation, memory, seen }: Acting) => readBack(invocation, memory, seen);

  test("takes another value than CURRENT's into hand, with the verdict of its login", async () => {
    const acting = await reading(read("S8"));
    expect(await ask(acting)).toEqual({ outcome: "read-back-accepted", next: "decide" });
    expect(acting.asked).toEqual(["read by own"]);
    expect(acting.memory).toMatchObject({ isReadBackSpent: true, mints: 0 });
    const { hand } = acting.memory;
    expect(hand).toMatchObject({ isMinted: false, isCopy: false, login: accepted });
    expect(hand?.credential.clientSecret.reveal()).toBe("S8");
  });

  test("of a value whose login is not answered keeps it in hand", async () => {
    const unknown = { verdict: "unknown", error: error("ISSUER_UNAVAILABLE"), final: false } as const;
    const acting = await createActing({ issuer: { readBack: async () => read("S8"), login: async () => unknown } });
    expect(await ask(acting)).toEqual({ outcome: "read-back-unknown", next: "decide" });
    expect(acting.memory.hand?.login).toBe(unknown);
  });

  test.each<[string, ReadBack]>([
    ["CURRENT's own value", read("S7")],
    ["nothing", { outcome: "not-readable", isProofAlive: true }],
  ])("that brings %s is spent", async (_what, answer) => {
    const acting = await reading(answer);
    expect(await ask(acting)).toEqual({ outcome: "not-readable", next: "decide" });
    expect(acting.memory).toMatchObject({ isReadBackSpent: true, hand: null });
  });

  test("that is not answered is tried again after a while", async () => {
    const acting = await reading({ outcome: "unknown", error: error("ISSUER_UNAVAILABLE") });
    expect(await ask(acting)).toEqual({ outcome: "read-back-unknown", next: "look", isRetry: true });
    expect(acting.memory).toMatchObject({ isReadBackSpent: false, readBackSince: acting.rig.clock.monotonic() });
  });

  test("whose token is refused goes on with whatever is left", async () => {
    const acting = await reading({ outcome: "proof-refused" });
    expect(await ask(acting)).toEqual({ outcome: "token-refused", next: "decide" });
    expect(acting.memory.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(acting.memory.isReadBackSpent).toBe(false);
  });

  test("of a value that is refused is tried again until every node can have heard of it", async () => {
    const acting = await reading(read("S8"), rejected);
    const early = { outcome: "read-back-rejected", next: "look", isRetry: true };
    expect(await ask(acting)).toEqual({ ...early, endsIn: 60_000 });
    expect(acting.memory).toMatchObject({ hand: null, isReadBackSpent: false });
    acting.rig.clock.advance(59_999);
    expect(await ask(acting)).toEqual({ ...early, endsIn: 1 });
    acting.rig.clock.advance(1);
    expect(await ask(acting)).toEqual({ ...early, isRetry: false });
    expect(acting.memory).toMatchObject({ hand: null, isReadBackSpent: true });
  });

  test("needs somebody who may ask", async () => {
    const acting = await reading(read("S8"));
    acting.memory.token = null;
    await expectFailure(() => ask(acting), "INTERNAL", "reading back was decided with nothing to read by");
    acting.memory.authorities = [refusing("first")];
    expect(await ask(acting)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(acting.asked).toEqual([]);
  });
});

test("a value that is read back and fits into no version is none that can be read", async () => {
  const acting = await createActing({
    issuer: { readBack: async () => ({ outcome: "read", clientSecret: new Secret("z".repeat(25_600)) }) },
  });
  expect(await readBack(acting.invocation, acting.memory, acting.seen)).toEqual({
    outcome: "not-readable",
    next: "decide",
  });
  expect(acting.memory.hand).toBeNull();
});
