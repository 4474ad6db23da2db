import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { type Attempt, createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import type { Snapshot } from "../../../../src/rotation/observe/observe.ts";
import { sameValueNoOf } from "../../../../src/rotation/observe/others.ts";
import { callerStateOf } from "../../../../src/rotation/observe/state.ts";
import { stepStateOf } from "../../../../src/rotation/observe/step-state.ts";
import { recordVerdict } from "../../../../src/rotation/observe/values.ts";
import { copyVersion, keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { claim, createRig, credential, noteLogin, observed, ownValue, type Rig, type Written } from "../rig.ts";
import { issuerState } from "./state-rig.ts";

const current: Written = { no: 1, stages: ["CURRENT"], content: credential("S0") };
const pending = (ageSeconds: number, value = "S1"): Written => ({
  no: 3,
  stages: ["PENDING", "LATEST"],
  content: credential(value),
  ageSeconds,
});

describe("a refusal", () => {
  test.each([
    [59, "unknown"],
    [60, "rejected"],
  ] as const)("of a value stored %i s ago counts as %s, in CURRENT, PENDING and below", async (ageSeconds, verdict) => {
    const old: Written = { no: 2, stages: ["DEPRECATED"], content: credential("S2"), ageSeconds };
    const rig = createRig([{ ...current, ageSeconds }, old, pending(ageSeconds)]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    await readAll({ context: rig.context, attempt }, seen.list);
    attempt.read.hasReadOthers = true;
    for (const no of [1, 2, 3]) noteLogin(attempt, rig, no, "rejected");
    const state = issuerState(rig, attempt, seen);
    expect(state.current.verdict).toBe(verdict);
    expect(state.pending?.verdict).toBe(verdict);
    expect(state.others).toEqual([{ versionNo: 2, verdict, isPromotable: true }]);
  });

  test("of a value stored long ago holds, and so does any other verdict on a young one", async () => {
    for (const [ageSeconds, verdict] of [
      [86_400, "rejected"],
      [1, "accepted"],
      [1, "unknown"],
    ] as const) {
      const rig = createRig([{ ...current, ageSeconds }]);
      const attempt = createAttempt(null);
      const seen = await observed(rig, attempt);
      noteLogin(attempt, rig, 1, verdict);
      expect(issuerState(rig, attempt, seen).current.verdict).toBe(verdict);
    }
  });

  test.each([
    [59_999, "unknown", true],
    [60_000, "rejected", false],
  ] as const)("of a value received %i ms ago counts as %s", async (ms, verdict, isYoung) => {
    const rig = createRig([current]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    keepUnsaved({ context: rig.context, attempt, snapshot: seen }, new Secret("S1"), true);
    if (attempt.unsaved !== null) attempt.unsaved.login = { verdict: "rejected" };
    rig.clock.advance(ms);
    expect(issuerState(rig, attempt, seen).unsaved).toMatchObject({ verdict, isYoung });
  });

  test("is forgotten by the next look", async () => {
    const rig = createRig([current]);
    const attempt = createAttempt(null);
    await observed(rig, attempt);
    noteLogin(attempt, rig, 1, "rejected");
    const again = await observed(rig, attempt);
    expect(issuerState(rig, attempt, again).current.verdict).toBe("not-asked");
  });
});

describe("an unsaved value", () => {
  async function lookAfterWriting(written: Written, isCopy: boolean): Promise<Attempt["unsaved"]> {
    const rig = createRig([current, { no: 2, stages: ["DEPRECATED"], content: credential("S1") }]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    await readAll({ context: rig.context, attempt }, seen.list);
    if (isCopy) copyVersion({ context: rig.context, attempt, snapshot: seen }, 2);
    else keepUnsaved({ context: rig.context, attempt, snapshot: seen }, new Secret("S1"), true);
    rig.vault.versions.push(written);
    await observed(rig, attempt);
    return attempt.unsaved;
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
  async function holds(rig: Rig, attempt: Attempt) {
    const seen = await observed(rig, attempt);
    noteLogin(attempt, rig, seen.current.versionNo, "accepted");
    const { current: now } = issuerState(rig, attempt, seen);
    return now.verdict === "accepted" ? now.holds : now.verdict;
  }

  const held: Written = { no: 4, stages: ["CURRENT", "LATEST"], content: claim("S0"), ageSeconds: 3600 };
  const old = (no: number, content: unknown): Written => ({ no, stages: ["DEPRECATED"], content });

  async function twinAmong(...versions: Written[]): Promise<number | null> {
    const rig = createRig([...versions, held]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    return sameValueNoOf(attempt, seen);
  }

  test("has a twin in the newest credential with its value", async () => {
    expect(await twinAmong(old(1, credential("S0")), old(2, credential("S0")), old(3, credential("S1")))).toBe(2);
  });

  test("has none in another claim, in what awaits deletion or in another value", async () => {
    expect(await twinAmong(old(1, claim("S0")), old(2, credential("S1")))).toBeNull();
    const leaving = { ...old(2, credential("S0")), isBeingDeleted: true };
    expect(await twinAmong(old(1, claim("S0")), leaving)).toBeNull();
  });

  test("with the value first seen is no rotation; a credential with another is", async () => {
    const rig = createRig([{ ...current }]);
    const attempt = createAttempt(null);
    await observed(rig, attempt);
    rig.vault.versions = [{ ...current, stages: ["PREVIOUS"] }, held];
    expect(await holds(rig, attempt)).toBe("start-value");
    rig.vault.versions = [
      { ...current, stages: ["PREVIOUS"] },
      { ...held, no: 5, content: credential("S1") },
    ];
    expect(await holds(rig, attempt)).toBe("new-value");
  });
});

describe("a mint of mine", () => {
  async function inFlight(wasCurrentAccepted: boolean, ms: number, verdict: "accepted" | "rejected" | "unknown") {
    const rig = createRig([current]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    attempt.requests.openMint = { at: rig.clock.monotonic(), wasCurrentAccepted };
    rig.clock.advance(ms);
    noteLogin(attempt, rig, 1, verdict);
    return issuerState(rig, attempt, seen).inFlight;
  }

  test("is settled at once if it killed a CURRENT that had been accepted", async () => {
    expect(await inFlight(true, 0, "rejected")).toBe(null);
    expect(await inFlight(true, 0, "unknown")).toBe("mint");
    expect(await inFlight(true, 0, "accepted")).toBe("mint");
  });

  test("over a CURRENT that was dead before is settled only by time", async () => {
    expect(await inFlight(false, 59_999, "rejected")).toBe("mint");
    expect(await inFlight(false, 60_000, "rejected")).toBe(null);
  });

  test("is settled after the landing bound whatever CURRENT says", async () => {
    expect(await inFlight(true, 59_999, "accepted")).toBe("mint");
    expect(await inFlight(true, 60_000, "accepted")).toBe(null);
  });
});

describe("a PENDING credential if we choose the value", () => {
  const MADE = ownValue("S0");
  async function pendingPhase(ageSeconds: number, note: (attempt: Attempt, rig: Rig) => void = () => undefined) {
    const rig = createRig([current, pending(ageSeconds, MADE)]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    note(attempt, rig);
    return callerStateOf({ context: rig.context, attempt, snapshot: seen }, "rotation").pending?.phase;
  }
  const generated = (attempt: Attempt, rig: Rig) => {
    attempt.requests.generated = { clientSecret: new Secret(MADE), startedAt: rig.clock.monotonic() };
  };
  const sent = (isRefused: boolean) => (attempt: Attempt, rig: Rig) => {
    generated(attempt, rig);
    attempt.requests.install = { clientSecret: new Secret(MADE), at: rig.clock.monotonic(), isRefused };
  };

  test("of another belongs to its writer for its time and the landing bound", async () => {
    expect(await pendingPhase(149)).toBe("theirs");
    expect(await pendingPhase(150)).toBe("stored");
  });

  test("of this call is untried until it is sent, then installing, and no other run's lock", async () => {
    expect(await pendingPhase(1, generated)).toBe("untried");
    expect(await pendingPhase(1, sent(false))).toBe("sent");
    expect(await pendingPhase(1, sent(true))).toBe("refused");
  });

  test("of this call is installing for the landing bound, and its own for the time of a claim", async () => {
    const later = (ms: number) => (attempt: Attempt, rig: Rig) => {
      sent(false)(attempt, rig);
      rig.clock.advance(ms);
    };
    expect(await pendingPhase(1, later(59_999))).toBe("sent");
    expect(await pendingPhase(1, later(60_000))).toBe("stored");
    const tooLate = (attempt: Attempt, rig: Rig) => {
      generated(attempt, rig);
      rig.clock.advance(90_000);
    };
    expect(await pendingPhase(1, tooLate)).toBe("theirs");
  });
});

describe("a CURRENT if we choose the value", () => {
  function isDead(attempt: Attempt, rig: Rig, seen: Snapshot, verdict: "accepted" | "rejected"): boolean {
    noteLogin(attempt, rig, seen.current.versionNo, verdict);
    recordVerdict(attempt.read, seen.current.versionNo, verdict, rig.clock.monotonic());
    const { current: now } = callerStateOf({ context: rig.context, attempt, snapshot: seen }, "rotation");
    return now.verdict === "rejected" && now.isConfirmed;
  }

  test("is surely dead while it is refused, from the landing bound after the first refusal", async () => {
    const rig = createRig([current]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    expect(isDead(attempt, rig, seen, "rejected")).toBe(false);
    rig.clock.advance(59_999);
    expect(isDead(attempt, rig, seen, "rejected")).toBe(false);
    rig.clock.advance(1);
    expect(isDead(attempt, rig, seen, "rejected")).toBe(true);
    expect(isDead(attempt, rig, seen, "accepted")).toBe(false);
    expect(isDead(attempt, rig, seen, "rejected")).toBe(false);
  });

  test("that another has promoted meanwhile is given the landing bound of its own", async () => {
    const rig = createRig([current, pending(3_600)]);
    const attempt = createAttempt(null);
    expect(isDead(attempt, rig, await observed(rig, attempt), "rejected")).toBe(false);
    rig.clock.advance(60_000);
    rig.vault.versions = [
      { ...current, stages: ["PREVIOUS"] },
      { ...pending(3_600), stages: ["CURRENT", "LATEST"] },
    ];
    expect(isDead(attempt, rig, await observed(rig, attempt), "rejected")).toBe(false);
  });
});

describe("a CURRENT that this rotation may have promoted already", () => {
  async function may(version: Partial<Written>, asked: number | null): Promise<boolean> {
    const rig = createRig([{ ...current, name: "orot-1", ...version }]);
    const attempt = createAttempt(null);
    return stepStateOf({ context: rig.context, attempt, snapshot: await observed(rig, attempt) }, asked).mayBePromoted;
  }

  test("is ours, and either the version asked about or younger than an hour", async () => {
    expect(await may({ ageSeconds: 3_599 }, null)).toBe(true);
    expect(await may({ ageSeconds: 3_600 }, null)).toBe(false);
    expect(await may({ ageSeconds: 3_600 }, 1)).toBe(true);
    expect(await may({ ageSeconds: 3_600 }, 2)).toBe(false);
    expect(await may({ ageSeconds: 1, name: "by-hand" }, 1)).toBe(false);
  });

  test("is no claim", async () => {
    const held: Written = { no: 4, name: "orot-4", stages: ["CURRENT"], content: claim("S0"), ageSeconds: 1 };
    const rig = createRig([{ ...current, stages: ["PREVIOUS"] }, held]);
    const attempt = createAttempt(null);
    const seen = await observed(rig, attempt);
    expect(stepStateOf({ context: rig.context, attempt, snapshot: seen }, 4)).toEqual({
      pending: null,
      current: { versionNo: 4, verdict: "not-asked" },
      mayBePromoted: false,
    });
  });
});
