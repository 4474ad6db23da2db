import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { usable, viewOf } from "../../../../src/rotation/observe/view.ts";
import { expectFailure } from "../../../support/failures.ts";
import { claim, credential, noteLogin, type Written } from "../rig.ts";
import { current, deprecated, look, observed } from "./view-rig.ts";

describe("CURRENT's value", () => {
  test("is the one first seen as long as its number is, understood or not", async () => {
    const { rig, seen, view } = await look();
    expect(view().current.isUnchanged).toBe(true);
    expect(viewOf(rig.context, createAttempt(null), "rotation", seen).current.isUnchanged).toBe(true);
    const unreadable = await look([{ ...current, content: "not json" }]);
    expect(unreadable.view().current).toMatchObject({ isUnchanged: true, isClaim: false });
  });

  test.each([
    ["not json", credential("S7")],
    [credential("S7"), "not json"],
  ])("is another where one of the two cannot be told: %o, then %o", async (first, now) => {
    const { rig, attempt } = await look([{ ...current, content: first }]);
    rig.vault.versions = [
      deprecated(7, first, { stages: ["PREVIOUS"] }),
      { no: 9, stages: ["CURRENT", "LATEST"], content: now },
    ];
    const seen = await observed(rig, attempt);
    expect(viewOf(rig.context, attempt, "rotation", seen).current.isUnchanged).toBe(false);
  });

  test("is surely dead from the second look in which it was refused", async () => {
    const { attempt, view } = await look();
    attempt.currentRefusal = { versionNo: 7, since: 0, looks: 1 };
    expect(view().current.isConfirmedDead).toBe(false);
    attempt.currentRefusal = { versionNo: 7, since: 0, looks: 2 };
    expect(view().current.isConfirmedDead).toBe(true);
    attempt.currentRefusal = { versionNo: 6, since: 0, looks: 2 };
    expect(view().current.isConfirmedDead).toBe(false);
  });

  test("is surely dead, where we choose it, only for refusals of this very version, the last in this look", async () => {
    const { attempt, callerView, rig } = await look();
    rig.clock.advance(100_000);
    attempt.currentRefusal = { versionNo: 7, since: 0, looks: 2 };
    expect(callerView().current.isConfirmedDead).toBe(false);
    noteLogin(attempt, rig, 7, "unknown");
    expect(callerView().current.isConfirmedDead).toBe(false);
    noteLogin(attempt, rig, 7, "rejected");
    expect(callerView().current.isConfirmedDead).toBe(true);
    attempt.currentRefusal = { versionNo: 6, since: 0, looks: 2 };
    expect(callerView().current.isConfirmedDead).toBe(false);
  });
});

describe("a twin of CURRENT", () => {
  test("is never CURRENT itself, nor what Vault refused to promote", async () => {
    const plain = await look([current]);
    expect(plain.view().current.sameValueNo).toBeNull();
    const held = await look([deprecated(5, credential("S5")), { ...current, content: claim("S5") }]);
    expect(held.view().current.sameValueNo).toBe(5);
    held.attempt.unpromotable.add(5);
    expect(held.view().current.sameValueNo).toBeNull();
  });

  test("is not looked for where a value cannot be told", async () => {
    const unreadable = await look([deprecated(5, credential("S7")), { ...current, content: "not json" }]);
    await readAll(unreadable.rig.context, unreadable.attempt, unreadable.seen.list);
    expect(unreadable.view().current.sameValueNo).toBeNull();
    const other = await look([
      deprecated(4, claim("S1")),
      deprecated(5, "not json"),
      { ...current, content: claim("S1", { base: 4 }) },
    ]);
    expect(other.view().current).toMatchObject({ isClaim: true, sameValueNo: null });
    const unread = await look([deprecated(5, credential("S7")), current]);
    expect(unread.view().current.sameValueNo).toBeNull();
  });
});

describe("the other credentials", () => {
  async function others(versions: readonly Written[]): Promise<number[] | undefined> {
    const { rig, attempt, seen, view } = await look(versions);
    await readAll(rig.context, attempt, seen.list);
    expect(view().others).toBeNull();
    attempt.hasReadOthers = true;
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

  test("are none of another client, and none at all where nobody knows whose they would be", async () => {
    const mixed = [deprecated(4, credential("S4", { clientId: "another" })), deprecated(5, credential("S5"))];
    expect(await others([...mixed, current])).toEqual([5]);
    expect(await others([...mixed, { ...current, content: "not json" }])).toEqual([]);
  });

  test("are told by whether Vault would promote them", async () => {
    const { rig, attempt, seen, view, callerView } = await look([
      deprecated(4, credential("S4")),
      deprecated(5, credential("S5")),
      current,
    ]);
    await readAll(rig.context, attempt, seen.list);
    attempt.hasReadOthers = true;
    attempt.unpromotable.add(4);
    noteLogin(attempt, rig, 5, "accepted");
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
    const { attempt } = await look([current, { no: 8, stages: ["PENDING"], content: "not json" }]);
    expect(usable(attempt, 7).credential.clientSecret.reveal()).toBe("S7");
    await expectFailure(() => usable(attempt, 8), "CONTENT_INVALID", "is not JSON");
    await expectFailure(() => usable(attempt, 4), "INTERNAL", "version 4 was used without being read");
  });
});
