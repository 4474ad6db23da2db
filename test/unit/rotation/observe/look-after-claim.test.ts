import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { claim, createRig, credential, holdClaim, noteLogin, type Rig, type Written } from "../rig.ts";
import { issuerState } from "./state-rig.ts";

const current: Written = { no: 1, stages: ["CURRENT", "LATEST"], content: credential("S0") };
const mine: Written = {
  no: 2,
  stages: ["PENDING", "LATEST"],
  content: claim("S0", { callId: "me" }),
  name: "orot-2",
  ageSeconds: 0,
};

/** Looks, logs in, writes the claim, does `between`, and looks again: what that look asked of Vault, and what it found. */
async function lookAfterClaim(
  verdict: "accepted" | "rejected" | "unknown",
  between: (rig: Rig) => void,
  claimIs = { isConfirmed: true, isJustWritten: true },
) {
  const rig = createRig([current]);
  const attempt = createAttempt(null);
  const first = await observe({ context: rig.context, attempt }, true, null);
  noteLogin(attempt, rig, 1, verdict);
  holdClaim(attempt, rig, { callId: "me", name: "orot-2", ...claimIs });
  rig.vault.versions = [{ ...current, stages: ["CURRENT"] }, mine];
  between(rig);
  rig.asked.length = 0;
  const second = await observe({ context: rig.context, attempt }, true, first);
  const third = () => observe({ context: rig.context, attempt }, true, second);
  const state = () => {
    if (second === null) throw new Error("the secret is UPDATING");
    return issuerState(rig, attempt, second);
  };
  return { rig, attempt, second, third, state };
}

const SHORT = ["read-secret"];

describe("the look after this call's own claim", () => {
  test("reads only the secret, keeps CURRENT's verdict, and finds the claim on top and fresh", async () => {
    const { rig, state, second, attempt } = await lookAfterClaim("accepted", (rig) => {
      rig.vault.etag = 2;
      rig.clock.advance(29_999);
    });
    expect(rig.asked).toEqual(SHORT);
    expect(state().current).toMatchObject({ versionNo: 1, verdict: "accepted" });
    expect(state().claim).toMatchObject({ holder: "mine" });
    const [own, ...below] = second?.list.versions ?? [];
    expect(own).toEqual({
      versionNo: 2,
      name: "orot-2",
      versionStages: ["PENDING", "LATEST"],
      createdAt: second?.list.asOf,
      isBeingDeleted: false,
    });
    expect(second).toMatchObject({ claim: own, pending: null, current: { versionNo: 1 } });
    expect(below.map(({ versionNo }) => versionNo)).toEqual([1]);
    expect(attempt.read.etag).toBe("etag-2");
  });

  test("is a full one if CURRENT has another number", async () => {
    const { rig, state } = await lookAfterClaim("accepted", (rig) => {
      rig.vault.versions = [
        { ...current, stages: ["PREVIOUS"] },
        { ...mine, stages: ["DEPRECATED"] },
        { no: 3, stages: ["CURRENT", "LATEST"], content: credential("S9") },
      ];
    });
    expect(rig.asked).toEqual([...SHORT, "list", "read 3"]);
    expect(state().current).toMatchObject({ versionNo: 3, verdict: "not-asked" });
  });

  test("is a full one if CURRENT's verdict is thirty seconds old, and asks for it again", async () => {
    const { rig, state } = await lookAfterClaim("accepted", (rig) => rig.clock.advance(30_000));
    expect(rig.asked).toEqual([...SHORT, "list"]);
    expect(state().current.verdict).toBe("not-asked");
    expect(state().claim).toMatchObject({ holder: "mine" });
  });

  test.each(["rejected", "unknown"] as const)("is a full one if CURRENT was %s", async (verdict) => {
    const { rig } = await lookAfterClaim(verdict, () => undefined);
    expect(rig.asked).toEqual([...SHORT, "list"]);
  });

  test("is a full one if CURRENT was not asked", async () => {
    const rig = createRig([current]);
    const attempt = createAttempt(null);
    const first = await observe({ context: rig.context, attempt }, true, null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-2", isConfirmed: true, isJustWritten: true });
    rig.asked.length = 0;
    expect(await observe({ context: rig.context, attempt }, true, first)).toMatchObject({ current: { versionNo: 1 } });
    expect(rig.asked).toEqual([...SHORT, "list"]);
  });

  test("is a full one if no look went before it", async () => {
    const rig = createRig([current]);
    const attempt = createAttempt(null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-2", isConfirmed: true, isJustWritten: true });
    expect(await observe({ context: rig.context, attempt }, true, null)).toMatchObject({ current: { versionNo: 1 } });
    expect(rig.asked.slice(0, 2)).toEqual([...SHORT, "list"]);
  });

  test("counts the claim's number from the highest version, not from CURRENT's", async () => {
    const above: Written = { no: 4, stages: ["DEPRECATED"], content: credential("S4") };
    const rig = createRig([current, above]);
    const attempt = createAttempt(null);
    const first = await observe({ context: rig.context, attempt }, true, null);
    noteLogin(attempt, rig, 1, "accepted");
    holdClaim(attempt, rig, { callId: "me", name: "orot-5", isConfirmed: true, isJustWritten: true });
    rig.asked.length = 0;
    expect((await observe({ context: rig.context, attempt }, true, first))?.claim).toMatchObject({
      versionNo: 5,
      name: "orot-5",
    });
    expect(rig.asked).toEqual(SHORT);
  });

  test("is a full one if the claim's answer was lost", async () => {
    const { rig, state } = await lookAfterClaim("accepted", () => undefined, {
      isConfirmed: false,
      isJustWritten: false,
    });
    expect(rig.asked).toEqual([...SHORT, "list", "read 2"]);
    expect(state().claim.holder).toBe("mine");
  });

  test("waits for ACTIVE first, and is still a short one then", async () => {
    const { rig, second, attempt } = await lookAfterClaim("accepted", (rig) => {
      rig.vault.lifecycle = "UPDATING";
    });
    expect(second).toBeNull();
    expect(rig.asked).toEqual(SHORT);
    expect(attempt.locks.claim?.isJustWritten).toBe(true);
  });

  test("is short once: the next is a full one", async () => {
    const { rig, third } = await lookAfterClaim("accepted", () => undefined);
    rig.asked.length = 0;
    await third();
    expect(rig.asked).toEqual([...SHORT, "list"]);
  });
});
