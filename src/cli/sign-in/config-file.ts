import { existsSync } from "node:fs";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import type { GlobalOptions } from "../global-options.ts";
import { FALLBACK, parseIni, type Section } from "./ini.ts";
import {
  brokenLine,
  type Chosen,
  chooseProfile,
  configFiles,
  expandHome,
  givenRegion,
  type Machine,
  readText,
  replacedKeys,
  variableOf,
} from "./oci-variables.ts";

/** One profile of the config file, with the values that variables replace and that `[DEFAULT]` adds. */
export interface Profile {
  readonly name: string;
  /** What chose the profile; null: nothing did. */
  readonly by: string | null;
  /** Null: variables hold everything, and no file was read. */
  readonly file: string | null;
  /** How errors name it: "the profile X". */
  readonly words: string;
  /** Whether it signs in with a session by default. */
  readonly isSession: boolean;
  /** @throws CliError CONFIG_BROKEN if an indented line continues the value */
  get(key: string): string | null;
  /** @throws CliError PROFILE_INCOMPLETE naming the key; CONFIG_BROKEN */
  need(key: string): string;
  /** A path of the profile. `~` is the home directory. A relative path starts at this folder, as for `oci`, otherwise at the config file's. */
  pathOf(key: string): string;
}

const SETUP = "run oci session authenticate, or oci setup config for an API key";
const NOTHING: Section = { values: new Map(), bad: null };

function findFile(runtime: Machine, options: Pick<GlobalOptions, "configFile">): { file: string; text: string } {
  const candidates = configFiles(runtime, options).map((name) => path.resolve(expandHome(name, runtime.homeDirectory)));
  for (const file of candidates) {
    const text = readText(file);
    if (text !== null) return { file, text };
  }
  throw new CliError("CONFIG_MISSING", {
    what: `there is no config file at ${candidates.join(" or ")}`,
    means: "there are no credentials to sign in with",
    next: `${SETUP}, or name the file with --config-file`,
  });
}

function unknownProfile({ value, by }: Chosen, file: string, names: readonly string[]): CliError {
  const chosen = by === null || by === "--profile" ? "" : `, which ${by} names`;
  return new CliError("PROFILE_UNKNOWN", {
    what: `${file} has no profile ${value}${chosen}`,
    means: names.length === 0 ? "the file holds no profile at all" : `it has ${names.join(", ")}`,
    next: names.length === 0 ? SETUP : "choose one with --profile, or make it: oci session authenticate",
  });
}

/** Keys that belong to one way of signing in. The nearest place that has one of them decides. */
const OF_API_KEY = ["user", "fingerprint", "key_content"];
const OF_SESSION = "security_token_file";

/** What the parts of a profile hold, the nearest first: variables, the profile itself, `[DEFAULT]`. */
interface Layers {
  readonly all: readonly ReadonlyMap<string, string>[];
  /** `[DEFAULT]`, if the profile is another. */
  readonly lent: Section;
}

function isSession({ all }: Layers): boolean {
  const decisive = all.find((values) => [OF_SESSION, ...OF_API_KEY].some((key) => values.get(key)));
  return Boolean(decisive?.get(OF_SESSION));
}

function profileOf(runtime: Machine, chosen: Chosen, file: string | null, layers: Layers): Profile {
  const words = file === null ? "the environment's profile" : `the profile ${chosen.value}`;
  const place = file === null ? words : `${words} in ${file}`;
  const get = (key: string): string | null => {
    const value = layers.all.map((values) => values.get(key)).find((found) => found !== undefined);
    if (value?.includes("\n") && key !== "key_content") {
      throw new CliError("CONFIG_BROKEN", {
        what: `the value of ${key} of ${place} goes on in the next line, which is indented`,
        means: "no such value is valid",
        next: "remove the spaces at the beginning of that line",
      });
    }
    return value === undefined || value === "" ? null : value;
  };
  const need = (key: string): string => {
    const value = get(key);
    if (value !== null) return value;
    const broken = file === null ? null : brokenLine(file, layers.lent, SETUP);
    if (broken !== null) throw broken;
    const variable = variableOf(key);
    throw new CliError("PROFILE_INCOMPLETE", {
      what: `${place} has no ${key}`,
      means: "the file may be incomplete",
      next: file === null ? `set ${variable}` : `add the line ${key}=..., or make the profile again: ${SETUP}`,
    });
  };
  return {
    name: chosen.value,
    by: chosen.by,
    file,
    words,
    isSession: isSession(layers),
    get,
    need,
    pathOf: (key) => {
      const given = expandHome(need(key), runtime.homeDirectory);
      const here = path.resolve(given);
      return file === null || existsSync(here) ? here : path.resolve(path.dirname(file), given);
    },
  };
}

/**
 * The profile that options, variables and files choose, as `oci` does.
 * @throws CliError CONFIG_MISSING, CONFIG_BROKEN, PROFILE_UNKNOWN
 */
export function readProfile(
  runtime: Machine,
  options: Pick<GlobalOptions, "configFile" | "profile" | "region">,
): Profile {
  const replaced = replacedKeys(runtime);
  const chosen = chooseProfile(runtime, options);
  const has = (key: string) => replaced.has(key);
  const isWhole = ["user", "tenancy", "fingerprint"].every(has) && (has("key_file") || has("key_content"));
  if (isWhole && givenRegion(runtime, options) !== null) {
    return profileOf(runtime, chosen, null, { all: [replaced], lent: NOTHING });
  }
  const { file, text } = findFile(runtime, options);
  const sections = parseIni(text);
  const name = chosen.value.trim();
  // `[DEFAULT]` may be absent where variables hold the credential.
  const absent = name === FALLBACK && replaced.size > 0 ? NOTHING : undefined;
  const own = sections.get(name) ?? absent;
  if (own === undefined) throw unknownProfile(chosen, file, [...sections.keys()]);
  const broken = brokenLine(file, own, SETUP);
  if (broken !== null) throw broken;
  const shared = sections.get(FALLBACK) ?? NOTHING;
  const lent = name === FALLBACK ? NOTHING : shared;
  // A private key in the file itself is not taken, as `oci` does.
  const inFile = [own.values, lent.values].map(
    (values) => new Map([...values].filter(([key]) => key !== "key_content")),
  );
  return profileOf(runtime, chosen, file, { all: [replaced, ...inFile], lent });
}
