import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { observe, verdictOn } from "../../../../src/rotation/observe/observe.ts";
import { recordVerdict, wasRefused } from "../../../../src/rotation/observe/values.ts";
import { claim, createRig, credential, noteLogin, observed, type Written } from "../rig.ts";

const old = (no: number, value: string): Written => ({ no, stages: ["DEPRECATED"], content: credential(value) });

/** A call that has looked at these versions once. */
async function setUp(versions: readonly Written[]) {
  const rig = createRig(versions);
  const attempt = createAttempt(null);
  const seen = await observed(rig, attempt);
  return { rig, attempt, seen };
}

describe("a refusal of a young version", () => {
  async function verdictOf(...versions: readonly Written[]) {
    const { rig, attempt, seen } = await setUp(versions);
    noteLogin(attempt, rig, seen.current.versionNo, "rejected");
    return verdictOn({ context: rig.context, attempt }, seen.current, seen.list.asOf);
  }
  const young = { stages: ["CURRENT", "LATEST"], ageSeconds: 59 } as const;

  test("says nothing of a value that is stored nowhere else", async () => {
    expect(await verdictOf(old(6, "S6"), { ...young, no: 7, content: credential("S7") })).toBe("unknown");
  });

  test("counts if a takeover claim in CURRENT holds a value that was stored long before", async () => {
    expect(await verdictOf(old(6, "S6"), { ...young, no: 7, content: claim("S6") })).toBe("rejected");
  });

  test("counts if a claim over a claim does", async () => {
    const first: Written = { no: 7, stages: ["PREVIOUS"], content: claim("S6"), ageSeconds: 50 };
    expect(await verdictOf(old(6, "S6"), first, { ...young, no: 8, content: claim("S6", { base: 7 }) })).toBe(
      "rejected",
    );
  });

  test("says nothing if each version that holds the value is young", async () => {
    const base: Written = { ...old(6, "S6"), ageSeconds: 59 };
    expect(await verdictOf(base, { ...young, no: 7, content: claim("S6"), ageSeconds: 1 })).toBe("unknown");
  });
});

test("what was refused in one version was refused in every other that holds the value", async () => {
  const { attempt } = await setUp([old(7, "S7"), { no: 8, stages: ["CURRENT", "LATEST"], content: claim("S7") }]);
  expect(wasRefused(attempt.read, 8)).toBe(false);
  attempt.read.refusals.set(7, 1);
  expect([7, 8, 9].map((no) => wasRefused(attempt.read, no))).toEqual([true, true, false]);
});

test("something has begun, so that no pause of a day is waited out, even if a takeover claim in CURRENT holds what was refused", async () => {
  const base: Written = { ...old(7, "S7"), stages: ["CURRENT", "LATEST"] };
  const { rig, attempt } = await setUp([base]);
  expect(rig.context.pace.isFinishing).toBe(false);
  attempt.read.refusals.set(7, 1);
  rig.vault.versions = [old(7, "S7"), { no: 8, stages: ["CURRENT", "LATEST"], content: claim("S7") }];
  await observe({ context: rig.context, attempt }, true, null);
  expect(rig.context.pace.isFinishing).toBe(true);
  rig.vault.versions = [
    old(7, "S7"),
    { no: 8, stages: ["DEPRECATED"], content: claim("S7") },
    { no: 9, stages: ["CURRENT", "LATEST"], content: credential("S9") },
  ];
  await observe({ context: rig.context, attempt }, true, null);
  expect(rig.context.pace.isFinishing).toBe(false);
});

describe("a CURRENT that is refused", () => {
  test("is counted from its first refusal on, look by look", () => {
    const attempt = createAttempt(null);
    recordVerdict(attempt.read, 7, "rejected", 100);
    expect(attempt.read.currentRefusal).toEqual({ versionNo: 7, since: 100, looks: 1 });
    recordVerdict(attempt.read, 7, "rejected", 200);
    recordVerdict(attempt.read, 7, "rejected", 300);
    expect(attempt.read.currentRefusal).toEqual({ versionNo: 7, since: 100, looks: 3 });
  });

  test.each(["accepted", "unknown"] as const)("starts a new count after it was %s", (verdict) => {
    const attempt = createAttempt(null);
    recordVerdict(attempt.read, 7, "rejected", 100);
    recordVerdict(attempt.read, 7, verdict, 200);
    expect(attempt.read.currentRefusal).toBeNull();
    recordVerdict(attempt.read, 7, "rejected", 300);
    expect(attempt.read.currentRefusal).toEqual({ versionNo: 7, since: 300, looks: 1 });
  });

  test("starts a new count if it is another version", () => {
    const attempt = createAttempt(null);
    recordVerdict(attempt.read, 7, "rejected", 100);
    recordVerdict(attempt.read, 8, "rejected", 200);
    expect(attempt.read.currentRefusal).toEqual({ versionNo: 8, since: 200, looks: 1 });
  });

  test("does not start a new count if a newer version holds the same value, as a claim in CURRENT does", async () => {
    const { attempt } = await setUp([old(7, "S7"), { no: 8, stages: ["CURRENT", "LATEST"], content: claim("S7") }]);
    recordVerdict(attempt.read, 7, "rejected", 100);
    recordVerdict(attempt.read, 8, "rejected", 200);
    expect(attempt.read.currentRefusal).toEqual({ versionNo: 7, since: 100, looks: 2 });
  });
});
