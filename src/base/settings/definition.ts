import type { Read } from "./kinds.ts";

/** One setting: how it is named, read and documented. */
export interface Definition<T, F extends string | null = string | null> {
  readonly name: `OROT_${string}`;
  readonly unit: string;
  /** As it would be written in the configuration; null: not set. */
  readonly default: F;
  readonly meaning: string;
  /** What a valid value looks like, for the error text. */
  readonly expects: string;
  readonly read: Read<T>;
  /** What to write in place of a value that an earlier edition took; null: it never was one. */
  readonly inPlaceOf: (text: string) => string | null;
}

export const define = <T, F extends string | null>(
  name: `OROT_${string}`,
  unit: string,
  fallback: F,
  read: Read<T>,
  expects: string,
  meaning: string,
  inPlaceOf: (text: string) => string | null = () => null,
): Definition<T, F> => ({ name, unit, default: fallback, read, expects, meaning, inPlaceOf });
