import type { runAdversaryCampaign } from "./campaign.ts";
import { type ViolationName, violationNames } from "./judge/judge.ts";

/** Of the line that a run ends with. */
export interface AdversaryReport {
  readonly adversary: Readonly<Record<ViolationName | "schedules" | "raced", number>> & {
    readonly controls: Readonly<Record<string, number>>;
  };
  /** Runs without the attacker, and how many of them rotate. */
  readonly quiet: { readonly units: number; readonly rotated: number };
}

/** The report of a run without it. */
export const noAdversary = { adversary: null, quiet: null } as const;

export function adversaryReportOf({
  figures,
  controls,
}: Awaited<ReturnType<typeof runAdversaryCampaign>>): AdversaryReport {
  const { findings: _, failed: __, units, rotated, ...numbers } = figures;
  return { adversary: { ...numbers, controls }, quiet: { units, rotated } };
}

/** Why it has failed, in words; empty: it has not. */
export function adversaryFailuresOf({ adversary, quiet }: AdversaryReport): string[] {
  const found = violationNames
    .filter((name) => adversary[name] > 0)
    .map((name) => `the adversary: ${name} is ${adversary[name]} and must be 0`);
  const blind = Object.entries(adversary.controls)
    .filter(([, count]) => count === 0)
    .map(([name]) => `the adversary's control ${name} shows nothing: its judge proves nothing`);
  const still =
    quiet.rotated === quiet.units
      ? []
      : [`without the attacker ${quiet.units - quiet.rotated} of ${quiet.units} runs do not rotate`];
  return [...(adversary.schedules === 0 ? ["the adversary was tried with nothing"] : []), ...found, ...blind, ...still];
}
