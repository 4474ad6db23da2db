/** What a gate's output must show besides exit code 0. A judge returns null, or what is wrong. */
import { z } from "zod";
import type { RunResult } from "../run.ts";

export type Judge = (result: Pick<RunResult, "stdout">) => string | null;

export const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? "";

/** A whole number of things, of which there must be some. */
export const atLeast = (least: number) => z.int().min(least);
export const between = (least: number, most: number) => z.number().min(least).max(most);
/** Text that says something. */
export const words = z.string().min(1);

const shown = (value: unknown) => (value === undefined ? "missing" : JSON.stringify(value));

/** What is wrong with figures, one problem after the other; null: nothing. A figure that is missing, null, no number or of another type is wrong. */
export function problemsIn(schema: z.ZodType, figures: unknown): string | null {
  const { error } = schema.safeParse(figures, { reportInput: true });
  if (error === undefined) return null;
  return error.issues
    .map(({ path, input, message }) => `${path.join(".") || "the line"} is ${shown(input)}: ${message}`)
    .join("; ");
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Judges the JSON line that an output ends with. */
export function judgeLine(schema: z.ZodType): Judge {
  return ({ stdout }) => problemsIn(schema, parsed(lastLine(stdout)));
}

/** Judges what an output says. */
export function judgeText(expected: RegExp): Judge {
  return ({ stdout }) => (expected.test(stdout) ? null : `its output does not say ${expected.source}`);
}
