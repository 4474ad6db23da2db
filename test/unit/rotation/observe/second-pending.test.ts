import { describe, expect, test } from "vitest";
import type { VersionList, VersionStage, VersionSummary } from "../../../../src/clients/vault/store.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import {
  judgeSecondPending,
  noteSecondPending,
  unprovenBy,
  writesOf,
} from "../../../../src/rotation/observe/second-pending.ts";
import { type FailedWrite, failed } from "../rig.ts";

const version = (versionNo: number, ...versionStages: VersionStage[]): VersionSummary => ({
  versionNo,
  name: `orot-${versionNo}`,
  versionStages,
  createdAt: 0,
  isBeingDeleted: false,
});
const listOf = (...versions: VersionSummary[]): VersionList => ({
  versions: versions.sort((a, b) => b.versionNo - a.versionNo),
  asOf: 0,
});
const claimed = listOf(version(1, "CURRENT"), version(2, "PENDING", "LATEST"));

describe("a write that did not end well while an older PENDING version is there", () => {
  const judging = () => {
    const attempt = createAttempt(null);
    return {
      attempt,
      judge: (write: FailedWrite, list = claimed, etag: string | null = "a") =>
        judgeSecondPending(attempt.writes, list, etag, write),
    };
  };

  test.each(["busy", "race-lost", "unknown", "name-taken"] as const)(
    "(%s) is a refusal once two looks have contradicted it",
    (outcome) => {
      const { judge, attempt } = judging();
      expect([judge(failed(outcome)), judge(failed(outcome))]).toEqual(["doubtful", "doubtful"]);
      expect(attempt.writes.refusesSecondPending).toBe(false);
      expect(judge(failed(outcome))).toBe("refused");
      expect(attempt.writes.refusesSecondPending).toBe(true);
      expect(writesOf(attempt.writes)).toBe("either");
    },
  );

  test.each(["SECRET_NOT_ROTATABLE", "SECRET_NOT_FOUND"] as const)("(%s) is one at the second refusal", (code) => {
    const { judge, attempt } = judging();
    expect([judge(failed("refused", code)), writesOf(attempt.writes)]).toEqual(["doubtful", "pending"]);
    expect([judge(failed("refused", code)), writesOf(attempt.writes)]).toEqual(["refused", "current"]);
  });

  test("is one whatever the answers were, if they go on", () => {
    const { judge } = judging();
    expect([judge(failed("busy")), judge(failed("unknown")), judge(failed("race-lost"))].at(-1)).toBe("refused");
  });

  test("is none if someone else has written a version meanwhile", () => {
    const { judge } = judging();
    const later = listOf(version(1, "CURRENT"), version(2, "DEPRECATED"), version(3, "PENDING", "LATEST"));
    for (const list of [claimed, claimed, later, later]) expect(judge(failed("name-taken"), list)).toBe("doubtful");
    expect(judge(failed("name-taken"), later)).toBe("refused");
  });

  test("is none if the race was one: the etag has changed", () => {
    const { judge } = judging();
    for (const etag of ["a", "b", "c", "d", "e"]) expect(judge(failed("race-lost"), claimed, etag)).toBe("doubtful");
    // Without an etag nothing can have been lost by it.
    expect([judge(failed("race-lost"), claimed, null), judge(failed("race-lost"), claimed, null)]).toEqual([
      "doubtful",
      "refused",
    ]);
  });

  test("is none for want of a right, nor if nothing is PENDING, however often", () => {
    const { judge, attempt } = judging();
    for (let times = 0; times < 5; times++) {
      expect(judge(failed("refused", "VAULT_FORBIDDEN"))).toBe("other");
      expect(judge(failed("busy"), listOf(version(1, "CURRENT", "LATEST")))).toBe("other");
    }
    expect(attempt.writes.secondPending.tries).toBe(0);
  });
});

describe("a look after the trial", () => {
  const look = (list: VersionList, owned = [2, 3], currentNo = 1) => {
    const attempt = createAttempt(null);
    attempt.writes.secondPending.trialOver = 2;
    noteSecondPending(attempt.writes, list, currentNo, ({ versionNo }) => owned.includes(versionNo));
    return [attempt.writes.secondPending.isTaken, attempt.writes.refusesSecondPending];
  };

  test("shows that Vault takes a second PENDING version if that stands in the place of the first", () => {
    expect(look(listOf(version(1, "CURRENT"), version(2, "DEPRECATED"), version(3, "PENDING", "LATEST")))).toEqual([
      true,
      false,
    ]);
  });

  test.each([
    ["it is not there", listOf(version(1, "CURRENT"), version(2, "PENDING", "LATEST")), false],
    ["both are PENDING", listOf(version(1, "CURRENT"), version(2, "PENDING"), version(3, "PENDING", "LATEST")), true],
    ["it is CURRENT", listOf(version(1, "PREVIOUS"), version(2, "DEPRECATED"), version(3, "CURRENT", "LATEST")), false],
  ])("shows nothing of the kind if %s", (_what, list, refuses) => {
    expect(look(list)).toEqual([false, refuses]);
  });

  test("shows nothing by someone else's version", () => {
    const list = listOf(version(1, "CURRENT"), version(2, "DEPRECATED"), version(3, "PENDING", "LATEST"));
    expect(look(list, [2])).toEqual([false, false]);
  });

  const below = listOf(version(2, "PENDING"), version(3, "CURRENT", "LATEST"));
  const doubting = (list: VersionList) => {
    const attempt = createAttempt(null);
    attempt.writes.refusesSecondPending = true;
    attempt.writes.secondPending.isDoubted = true;
    noteSecondPending(attempt.writes, list, 3, () => false);
    return writesOf(attempt.writes);
  };

  test("leaves no doubt if both are PENDING, but one if this call itself may have left one below CURRENT", () => {
    expect(doubting(listOf(version(2, "PENDING"), version(3, "CURRENT"), version(4, "PENDING", "LATEST")))).toBe(
      "current",
    );
    expect(doubting(below)).toBe("either");
  });

  test("shows by one below CURRENT that Vault takes no second one, but not if it is known to take it", () => {
    const looking = (isTaken: boolean) => {
      const attempt = createAttempt(null);
      attempt.writes.secondPending.isTaken = isTaken;
      noteSecondPending(attempt.writes, below, 3, () => false);
      return writesOf(attempt.writes);
    };
    expect([looking(false), looking(true)]).toEqual(["current", "pending"]);
  });
});

describe("what a claim does not show yet", () => {
  const mine = version(2, "PENDING", "LATEST");
  const many = (count: number) =>
    listOf(...Array.from({ length: count - 1 }, (_, at) => version(at + 10, "DEPRECATED")), mine);
  const unproven = (change: object, list = claimed, claim = mine) => {
    const attempt = createAttempt(null);
    const { refusesSecondPending = false, ...known } = change as { refusesSecondPending?: boolean };
    attempt.writes.refusesSecondPending = refusesSecondPending;
    Object.assign(attempt.writes.secondPending, known);
    return unprovenBy(claim, attempt.writes, list);
  };

  test("is whether Vault takes a second PENDING version, as long as there are five free slots", () => {
    expect(unproven({})).toBe("trial");
    expect(unproven({}, many(25))).toBe("trial");
    expect(unproven({}, many(26))).toBeNull();
  });

  test("is nothing once that is known and noted", () => {
    expect(unproven({ isTaken: true })).toBe("note");
    expect(unproven({ isTaken: true, isNoted: true })).toBeNull();
  });

  test("is the write to CURRENT if the value will go there, whatever is noted", () => {
    const known = { refusesSecondPending: true, isTaken: true, isNoted: true };
    expect(unproven(known)).toBe("current");
    expect(unproven(known, claimed, version(3, "CURRENT", "LATEST"))).toBeNull();
  });
});
