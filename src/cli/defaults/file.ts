import { readFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import type { Runtime } from "../runtime.ts";
import { known } from "./known.ts";

/** Names the file. */
export const FILE_VARIABLE = "OROT_CLI_FILE";
const LINE = /^([^=]*?)\s*=\s*(.*)$/;

/** `OROT_CLI_FILE`, otherwise `oci-rotate/config` below `XDG_CONFIG_HOME` or `~/.config`. The working directory does not matter. */
function placeOfDefaults({ environment, homeDirectory }: Pick<Runtime, "environment" | "homeDirectory">): {
  readonly file: string;
  readonly isNamed: boolean;
} {
  const named = environment[FILE_VARIABLE] ?? "";
  if (named !== "") return { file: path.resolve(named), isNamed: true };
  const configHome = environment["XDG_CONFIG_HOME"] ?? "";
  const folder = path.isAbsolute(configHome) ? configHome : path.join(homeDirectory, ".config");
  return { file: path.join(folder, "oci-rotate", "config"), isNamed: false };
}

/** The lines of the file, by name. Null: there is none. @throws CliError DEFAULTS_BROKEN that names the line */
export function readDefaultsFile(
  runtime: Pick<Runtime, "environment" | "homeDirectory">,
): ReadonlyMap<string, string> | null {
  const { file, isNamed } = placeOfDefaults(runtime);
  const text = readText(file, isNamed);
  if (text === null) return null;
  const found = new Map<string, string>();
  for (const [index, whole] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = whole.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const [name, value] = entryOf(line, (what, next) => broken(`line ${index + 1} of ${file} ${what}`, next));
    if (found.has(name))
      throw broken(`line ${index + 1} of ${file} names ${name} again`, "remove one of the two lines");
    found.set(name, value);
  }
  return found;
}

/** One `name = value`. The value is not shown, since it may have been meant for elsewhere. */
function entryOf(line: string, refusal: (what: string, next: string) => CliError): readonly [string, string] {
  const [, name, value = ""] = LINE.exec(line) ?? [];
  const names = Object.keys(known).join(", ");
  if (name === undefined)
    throw refusal("is not of the form name = value", `write one of ${names}, an equals sign, and a value`);
  const entry = Object.hasOwn(known, name) ? known[name] : undefined;
  if (entry === undefined)
    throw refusal("names no option that can have a default", `correct the name; it can be ${names}`);
  if (!entry.takes.safeParse(value).success)
    throw refusal(`is wrong: ${name} takes ${entry.words}`, "correct the line, or remove it");
  return [name, value];
}

function readText(file: string, isNamed: boolean): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : null;
    const isAbsent = code === "ENOENT" || code === "ENOTDIR";
    if (isAbsent && !isNamed) return null;
    throw broken(
      `the file of defaults ${file} ${isAbsent ? "does not exist" : "cannot be read"}`,
      isNamed ? `correct or unset ${FILE_VARIABLE}` : "give yourself the right to read it, or remove it",
    );
  }
}

function broken(what: string, next: string): CliError {
  return new CliError("DEFAULTS_BROKEN", { what, next });
}
