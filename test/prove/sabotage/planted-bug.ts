import type { Patch } from "./patches.ts";

/** A bug that is planted on purpose, and the smallest unit of the proof that must catch it. */
export interface PlantedBug {
  /** Lower case, words joined by hyphens: what `--sabotage` takes. */
  readonly name: string;
  /** What the product does wrong, in a sentence. */
  readonly what: string;
  readonly patches: readonly Patch[];
  /** What is run, as `problemsOf` of its kind reads it: without the bug it is clean. */
  readonly unit: string;
  /** Must match the judge's words, so that the bug is caught as what it is, and not for another reason. */
  readonly reason: RegExp;
}
