import { describe, expect, test } from "vitest";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { check } from "../prove/checker.ts";
import { parseCombination } from "../prove/combinations.ts";
import { type Drive, drive, driveOnce, type Stop } from "../prove/drive.ts";
import { firstRequestStruck, pairsOf, singlesOf } from "../prove/enumerate.ts";
import type { History } from "../prove/history.ts";
import { type Recovery, recoveries, type Schedule, scheduleId } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import type { Flow } from "../prove/types.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

silenceSdk();

const SEED = 1;
const SINGLES = 1;
const PAIRS = 1;
/** Faults of calls, and as many of the run as a whole. */
const RUN_WHOLE = 3;
/** How many of all recoveries one single fault is followed by: each time the next ones, so that every combination has them all. */
const RECOVERIES = 2;
const support = { heal: true, authority: true, requireWayBack: true };

/** Everything that a judge, a trace or a later request could tell two runs apart by. */
function toldOf(history: History) {
  const { world, schedule, ...rest } = history;
  const { emulator, effects, calls, log, canaries, clock } = world;
  const requests = emulator.requests.map(({ body, authorization, ...record }) => ({
    ...record,
    body: body.reveal(),
    authorization: authorization.reveal(),
  }));
  return {
    id: scheduleId(schedule),
    requests,
    effects: effects.list.map(({ record, ...effect }) => ({ ...effect, request: record.sequence })),
    calls,
    // The SDK's own ids of requests come from real time and randomness.
    log: log.map((line) => line.replace(/[0-9A-F]{24,}(?:-[0-9A-F]+)*\/\d+/g, "id")),
    canaries,
    state: emulator.state,
    switches: emulator.switches,
    violations: emulator.violations,
    endedAt: clock.now(),
    judgement: check(history),
    ...rest,
  };
}

interface Seams extends Drive {
  readonly base: History;
  /** Where the run without faults stood between two steps. */
  readonly stops: readonly Stop[];
}

async function seamsOf(combination: string, flow: Flow): Promise<Seams> {
  const seams = { setup: prepare(parseCombination(combination), SEED), subject: createHandler, support, base: null };
  const plain = { combination: seams.setup.combination, flow, recovery: "heal-later", run: null, faults: [] } as const;
  const stops: Stop[] = [];
  const { history } = await driveOnce(plain, seams, null, stops);
  expect(toldOf(history)).toEqual(toldOf(await drive(plain, seams)));
  return { ...seams, base: history, stops };
}

/** Of a list a seeded part. */
function sampleOf<T>(items: readonly T[], count: number): T[] {
  const entropy = createSeededEntropy(items.length);
  return Array.from({ length: count }, () => items[Math.floor(entropy.fraction() * items.length)] as T);
}

const recoveryNumbered = (number: number) => recoveries[number % recoveries.length] as Recovery;

/** A second fault after the rotation. */
function laterPairs(single: History, rotationRequests: number): Schedule[] {
  return pairsOf(single).filter(({ faults }) => (faults.at(-1)?.at ?? 0) >= rotationRequests);
}

describe("what follows a rotation is the same, whether the rotation is run again or gone on from", () => {
  test.each([
    ["clear,live,alone,honoured,deprecates,fresh", "four-steps"],
    ["empty,die,alone,honoured,refuses,stale", "whole"],
    ["clear,live,alone,honoured,deprecates,fresh,subscribed", "whole"],
    ["uaa,empty,die,alone,honoured,deprecates,fresh", "retire"],
    ["edfi-cms,empty,die,authority,honoured,keeps-both,fresh", "four-steps"],
  ] as const)("%s, %s", async (combination, flow) => {
    const seams = await seamsOf(combination, flow);
    const singles = singlesOf(seams.base, "heal-later", true);
    const late = singles.filter(({ faults }) => faults.some(({ kind }) => kind === "lands-late"));
    // What lasts longer than the rotation.
    const outages = singles.filter(({ run }) => run?.kind.endsWith("out-after-mint"));
    const tried = new Set<Recovery>();
    for (const [at, single] of [...sampleOf(singles, SINGLES), ...sampleOf(late, SINGLES), ...outages].entries()) {
      const { history, rotationRequests, rerun } = await driveOnce(single, seams);
      const pairs = sampleOf(laterPairs(history, rotationRequests), PAIRS);
      const next = Array.from({ length: RECOVERIES }, (_, more) => recoveryNumbered(RECOVERIES * at + more));
      for (const recovery of next) tried.add(recovery);
      for (const schedule of [...next.map((recovery) => ({ ...single, recovery })), ...pairs]) {
        const again = await drive(schedule, seams);
        expect(toldOf(await rerun(schedule))).toEqual(toldOf(again));
      }
      expect(toldOf(history)).toEqual(toldOf(await drive(single, seams)));
    }
    expect(tried.size).toBe(recoveries.length);
  });
});

test.each([
  "clear,live,alone,honoured,deprecates,fresh",
  "empty,die,alone,ignored,refuses,stale",
  "keycloak,empty,live,authority,honoured,deprecates,fresh",
])("a rotation in four steps is the same, whether run whole or gone on with from between two steps: %s", async (id) => {
  const seams = await seamsOf(id, "four-steps");
  expect(seams.stops.map(({ world }) => world.calls.length)).toEqual([1, 2, 3]);
  const singles = singlesOf(seams.base, "rotate-now", false);
  const [ofCalls, ofRuns] = [singles.filter(({ run }) => run === null), singles.filter(({ run }) => run !== null)];
  for (const schedule of [...sampleOf(ofCalls, RUN_WHOLE), ...sampleOf(ofRuns, RUN_WHOLE)]) {
    const whole = toldOf(await drive(schedule, seams));
    const first = firstRequestStruck(schedule);
    for (const stop of seams.stops.filter(({ world }) => world.past.requests.length <= first)) {
      expect(toldOf(await drive(schedule, seams, stop))).toEqual(whole);
    }
  }
});
