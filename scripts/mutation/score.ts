/** How the mutants of one group of files ended. */
export interface Tally {
  /** A test failed, or never came to an end. */
  readonly killed: number;
  /** No test noticed. */
  readonly survived: number;
  /** No test even ran the line. */
  readonly uncovered: number;
  /** Silenced in the code, with a reason there. */
  readonly silenced: number;
  /** Mutants of code that runs before the first test, such as a table's words. No test can judge them separately. */
  readonly atLoad: number;
}

const NOTHING: Tally = { killed: 0, survived: 0, uncovered: 0, silenced: 0, atLoad: 0 };

const KIND: Readonly<Record<string, keyof Tally>> = {
  Killed: "killed",
  Timeout: "killed",
  Survived: "survived",
  NoCoverage: "uncovered",
  // It broke the run itself, so no test has judged it.
  RuntimeError: "uncovered",
};

/** Made before the first test runs; what else Stryker ignores is silenced in the code. */
export const isStatic = ({ status, statusReason = "" }: { readonly status?: string; readonly statusReason?: string }) =>
  status === "Ignored" && statusReason.startsWith("Static mutant");

/** Whether no test noticed, whether one ran it or not. */
export const isUnnoticed = (status: string) => KIND[status] === "survived" || KIND[status] === "uncovered";

/**
 * @param statuses of all chosen mutants
 * @throws Error for a status that is not a verdict, such as Pending: the run is not finished
 */
export function tally(statuses: readonly string[], unjudged: Pick<Tally, "silenced" | "atLoad">): Tally {
  const sum = { ...NOTHING, ...unjudged };
  for (const status of statuses) {
    const kind = KIND[status];
    if (kind === undefined) throw new Error(`a mutant is in the state ${status}`);
    sum[kind] += 1;
  }
  return sum;
}

export const judgedCount = ({ killed, survived, uncovered }: Tally) => killed + survived + uncovered;

/** Of the mutants that were judged, how many were noticed: per cent, cut to two decimals so that it never looks better than it is. */
export function score(counts: Tally): number {
  const judged = judgedCount(counts);
  return judged === 0 ? 0 : Math.floor((10_000 * counts.killed) / judged) / 100;
}

/** One group as a line for people. @param population how many mutants there were to choose from */
export function line(group: string, counts: Tally, population: number): string {
  const { killed, survived, uncovered, silenced, atLoad } = counts;
  const parts = [`killed ${killed}`, `survived ${survived}`, `not covered ${uncovered}`, `silenced ${silenced}`];
  const judged = judgedCount(counts);
  const sample = judged < population ? ` (a sample, ${judged} of ${population})` : "";
  return `${group.padEnd(14)} ${score(counts).toFixed(2).padStart(6)} %   ${parts.join(", ")}, at load ${atLoad}${sample}`;
}
