import { describe, expect, test } from "vitest";
import type { Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { noteDeadWindow, noteDeadWindowOf } from "../../../../src/rotation/housekeeping/dead-window.ts";
import { usable } from "../../../../src/rotation/observe/values.ts";
import { claim, credential, current, type Run, startRun, type Written } from "../rig.ts";

/** The value that was stored a minute before the look. */
const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8"), ageSeconds: 60 };

const start = (versions: readonly Written[] = [current, pending], capabilities: Partial<Capabilities> = {}) =>
  startRun({ versions, capabilities, isAllRead: true });
const noted = ({ context }: Run) => context.tally.points().map(({ metric, value }) => [metric, value]);
const afterPromote = (run: Run, versionNo = 8) => {
  noteDeadWindow({ ...run, snapshot: run.seen }, versionNo);
  return noted(run);
};

describe("the dead window of a promote", () => {
  test("begins when this call asked for the change", async () => {
    const run = await start();
    run.attempt.requests.deadSince = run.clock.monotonic();
    run.clock.advance(1_499.6);
    expect(afterPromote(run)).toEqual([["DeadWindowMilliseconds", 1_500]]);
  });

  test("begins with the storing of the value if another call asked", async () => {
    const run = await start();
    run.clock.advance(2_500);
    expect(afterPromote(run)).toEqual([["DeadWindowMilliseconds", 62_500]]);
  });

  test.each([
    ["is late by an hour", -3_600_000, 60_000],
    ["says another part of the second", 400, 60_400],
    ["is early by an hour", 3_600_000, 61_000],
  ])("goes by OCI's clock where our own %s", async (_what, skewMs, ms) => {
    const run = await start();
    const { clock } = run.context;
    const skewed = { ...clock, now: () => clock.now() + skewMs, monotonic: () => clock.monotonic() };
    noteDeadWindow({ ...run, context: { ...run.context, clock: skewed }, snapshot: run.seen }, 8);
    expect(noted(run)).toEqual([["DeadWindowMilliseconds", ms]]);
  });

  test("of the one version that PROMOTE names is told without a list", async () => {
    const run = await start();
    run.attempt.read.list = null;
    const asOf = run.context.clock.now();
    run.attempt.read.named = { createdAt: asOf - 7_000, asOf };
    expect(afterPromote(run)).toEqual([["DeadWindowMilliseconds", 7_000]]);
  });

  test("is not told if Vault does not say when the version was made", async () => {
    const run = await start();
    run.attempt.read.list = null;
    expect(afterPromote(run)).toEqual([]);
    run.attempt.read.named = { createdAt: 0, asOf: 0 };
    run.attempt.read.lookedAt = null;
    expect(afterPromote(run)).toEqual([]);
  });

  test("is never below zero", async () => {
    const run = await start();
    run.attempt.requests.deadSince = run.clock.monotonic() + 10;
    expect(afterPromote(run)).toEqual([["DeadWindowMilliseconds", 0]]);
  });

  test("is not told of a version that was in use before: nothing says when CURRENT died", async () => {
    const run = await start([
      { ...current, stages: ["CURRENT"] },
      { ...pending, stages: ["DEPRECATED", "LATEST"] },
    ]);
    expect(afterPromote(run)).toEqual([]);
    expect(afterPromote(run, 7)).toEqual([]);
  });

  test.each([
    ["a claim", claim("S7")],
    ["no credential", "nonsense"],
  ])("is not told of %s", async (_what, content) => {
    const run = await start([current, { ...pending, content }]);
    run.attempt.requests.deadSince = 0;
    expect(afterPromote(run)).toEqual([]);
    expect(afterPromote(run, 99)).toEqual([]);
  });

  test.each(["timed", "two-slot"] as const)("is none where both values work for a time: %s", async (overlap) => {
    const run = await start(undefined, { overlap });
    run.attempt.requests.deadSince = 0;
    expect(afterPromote(run)).toEqual([]);
  });
});

test("a value that was written as CURRENT ends the dead window that this call began, and no other", async () => {
  const run = await start();
  const { credential: stored } = usable(run.attempt.read, 8);
  noteDeadWindowOf(run, stored, null);
  expect(noted(run)).toEqual([]);
  run.attempt.requests.deadSince = run.clock.monotonic() - 900;
  noteDeadWindowOf(run, stored, null);
  expect(noted(run)).toEqual([["DeadWindowMilliseconds", 900]]);
});
