import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { sameValueNoOf } from "../../../../src/rotation/observe/others.ts";
import { usable } from "../../../../src/rotation/observe/values.ts";
import { expectFailure } from "../../../support/failures.ts";
import { claim, credential, noteLogin, observed, type Written } from "../rig.ts";
import { current, deprecated } from "./observe-rig.ts";
import { issuerState, look } from "./state-rig.ts";

describe("CURRENT's value", () => {
  test("is the one first seen as long as its number is, understood or not", async () => {
    for (const content of [credential("S7"), "not json"]) {
      const { rig, seen, state, attempt } = await look([{ ...current, content }]);
      noteLogin(attempt, rig, 7, "accepted");
      expect(state().current).toEqual({ versionNo: 7, verdict: "accepted", holds: "start-value", sameValueNo: null });
      const later = createAttempt(null);
      noteLogin(later, rig, 7, "accepted");
      expect(issuerState(rig, later, seen).current).toMatchObject({ holds: "start-value" });
    }
  });

  test.each([
    ["not json", credential("S7")],
    [credential("S7"), "not json"],
  ])("is another if one of the two cannot be told: %o, then %o", async (first, now) => {
    const { rig, attempt } = await look([{ ...current, content: first }]);
    rig.vault.versions = [
      deprecated(7, first, { stages: ["PREVIOUS"] }),
      { no: 9, stages: ["CURRENT", "LATEST"], content: now },
    ];
    const seen = await observed(rig, attempt);
    noteLogin(attempt, rig, 9, "accepted");
    expect(issuerState(rig, attempt, seen).current).toMatchObject({ holds: "new-value" });
  });

  test("is confirmed dead from the second look in which it was refused", async () => {
    const { attempt, state, rig } = await look();
    noteLogin(attempt, rig, 7, "rejected");
    expect(state().current).toEqual({ versionNo: 7, verdict: "rejected", isConfirmed: false });
    attempt.read.currentRefusal = { versionNo: 7, since: 0, looks: 1 };
    expect(state().current).toMatchObject({ isConfirmed: false });
    attempt.read.currentRefusal = { versionNo: 7, since: 0, looks: 2 };
    expect(state().current).toMatchObject({ isConfirmed: true });
    attempt.read.currentRefusal = { versionNo: 6, since: 0, looks: 2 };
    expect(state().current).toMatchObject({ isConfirmed: false });
  });

  test("is confirmed dead, if we choose it, only for refusals of this very version, the last in this look", async () => {
    const { attempt, callerState, rig } = await look();
    rig.clock.advance(100_000);
    attempt.read.currentRefusal = { versionNo: 7, since: 0, looks: 2 };
    expect(callerState().current).toEqual({ versionNo: 7, verdict: "not-asked" });
    noteLogin(attempt, rig, 7, "unknown");
    expect(callerState().current).toEqual({ versionNo: 7, verdict: "unknown" });
    noteLogin(attempt, rig, 7, "rejected");
    expect(callerState().current).toEqual({ versionNo: 7, verdict: "rejected", isConfirmed: true });
    attempt.read.currentRefusal = { versionNo: 6, since: 0, looks: 2 };
    expect(callerState().current).toMatchObject({ isConfirmed: false });
  });
});

describe("a credential with the value of a claim in CURRENT", () => {
  test("is what CURRENT gives way to once it logs in, unless Vault refused to promote it", async () => {
    const { rig, attempt, state } = await look([deprecated(5, credential("S5")), { ...current, content: claim("S5") }]);
    noteLogin(attempt, rig, 7, "accepted");
    expect(state().current).toMatchObject({ verdict: "accepted", sameValueNo: 5 });
    attempt.writes.unpromotable.add(5);
    expect(state().current).toMatchObject({ verdict: "accepted", sameValueNo: null });
  });

  test("does not matter if CURRENT is no claim, or its value cannot be told", async () => {
    for (const content of [credential("S7"), "not json"]) {
      const { rig, attempt, seen } = await look([deprecated(5, credential("S7")), { ...current, content }]);
      await readAll({ context: rig.context, attempt }, seen.list);
      expect(sameValueNoOf(attempt, seen)).toBeNull();
    }
  });

  test("is none that holds another value, or is not understood", async () => {
    const held = { ...current, content: claim("S1", { base: 4 }) };
    const { attempt, seen } = await look([deprecated(4, claim("S1")), deprecated(5, "not json"), held]);
    expect(sameValueNoOf(attempt, seen)).toBeNull();
  });
});

describe("the other credentials", () => {
  async function others(versions: readonly Written[]): Promise<number[] | undefined> {
    const { rig, attempt, seen, state } = await look(versions);
    await readAll({ context: rig.context, attempt }, seen.list);
    expect(state().others).toBeNull();
    attempt.read.hasReadOthers = true;
    return state().others?.map(({ versionNo }) => versionNo);
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

  test("are none of another client, and none at all if it is not known whose they would be", async () => {
    const mixed = [deprecated(4, credential("S4", { clientId: "another" })), deprecated(5, credential("S5"))];
    expect(await others([...mixed, current])).toEqual([5]);
    expect(await others([...mixed, { ...current, content: "not json" }])).toEqual([]);
  });

  test("say whether Vault would promote them", async () => {
    const { rig, attempt, seen, state, callerState } = await look([
      deprecated(4, credential("S4")),
      deprecated(5, credential("S5")),
      current,
    ]);
    await readAll({ context: rig.context, attempt }, seen.list);
    attempt.read.hasReadOthers = true;
    attempt.writes.unpromotable.add(4);
    noteLogin(attempt, rig, 5, "accepted");
    const expected = [
      { versionNo: 5, verdict: "accepted", isPromotable: true },
      { versionNo: 4, verdict: "not-asked", isPromotable: false },
    ];
    expect(state().others).toEqual(expected);
    expect(callerState().others).toEqual(expected);
  });
});

describe("the credential of a version", () => {
  test("is there once it was read and understood; else why not is said", async () => {
    const { attempt } = await look([current, { no: 8, stages: ["PENDING"], content: "not json" }]);
    expect(usable(attempt.read, 7).credential.clientSecret.reveal()).toBe("S7");
    await expectFailure(() => usable(attempt.read, 8), "CONTENT_INVALID", "is not JSON");
    await expectFailure(() => usable(attempt.read, 4), "INTERNAL", "version 4 was used without being read");
  });
});
