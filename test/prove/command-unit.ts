import { type AdoptionFigures, runAdoptionKills } from "./adoption-kills.ts";
import type { AdoptionName } from "./adoption-setup.ts";
import { type CommandFigures, type KilledRotation, runCommandKills } from "./command-kills.ts";

/** A command of the operator's in one set-up, which a thread kills at every remote call. */
export type CommandUnit = { readonly seed: number } & (
  | { readonly command: "rotate"; readonly name: KilledRotation }
  | { readonly command: "adopt"; readonly name: AdoptionName }
);

export function runCommandUnit({ seed, ...unit }: CommandUnit): Promise<CommandFigures | AdoptionFigures> {
  return unit.command === "rotate" ? runCommandKills(unit.name, seed) : runAdoptionKills(unit.name, seed);
}
