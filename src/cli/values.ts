import type { Command } from "commander";
import * as z from "zod/mini";
import { CliError } from "./cli-error.ts";
import type { AnyCommand, Parameter } from "./command.ts";

/** The name as the user knows it: `--within`, `<secret>`. */
function nameOf(flags: string): string {
  return /--[a-z][a-z-]*/.exec(flags)?.[0] ?? flags;
}

function read({ flags, takes, default: fallback }: Parameter<unknown>, typed: unknown): unknown {
  const parsed = takes.safeParse(typed ?? fallback);
  if (parsed.success) return parsed.data;
  if (typed === undefined && fallback === undefined) {
    throw new CliError("USAGE", { what: `${nameOf(flags)} is missing`, next: `add ${flags}` });
  }
  // The value itself is not shown: someone may have put a secret in the wrong place.
  const [issue] = parsed.error.issues;
  const said =
    issue === undefined || issue.message === "" || issue.message === "Invalid input" ? "another value" : issue.message;
  throw new CliError("USAGE", { what: `${nameOf(flags)} takes ${said}`, next: `correct ${nameOf(flags)}` });
}

/** A command's arguments and options as parsed by their schemas. @throws CliError USAGE naming the first invalid one */
export function readValues(command: Command, definition: AnyCommand): Record<string, unknown> {
  const options: Record<string, unknown> = command.opts();
  return Object.fromEntries([
    ...Object.entries(definition.arguments).map(([key, parameter], index) => [
      key,
      read(parameter, typedOf(command.processedArgs[index])),
    ]),
    ...Object.entries(definition.options).map(([key, parameter]) => [key, read(parameter, options[key])]),
  ]);
}

/** Commander returns an absent `[name...]` as an empty list, and others as undefined. */
function typedOf(value: unknown): unknown {
  return z.array(z.unknown()).safeParse(value).data?.length === 0 ? undefined : value;
}
