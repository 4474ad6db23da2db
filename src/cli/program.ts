import { Command, CommanderError } from "commander";
import { printable } from "../base/printable.ts";
import { CliError, problemOf } from "./cli-error.ts";
import type { AnyCommand, CommandGroup } from "./command.ts";
import { commands } from "./commands/index.ts";
import { createContext } from "./context.ts";
import { readDefaults, withDefaults } from "./defaults/defaults.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { type GlobalOptions, globalOptions, readGlobalOptions } from "./global-options.ts";
import { addHelp, addParameters, isGroup, paragraphs } from "./help.ts";
import { createOutput } from "./output/output.ts";
import { withCleanTerminal } from "./output/terminal.ts";
import type { Runtime } from "./runtime.ts";
import { withSecretIds } from "./secret-names.ts";
import { readValues } from "./values.ts";
import { VERSION } from "./version.ts";

const SUMMARY =
  "Rotates OAuth client secrets kept in OCI Vault: finds what is due, rotates it, checks it, and cleans up.";

interface Ended {
  exitCode: ExitCode;
  /** The words are only read, and nothing is run. */
  readonly isTrial: boolean;
}

function addGlobals(command: Command): void {
  for (const option of globalOptions()) command.addOption(option);
}

function addCommand(parent: Command, definition: AnyCommand | CommandGroup, runtime: Runtime, ended: Ended): void {
  const command = parent
    .command(definition.name)
    .summary(definition.summary)
    .description(paragraphs(definition.description));
  addHelp(command, definition);
  if (isGroup(definition)) {
    for (const child of definition.commands) addCommand(command, child, runtime, ended);
    return;
  }
  addParameters(command, definition);
  addGlobals(command);
  command.action(async () => {
    const typed = optionsOf(command);
    const defaults = readDefaults(runtime);
    const options = readGlobalOptions(typed, defaults, runtime.environment);
    const values = readValues(command, definition);
    if (ended.isTrial) return;
    const context = createContext(withDefaults(runtime, defaults), options, definition);
    try {
      ended.exitCode = await definition.start(context, await withSecretIds(context, definition, values));
    } catch (thrown) {
      ended.exitCode = fail(runtime, options, context.causeOf(thrown));
    }
  });
}

function fail(runtime: Runtime, options: GlobalOptions, thrown: unknown): ExitCode {
  const told = runtime.signal.aborted && !(thrown instanceof CliError) ? interrupted() : thrown;
  createOutput(runtime, options).fail(told);
  return problemOf(told).exitCode;
}

function interrupted(): CliError {
  return new CliError("INTERRUPTED", {
    what: "the command was interrupted",
    means: "requests in progress may or may not have taken effect",
    next: "run it again to continue, or run oci-rotate status",
  });
}

/** An error that commander found in the arguments. Its text names only options and commands, or a word that was typed. */
function usageError(error: CommanderError, args: readonly string[]): CliError {
  const [first = ""] = args.filter((word) => !word.startsWith("-"));
  const command = commands.some(({ name }) => name === first) ? ` ${first}` : "";
  const [line = "", hint] = error.message.replace(/^error: /, "").split("\n");
  const noCommand = command === "" ? "there is no such command" : `the command after${command} is missing`;
  const what = error.code === "commander.help" ? noCommand : line;
  const next = `see oci-rotate${command} --help`;
  const [, meant] = /Did you mean (.+)\?\)/.exec(hint ?? "") ?? [];
  return new CliError("USAGE", {
    what: printable(what),
    next: meant === undefined ? next : `did you mean ${meant}? ${next}`,
  });
}

/** Merges the options of the command and of the words before it: `oci-rotate --profile P check` equals `oci-rotate check --profile P`. */
function optionsOf(command: Command): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...command.opts() };
  for (let above = command.parent; above !== null; above = above.parent) {
    for (const [name, value] of Object.entries(above.opts())) {
      if (merged[name] !== undefined && merged[name] !== value) {
        throw new CliError("USAGE", { what: `--${name} was given twice`, next: `give --${name} once` });
      }
      merged[name] = value;
    }
  }
  return merged;
}

/** Builds the whole command line for commander; nothing runs yet. */
function createProgram(runtime: Runtime, ended: Ended): Command {
  const program = new Command("oci-rotate").description(SUMMARY).version(VERSION, "-V, --version");
  program
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: runtime.writeOut,
      // `runProgram` reports errors in the same form as all others.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => runtime.columns ?? 100,
      getErrHelpWidth: () => runtime.columns ?? 100,
    });
  addGlobals(program);
  for (const definition of commands) addCommand(program, definition, runtime, ended);
  return program;
}

/** Runs one command line, without the name of the program. Never rejects. @param isTrial only reads the words, and runs nothing */
export async function runProgram(given: Runtime, args: readonly string[], isTrial = false): Promise<ExitCode> {
  const runtime = withCleanTerminal(given);
  const ended: Ended = { exitCode: exitCodes.done, isTrial };
  // What was typed may be what is wrong, so nothing else of it is read here.
  const typed = { json: args.includes("--json"), debug: args.includes("--debug") };
  const asked = readGlobalOptions(typed, {}, runtime.environment);
  const program = createProgram(runtime, ended);
  if (args.length === 0) {
    runtime.writeOut(program.helpInformation());
    return exitCodes.usage;
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return ended.exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return fail(runtime, asked, thrown);
    return thrown.exitCode === 0 ? exitCodes.done : fail(runtime, asked, usageError(thrown, args));
  }
}
