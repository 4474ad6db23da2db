import { describe, expect, test } from "vitest";
import { readAll } from "../../../src/recovery/contents.ts";
import { createMemory, isCredential, noteCurrent } from "../../../src/recovery/memory.ts";
import { observe } from "../../../src/recovery/observe.ts";
import { claim, createRig, credential } from "./rig.ts";

test("a call begins with nothing seen, nothing tried and nothing given up", () => {
  const { contents, logins, refusals, promotions, unpromotable, strangers, unproven, ...more } = createMemory(3_600);
  const { written, refusedTokens, onceInVain, metadata, secondPending, ...rest } = more;
  for (const { size } of [contents, logins, refusals, promotions, unpromotable, strangers, unproven])
    expect(size).toBe(0);
  expect([written, refusedTokens, onceInVain, metadata]).toEqual([[], [], [], {}]);
  const { trialOver, tries, triedAt, ...facts } = secondPending;
  expect([trialOver, tries, triedAt, ...Object.values(facts)]).toEqual([null, 0, null, false, false, false]);
  expect(rest.tokenLifeSeconds).toBe(3_600);
  const others = Object.entries(rest).filter(([name]) => name !== "tokenLifeSeconds");
  expect(others.length).toBeGreaterThan(20);
  for (const [name, value] of others) expect([null, 0, false], name).toContain(value);
});

describe("a version", () => {
  test("is a credential by its content alone", async () => {
    const rig = createRig([
      { no: 1, stages: ["CURRENT"], content: credential("S0") },
      { no: 2, stages: ["DEPRECATED"], content: claim("S0") },
      { no: 3, stages: ["PENDING"], content: "not json" },
    ]);
    const memory = createMemory(null);
    const seen = await observe(rig.invocation, memory, true, null);
    if (seen === null) throw new Error("the secret is UPDATING");
    await readAll(rig.invocation, memory, seen.list);
    expect([1, 2, 3, 4].map((no) => isCredential(memory.contents.get(no)))).toEqual([true, false, false, false]);
  });
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
});
