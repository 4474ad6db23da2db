import { describe, expect, test } from "vitest";
import { takeIntoHand } from "../../../src/acts/hand.ts";
import { createMemory, type Memory } from "../../../src/recovery/memory.ts";
import { type Observation, observe, readAll } from "../../../src/recovery/observe.ts";
import { usable, viewOf } from "../../../src/recovery/view.ts";
import { callerViewOf } from "../../../src/recovery/view-caller.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure } from "../../support/failures.ts";
import { claim, createRig, credential, noteLogin, type Rig, type Written } from "./rig.ts";

const current: Written = { no: 7, stages: ["CURRENT"], content: credential("S7") };
const deprecated = (no: number, content: unknown, rest: Partial<Written> = {}): Written => ({
  no,
  stages: ["DEPRECATED"],
  content,
  ...rest,
});

interface Look {
  readonly rig: Rig;
  readonly memory: Memory;
  readonly seen: Observation;
  readonly view: () => ReturnType<typeof viewOf>;
  readonly callerView: () => ReturnType<typeof callerViewOf>;
}

async function look(versions: readonly Written[] = [current], environment = {}): Promise<Look> {
  const rig = createRig(versions, environment);
  const memory = createMemory(null);
  const seen = await observe(rig.invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return {
    rig,
    memory,
    seen,
    view: () => viewOf(rig.invocation, memory, "rotation", seen),
    callerView: () => callerViewOf(rig.invocation, memory, "rotation", seen),
  };
}

describe("a look that found an UPDATING secret", () => {
  test("says that alone, with what the call itself knows", async () => {
    const { rig, memory } = await look();
    memory.token = { value: new Secret("T"), expiresAt: Number.MAX_SAFE_INTEGER };
    expect(viewOf(rig.invocation, memory, "create", null)).toEqual({
      goal: "create",
      isUpdating: true,
      isPaused: false,
      hand: null,
      writes: "pending",
      isLastMoment: false,
      pending: null,
      current: {
        versionNo: 0,
        verdict: "not-asked",
        isFirstSeen: true,
        isClaim: false,
        isSurelyDead: false,
        twinNo: null,
      },
      claim: { isLive: false, isMine: false, isFresh: false, unknownMarkNo: null },
      mint: { left: 2, isSettled: true },
      others: null,
      mayReadBack: false,
      hasAuthority: false,
      isPrepared: false,
    });
    expect(callerViewOf(rig.invocation, memory, "heal", null)).toMatchObject({
      goal: "heal",
      isUpdating: true,
      pending: null,
      current: { isSurelyDead: false },
      hasAuthority: false,
    });
  });
});

describe("the view of a plain CURRENT", () => {
  test("has nothing in hand, pending, claimed or given up", async () => {
    const { view, memory } = await look();
    expect(view()).toMatchObject({
      isUpdating: false,
      hand: null,
      pending: null,
      current: { versionNo: 7, verdict: "not-asked", isFirstSeen: true, isClaim: false, isSurelyDead: false },
      claim: { isLive: false, isMine: false, isFresh: false, unknownMarkNo: null },
      others: null,
      writes: "pending",
    });
    memory.refusesSecondPending = true;
    expect(view().writes).toBe("current");
  });

  test("carries the settings and what the call has prepared", async () => {
    const { view, callerView, memory } = await look([current], { OROT_PAUSED: "true" });
    memory.isPrepared = true;
    expect(view()).toMatchObject({ isPaused: true, isPrepared: true });
    expect(callerView()).toMatchObject({ isPaused: true, isPrepared: true });
  });
});

describe("what is left to a call", () => {
  test("are two mints, two installs and two values", async () => {
    const { view, callerView, memory } = await look();
    expect([view().mint.left, callerView().left]).toEqual([2, { installs: 2, values: 2 }]);
    Object.assign(memory, { mints: 1, installs: 2, values: 1 });
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

  test("is an install that was answered, or not", async () => {
    const { callerView, memory } = await look();
    expect(callerView().isUnanswered).toBe(true);
    memory.isInstallAnswered = true;
    expect(callerView().isUnanswered).toBe(false);
  });
});

describe("an authority", () => {
  test("is whatever may still ask the issuer, and may read back once", async () => {
    const { view, callerView, memory } = await look();
    expect(view()).toMatchObject({ hasAuthority: false, mayReadBack: false });
    expect(callerView().hasAuthority).toBe(false);
    memory.token = { value: new Secret("T"), expiresAt: Number.MAX_SAFE_INTEGER };
    expect(view()).toMatchObject({ hasAuthority: true, mayReadBack: true });
    expect(callerView().hasAuthority).toBe(true);
    memory.isReadBackSpent = true;
    expect(view()).toMatchObject({ hasAuthority: true, mayReadBack: false });
  });
});

describe("a value in hand", () => {
  test("is not asked until it was, and any verdict but a young refusal stands", async () => {
    const { view, memory, rig, seen } = await look();
    takeIntoHand(rig.invocation, memory, seen, new Secret("S8"), true);
    expect(view().hand).toEqual({ verdict: "not-asked", isYoung: true });
    if (memory.hand === null) throw new Error("nothing in hand");
    memory.hand.login = {
      verdict: "accepted",
      token: { value: new Secret("T"), expiresAt: Number.MAX_SAFE_INTEGER },
    };
    expect(view().hand).toEqual({ verdict: "accepted", isYoung: true });
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
    const { view, memory } = await look([current, pending(name)]);
    memory.ownName = ownName;
    expect(view().pending).toEqual({ versionNo: 8, verdict: "not-asked", isOwn });
  });

  test("has the verdict of its own login, where we choose the value also at once", async () => {
    const { callerView, memory, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    expect(callerView().pending?.verdict).toBe("not-asked");
    noteLogin(memory, rig, 8, "rejected");
    expect(callerView().pending).toMatchObject({ versionNo: 8, verdict: "rejected" });
  });

  test("with a value that this call neither made nor sent is another's", async () => {
    const { callerView, memory, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    memory.generated = { clientSecret: new Secret("another"), startedAt: rig.clock.monotonic() };
    memory.install = { clientSecret: new Secret("another"), at: rig.clock.monotonic(), isRefused: true };
    expect(callerView().pending).toEqual({
      versionNo: 8,
      verdict: "not-asked",
      isLive: true,
      isRefused: false,
      isInstalling: false,
      isUntried: false,
      isOwn: false,
      isOccupied: false,
      isLongOccupied: false,
    });
  });

  test("that this call made and has not sent is its own for the time of a claim", async () => {
    const { callerView, memory, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    memory.generated = { clientSecret: new Secret("S8"), startedAt: rig.clock.monotonic() };
    rig.clock.advance(89_999);
    expect(callerView().pending).toMatchObject({ isLive: false, isUntried: true });
    rig.clock.advance(1);
    expect(callerView().pending).toMatchObject({ isLive: true, isUntried: false });
  });

  test("that this call has not read belongs to another", async () => {
    const { callerView, memory, rig } = await look([current, { ...pending(), ageSeconds: 1 }]);
    const made = { clientSecret: new Secret("S8") };
    memory.generated = { ...made, startedAt: rig.clock.monotonic() };
    memory.install = { ...made, at: rig.clock.monotonic(), isRefused: false };
    expect(callerView().pending).toMatchObject({ isLive: false, isInstalling: true });
    memory.contents.delete(8);
    expect(callerView().pending).toMatchObject({ isLive: true, isInstalling: false, isUntried: false });
    memory.contents.set(8, { kind: "unknown", problem: await failure(), isReserved: false });
    expect(callerView().pending).toMatchObject({ isLive: true, isInstalling: false, isUntried: false });
  });

  const failure = () => expectFailure(() => usable(createMemory(null), 1), "INTERNAL");
});

describe("CURRENT's value", () => {
  test("is the one first seen as long as its number is, understood or not", async () => {
    const { rig, seen, view } = await look();
    expect(view().current.isFirstSeen).toBe(true);
    expect(viewOf(rig.invocation, createMemory(null), "rotation", seen).current.isFirstSeen).toBe(true);
    const unreadable = await look([{ ...current, content: "not json" }]);
    expect(unreadable.view().current).toMatchObject({ isFirstSeen: true, isClaim: false });
  });

  test.each([
    ["not json", credential("S7")],
    [credential("S7"), "not json"],
  ])("is another where one of the two cannot be told: %o, then %o", async (first, now) => {
    const { rig, memory } = await look([{ ...current, content: first }]);
    rig.vault.versions = [
      deprecated(7, first, { stages: ["PREVIOUS"] }),
      { no: 9, stages: ["CURRENT", "LATEST"], content: now },
    ];
    const seen = await observe(rig.invocation, memory, true, null);
    expect(viewOf(rig.invocation, memory, "rotation", seen).current.isFirstSeen).toBe(false);
  });

  test("is surely dead from the second look in which it was refused", async () => {
    const { memory, view } = await look();
    memory.dead = { versionNo: 7, since: 0, looks: 1 };
    expect(view().current.isSurelyDead).toBe(false);
    memory.dead = { versionNo: 7, since: 0, looks: 2 };
    expect(view().current.isSurelyDead).toBe(true);
    memory.dead = { versionNo: 6, since: 0, looks: 2 };
    expect(view().current.isSurelyDead).toBe(false);
  });

  test("is surely dead, where we choose it, only for refusals of this very version, the last in this look", async () => {
    const { memory, callerView, rig } = await look();
    rig.clock.advance(100_000);
    memory.dead = { versionNo: 7, since: 0, looks: 2 };
    expect(callerView().current.isSurelyDead).toBe(false);
    noteLogin(memory, rig, 7, "unknown");
    expect(callerView().current.isSurelyDead).toBe(false);
    noteLogin(memory, rig, 7, "rejected");
    expect(callerView().current.isSurelyDead).toBe(true);
    memory.dead = { versionNo: 6, since: 0, looks: 2 };
    expect(callerView().current.isSurelyDead).toBe(false);
    expect(callerViewOf(rig.invocation, memory, "heal", null).current.isSurelyDead).toBe(false);
  });
});

describe("a twin of CURRENT", () => {
  test("is never CURRENT itself, nor what Vault refused to promote", async () => {
    const plain = await look([current]);
    expect(plain.view().current.twinNo).toBeNull();
    const held = await look([deprecated(5, credential("S7")), { ...current, content: claim("S7") }]);
    expect(held.view().current.twinNo).toBe(5);
    held.memory.unpromotable.add(5);
    expect(held.view().current.twinNo).toBeNull();
  });

  test("is not looked for where a value cannot be told", async () => {
    const unreadable = await look([deprecated(5, credential("S7")), { ...current, content: "not json" }]);
    await readAll(unreadable.rig.invocation, unreadable.memory, unreadable.seen.list);
    expect(unreadable.view().current.twinNo).toBeNull();
    const other = await look([deprecated(5, "not json"), { ...current, content: claim("S7") }]);
    expect(other.view().current.twinNo).toBeNull();
    const unread = await look([deprecated(5, credential("S7")), current]);
    expect(unread.view().current.twinNo).toBeNull();
  });
});

describe("the other credentials", () => {
  async function others(versions: readonly Written[]): Promise<number[] | undefined> {
    const { rig, memory, seen, view } = await look(versions);
    await readAll(rig.invocation, memory, seen.list);
    expect(view().others).toBeNull();
    memory.hasReadOthers = true;
    return view().others?.map(({ versionNo }) => versionNo);
  }

  test("are each value once, the newest first, without CURRENT's and PENDING's own", async () => {
    const pending: Written = { no: 9, stages: ["PENDING", "LATEST"], content: credential("S9") };
    const old = [1, 2, 3].map((no) => deprecated(no, credential(`S${no % 2}`)));
    expect(await others([...old, current])).toEqual([3, 2]);
    const twins = [deprecated(4, credential("S7")), deprecated(5, credential("S9"))];
    expect(await others([...old, ...twins, current, pending])).toEqual([3, 2]);
    expect(await others([...old, ...twins, current])).toEqual([5, 3, 2]);
  });

  test("are no claims, nothing that is not understood, and nothing that awaits deletion", async () => {
    const versions = [
      deprecated(1, claim("S1")),
      deprecated(2, "not json"),
      deprecated(3, credential("S3"), { isBeingDeleted: true }),
      deprecated(4, credential("S4")),
    ];
    expect(await others([...versions, current])).toEqual([4]);
  });

  test("are told although CURRENT is not understood, and by whether Vault would promote them", async () => {
    const { rig, memory, seen, view, callerView } = await look([
      deprecated(4, credential("S4")),
      deprecated(5, credential("S5")),
      { ...current, content: "not json" },
    ]);
    await readAll(rig.invocation, memory, seen.list);
    memory.hasReadOthers = true;
    memory.unpromotable.add(4);
    noteLogin(memory, rig, 5, "accepted");
    const expected = [
      { versionNo: 5, verdict: "accepted", isPromotable: true },
      { versionNo: 4, verdict: "not-asked", isPromotable: false },
    ];
    expect(view().others).toEqual(expected);
    expect(callerView().others).toEqual(expected);
  });
});

describe("the credential of a version", () => {
  test("is there once it was read and understood; else why not is said", async () => {
    const { memory } = await look([current, { no: 8, stages: ["PENDING"], content: "not json" }]);
    expect(usable(memory, 7).credential.clientSecret.reveal()).toBe("S7");
    await expectFailure(() => usable(memory, 8), "CONTENT_INVALID", "is not JSON");
    await expectFailure(() => usable(memory, 4), "INTERNAL", "version 4 was used without being read");
  });
});
