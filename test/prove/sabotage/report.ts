import type { SabotageResult } from "./campaign.ts";

/** Of the line that a run ends with. */
export interface SabotageReport {
  readonly planted: number;
  readonly caught: number;
}

export function sabotageReportOf(results: readonly SabotageResult[]): SabotageReport {
  return { planted: results.length, caught: results.filter(({ isCaught }) => isCaught).length };
}

/** Why it has failed, in words; empty: it has not. */
export function sabotageFailuresOf({ planted, caught }: SabotageReport): string[] {
  if (planted === 0) return ["no bug was planted: the proof shows nothing of itself"];
  return caught === planted ? [] : [`${planted - caught} of ${planted} planted bugs are not caught`];
}

/** Why a planted bug was not caught; null: it was. */
export function missedText({ name, unit, without, with: found, failure, isCaught }: SabotageResult): string | null {
  if (isCaught) return null;
  if (failure !== null) return `the planted bug ${name} could not be tried: ${failure}`;
  if (without.length > 0) return `${unit} fails without the planted bug ${name}: ${without[0]}`;
  const said = found.length === 0 ? "the unit passes" : `for another reason: ${found[0]}`;
  return `the planted bug ${name} is not caught by ${unit}: ${said}`;
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
