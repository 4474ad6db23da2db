import * as z from "zod/mini";
import type { AnyCommand, CommandGroup } from "../command.ts";
import type { Field } from "../fields.ts";
import { authKinds, globalOptionTexts } from "../global-options.ts";
import { isGroup } from "../help.ts";

/** What may follow an option. */
export type Value =
  | { readonly kind: "none" | "any" | "file" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

export interface Choice {
  readonly name: string;
  /** One line. */
  readonly does: string;
}

export interface OptionWord extends Choice {
  readonly value: Value;
}

/** One command, or the words before one. */
export interface Place {
  /** The words typed so far: empty, `schedule`, `schedule show`. */
  readonly path: string;
  readonly commands: readonly Choice[];
  readonly options: readonly OptionWord[];
  /** Values of its first argument; empty if they cannot be listed. */
  readonly choices: readonly string[];
}

const FILE = /<(?:file|folder)>/;

/** The values of a field, if it has a fixed list. */
function choicesOf(takes: Field): readonly string[] {
  const { enum: known } = z.toJSONSchema(takes, { io: "input", unrepresentable: "any" });
  return (known ?? []).filter((value) => typeof value === "string");
}

function optionWord(flags: string, does: string, choices: readonly string[]): OptionWord {
  const name = /--[a-z][a-z-]*/.exec(flags)?.[0] ?? flags;
  if (choices.length > 0) return { name, does, value: { kind: "choice", choices } };
  if (!flags.includes("<") && !flags.includes("[")) return { name, does, value: { kind: "none" } };
  return { name, does, value: { kind: FILE.test(flags) ? "file" : "any" } };
}

const globalWords: readonly OptionWord[] = globalOptionTexts.map(([flags, does]) =>
  optionWord(flags, does, flags.startsWith("--auth") ? authKinds : []),
);
const help: OptionWord = { name: "--help", does: "display help for command", value: { kind: "none" } };

function placesBelow(entry: AnyCommand | CommandGroup, above: string): Place[] {
  const path = `${above}${entry.name}`;
  if (isGroup(entry)) {
    const commands = entry.commands.map(({ name, summary }) => ({ name, does: summary }));
    return [
      { path, commands, options: [help], choices: [] },
      ...entry.commands.flatMap((child) => placesBelow(child, `${path} `)),
    ];
  }
  const own = Object.values(entry.options).map(({ flags, does, takes }) => optionWord(flags, does, choicesOf(takes)));
  const [first] = Object.values(entry.arguments);
  const choices = first === undefined ? [] : choicesOf(first.takes);
  return [{ path, commands: [], options: [...own, ...globalWords, help], choices }];
}

/** Every place at which something can be completed, the root first. */
export function placesOf(commands: readonly (AnyCommand | CommandGroup)[]): readonly Place[] {
  const version: OptionWord = { name: "--version", does: "output the version number", value: { kind: "none" } };
  return [
    {
      path: "",
      commands: commands.map(({ name, summary }) => ({ name, does: summary })),
      options: [...globalWords, help, version],
      choices: [],
    },
    ...commands.flatMap((entry) => placesBelow(entry, "")),
  ];
}

/** Options that take a value, with the command before them, as a shell's `case` needs it. Global options match after any command. */
export function valuePatterns(places: readonly Place[]): readonly { path: string | null; option: OptionWord }[] {
  const takesValue = ({ value }: OptionWord) => value.kind !== "none";
  const isGlobal = (option: OptionWord) => globalWords.includes(option);
  return [
    ...places.flatMap(({ path, options }) =>
      options.filter((option) => takesValue(option) && !isGlobal(option)).map((option) => ({ path, option })),
    ),
    ...globalWords.filter(takesValue).map((option) => ({ path: null, option })),
  ];
}

/** The next place for each known word: from `schedule` by `show` to `schedule show`. */
export function stepsOf(places: readonly Place[]): readonly { from: string; word: string; to: string }[] {
  return places.flatMap(({ path, commands }) =>
    commands.map(({ name }) => ({ from: path, word: name, to: path === "" ? name : `${path} ${name}` })),
  );
}
