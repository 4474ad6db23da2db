import { describe, expect, test } from "vitest";
import { runSabotage, type SabotageResult } from "../prove/sabotage/campaign.ts";
import type { PlantedBug } from "../prove/sabotage/planted-bug.ts";
import type { Walk } from "../prove/walk-commands.ts";
import { walkId } from "../prove/walks.ts";

const patch = {
  file: "rotation/observe/state.ts",
  find: "isPaused: context.settings.paused,",
  replace: "isPaused: true,",
};
const paused: PlantedBug = {
  name: "paused",
  what: "nothing rotates",
  patches: [patch],
  unit: "read-back/whole/heal-later/-/-",
  reason: /^without any fault: /,
};
/** A rotation in ten seconds does not even begin. */
const untroubled = { faults: [], freeze: null, clockJump: null, overlapMs: null };
const tooShort: Walk = {
  combination: "clear,live,alone,honoured,deprecates,fresh",
  flow: "whole",
  commands: [{ do: "rotate", slot: 0, flow: "whole", trouble: { ...untroubled, seconds: 10 } }],
};
const bugs: readonly PlantedBug[] = [
  { ...paused, name: "broken", patches: [{ ...patch, find: "this stands nowhere" }] },
  { ...paused, name: "harmless", patches: [{ ...patch, replace: `${patch.find} ` }] },
  { ...paused, name: "misjudged", reason: /^lost/ },
  { ...paused, name: "failing", unit: walkId(tooShort), reason: /./ },
  { ...paused, name: "misfit", unit: "read-back/whole/heal-later/-/install:answer-lost", reason: /./ },
  paused,
];

/** One run for all tests: each bug is planted in a thread of its own. */
let run: Promise<readonly SabotageResult[]> | undefined;
async function resultOf(name: string): Promise<SabotageResult> {
  run ??= runSabotage(bugs, { seed: 1, onProgress: () => undefined });
  const found = (await run).find((result) => result.name === name);
  if (found === undefined) throw new Error(`nothing is said of ${name}`);
  return found;
}

describe("prove --sabotage", () => {
  test("catches a bug that its unit shows, where the unit passes without it, and one that comes after others that fail", async () => {
    const result = await resultOf("paused");
    expect(result).toMatchObject({ isCaught: true, without: [], failure: null });
    expect(result.with.some((problem) => paused.reason.test(problem))).toBe(true);
  });

  test("does not count a bug that changes nothing", async () => {
    expect(await resultOf("harmless")).toMatchObject({ isCaught: false, with: [], failure: null });
  });

  test("does not count a bug that is caught for another reason", async () => {
    const result = await resultOf("misjudged");
    expect(result).toMatchObject({ isCaught: false, failure: null });
    expect(result.with).not.toEqual([]);
  });

  test("does not count a bug whose unit fails without it as well", async () => {
    const result = await resultOf("failing");
    expect(result.isCaught).toBe(false);
    expect(result.without).not.toEqual([]);
  });

  test("says which text of which file is not there where a patch is out of step with the code", async () => {
    const { isCaught, failure } = await resultOf("broken");
    expect(isCaught).toBe(false);
    expect(failure).toContain(
      "a patch of rotation/observe/state.ts finds its text 0 times. Next: bring it in step with the code.",
    );
  });

  test("does not take a unit that does not fit the product for a bug that is caught", async () => {
    const { isCaught, failure } = await resultOf("misfit");
    expect(isCaught).toBe(false);
    expect(failure).toContain("the unit has 0 requests install, and needs 1");
  });
});
