import { expect, test } from "vitest";
import { createHandler } from "../../src/rotation/handler.ts";
import { plainOrder } from "../prove/control.ts";
import { type Figures, noFigures } from "../prove/figures.ts";
import { findingsText } from "../prove/report.ts";
import type { WalkHistory } from "../prove/walk.ts";
import type { Command, Walk } from "../prove/walk-commands.ts";
import { judgeWalk, parseWalk, replayWalk, runWalks, walkId, walkNumbered } from "../prove/walks.ts";
import type { Subject } from "../prove/world.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
/** `npm run prove` takes thousands. */
const WALKS = 40;

silenceSdk();

async function walk(subject: Subject, from: number, to: number): Promise<Figures> {
  const figures = noFigures();
  await runWalks({ seed: SEED, from, to }, subject, figures);
  return figures;
}

/** The product with a setting that takes a promise away. */
const weakened =
  (setting: Readonly<Record<string, string>>): Subject =>
  (dependencies) =>
    createHandler({ ...dependencies, environment: { ...dependencies.environment, ...setting } });

test("no random walk of rotations, faults, kills, operators and clocks loses a secret or cannot be healed", async () => {
  const figures = await walk(createHandler, 0, WALKS);
  expect(findingsText(figures)).toBe("");
  expect(figures).toMatchObject({ walks: WALKS, walksFailed: 0 });
  expect(figures.walkSteps).toBeGreaterThan(5 * WALKS);
});

test("the plain order fails the walks, and a failure shrinks to a walk that still fails", async () => {
  const figures = await walk(plainOrder, 0, 10);
  expect(figures.walksFailed).toBeGreaterThan(5);
  const [shortest] = figures.findings
    .map(({ id }) => parseWalk(id, SEED))
    .sort((a, b) => a.commands.length - b.commands.length);
  expect(shortest?.commands.length).toBeLessThanOrEqual(1);
  if (shortest === undefined) throw new Error("no walk was found");
  expect(judgeWalk(await replayWalk(shortest, SEED, plainOrder)).problems).not.toEqual([]);
});

test("a landing bound shorter than what the issuer needs is found", async () => {
  const subject = weakened({ OROT_LANDING_BOUND_SECONDS: "1" });
  // Not `runWalks`: shrinking what fails, as the test before does, costs hundreds of walks.
  const problemsOf = async (number: number) =>
    judgeWalk(await replayWalk(walkNumbered(SEED, number), SEED, subject)).problems;
  let problems: readonly string[] = [];
  for (let number = 0; number < 15 && problems.length === 0; number++) problems = await problemsOf(number);
  expect(problems).not.toEqual([]);
});

/** A rotation stands still between its look and its claim, and meanwhile an operator acts. Vault refuses a second PENDING version, so the
 * claim is written as CURRENT. */
function actBetweenLookAndClaim(ifMatch: "ignored" | "honoured", operator: Command): Promise<WalkHistory> {
  const trouble = { faults: [], freeze: null, clockJump: null, seconds: 300, overlapMs: null };
  const frozen = { ...trouble, freeze: { at: 2, ms: 8_000 }, overlapMs: 30 };
  const walk: Walk = {
    combination: `empty,live,alone,${ifMatch},refuses,fresh`,
    flow: "whole",
    commands: [
      { do: "rotate", slot: 0, flow: "whole", trouble },
      { do: "wait", ms: 5_400_000 },
      { do: "rotate", slot: 0, flow: "whole", trouble: frozen },
      operator,
    ],
  };
  return replayWalk(walk, SEED, createHandler);
}

// Walk 8734 of seed 1, made shorter: a promotion makes no version, so only a look right before the write can tell of it.
test.each(["ignored", "honoured"] as const)(
  "if-match %s: no claim takes the place of what an operator promoted since the look",
  async (ifMatch) => {
    const history = await actBetweenLookAndClaim(ifMatch, { do: "operator-promotes", pick: 0 });
    expect(judgeWalk(history)).toMatchObject({ problems: [], exceptions: 0 });
  },
);

// Walk 4363 of seed 2, made shorter: an operator's version has no name of ours, so the claim's name does not collide with it.
test.each(["ignored", "honoured"] as const)(
  "if-match %s: no claim with a dead value takes the place of what an operator stored as CURRENT since the look",
  async (ifMatch) => {
    const history = await actBetweenLookAndClaim(ifMatch, { do: "operator-regenerates", storesAfterMs: 0 });
    expect(judgeWalk(history).problems).toEqual([]);
  },
);

// Walk 7791 of seed 1, made shorter: a stray 400 at reading the authority's secret, after CURRENT was found dead.
test("nobody is sent to the console because the second authority's secret could not be read", async () => {
  const stray = { faults: [{ at: 4, kind: "client-error" as const }], freeze: null, clockJump: null };
  const walk: Walk = {
    combination: "forbidden,live,authority,ignored,keeps-both,fresh",
    flow: "four-steps",
    commands: [
      { do: "step", slot: 0, step: 1, no: null, trouble: { ...stray, seconds: 300, overlapMs: 30 } },
      { do: "operator-regenerates", storesAfterMs: 300_000 },
    ],
  };
  const history = await replayWalk(walk, SEED, createHandler);
  expect(history.world.emulator.requests.filter(({ fault }) => fault !== null).map(({ call }) => call)).toEqual([
    "read-current",
  ]);
  expect(judgeWalk(history).problems).toEqual([]);
});

test("the same seed and number give the same walk, and the same walk the same requests", async () => {
  const requestsOf = async (id: string) => {
    const { world } = await replayWalk(parseWalk(id, SEED), SEED, createHandler);
    return world.emulator.requests.map(({ time, caller, call, status, fault }) => [time, caller, call, status, fault]);
  };
  const first = await requestsOf("walk/5");
  expect(first.length).toBeGreaterThan(20);
  expect(await requestsOf("walk/5")).toEqual(first);
  expect(await requestsOf(walkId(walkNumbered(SEED, 5)))).toEqual(first);
});
