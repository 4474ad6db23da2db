import { type Command, Option } from "commander";
import type { AnyCommand, CommandGroup, Example } from "./command.ts";
import { exitCodeMeanings } from "./exit-codes.ts";

export const isGroup = (entry: AnyCommand | CommandGroup): entry is CommandGroup => "commands" in entry;

/** A description with one line per paragraph, for commander to wrap. The source breaks it at its own line width. */
export function paragraphs(text: string): string {
  return text
    .split("\n\n")
    .map((paragraph) => paragraph.replaceAll(/\n(?! )/g, " "))
    .join("\n\n");
}

/** The examples of a command, the same in `--help` and in docs/cli.md. */
export function exampleLines(examples: readonly Example[]): string {
  return examples.map(({ does, line }) => `  # ${does}\n  oci-rotate ${line}`).join("\n");
}

function exitCodeLines(): string {
  return Object.entries(exitCodeMeanings)
    .map(([code, meaning]) => `  ${code}  ${meaning}`)
    .join("\n");
}

const DEFAULTS = "OROT_CLI_PROFILE and so on, or ~/.config/oci-rotate/config";

export function addHelp(command: Command, { examples }: { readonly examples: readonly Example[] }): void {
  if (examples.length > 0) command.addHelpText("after", `\nExamples:\n${exampleLines(examples)}`);
  command.addHelpText("after", `\nDefaults of your own:\n  ${DEFAULTS}`);
  command.addHelpText("after", `\nExit codes:\n${exitCodeLines()}`);
}

/** Adds a definition's arguments and options to commander's command. */
export function addParameters(command: Command, definition: AnyCommand): void {
  for (const { flags, does } of Object.values(definition.arguments)) command.argument(flags, does);
  for (const [key, { flags, does, default: fallback }] of Object.entries(definition.options)) {
    const option = new Option(flags, fallback === undefined ? does : `${does} (default: ${fallback})`);
    if (option.attributeName() !== key) {
      throw new Error(`the option ${flags} of ${definition.name} must stand under ${option.attributeName()}`);
    }
    command.addOption(option);
  }
}
