import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../run.ts";
import type { Tally } from "./score.ts";

/** One group as it was last measured. */
export interface Kept extends Tally {
  /** The beginning of the commit's id; earlier measurements did not note it. */
  readonly commit?: string;
  /** A sample, and of how many mutants the seed drew it; absent: all were judged. */
  readonly sample?: { readonly seed: string; readonly of: number };
}

const FILE = path.join(ROOT, "docs", "mutation.json");

const keptGroups = (): Record<string, Kept> => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {});

export function keep(name: string, group: Kept): void {
  const all = { ...keptGroups(), [name]: group };
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
