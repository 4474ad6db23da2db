import { readFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import type { GlobalOptions } from "../global-options.ts";
import type { Runtime } from "../runtime.ts";

/** One profile of the config file, with the values that `[DEFAULT]` adds. */
export interface Profile {
  readonly name: string;
  readonly file: string;
  get(key: string): string | null;
  /** @throws CliError PROFILE_INCOMPLETE naming the key */
  need(key: string): string;
  /** A path of the profile. `~` is the home directory; relative paths start at the config file's folder. */
  pathOf(key: string): string;
}

const FALLBACK = "DEFAULT";
const SETUP = "run oci session authenticate, or oci setup config for an API key";

function expandHome(file: string, homeDirectory: string): string {
  return file === "~" || file.startsWith("~/") ? path.join(homeDirectory, file.slice(1)) : file;
}

function readText(file: string): string | null {
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

/** `--config-file`, otherwise `~/.oci/config`, otherwise the file named by OCI_CONFIG_FILE. This is the order of Oracle's SDK. */
function findFile(runtime: Runtime, options: Pick<GlobalOptions, "configFile">): { file: string; text: string } {
  const usual = path.join(runtime.homeDirectory, ".oci", "config");
  const fromEnvironment = runtime.environment["OCI_CONFIG_FILE"];
  const candidates =
    options.configFile === null
      ? [usual, ...(fromEnvironment === undefined || fromEnvironment === "" ? [] : [fromEnvironment])]
      : [options.configFile];
  for (const candidate of candidates) {
    const file = path.resolve(expandHome(candidate, runtime.homeDirectory));
    const text = readText(file);
    if (text !== null) return { file, text };
  }
  throw new CliError("CONFIG_MISSING", {
    what: `there is no config file at ${candidates.join(" or ")}`,
    means: "there are no credentials to sign in with",
    next: `${SETUP}, or name the file with --config-file`,
  });
}

type Sections = Map<string, Map<string, string>>;

function broken(file: string, line: number, what: string): CliError {
  return new CliError("CONFIG_BROKEN", {
    what: `line ${line} of ${file} ${what}`,
    means: "the file may be incomplete",
    next: `correct the line, or make the profile again: ${SETUP}`,
  });
}

/** The INI dialect of `oci` and Oracle's SDKs: sections, `key=value`, comments with `#` or `;`. Names of keys are not case-sensitive. */
function parseConfig(text: string, file: string): Sections {
  const sections: Sections = new Map();
  let current: Map<string, string> | null = null;
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    const number = index + 1;
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const section = /^\[(.+)\]$/.exec(line)?.[1]?.trim();
    if (section !== undefined) {
      if (sections.has(section)) throw broken(file, number, `begins the profile ${section} a second time`);
      current = new Map();
      sections.set(section, current);
      continue;
    }
    // The line may hold a pass phrase, so it is not shown.
    const at = line.indexOf("=");
    if (at <= 0)
      throw broken(file, number, line.startsWith("[") ? "is a profile's name cut short" : "is not key=value");
    if (current === null) throw broken(file, number, "stands before the first [profile]");
    const key = line.slice(0, at).trim().toLowerCase();
    if (current.has(key)) throw broken(file, number, `gives ${key} a second time`);
    current.set(key, line.slice(at + 1).trim());
  }
  return sections;
}

/** Keys that describe one credential only together. `[DEFAULT]` adds none of them to a profile with a credential of its own. */
const CREDENTIAL_KEYS = ["user", "fingerprint", "key_file", "key_content", "pass_phrase", "security_token_file"];

/** @throws CliError CONFIG_MISSING, CONFIG_BROKEN, PROFILE_UNKNOWN */
export function readProfile(runtime: Runtime, options: Pick<GlobalOptions, "configFile" | "profile">): Profile {
  const { file, text } = findFile(runtime, options);
  const sections = parseConfig(text, file);
  const name = options.profile ?? FALLBACK;
  const own = sections.get(name);
  if (own === undefined) {
    const known = [...sections.keys()];
    throw new CliError("PROFILE_UNKNOWN", {
      what: `${file} has no profile ${name}`,
      means: known.length === 0 ? "the file holds no profile at all" : `it has ${known.join(", ")}`,
      next: known.length === 0 ? SETUP : "choose one with --profile, or make it: oci session authenticate",
    });
  }
  const shared = sections.get(FALLBACK) ?? new Map<string, string>();
  const hasCredential = CREDENTIAL_KEYS.some((key) => own.has(key));
  const get = (key: string): string | null => {
    const isLent = !(hasCredential && CREDENTIAL_KEYS.includes(key));
    const value = own.get(key) ?? (isLent ? shared.get(key) : undefined);
    return value === undefined || value === "" ? null : value;
  };
  const need = (key: string): string => {
    const value = get(key);
    if (value !== null) return value;
    throw new CliError("PROFILE_INCOMPLETE", {
      what: `the profile ${name} in ${file} has no ${key}`,
      means: "the file may be incomplete",
      next: `add the line ${key}=..., or make the profile again: ${SETUP}`,
    });
  };
  return {
    name,
    file,
    get,
    need,
    pathOf: (key) => path.resolve(path.dirname(file), expandHome(need(key), runtime.homeDirectory)),
  };
}
