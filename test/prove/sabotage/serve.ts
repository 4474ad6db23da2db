import { serveUnits } from "../serve-units.ts";

/** What a thread is asked: the unit, and what seeds it. */
export interface AskedUnit {
  readonly unit: string;
  readonly seed: number;
}

/**
 * The judge's words on a unit, or why the unit does not fit the product, for example because a request that it names is
 * not sent.
 */
export type JudgedUnit = { readonly problems: readonly string[] } | { readonly failure: string };

/** Has this thread answer each unit with what its judge says of it. */
export function serveProblems(problemsOf: (unit: string, seed: number) => Promise<readonly string[]>): void {
  serveUnits(async ({ unit, seed }: AskedUnit): Promise<JudgedUnit> => {
    try {
      return { problems: [...new Set(await problemsOf(unit, seed))] };
    } catch (thrown) {
      return { failure: `${unit}: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
    }
  });
}
