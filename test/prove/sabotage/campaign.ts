import { mapConcurrent } from "../../../src/base/map-concurrent.ts";
import { createPool } from "../pool.ts";
import type { Patch } from "./patches.ts";
import type { PlantedBug } from "./planted-bug.ts";
import type { AskedUnit, JudgedUnit } from "./serve.ts";
import type { SabotagedThread } from "./worker.ts";

/** What became of one planted bug. */
export interface SabotageResult {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  /** What the judge said without the bug; empty: the unit passes. */
  readonly without: readonly string[];
  /** What it said with it. */
  readonly with: readonly string[];
  /** Why it could not be tried: a patch is out of step with the code, or a unit with the product. Null: it was tried. */
  readonly failure: string | null;
  /** The unit passes without the bug, and with it fails for the expected reason. */
  readonly isCaught: boolean;
}

interface Asked {
  readonly patches: readonly Patch[];
  readonly kind: keyof typeof threads;
  readonly units: readonly string[];
}

type Said = (unit: string) => JudgedUnit;

const SABOTAGED = new URL("./worker.ts", import.meta.url);
/** What a thread loads, by the beginning of the units that it runs; whatever has no such beginning is a rotation. */
const threads = {
  "mirror/": new URL("./mirror-thread.ts", import.meta.url),
  "adversary/": new URL("./adversary-thread.ts", import.meta.url),
  "rotate/": new URL("./command-thread.ts", import.meta.url),
  "adopt/": new URL("./adoption-thread.ts", import.meta.url),
  rotation: new URL("./rotation-thread.ts", import.meta.url),
};
const AT_ONCE = 2;

function kindOf(unit: string): keyof typeof threads {
  const kinds = Object.keys(threads) as (keyof typeof threads)[];
  return kinds.find((kind) => unit.startsWith(kind)) ?? "rotation";
}

/** A fresh thread, since patches reach only modules that are not loaded yet. */
async function ask({ patches, kind, units }: Asked, seed: number): Promise<Said> {
  const data: SabotagedThread = { patches, script: threads[kind].href };
  const pool = createPool<AskedUnit, JudgedUnit>(SABOTAGED, data, 1);
  const said = new Map<string, JudgedUnit>();
  let failure = "it was not run";
  try {
    await pool.workers(
      units.map((unit) => ({ unit, seed })),
      ({ unit }, judged) => said.set(unit, judged),
    );
  } catch (thrown) {
    // A patch that is out of step with the code ends the thread as it loads the file.
    [failure = ""] = (thrown instanceof Error ? thrown.message : String(thrown)).split("\n");
  } finally {
    await pool.close();
  }
  return (unit) => said.get(unit) ?? { failure };
}

/** Every unit of these bugs without any of them, one thread for each kind. */
function cleanRuns(bugs: readonly PlantedBug[]): Asked[] {
  return (Object.keys(threads) as (keyof typeof threads)[]).flatMap((kind) => {
    const units = new Set(bugs.map(({ unit }) => unit).filter((unit) => kindOf(unit) === kind));
    return units.size === 0 ? [] : [{ patches: [], kind, units: [...units] }];
  });
}

function resultOf({ name, what, unit, reason }: PlantedBug, clean: Said, sabotaged: Said): SabotageResult {
  const [without, found] = [clean(unit), sabotaged(unit)];
  const about = { name, what, unit };
  if ("failure" in without) return { ...about, without: [], with: [], failure: without.failure, isCaught: false };
  if ("failure" in found)
    return { ...about, without: without.problems, with: [], failure: found.failure, isCaught: false };
  const isCaught = without.problems.length === 0 && found.problems.some((problem) => reason.test(problem));
  return { ...about, without: without.problems, with: found.problems, failure: null, isCaught };
}

/** Runs each bug's unit with the bug and without it. */
export async function runSabotage(
  bugs: readonly PlantedBug[],
  { seed, onProgress }: { readonly seed: number; readonly onProgress: (text: string) => void },
): Promise<SabotageResult[]> {
  const clean = cleanRuns(bugs);
  const sabotaged = bugs.map(({ patches, unit }): Asked => ({ patches, kind: kindOf(unit), units: [unit] }));
  const all = [...clean, ...sabotaged];
  const said = new Map<Asked, Said>();
  await mapConcurrent(all, AT_ONCE, async (asked) => {
    said.set(asked, await ask(asked, seed));
    onProgress(`sabotage ${said.size}/${all.length}`);
  });
  const nothing: Said = () => ({ failure: "it was not run" });
  return bugs.map((bug, index) => {
    const own = sabotaged[index];
    const without = clean.find(({ kind }) => kind === own?.kind);
    return resultOf(bug, (without && said.get(without)) ?? nothing, (own && said.get(own)) ?? nothing);
  });
}
