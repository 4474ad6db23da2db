import { createHash } from "node:crypto";
import { CliError } from "./cli-error.ts";

/** Whole days, as the interval of a schedule. */
export interface Wished {
  readonly every: number;
  /** Absent: all secrets get the same interval. */
  readonly spread: number | undefined;
}

/** The shortest interval of a spread is one day. @throws CliError USAGE */
export function requireSpreadable({ every, spread = 0 }: Wished): void {
  if (spread <= every) return;
  throw new CliError("USAGE", {
    what: `--spread ${spread}d is longer than the interval of ${every} days`,
    next: `give at most ${every}d; half of the interval keeps rotations at least that far apart`,
  });
}

/**
 * The interval of one of many secrets. Vault has no first date, so what is switched on in one night falls due in one night if all intervals
 * are equal. A secret's name decides how much shorter its own is: the same each time, whichever others come with it.
 */
export function intervalFor(secretName: string, { every, spread = 1 }: Wished): number {
  return every - (createHash("sha256").update(secretName).digest().readUInt32BE() % spread);
}
