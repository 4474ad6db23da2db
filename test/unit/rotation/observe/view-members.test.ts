import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { createAttempt } from "../../../../src/rotation/attempt.ts";
import { usable, viewOf } from "../../../../src/rotation/observe/view.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { expectFailure } from "../../../support/failures.ts";
import { heldToken } from "../../../support/held.ts";
import { credential, noteLogin, ownValue, type Written } from "../rig.ts";
import { current, look } from "./view-rig.ts";

describe("the view of a plain CURRENT", () => {
  test("has nothing unsaved, pending, claimed or given up", async () => {
    const { view, attempt } = await look();
    expect(view()).toMatchObject({
      unsaved: null,
      pending: null,
      current: { versionNo: 7, verdict: "not-asked", isUnchanged: true, isClaim: false, isConfirmedDead: false },
      claim: { isLive: false, isMine: false, isFresh: false, unknownMarkNo: null, unproven: null },
      others: null,
      writes: "pending",
    });
    attempt.refusesSecondPending = true;
    expect(view().writes).toBe("current");
  });

  test("carries the settings and what the call has prepared", async () => {
    const { view, callerView, attempt } = await look([current], { OROT_PAUSED: "true" });
    attempt.isPrepared = true;
    expect(view()).toMatchObject({ isPaused: true, isPrepared: true });
    expect(callerView()).toMatchObject({ isPaused: true, isPrepared: true });
  });
});

describe("what is left to a call", () => {
  test("are two mints, two installs and two values", async () => {
    const { view, callerView, attempt } = await look();
    expect([view().mint.left, callerView().left]).toEqual([2, { installs: 2, values: 2 }]);
    Object.assign(attempt, { mints: 1, installs: 2, values: 1 });
    expect([view().mint.left, callerView().left]).toEqual([1, { installs: 0, values: 1 }]);
  });

  test("is the last moment once two tries to store do not fit any more", async () => {
    const { view, rig } = await look();
    expect(view().isLastMoment).toBe(false);
    rig.clock.advance(260_000);
    expect(view().isLastMoment).toBe(false);
    rig.clock.advance(1);
    expect(view().isLastMoment).toBe(true);
  });

  test("is counted to the call's end for an unsaved value, whatever its secret's turn in a heal of many", async () => {
    const { rig, attempt, seen } = await look();
    const turn = turnOf(rig.context.budget, rig.clock, 1_000);
    rig.clock.advance(2_000);
    expect(viewOf({ ...rig.context, budget: turn }, attempt, "heal", seen).isLastMoment).toBe(false);
  });

  test("is an install that was answered, or not", async () => {
    const { callerView, attempt } = await look();
    expect(callerView().isUnanswered).toBe(true);
    attempt.isInstallAnswered = true;
    expect(callerView().isUnanswered).toBe(false);
  });
});

describe("an authority", () => {
  test("is whatever may still ask the issuer, and may read back once", async () => {
    const { view, callerView, attempt } = await look();
    expect(view()).toMatchObject({ hasAuthority: false, mayReadBack: false });
    expect(callerView().hasAuthority).toBe(false);
    attempt.token = heldToken("T", Number.MAX_SAFE_INTEGER);
    expect(view()).toMatchObject({ hasAuthority: true, mayReadBack: true });
    expect(callerView().hasAuthority).toBe(true);
    attempt.isReadBackSpent = true;
    expect(view()).toMatchObject({ hasAuthority: true, mayReadBack: false });
  });
});

describe("an unsaved value", () => {
  test("is not asked until it was, and any verdict but a young refusal stands", async () => {
    const { view, attempt, rig, seen } = await look();
    keepUnsaved(rig.context, attempt, seen, new Secret("S8"), true);
    expect(view().unsaved).toEqual({ verdict: "not-asked", isYoung: true });
    if (attempt.unsaved === null) throw new Error("nothing unsaved");
    attempt.unsaved.login = {
      verdict: "accepted",
      token: { value: new Secret("T"), expiresAt: Number.MAX_SAFE_INTEGER },
    };
    expect(view().unsaved).toEqual({ verdict: "accepted", isYoung: true });
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
  ] as const)("called %s is this call's own where that stored %s: %s", async (name, ownName, isOwn) => {
    const { view, attempt } = await look([current, pending(name)]);
    attempt.ownName = ownName;
    expect(view().pending).toEqual({ versionNo: 8, verdict: "not-asked", isOwn });
  });

  test("has the verdict of its own login, where we choose the value also at once", async () => {
    const content = credential(ownValue("S7"));
    const { callerView, attempt, rig } = await look([current, { ...pending(), content, ageSeconds: 1 }]);
    expect(callerView().pending?.verdict).toBe("not-asked");
    noteLogin(attempt, rig, 8, "rejected");
    expect(callerView().pending).toMatchObject({ versionNo: 8, verdict: "rejected" });
  });

  test("with a value that this call neither made nor sent is another's", async () => {
    const content = credential(ownValue("S7"));
    const { callerView, attempt, rig } = await look([current, { ...pending(), content, ageSeconds: 1 }]);
    attempt.generated = { clientSecret: new Secret("another"), startedAt: rig.clock.monotonic() };
    attempt.install = { clientSecret: new Secret("another"), at: rig.clock.monotonic(), isRefused: true };
    expect(callerView().pending).toEqual({
      versionNo: 8,
      verdict: "not-asked",
      isProven: true,
      isMade: false,
      isLive: true,
      isRefused: false,
      isInstalling: false,
      isUntried: false,
      isOwn: false,
      isOccupied: false,
      isLongOccupied: false,
    });
  });

  test.each([
    ["was made by nobody of ours", "S8"],
    ["was made by somebody who knew an older value", ownValue("S6")],
    ["was made for another value by changing one character of it", `${ownValue("S7").slice(0, -5)}0aZ9-`],
  ])("that %s counts only while it may log in, and is then left alone and named", async (_which, value) => {
    const { callerView, attempt, rig } = await look([
      current,
      { ...pending(), content: credential(value), ageSeconds: 1 },
    ]);
    expect(callerView().pending).toMatchObject({ verdict: "not-asked", isProven: false, isLive: false });
    noteLogin(attempt, rig, 8, "accepted");
    expect(callerView().pending).toMatchObject({ verdict: "accepted", isProven: false });
    noteLogin(attempt, rig, 8, "unknown");
    expect(callerView().pending).toMatchObject({ verdict: "unknown", isProven: false });
    expect(rig.log).toEqual([]);
    for (const [verdict, currentVerdict] of [
      ["rejected", "rejected"],
      ["unknown", "accepted"],
      ["rejected", "accepted"],
    ] as const) {
      noteLogin(attempt, rig, 8, verdict);
      noteLogin(attempt, rig, 7, currentVerdict);
      expect(callerView().pending, `${verdict}, CURRENT ${currentVerdict}`).toBeNull();
    }
    expect(attempt.unproven).toEqual(new Set([8]));
    expect(rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "version-not-made-by-rotator", versionNo: 8 }),
    ]);
  });

  test("is proven by no CURRENT that nobody understands", async () => {
    const { callerView, attempt } = await look([current, { ...pending(), content: credential(ownValue("S7")) }]);
    expect(callerView().pending?.isProven).toBe(true);
    attempt.contents.delete(7);
    expect(callerView().pending?.isProven).toBe(false);
  });

  test("that this call made and has not sent is its own for the time of a claim", async () => {
    const { callerView, attempt, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    attempt.generated = { clientSecret: new Secret("S8"), startedAt: rig.clock.monotonic() };
    rig.clock.advance(89_999);
    expect(callerView().pending).toMatchObject({ isLive: false, isUntried: true });
    rig.clock.advance(1);
    expect(callerView().pending).toMatchObject({ isLive: true, isUntried: false });
  });

  test("whose value nobody here knows is as if there were none", async () => {
    const { callerView, attempt, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    const made = { clientSecret: new Secret("S8") };
    attempt.generated = { ...made, startedAt: rig.clock.monotonic() };
    attempt.install = { ...made, at: rig.clock.monotonic(), isRefused: false };
    expect(callerView().pending).toMatchObject({ isLive: false, isInstalling: true });
    attempt.contents.delete(8);
    expect(callerView().pending).toBeNull();
    attempt.contents.set(8, { kind: "unknown", problem: await failure(), isReserved: false, bare: null });
    expect(callerView().pending).toBeNull();
  });

  const failure = () => expectFailure(() => usable(createAttempt(null), 1), "INTERNAL");
});
