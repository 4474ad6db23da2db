import { CliError } from "../cli-error.ts";
import { flag, functionId, oneOf, optional } from "../fields.ts";

/** Either through the deployed function, with its rights and settings, or here, as the operator. */
export type Way = { readonly via: "function"; readonly functionId: string } | { readonly via: "local" };

/** The options of every command that carries out an action on one secret. */
export const wayOptions = {
  via: {
    flags: "--via <way>",
    does: "function, or local: here, as yourself (default: the function that the secret's rotation targets, otherwise local)",
    takes: optional(oneOf("function", "local")),
  },
  function: {
    flags: "--function <ocid>",
    does: "the function to call (default: the one that the secret's rotation targets)",
    takes: optional(functionId),
  },
  dryRun: {
    flags: "--dry-run",
    does: "only show what would be done, and why; sends only reads and logins",
    takes: flag,
  },
} as const;

export interface GivenWay {
  readonly via: "function" | "local" | undefined;
  readonly function: string | undefined;
}

/** @throws CliError USAGE if the options contradict each other */
export function requireOneWay(given: GivenWay): void {
  if (given.via !== "local" || given.function === undefined) return;
  throw new CliError("USAGE", {
    what: "--function and --via local cannot be combined",
    next: "leave one of them out",
  });
}

/**
 * @param targeted the function that the secret's rotation targets; null: none
 * @throws CliError USAGE if no function is known
 */
export function chooseWay(given: GivenWay, targeted: string | null): Way {
  requireOneWay(given);
  const chosen = given.function ?? targeted;
  if (given.via === "local" || (given.via === undefined && chosen === null)) return { via: "local" };
  if (chosen !== null) return { via: "function", functionId: chosen };
  throw new CliError("USAGE", {
    what: "the secret's rotation targets no function",
    next: "name one with --function, or use --via local",
  });
}

/** The way, for the end of a question. */
export const wayText = (way: Way): string =>
  way.via === "local" ? "here, with your own credentials" : `through ${way.functionId}`;

/** Who acts, for after the word "by". */
export const doerText = (way: Way): string =>
  way.via === "local" ? "you, from here, with your own credentials" : `the function ${way.functionId}`;
