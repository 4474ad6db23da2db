/** The parts of a mutation report (mutation-testing-report-schema) that a score needs. */
export interface MutationReport {
  readonly files: Readonly<
    Record<string, { readonly mutants: readonly { readonly status: string; readonly statusReason?: string }[] }>
  >;
}

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
  /** Made before the first test runs, such as a table's words: no test can be told to judge them alone. */
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

/** @throws Error for a state that says nothing of a mutant, such as Pending: the report is not one of a finished run */
function kindOf({ status, statusReason = "" }: MutationReport["files"][string]["mutants"][number]): keyof Tally {
  if (status === "Ignored") return statusReason.startsWith("Static mutant") ? "atLoad" : "silenced";
  const kind = KIND[status];
  if (kind === undefined) throw new Error(`the mutation report holds a mutant of the state ${status}`);
  return kind;
}

export function tally(report: MutationReport): Tally {
  const sum = { ...NOTHING };
  for (const mutant of Object.values(report.files).flatMap(({ mutants }) => mutants)) sum[kindOf(mutant)] += 1;
  return sum;
}

/** Of the mutants that were judged, how many were noticed: per cent, cut to two decimals so that it never looks better than it is. */
export function score({ killed, survived, uncovered }: Tally): number {
  const judged = killed + survived + uncovered;
  return judged === 0 ? 0 : Math.floor((10_000 * killed) / judged) / 100;
}

/** One group as a line for people. */
export function line(group: string, counts: Tally): string {
  const { killed, survived, uncovered, silenced, atLoad } = counts;
  const parts = [`killed ${killed}`, `survived ${survived}`, `not covered ${uncovered}`, `silenced ${silenced}`];
  return `${group.padEnd(14)} ${score(counts).toFixed(2).padStart(6)} %   ${parts.join(", ")}, at load ${atLoad}`;
}
