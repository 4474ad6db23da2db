import { expect, test } from "vitest";
import { createHandler } from "../../src/rotation/handler.ts";
import { combinationId, namedCombinations } from "../prove/combinations.ts";
import { type Figures, merge, noFigures } from "../prove/figures.ts";
import type { Part } from "../prove/part.ts";
import { findingsText } from "../prove/report.ts";
import { detectSupport } from "../prove/support.ts";
import type { Flow } from "../prove/types.ts";
import { runUnit } from "../prove/unit.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
/** Hundreds of schedules, beside all other tests. */
const LIMIT_MS = 300_000;

silenceSdk();

const common = { kind: "singles", subject: "product", seed: SEED, quietToo: false } as const;
/** The run without faults, a healthy rotation and every fourth fault. A bug that only few faults show is left to `npm run prove`. */
const SOME: Part = { seed: "3", of: 4 };

async function singles(name: keyof typeof namedCombinations, flow: Flow, part: Part | null): Promise<Figures> {
  const named = namedCombinations[name];
  if (named === undefined) throw new Error(`no combination ${name}`);
  const support = await detectSupport(createHandler, SEED);
  return runUnit({ ...common, part, support, combination: combinationId(named), flow, recoveries: ["heal-later"] });
}

test("the handler knows heal, second authorities and a required way back", async () => {
  expect(await detectSupport(createHandler, SEED)).toEqual({ heal: true, authority: true, requireWayBack: true });
});

// Without a way back every fault is tried, because which of them lock the client out is stated whole. All combinations are for `npm run prove`.
test("no single fault loses a secret, promotes an unverified one, leaks one or keeps one heal from making all well", {
  timeout: LIMIT_MS,
}, async () => {
  const readBack = await singles("read-back", "four-steps", SOME);
  const none = await singles("none", "whole", null);
  const authority = await singles("second-authority", "whole", SOME);
  const figures = noFigures();
  for (const found of [readBack, none, authority]) merge(figures, found);
  expect(findingsText(figures)).toBe("");
  const { schedules, lost, unverifiedPromotions, leaks, notConverged, otherViolations, falseAlarms } = figures;
  expect({ lost, unverifiedPromotions, leaks, notConverged, otherViolations, falseAlarms }).toEqual({
    lost: 0,
    unverifiedPromotions: 0,
    leaks: 0,
    notConverged: 0,
    otherViolations: 0,
    falseAlarms: 0,
  });
  expect(schedules).toBeGreaterThan(400);
  expect(figures.maxRotationsToConverge).toBeLessThanOrEqual(1);
  expect(figures.maxExtraMints).toBeLessThanOrEqual(1);
  expect([readBack.inherent, authority.inherent]).toEqual([{}, {}]);
  // Without read-back, living token and second authority an answer or a write that is lost at the mint locks the client out; nothing else does.
  expect(Object.keys(none.inherent).sort()).toEqual([
    ...["answer-lost", "killed-after", "lands-late", "server-error-after", "too-slow", "truncated"].map(
      (kind) => `regenerate:${kind}`,
    ),
    ...["stalls-from", "vault-out-after-mint", "write-pending:killed-before"],
  ]);
});
