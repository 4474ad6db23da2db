import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { createMemory, type Memory } from "../../../../src/rotation/memory.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { type Observation, observe } from "../../../../src/rotation/observe/observe.ts";
import { noteCurrent } from "../../../../src/rotation/observe/values.ts";
import { mayBePromoted, viewOf } from "../../../../src/rotation/observe/view.ts";
import { callerViewOf } from "../../../../src/rotation/observe/view-caller.ts";
import { takeCopy, takeIntoHand } from "../../../../src/rotation/stages/hand.ts";
import { claim, createRig, credential, noteLogin, ownValue, type Rig, type Written } from "../rig.ts";

const current: Written = { no: 1, stages: ["CURRENT"], content: credential("S0") };
const pending = (ageSeconds: number, value = "S1"): Written => ({
  no: 3,
  stages: ["PENDING", "LATEST"],
  content: credential(value),
  ageSeconds,
});

/** A look that finds Vault ACTIVE. */
async function seeing(rig: Rig, memory: Memory): Promise<Observation> {
  const seen = await observe(rig.invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return seen;
}

const viewing = (rig: Rig, memory: Memory, seen: Observation) => viewOf(rig.invocation, memory, "rotation", seen);

describe("a refusal", () => {
  test.each([
    [59, "unknown"],
    [60, "rejected"],
  ] as const)("of a value stored %i s ago counts as %s, in CURRENT, PENDING and below", async (ageSeconds, verdict) => {
    const old: Written = { no: 2, stages: ["DEPRECATED"], content: credential("S2"), ageSeconds };
    const rig = createRig([{ ...current, ageSeconds }, old, pending(ageSeconds)]);
    const memory = createMemory(null);
    const seen = await seeing(rig, memory);
    await readAll(rig.invocation, memory, seen.list);
    memory.hasReadOthers = true;
    for (const no of [1, 2, 3]) noteLogin(memory, rig, no, "rejected");
    const view = viewing(rig, memory, seen);
    expect(view.current.verdict).toBe(verdict);
    expect(view.pending?.verdict).toBe(verdict);
    expect(view.others).toEqual([{ versionNo: 2, verdict, isPromotable: true }]);
  });

  test("of a value stored long ago holds, and so does any other verdict on a young one", async () => {
    for (const [ageSeconds, verdict] of [
      [86_400, "rejected"],
      [1, "accepted"],
      [1, "unknown"],
    ] as const) {
      const rig = createRig([{ ...current, ageSeconds }]);
      const memory = createMemory(null);
      const seen = await seeing(rig, memory);
      noteLogin(memory, rig, 1, verdict);
      expect(viewing(rig, memory, seen).current.verdict).toBe(verdict);
    }
  });

  test.each([
    [59_999, "unknown", true],
    [60_000, "rejected", false],
  ] as const)("of a value received %i ms ago counts as %s", async (ms, verdict, isYoung) => {
    const rig = createRig([current]);
    const memory = createMemory(null);
    const seen = await seeing(rig, memory);
    takeIntoHand(rig.invocation, memory, seen, new Secret("S1"), true);
    if (memory.hand !== null) memory.hand.login = { verdict: "rejected" };
    rig.clock.advance(ms);
    expect(viewing(rig, memory, seen).hand).toEqual({ verdict, isYoung });
  });

  test("is forgotten by the next look", async () => {
    const rig = createRig([current]);
    const memory = createMemory(null);
    await seeing(rig, memory);
    noteLogin(memory, rig, 1, "rejected");
    const again = await seeing(rig, memory);
    expect(viewing(rig, memory, again).current.verdict).toBe("not-asked");
  });
});

describe("a value in hand", () => {
  async function lookAfterWriting(written: Written, isCopy: boolean): Promise<Memory["hand"]> {
    const rig = createRig([current, { no: 2, stages: ["DEPRECATED"], content: credential("S1") }]);
    const memory = createMemory(null);
    const seen = await seeing(rig, memory);
    await readAll(rig.invocation, memory, seen.list);
    if (isCopy) takeCopy(rig.invocation, memory, seen, 2);
    else takeIntoHand(rig.invocation, memory, seen, new Secret("S1"), true);
    rig.vault.versions.push(written);
    await seeing(rig, memory);
    return memory.hand;
  }

  test("that a newer credential holds was stored after all", async () => {
    expect(await lookAfterWriting(pending(1), false)).toBeNull();
    expect(await lookAfterWriting({ ...pending(1), stages: ["DEPRECATED", "LATEST"] }, false)).toBeNull();
  });

  test("that only a claim or an older version holds is not stored", async () => {
    expect(await lookAfterWriting({ ...pending(1), content: claim("S1") }, false)).not.toBeNull();
    expect(await lookAfterWriting({ ...pending(1), content: credential("S9") }, false)).not.toBeNull();
  });

  test("that was copied is stored once a version that is not DEPRECATED holds it", async () => {
    expect(await lookAfterWriting({ ...pending(1), stages: ["DEPRECATED", "LATEST"] }, true)).not.toBeNull();
    expect(await lookAfterWriting(pending(1), true)).toBeNull();
  });
});

describe("a claim in CURRENT", () => {
  const held: Written = { no: 4, stages: ["CURRENT", "LATEST"], content: claim("S0"), ageSeconds: 3600 };
  const old = (no: number, content: unknown): Written => ({ no, stages: ["DEPRECATED"], content });

  async function twinAmong(...versions: Written[]): Promise<number | null> {
    const rig = createRig([...versions, held]);
    const memory = createMemory(null);
    const seen = await seeing(rig, memory);
    const { isClaim, twinNo } = viewing(rig, memory, seen).current;
    expect(isClaim).toBe(true);
    return twinNo;
  }

  test("has a twin in the newest credential with its value", async () => {
    expect(await twinAmong(old(1, credential("S0")), old(2, credential("S0")), old(3, credential("S1")))).toBe(2);
  });

  test("has none in another claim, in what awaits deletion or in another value", async () => {
    expect(await twinAmong(old(1, claim("S0")), old(2, credential("S1")))).toBeNull();
    const leaving = { ...old(2, credential("S0")), isBeingDeleted: true };
    expect(await twinAmong(old(1, claim("S0")), leaving)).toBeNull();
  });

  test("with the value first seen is nobody's rotation; a credential with another is", async () => {
    const rig = createRig([{ ...current }]);
    const memory = createMemory(null);
    await seeing(rig, memory);
    rig.vault.versions = [{ ...current, stages: ["PREVIOUS"] }, held];
    expect(viewing(rig, memory, await seeing(rig, memory)).current.isFirstSeen).toBe(true);
    rig.vault.versions = [
      { ...current, stages: ["PREVIOUS"] },
      { ...held, no: 5, content: credential("S1") },
    ];
    expect(viewing(rig, memory, await seeing(rig, memory)).current.isFirstSeen).toBe(false);
  });
});

describe("a mint of mine", () => {
  async function isSettled(wasCurrentAccepted: boolean, ms: number, verdict: "accepted" | "rejected" | "unknown") {
    const rig = createRig([current]);
    const memory = createMemory(null);
    const seen = await seeing(rig, memory);
    memory.openMint = { at: rig.clock.monotonic(), wasCurrentAccepted };
    rig.clock.advance(ms);
    noteLogin(memory, rig, 1, verdict);
    return viewing(rig, memory, seen).mint.isSettled;
  }

  test("is settled at once where it killed a CURRENT that had been accepted", async () => {
    expect(await isSettled(true, 0, "rejected")).toBe(true);
    expect(await isSettled(true, 0, "unknown")).toBe(false);
    expect(await isSettled(true, 0, "accepted")).toBe(false);
  });

  test("over a CURRENT that was dead before is settled by time alone", async () => {
    expect(await isSettled(false, 59_999, "rejected")).toBe(false);
    expect(await isSettled(false, 60_000, "rejected")).toBe(true);
  });

  test("is settled after the landing bound whatever CURRENT says", async () => {
    expect(await isSettled(true, 59_999, "accepted")).toBe(false);
    expect(await isSettled(true, 60_000, "accepted")).toBe(true);
  });
});

describe("a PENDING credential where we choose the value", () => {
  const MADE = ownValue("S0");
  async function pendingView(ageSeconds: number, note: (memory: Memory, rig: Rig) => void = () => undefined) {
    const rig = createRig([current, pending(ageSeconds, MADE)]);
    const memory = createMemory(null);
    const seen = await seeing(rig, memory);
    note(memory, rig);
    return callerViewOf(rig.invocation, memory, "rotation", seen).pending;
  }
  const generated = (memory: Memory, rig: Rig) => {
    memory.generated = { clientSecret: new Secret(MADE), startedAt: rig.clock.monotonic() };
  };
  const sent = (isRefused: boolean) => (memory: Memory, rig: Rig) => {
    generated(memory, rig);
    memory.install = { clientSecret: new Secret(MADE), at: rig.clock.monotonic(), isRefused };
  };
  const nothing = { isLive: false, isRefused: false, isInstalling: false, isUntried: false };

  test("of another belongs to its writer for its time and the landing bound", async () => {
    expect(await pendingView(149)).toMatchObject({ ...nothing, isLive: true });
    expect(await pendingView(150)).toMatchObject(nothing);
  });

  test("of this call is untried until it is sent, then installing, and nobody's own lock", async () => {
    expect(await pendingView(1, generated)).toMatchObject({ ...nothing, isUntried: true });
    expect(await pendingView(1, sent(false))).toMatchObject({ ...nothing, isInstalling: true });
    expect(await pendingView(1, sent(true))).toMatchObject({ ...nothing, isRefused: true });
  });

  test("of this call is installing for the landing bound, and its own for the time of a claim", async () => {
    const later = (ms: number) => (memory: Memory, rig: Rig) => {
      sent(false)(memory, rig);
      rig.clock.advance(ms);
    };
    expect(await pendingView(1, later(59_999))).toMatchObject({ isInstalling: true });
    expect(await pendingView(1, later(60_000))).toMatchObject({ isInstalling: false });
    const tooLate = (memory: Memory, rig: Rig) => {
      generated(memory, rig);
      rig.clock.advance(90_000);
    };
    expect(await pendingView(1, tooLate)).toMatchObject({ isUntried: false, isLive: true });
  });
});

describe("a CURRENT where we choose the value", () => {
  function deathOf(memory: Memory, rig: Rig, seen: Observation, verdict: "accepted" | "rejected"): boolean {
    noteLogin(memory, rig, seen.current.versionNo, verdict);
    noteCurrent(memory, seen.current.versionNo, verdict, rig.clock.monotonic());
    return callerViewOf(rig.invocation, memory, "rotation", seen).current.isSurelyDead;
  }

  test("is surely dead while it is refused, from the landing bound after the first refusal", async () => {
    const rig = createRig([current]);
    const memory = createMemory(null);
    const seen = await seeing(rig, memory);
    expect(deathOf(memory, rig, seen, "rejected")).toBe(false);
    rig.clock.advance(59_999);
    expect(deathOf(memory, rig, seen, "rejected")).toBe(false);
    rig.clock.advance(1);
    expect(deathOf(memory, rig, seen, "rejected")).toBe(true);
    expect(deathOf(memory, rig, seen, "accepted")).toBe(false);
    expect(deathOf(memory, rig, seen, "rejected")).toBe(false);
  });

  test("that another has promoted meanwhile is given the landing bound of its own", async () => {
    const rig = createRig([current, pending(3_600)]);
    const memory = createMemory(null);
    expect(deathOf(memory, rig, await seeing(rig, memory), "rejected")).toBe(false);
    rig.clock.advance(60_000);
    rig.vault.versions = [
      { ...current, stages: ["PREVIOUS"] },
      { ...pending(3_600), stages: ["CURRENT", "LATEST"] },
    ];
    expect(deathOf(memory, rig, await seeing(rig, memory), "rejected")).toBe(false);
  });
});

describe("a CURRENT that this rotation may have promoted already", () => {
  async function may(version: Partial<Written>, asked: number | null): Promise<boolean> {
    const rig = createRig([{ ...current, name: "orot-1", ...version }]);
    return mayBePromoted(await seeing(rig, createMemory(null)), asked);
  }

  test("is ours, and either the version asked about or younger than an hour", async () => {
    expect(await may({ ageSeconds: 3_599 }, null)).toBe(true);
    expect(await may({ ageSeconds: 3_600 }, null)).toBe(false);
    expect(await may({ ageSeconds: 3_600 }, 1)).toBe(true);
    expect(await may({ ageSeconds: 3_600 }, 2)).toBe(false);
    expect(await may({ ageSeconds: 1, name: "by-hand" }, 1)).toBe(false);
    expect(mayBePromoted(null, 1)).toBe(false);
  });
});
