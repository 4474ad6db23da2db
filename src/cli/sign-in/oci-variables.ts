import { readFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import type { GlobalOptions } from "../global-options.ts";
import type { Runtime } from "../runtime.ts";
import { FALLBACK, parseIni, type Section } from "./ini.ts";

// What the environment of the `oci` command line chooses, in its own order. An operator's variables must not be ignored: the commands of
// one shell would then work in two tenancies.

type Environment = Pick<Runtime, "environment">;
export type Machine = Pick<Runtime, "environment" | "homeDirectory">;

/** Keys of a profile that a variable replaces. */
const KEY_VARIABLES: Readonly<Record<string, string>> = {
  user: "OCI_CLI_USER",
  fingerprint: "OCI_CLI_FINGERPRINT",
  key_file: "OCI_CLI_KEY_FILE",
  key_content: "OCI_CLI_KEY_CONTENT",
  tenancy: "OCI_CLI_TENANCY",
  pass_phrase: "OCI_CLI_PASSPHRASE",
  security_token_file: "OCI_CLI_SECURITY_TOKEN_FILE",
};

/** A value, and which option, variable or file chose it; null: nothing did, and it is the default. */
export interface Chosen {
  readonly value: string;
  readonly by: string | null;
}

/** An empty variable is refused, as `oci` does. Read as unset, it would lead to the default profile without a word. */
export function variable({ environment }: Environment, name: string): string | null {
  const value = environment[name];
  if (value === undefined || value.trim() !== "") return value ?? null;
  throw new CliError("CONFIG_BROKEN", {
    what: `the variable ${name} is set, but empty`,
    means: "what it is to choose is not known",
    next: `give ${name} a value, or unset it`,
  });
}

export function expandHome(file: string, homeDirectory: string): string {
  return /^~(?:$|[\\/])/.test(file) ? path.join(homeDirectory, file.slice(1)) : file;
}

/** The text of a file; null if there is no such file. @throws CliError CONFIG_BROKEN if it cannot be read */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : null;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new CliError("CONFIG_BROKEN", {
      what: `the config file ${file} cannot be read (${typeof code === "string" ? code : "unknown"})`,
      next: "give yourself the right to read it, or name another with --config-file",
    });
  }
}

export function brokenLine(file: string, { bad }: Section, setUp: string): CliError | null {
  if (bad === null) return null;
  return new CliError("CONFIG_BROKEN", {
    what: `line ${bad.line} of ${file} ${bad.what}`,
    means: "the file may be incomplete",
    next: `correct the line, or make the profile again: ${setUp}`,
  });
}

/** `default_profile` in the settings file of `oci`. Its own file at home comes before OCI_CLI_RC_FILE. */
function defaultProfile({ environment, homeDirectory }: Machine): Chosen | null {
  const files = [
    path.join("~", ".oci", "oci_cli_rc"),
    environment["OCI_CLI_RC_FILE"],
    path.join("~", ".oci", "cli-defaults"),
  ];
  for (const candidate of files) {
    if (!candidate) continue;
    const file = path.resolve(expandHome(candidate, homeDirectory));
    const text = readText(file);
    if (text === null) continue;
    const settings = parseIni(text).get("OCI_CLI_SETTINGS");
    const broken = settings === undefined ? null : brokenLine(file, settings, "oci setup oci-cli-rc");
    if (broken !== null) throw broken;
    const value = settings?.values.get("default_profile");
    return value ? { value, by: `default_profile in ${file}` } : null;
  }
  return null;
}

/** `--profile`, OCI_CLI_PROFILE, `default_profile`, `DEFAULT`. */
export function chooseProfile(
  runtime: Machine,
  { profile, defaulted = [] }: Pick<GlobalOptions, "profile"> & Partial<Pick<GlobalOptions, "defaulted">>,
): Chosen {
  const by = defaulted.includes("profile") ? "the default of --profile" : "--profile";
  if (profile !== null) return { value: profile, by };
  const fromVariable = variable(runtime, "OCI_CLI_PROFILE");
  if (fromVariable !== null) return { value: fromVariable, by: "OCI_CLI_PROFILE" };
  return defaultProfile(runtime) ?? { value: FALLBACK, by: null };
}

/** Where the config file may be, in the order of `oci`. What an option or variable names has no substitute. */
export function configFiles(runtime: Machine, { configFile }: Pick<GlobalOptions, "configFile">): readonly string[] {
  const named = configFile ?? variable(runtime, "OCI_CLI_CONFIG_FILE");
  if (named !== null) return [named];
  const usual = path.join("~", ".oci", "config");
  const fromVariable = runtime.environment["OCI_CONFIG_FILE"];
  return [usual, fromVariable || path.join("~", ".oraclebmc", "config")];
}

/** `--region`, then OCI_CLI_REGION. */
export function givenRegion({ environment }: Environment, { region }: Pick<GlobalOptions, "region">): string | null {
  return region ?? (environment["OCI_CLI_REGION"] || null);
}

/** `--region`, OCI_CLI_REGION, the profile's or the principal's own, OCI_REGION. */
export function chooseRegion(
  runtime: Environment,
  options: Pick<GlobalOptions, "region">,
  own: string | null,
): string | null {
  return givenRegion(runtime, options) ?? own ?? (runtime.environment["OCI_REGION"] || null);
}

/** The values of a profile that variables replace; an empty one replaces too. */
export function replacedKeys({ environment }: Environment): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, name] of Object.entries(KEY_VARIABLES)) {
    const value = environment[name];
    if (value !== undefined) values.set(key, value);
  }
  return values;
}

export function variableOf(key: string): string | null {
  return KEY_VARIABLES[key] ?? null;
}
