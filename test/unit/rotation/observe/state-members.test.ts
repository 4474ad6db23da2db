import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { usable } from "../../../../src/rotation/observe/values.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { expectFailure } from "../../../support/failures.ts";
import { heldToken } from "../../../support/held.ts";
import { credential, noteLogin, ownValue, type Written } from "../rig.ts";
import { current } from "./observe-rig.ts";
import { issuerState, look } from "./state-rig.ts";

describe("the state of a plain CURRENT", () => {
  test("has nothing unsaved, pending, claimed or given up", async () => {
    const { state } = await look();
    expect(state()).toMatchObject({
      unsaved: null,
      pending: null,
      current: { versionNo: 7, verdict: "not-asked" },
      claim: { holder: "none" },
      inFlight: null,
      others: null,
    });
  });

  test("carries the settings and what the call has prepared", async () => {
    const { state, callerState, attempt } = await look([current], { OROT_PAUSED: "true" });
    attempt.isPrepared = true;
    expect(state()).toMatchObject({ isPaused: true, isPrepared: true });
    expect(callerState()).toMatchObject({ isPaused: true, isPrepared: true });
  });
});

describe("what is left to a call", () => {
  test("are two mints, two installs and two values", async () => {
    const { state, callerState, attempt } = await look();
    expect([state().left, callerState().left]).toEqual([{ mints: 2 }, { installs: 2, values: 2, retires: 3 }]);
    Object.assign(attempt.requests, { mints: 1, installs: 2, values: 1, retires: 1 });
    expect([state().left, callerState().left]).toEqual([{ mints: 1 }, { installs: 0, values: 1, retires: 2 }]);
  });

  test("is the last moment once two tries to store do not fit any more", async () => {
    const { state, rig, attempt, seen } = await look();
    keepUnsaved({ context: rig.context, attempt, snapshot: seen }, new Secret("S8"), true);
    expect(state().unsaved?.isLastMoment).toBe(false);
    rig.clock.advance(260_000);
    expect(state().unsaved?.isLastMoment).toBe(false);
    rig.clock.advance(1);
    expect(state().unsaved?.isLastMoment).toBe(true);
  });

  test("is counted to the call's end for an unsaved value, whatever its secret's turn in a heal of many", async () => {
    const { rig, attempt, seen } = await look();
    keepUnsaved({ context: rig.context, attempt, snapshot: seen }, new Secret("S8"), true);
    const turn = turnOf(rig.context.budget, rig.clock, 1_000);
    rig.clock.advance(2_000);
    const { unsaved } = issuerState({ context: { ...rig.context, budget: turn } }, attempt, seen, "heal");
    expect(unsaved?.isLastMoment).toBe(false);
  });

  test("is an install that was answered, or not", async () => {
    const { callerState, attempt } = await look();
    expect(callerState().isUnanswered).toBe(true);
    attempt.requests.isInstallAnswered = true;
    expect(callerState().isUnanswered).toBe(false);
  });
});

describe("an authority", () => {
  test("is whatever may still ask the issuer, and may read back once", async () => {
    const { state, callerState, attempt } = await look();
    expect(state().authority).toBe("none");
    expect(callerState().authority).toBe("none");
    attempt.authorities.token = heldToken("T", Number.MAX_SAFE_INTEGER);
    expect(state().authority).toBe("may-read-back");
    expect(callerState().authority).toBe("may-install");
    attempt.requests.isReadBackSpent = true;
    expect(state().authority).toBe("may-regenerate");
  });
});

describe("an unsaved value", () => {
  test("is not asked until it was, and any verdict but a young refusal stands", async () => {
    const { state, attempt, rig, seen } = await look();
    keepUnsaved({ context: rig.context, attempt, snapshot: seen }, new Secret("S8"), true);
    expect(state().unsaved).toEqual({ verdict: "not-asked", isYoung: true, writes: "pending", isLastMoment: false });
    attempt.writes.refusesSecondPending = true;
    expect(state().unsaved?.writes).toBe("current");
    if (attempt.unsaved === null) throw new Error("nothing unsaved");
    attempt.unsaved.login = {
      verdict: "accepted",
      token: { value: new Secret("T"), expiresAt: Number.MAX_SAFE_INTEGER },
    };
    expect(state().unsaved).toMatchObject({ verdict: "accepted", isYoung: true });
  });
});

describe("a PENDING credential", () => {
  const pending = (name?: string): Written => ({
    no: 8,
    stages: ["PENDING", "LATEST"],
    content: credential("S8"),
    ...(name === undefined ? {} : { name }),
  });

  test.each([
    ["orot-8", "orot-8", true],
    ["orot-8", "orot-9", false],
    ["orot-8", null, false],
    [undefined, null, false],
  ] as const)("called %s is this call's own if that stored %s: %s", async (name, ownName, isOwn) => {
    const { state, attempt } = await look([current, pending(name)]);
    attempt.writes.ownName = ownName;
    expect(state().pending).toEqual({ versionNo: 8, verdict: "not-asked", isOwn });
  });

  test("has the verdict of its own login, if we choose the value also at once", async () => {
    const content = credential(ownValue("S7"));
    const { callerState, attempt, rig } = await look([current, { ...pending(), content, ageSeconds: 1 }]);
    expect(callerState().pending?.verdict).toBe("not-asked");
    noteLogin(attempt, rig, 8, "rejected");
    expect(callerState().pending).toMatchObject({ versionNo: 8, verdict: "rejected" });
  });

  test("with a value that this call neither made nor sent is another's", async () => {
    const content = credential(ownValue("S7"));
    const { callerState, attempt, rig } = await look([current, { ...pending(), content, ageSeconds: 1 }]);
    attempt.requests.generated = { clientSecret: new Secret("another"), startedAt: rig.clock.monotonic() };
    attempt.requests.install = { clientSecret: new Secret("another"), at: rig.clock.monotonic(), isRefused: true };
    expect(callerState().pending).toEqual({
      versionNo: 8,
      verdict: "not-asked",
      origin: "known-writer",
      phase: "theirs",
    });
  });

  test.each([
    ["was not made by the rotator", "S8"],
    ["was made by someone who knew an older value", ownValue("S6")],
    ["was made for another value by changing one character of it", `${ownValue("S7").slice(0, -5)}0aZ9-`],
  ])("that %s counts only while it may log in, and is then left alone and named", async (_which, value) => {
    const { callerState, attempt, rig } = await look([
      current,
      { ...pending(), content: credential(value), ageSeconds: 1 },
    ]);
    expect(callerState().pending).toMatchObject({ verdict: "not-asked", origin: "stranger" });
    noteLogin(attempt, rig, 8, "accepted");
    expect(callerState().pending).toMatchObject({ verdict: "accepted", origin: "stranger" });
    noteLogin(attempt, rig, 8, "unknown");
    expect(callerState().pending).toMatchObject({ verdict: "unknown", origin: "stranger" });
    expect(rig.log).toEqual([]);
    for (const [verdict, currentVerdict] of [
      ["rejected", "rejected"],
      ["unknown", "accepted"],
      ["rejected", "accepted"],
    ] as const) {
      noteLogin(attempt, rig, 8, verdict);
      noteLogin(attempt, rig, 7, currentVerdict);
      expect(callerState().pending, `${verdict}, CURRENT ${currentVerdict}`).toBeNull();
    }
    expect(attempt.read.unproven).toEqual(new Set([8]));
    expect(rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "version-not-made-by-rotator", versionNo: 8 }),
    ]);
  });

  test("is proven by no CURRENT that cannot be understood", async () => {
    const { callerState, attempt } = await look([current, { ...pending(), content: credential(ownValue("S7")) }]);
    expect(callerState().pending?.origin).toBe("known-writer");
    attempt.read.contents.delete(7);
    expect(callerState().pending?.origin).toBe("stranger");
  });

  test("that this call made and has not sent is its own for the time of a claim", async () => {
    const { callerState, attempt, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    attempt.requests.generated = { clientSecret: new Secret("S8"), startedAt: rig.clock.monotonic() };
    rig.clock.advance(89_999);
    expect(callerState().pending).toMatchObject({ origin: "this-call", phase: "untried", verdict: "not-asked" });
    rig.clock.advance(1);
    expect(callerState().pending).toMatchObject({ origin: "this-call-before", phase: "theirs" });
  });

  test("whose value is not known here is as if there were none", async () => {
    const { callerState, attempt, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    const made = { clientSecret: new Secret("S8") };
    attempt.requests.generated = { ...made, startedAt: rig.clock.monotonic() };
    attempt.requests.install = { ...made, at: rig.clock.monotonic(), isRefused: false };
    expect(callerState().pending).toMatchObject({ origin: "this-call", phase: "sent" });
    attempt.read.contents.delete(8);
    expect(callerState().pending).toBeNull();
    attempt.read.contents.set(8, { kind: "unknown", problem: await failure(), isReserved: false, bare: null });
    expect(callerState().pending).toBeNull();
  });

  const failure = () => expectFailure(() => usable(createAttempt(null).read, 1), "INTERNAL");
});
