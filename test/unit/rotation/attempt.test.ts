import { describe, expect, test } from "vitest";
import { createAttempt, isCredential } from "../../../src/rotation/attempt.ts";
import { claim, credential, startRun } from "./rig.ts";

test("a call begins with nothing seen, nothing tried and nothing given up", () => {
  const { contents, logins, refusals, promotions, unpromotable, strangers, unproven, ...more } = createAttempt(3_600);
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
  test("is a credential only by its content", async () => {
    const { attempt } = await startRun({
      isAllRead: true,
      versions: [
        { no: 1, stages: ["CURRENT"], content: credential("S0") },
        { no: 2, stages: ["DEPRECATED"], content: claim("S0") },
        { no: 3, stages: ["PENDING"], content: "not json" },
      ],
    });
    expect([1, 2, 3, 4].map((no) => isCredential(attempt.contents.get(no)))).toEqual([true, false, false, false]);
  });
});
