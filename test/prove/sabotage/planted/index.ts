import type { PlantedBug } from "../planted-bug.ts";
import { adoptionBugs } from "./adoption.ts";
import { clientBugs } from "./clients.ts";
import { commandBugs } from "./command.ts";
import { leakBugs } from "./leaks.ts";
import { loginBugs } from "./logins.ts";
import { mintBugs } from "./mint.ts";
import { mirrorBugs } from "./mirror.ts";
import { overlapBugs } from "./overlap.ts";
import { storingBugs } from "./storing.ts";
import { tellingBugs } from "./telling.ts";
import { turnBugs } from "./turns.ts";

export const plantedBugs: readonly PlantedBug[] = [
  ...mintBugs,
  ...storingBugs,
  ...loginBugs,
  ...turnBugs,
  ...overlapBugs,
  ...tellingBugs,
  ...mirrorBugs,
  ...leakBugs,
  ...clientBugs,
  ...adoptionBugs,
  ...commandBugs,
];

/** One by its name. Throws an Error that says which there are. */
export function plantedBug(name: string): PlantedBug {
  const found = plantedBugs.find((bug) => bug.name === name);
  if (found !== undefined) return found;
  const names = plantedBugs.map((bug) => bug.name).join(", ");
  throw new Error(`no planted bug is called "${name}". Next: use one of ${names}.`);
}
