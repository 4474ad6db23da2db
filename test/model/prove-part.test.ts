import { expect, test } from "vitest";
import { createHandler } from "../../src/rotation/handler.ts";
import { runCampaign } from "../prove/campaign.ts";
import type { CampaignOptions } from "../prove/campaign-options.ts";
import { combinationId, parseCombination, requiredCombinations } from "../prove/combinations.ts";
import { singlesOf } from "../prove/enumerate.ts";
import { type Figures, noFigures } from "../prove/figures.ts";
import { isChosen, type Part } from "../prove/part.ts";
import { detectSupport } from "../prove/support.ts";
import type { Combination } from "../prove/types.ts";
import { openRun, runUnit, type Unit } from "../prove/unit.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;

silenceSdk();

test("a part tries its share of the single faults, and counts what it leaves out", async () => {
  const support = await detectSupport(createHandler, SEED);
  const combination = combinationId(requiredCombinations[1] as Combination);
  const part = { seed: "1a2b3c4d", of: 3 };
  const common = {
    kind: "singles",
    subject: "product",
    seed: SEED,
    support,
    combination,
    flow: "whole",
    part,
  } as const;
  const figures = await runUnit({ ...common, recoveries: ["heal-later"], quietToo: false });
  const { base } = await openRun({ seed: SEED, support }, combination, "whole", "product");
  const singles = singlesOf(base, "heal-later", false);

  expect(figures.chosen).toBeGreaterThan(10);
  expect(figures.chosen).toBe(singles.filter((single) => isChosen(part, single)).length);
  expect(figures.chosen + figures.leftOut).toBe(singles.length);
  // The run without a fault is in each.
  expect(figures.schedules).toBe(figures.chosen + 1);
});

const FAULTS_A_UNIT = 100;
const PAIRS_A_FAULT = 300;

/** Figures of a unit as if it had run: of a part a little less than a half. */
function figuresOf(unit: Unit): Figures {
  const figures = noFigures();
  if (unit.kind !== "singles") return figures;
  figures.chosen = unit.part === null ? FAULTS_A_UNIT : FAULTS_A_UNIT * 0.4;
  figures.leftOut = FAULTS_A_UNIT - figures.chosen;
  figures.pairsPossible = figures.chosen * PAIRS_A_FAULT;
  return figures;
}

async function campaign(part: Part | null) {
  const units: Unit[] = [];
  const options: CampaignOptions = {
    ...{ seed: SEED, allPairs: false, singlesOnly: false, pairs: 81_000, walks: 100, walksOnly: false },
    ...{ combination: null, issuer: null, pin: false, part, onProgress: () => undefined },
  };
  const outcome = await runCampaign(options, async (some, onDone) => {
    units.push(...some);
    for (const unit of some) onDone(unit, figuresOf(unit));
  });
  return { units, outcome };
}

test("a run of a part has the units of a whole one: a part are the single faults of every issuer, and nothing else", async () => {
  const part = { seed: "1a2b3c4d", of: 2 };
  const whole = await campaign(null);
  const ofPart = await campaign(part);

  expect(whole.units.filter((unit) => unit.kind === "singles" && unit.part !== null)).toEqual([]);
  const isParted = (unit: Unit) => unit.kind === "singles" && unit.subject === "product";
  const issuers = new Set(
    ofPart.units.flatMap((unit) =>
      isParted(unit) && "combination" in unit ? [parseCombination(unit.combination).issuer] : [],
    ),
  );
  expect(issuers.size).toBe(6);
  // The share of the pairs among them, which are to be the same.
  expect(ofPart.units).toEqual(whole.units.map((unit) => (isParted(unit) ? { ...unit, part } : unit)));
  expect(whole.outcome.pairsShare).toBe(0.27);
  expect([whole.outcome.part, whole.outcome.singlesShare]).toEqual([null, 1]);
  expect([ofPart.outcome.part, ofPart.outcome.singlesShare]).toEqual([part, 0.4]);
});
