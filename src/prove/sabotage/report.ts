import type { SabotageResult } from "./campaign.ts";

/** Of the line that a run ends with. */
export interface SabotageReport {
  readonly planted: number;
  readonly caught: number;
}

export function sabotageReportOf(results: readonly SabotageResult[]): SabotageReport {
  return { planted: results.length, caught: results.filter(({ isCaught }) => isCaught).length };
}

/** Why it was not caught, in words. */
function whyNot({ name, unit, without, with: found, failure }: SabotageResult): string {
  if (failure !== null) return `the planted bug ${name} could not be tried: ${failure}`;
  if (without.length > 0) return `${unit} fails without the planted bug ${name}: ${without[0]}`;
  const said = found.length === 0 ? "the unit passes" : `for another reason: ${found[0]}`;
  return `the planted bug ${name} is not caught by ${unit}: ${said}`;
}

/** Why it has failed, in words; empty: it has not. */
export function sabotageFailuresOf(results: readonly SabotageResult[]): string[] {
  const missed = results.filter(({ isCaught }) => !isCaught).map(whyNot);
  return results.length === 0 ? ["no bug was planted"] : missed;
}

/** One bug for a reader: what is wrong, where it is looked for, and what the judge says without it and with it. */
export function sabotageText({ name, what, unit, without, with: found, failure, isCaught }: SabotageResult): string {
  const says = (problems: readonly string[]) => (problems.length === 0 ? "no violation" : problems.join("; "));
  return [
    `${isCaught ? "caught" : "NOT CAUGHT"}  ${name}: ${what}`,
    `    unit     ${unit}`,
    ...(failure === null ? [`    without  ${says(without)}`, `    with     ${says(found)}`] : [`    ${failure}`]),
  ].join("\n");
}
