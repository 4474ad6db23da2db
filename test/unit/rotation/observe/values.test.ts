import { describe, expect, test } from "vitest";
import { createMemory } from "../../../../src/rotation/memory.ts";
import { observe, verdictOn } from "../../../../src/rotation/observe/observe.ts";
import { noteCurrent, wasRefused } from "../../../../src/rotation/observe/values.ts";
import { claim, createRig, credential, noteLogin, type Written } from "../rig.ts";

const old = (no: number, value: string): Written => ({ no, stages: ["DEPRECATED"], content: credential(value) });

/** A call that has looked at these versions once. */
async function setUp(versions: readonly Written[]) {
  const rig = createRig(versions);
  const memory = createMemory(null);
  const seen = await observe(rig.invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return { rig, memory, seen };
}

describe("a refusal of a young version", () => {
  async function verdictOf(...versions: readonly Written[]) {
    const { rig, memory, seen } = await setUp(versions);
    noteLogin(memory, rig, seen.current.versionNo, "rejected");
    return verdictOn(rig.invocation, memory, seen.current, seen.list.asOf);
  }
  const young = { stages: ["CURRENT", "LATEST"], ageSeconds: 59 } as const;

  test("says nothing of a value that is stored nowhere else", async () => {
    expect(await verdictOf(old(6, "S6"), { ...young, no: 7, content: credential("S7") })).toBe("unknown");
  });

  test("counts where a takeover claim in CURRENT holds a value that was stored long before", async () => {
    expect(await verdictOf(old(6, "S6"), { ...young, no: 7, content: claim("S6") })).toBe("rejected");
  });

  test("counts where a claim over a claim does", async () => {
    const first: Written = { no: 7, stages: ["PREVIOUS"], content: claim("S6"), ageSeconds: 50 };
    expect(await verdictOf(old(6, "S6"), first, { ...young, no: 8, content: claim("S6", { base: 7 }) })).toBe(
      "rejected",
    );
  });

  test("says nothing where each version that holds the value is young", async () => {
    const base: Written = { ...old(6, "S6"), ageSeconds: 59 };
    expect(await verdictOf(base, { ...young, no: 7, content: claim("S6"), ageSeconds: 1 })).toBe("unknown");
  });
});

test("what was refused in one version was refused in every other that holds the value", async () => {
  const { memory } = await setUp([old(7, "S7"), { no: 8, stages: ["CURRENT", "LATEST"], content: claim("S7") }]);
  expect(wasRefused(memory, 8)).toBe(false);
  memory.refusals.set(7, 1);
  expect([7, 8, 9].map((no) => wasRefused(memory, no))).toEqual([true, true, false]);
});

test("something has begun, so that no pause of a day is waited out, also where a takeover claim in CURRENT holds what was refused", async () => {
  const base: Written = { ...old(7, "S7"), stages: ["CURRENT", "LATEST"] };
  const { rig, memory } = await setUp([base]);
  expect(rig.invocation.pace.isFinishing).toBe(false);
  memory.refusals.set(7, 1);
  rig.vault.versions = [old(7, "S7"), { no: 8, stages: ["CURRENT", "LATEST"], content: claim("S7") }];
  await observe(rig.invocation, memory, true, null);
  expect(rig.invocation.pace.isFinishing).toBe(true);
  rig.vault.versions = [
    old(7, "S7"),
    { no: 8, stages: ["DEPRECATED"], content: claim("S7") },
    { no: 9, stages: ["CURRENT", "LATEST"], content: credential("S9") },
  ];
  await observe(rig.invocation, memory, true, null);
  expect(rig.invocation.pace.isFinishing).toBe(false);
});

describe("a CURRENT that is refused", () => {
  test("is counted from its first refusal on, look by look", () => {
    const memory = createMemory(null);
    noteCurrent(memory, 7, "rejected", 100);
    expect(memory.dead).toEqual({ versionNo: 7, since: 100, looks: 1 });
    noteCurrent(memory, 7, "rejected", 200);
    noteCurrent(memory, 7, "rejected", 300);
    expect(memory.dead).toEqual({ versionNo: 7, since: 100, looks: 3 });
  });

  test.each(["accepted", "unknown"] as const)("is counted anew after it was %s", (verdict) => {
    const memory = createMemory(null);
    noteCurrent(memory, 7, "rejected", 100);
    noteCurrent(memory, 7, verdict, 200);
    expect(memory.dead).toBeNull();
    noteCurrent(memory, 7, "rejected", 300);
    expect(memory.dead).toEqual({ versionNo: 7, since: 300, looks: 1 });
  });

  test("is counted anew where it is another version", () => {
    const memory = createMemory(null);
    noteCurrent(memory, 7, "rejected", 100);
    noteCurrent(memory, 8, "rejected", 200);
    expect(memory.dead).toEqual({ versionNo: 8, since: 200, looks: 1 });
  });

  test("is not counted anew where a newer version holds the same value, as a claim in CURRENT does", async () => {
    const { memory } = await setUp([old(7, "S7"), { no: 8, stages: ["CURRENT", "LATEST"], content: claim("S7") }]);
    noteCurrent(memory, 7, "rejected", 100);
    noteCurrent(memory, 8, "rejected", 200);
    expect(memory.dead).toEqual({ versionNo: 7, since: 100, looks: 2 });
  });
});
