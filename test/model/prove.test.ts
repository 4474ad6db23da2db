import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHandler } from "../../src/handler.ts";
import { combinationId, namedCombinations } from "../../src/prove/combinations.ts";
import { type Figures, merge, noFigures } from "../../src/prove/figures.ts";
import { findingsText } from "../../src/prove/report.ts";
import type { Flow } from "../../src/prove/schedule.ts";
import { detectSupport } from "../../src/prove/support.ts";
import { runUnit } from "../../src/prove/unit.ts";

const SEED = 1;
/** Some four thousand schedules, beside all other tests. */
const LIMIT_MS = 300_000;

// The OCI SDK prints the text of every failed call; the function silences it as it starts.
beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function singles(
  runs: readonly (readonly [name: keyof typeof namedCombinations, flow: Flow])[],
): Promise<Figures> {
  const support = await detectSupport(createHandler, SEED);
  const figures = noFigures();
  const unit = { kind: "singles", subject: "product", seed: SEED, support } as const;
  for (const [name, flow] of runs) {
    const named = namedCombinations[name];
    if (named === undefined) throw new Error(`no combination ${name}`);
    const combination = combinationId(named);
    merge(
      figures,
      await runUnit({ ...unit, combination, flow, recoveries: ["heal-later"], quietToo: false, part: null }),
    );
  }
  return figures;
}

test("the handler knows heal, second authorities and a required way back", async () => {
  expect(await detectSupport(createHandler, SEED)).toEqual({ heal: true, authority: true, requireWayBack: true });
});

test("no single fault loses a secret, promotes an unverified one, leaks one or keeps one heal from making all well", {
  timeout: LIMIT_MS,
}, async () => {
  const figures = await singles([
    ["read-back", "whole"],
    ["read-back", "four-steps"],
    ["token-lives", "whole"],
    ["second-authority", "whole"],
    ["none", "whole"],
  ]);
  expect(findingsText(figures)).toBe("");
  const { schedules, lost, unverifiedPromotions, leaks, notConverged, otherViolations } = figures;
  expect({ lost, unverifiedPromotions, leaks, notConverged, otherViolations }).toEqual({
    lost: 0,
    unverifiedPromotions: 0,
    leaks: 0,
    notConverged: 0,
    otherViolations: 0,
  });
  expect(schedules).toBeGreaterThan(1_000);
  expect(figures.maxRotationsToConverge).toBeLessThanOrEqual(1);
  expect(figures.maxExtraMints).toBeLessThanOrEqual(1);
});

test("only without read-back, living token and second authority can a lost answer at the mint lock the client out", async () => {
  const wayBack = await singles([["second-authority", "whole"]]);
  const none = await singles([["none", "whole"]]);
  expect(wayBack.inherent).toEqual({});
  expect(Object.keys(none.inherent)).toContain("regenerate:answer-lost");
});
