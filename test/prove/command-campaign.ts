import { type AdoptionFigures, killedAdoptions, noAdoptionTroubles } from "./adoption-kills.ts";
import { type CommandFigures, killedRotations, noRotationTroubles } from "./command-kills.ts";
import type { CommandUnit } from "./command-unit.ts";
import { sumKills } from "./kill-each.ts";
import type { Workers } from "./pool.ts";

/** `rotate --all-due` and `adopt` in each of their set-ups. */
export async function runCommandCampaign(
  seed: number,
  workers: Workers<CommandUnit, CommandFigures | AdoptionFigures>,
): Promise<{ readonly rotate: CommandFigures; readonly adopt: AdoptionFigures }> {
  const units: readonly CommandUnit[] = [
    ...killedRotations.map((name) => ({ command: "rotate", name, seed }) as const),
    ...killedAdoptions.map((name) => ({ command: "adopt", name, seed }) as const),
  ];
  const rotations: CommandFigures[] = [];
  const adoptions: AdoptionFigures[] = [];
  await workers(units, (_, figures) => {
    if ("misled" in figures) adoptions.push(figures);
    else rotations.push(figures);
  });
  return { rotate: sumKills(noRotationTroubles, rotations), adopt: sumKills(noAdoptionTroubles, adoptions) };
}
