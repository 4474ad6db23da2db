import * as z from "zod/mini";
import { DURATION, DURATION_WORDS, durationOf } from "../base/durations.ts";
import { ocidPattern } from "../base/settings/kinds.ts";

/** What an argument or option takes: a schema from the typed text to the value. Its message completes "--name takes ...". */
export type Field<T = unknown> = z.ZodMiniType<T>;

/** `30d`, `12h`, `15m`, `45s` as milliseconds. */
export const duration = z.pipe(
  z.string().check(z.regex(DURATION, DURATION_WORDS)),
  z.transform((text: string) => durationOf(text) ?? 0),
);

/** RFC 3339 in UTC, as milliseconds since the epoch. */
export const instant = z.pipe(
  z.iso.datetime("a time in UTC, such as 2026-11-22T10:00:00Z"),
  z.transform((text: string) => Date.parse(text)),
);

/** The OCID of a resource type, such as `vaultsecret`, or of several: `compartment|tenancy`. */
export function ocid(type: string, words: string): Field<string> {
  return z.string().check(z.regex(ocidPattern(type), `the OCID of ${words}, ocid1.${type.split("|")[0]}...`));
}
export const compartmentId = ocid("compartment|tenancy", "a compartment");
export const vaultId = ocid("vault", "a vault");
export const keyId = ocid("key", "a key");
export const functionId = ocid("fnfunc", "a function");

export function wholeNumber(min: number, max: number): Field<number> {
  const words = `a whole number from ${min} to ${max}`;
  return z.pipe(
    z.string().check(z.regex(/^\d{1,9}$/, words)),
    z.pipe(z.transform(Number), z.number().check(z.minimum(min, words), z.maximum(max, words))),
  );
}

const INTERVAL_WORDS = "whole days from 1d to 360d";
/** The interval of a schedule in days, as `30d` or `30`; Vault takes P1D to P360D. */
export const interval: Field<number> = z.pipe(
  z.string().check(z.regex(/^\d{1,3}d?$/, INTERVAL_WORDS)),
  z.pipe(
    z.transform((text: string) => Number.parseInt(text, 10)),
    z.number().check(z.minimum(1, INTERVAL_WORDS), z.maximum(360, INTERVAL_WORDS)),
  ),
);

export function oneOf<const T extends string>(...known: readonly T[]): Field<T> {
  const entries = Object.fromEntries(known.map((word) => [word, word])) as Record<T, T>;
  return z.enum(entries, { error: `one of ${known.join(", ")}` });
}

export const text: Field<string> = z.string().check(z.minLength(1, "a text"));
/** For an option without a value. */
export const flag: Field<boolean> = z._default(z.boolean(), false);
export const optional = <T>(field: Field<T>): Field<T | undefined> => z.optional(field);
/** For `<name...>`, which may also be repeated; an empty list if absent. */
export const listOf = <T>(field: Field<T>): Field<T[]> => z._default(z.array(field), []);
