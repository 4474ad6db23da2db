import { CliError } from "../cli-error.ts";
import { flag, functionId, oneOf, optional } from "../fields.ts";

/** Through the deployed function, with its rights and settings; or here, as the operator. */
export type Way = { readonly via: "function"; readonly functionId: string } | { readonly via: "local" };

/** The options of every command that carries something out on one secret. */
export const wayOptions = {
  via: {
    flags: "--via <way>",
    does: "function, or local: here, as yourself (default: the function that the secret's rotation targets, else local)",
    takes: optional(oneOf("function", "local")),
  },
  function: {
    flags: "--function <ocid>",
    does: "through this function (default: the one that the secret's rotation targets)",
    takes: optional(functionId),
  },
  dryRun: { flags: "--dry-run", does: "only show what would be done, and why; sends nothing but reads", takes: flag },
} as const;

export interface GivenWay {
  readonly via: "function" | "local" | undefined;
  readonly function: string | undefined;
}

/** @throws CliError USAGE where the options contradict each other */
export function requireOneWay(given: GivenWay): void {
  if (given.via !== "local" || given.function === undefined) return;
  throw new CliError("USAGE", {
    what: "--function and --via local exclude each other",
    next: "leave one of them out",
  });
}

/**
 * @param targeted the function that the secret's rotation targets; null: none
 * @throws CliError USAGE where no function is known
 */
export function chooseWay(given: GivenWay, targeted: string | null): Way {
  requireOneWay(given);
  const chosen = given.function ?? targeted;
  if (given.via === "local" || (given.via === undefined && chosen === null)) return { via: "local" };
  if (chosen !== null) return { via: "function", functionId: chosen };
  throw new CliError("USAGE", {
    what: "no function is known for this secret: its rotation targets none",
    next: "name one with --function, or use --via local",
  });
}

/** Which way it goes, at the end of a question. */
export const wayText = (way: Way): string =>
  way.via === "local" ? "here, with your own credentials" : `through ${way.functionId}`;

/** Whoever does it, after the word "by". */
export const doerText = (way: Way): string =>
  way.via === "local" ? "you, from here, with your own credentials" : `the function ${way.functionId}`;
