import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createHandler } from "../../src/handler.ts";
import { type CampaignOptions, runCampaign } from "../../src/prove/campaign.ts";
import {
  type Combination,
  combinationId,
  parseCombination,
  requiredCombinations,
} from "../../src/prove/combinations.ts";
import { type Figures, noFigures } from "../../src/prove/figures.ts";
import type { Half } from "../../src/prove/half.ts";
import { detectSupport } from "../../src/prove/support.ts";
import { runUnit, type Unit } from "../../src/prove/unit.ts";

const SEED = 1;

// The OCI SDK prints the text of every failed call; the function silences it as it starts.
beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("the two halves of a seed try together what a whole run tries, and each counts what it leaves out", async () => {
  const support = await detectSupport(createHandler, SEED);
  const combination = combinationId(requiredCombinations[1] as Combination);
  const common = { kind: "singles", subject: "product", seed: SEED, support, combination, flow: "whole" } as const;
  const recoveries = ["heal-later", "rotate-now"] as const;
  const tried = (half: Half | null) => runUnit({ ...common, recoveries, quietToo: false, half });
  const whole = await tried(null);
  const first = await tried({ seed: "1a2b3c4d", isOther: false });
  const other = await tried({ seed: "1a2b3c4d", isOther: true });

  expect(whole.leftOut).toBe(0);
  expect(first.chosen).toBeGreaterThan(10);
  expect(other.chosen).toBeGreaterThan(10);
  expect([first.chosen, first.leftOut]).toEqual([other.leftOut, other.chosen]);
  expect(first.chosen + other.chosen).toBe(whole.chosen);
  expect(first.pairsPossible + other.pairsPossible).toBe(whole.pairsPossible);
  // The run without faults is in each.
  expect(first.schedules + other.schedules).toBe(whole.schedules + 1);
});

const FAULTS_A_UNIT = 100;
const PAIRS_A_FAULT = 300;

/** Figures of a unit as if it had run: of a half a little less than that. */
function figuresOf(unit: Unit): Figures {
  const figures = noFigures();
  if (unit.kind !== "singles") return figures;
  figures.chosen = unit.half === null ? FAULTS_A_UNIT : FAULTS_A_UNIT * 0.4;
  figures.leftOut = FAULTS_A_UNIT - figures.chosen;
  figures.pairsPossible = figures.chosen * PAIRS_A_FAULT;
  return figures;
}

async function campaign(half: Half | null) {
  const units: Unit[] = [];
  const options: CampaignOptions = {
    ...{ seed: SEED, allPairs: false, singlesOnly: false, pairs: 81_000, walks: 100, walksOnly: false },
    ...{ combination: null, issuer: null, pin: false, half, onProgress: () => undefined },
  };
  const outcome = await runCampaign(options, async (some, onDone) => {
    units.push(...some);
    for (const unit of some) onDone(unit, figuresOf(unit));
  });
  return { units, outcome };
}

test("a half run has the units of a whole one: half are the single faults of OCI IAM, and no others", async () => {
  const half = { seed: "1a2b3c4d", isOther: false };
  const whole = await campaign(null);
  const ofHalf = await campaign(half);

  expect(whole.units.filter((unit) => unit.kind === "singles" && unit.half !== null)).toEqual([]);
  const isHalved = (unit: Unit) =>
    unit.kind === "singles" && unit.subject === "product" && parseCombination(unit.combination).issuer === "oci-iam";
  expect(whole.units.filter(isHalved).length).toBeGreaterThan(300);
  // The share of the pairs among them, which are to be the same.
  expect(ofHalf.units).toEqual(whole.units.map((unit) => (isHalved(unit) ? { ...unit, half } : unit)));
  expect(whole.outcome.pairsShare).toBe(0.27);
  expect([whole.outcome.half, whole.outcome.singlesShare]).toEqual([null, 1]);
  expect([ofHalf.outcome.half, ofHalf.outcome.singlesShare]).toEqual([half, 0.4]);
});
