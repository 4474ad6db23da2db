import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { isCredential, keepLogin } from "../../../../src/rotation/attempt/read.ts";
import { accepted, claim, credential, rejected, startRun } from "../rig.ts";

test("a call begins with nothing seen, nothing tried and nothing given up", () => {
  const { read, requests, writes, authorities, locks, ...own } = createAttempt(3_600);
  const { contents, logins, refusals, strangers, unproven, metadata, ...moreRead } = read;
  const { written, promotions, unpromotable, secondPending, ...moreWrites } = writes;
  const { refusedTokens, onceInVain, tokenLifeSeconds, ...moreAuthorities } = authorities;
  for (const { size } of [contents, logins, refusals, promotions, unpromotable, strangers, unproven])
    expect(size).toBe(0);
  expect([written, refusedTokens, onceInVain, metadata]).toEqual([[], [], [], {}]);
  const { trialOver, tries, triedAt, ...facts } = secondPending;
  expect([trialOver, tries, triedAt, ...Object.values(facts)]).toEqual([null, 0, null, false, false, false]);
  expect(tokenLifeSeconds).toBe(3_600);
  const others = [moreRead, requests, moreWrites, moreAuthorities, locks, own].flatMap((part) => Object.entries(part));
  expect(others.length).toBeGreaterThan(20);
  for (const [name, value] of others) expect([null, 0, false], name).toContain(value);
});

test("only refusals of a version are counted, over all looks", () => {
  const { read } = createAttempt(null);
  for (const login of [accepted, rejected, accepted, rejected]) keepLogin(read, 7, login, 1);
  keepLogin(read, 8, accepted, 2);
  expect([...read.refusals]).toEqual([[7, 2]]);
  expect(read.logins.get(8)).toEqual({ login: accepted, at: 2 });
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
    expect([1, 2, 3, 4].map((no) => isCredential(attempt.read.contents.get(no)))).toEqual([true, false, false, false]);
  });
});
