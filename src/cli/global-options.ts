import { Option } from "commander";
import { isSafeOrigin } from "../base/origin.ts";
import { CliError } from "./cli-error.ts";

export const authKinds = ["session", "api-key", "resource-principal", "instance-principal"] as const;
export type AuthKind = (typeof authKinds)[number];
/** The kinds as `oci` spells them. */
const OCI_SPELLINGS: Readonly<Record<string, AuthKind>> = {
  security_token: "session",
  api_key: "api-key",
  resource_principal: "resource-principal",
  instance_principal: "instance-principal",
};

/** A kind in our spelling or that of `oci`; null: none that is known here. */
export function authKindOf(text: string): AuthKind | null {
  return authKinds.find((known) => known === text) ?? OCI_SPELLINGS[text] ?? null;
}

/** The options that every command has. */
export interface GlobalOptions {
  readonly profile: string | null;
  readonly configFile: string | null;
  readonly region: string | null;
  /** Scheme, host and port of all of OCI's services. */
  readonly endpoint: string | null;
  /** Null: a session if the profile has one, otherwise its API key. */
  readonly auth: AuthKind | null;
  readonly json: boolean;
  readonly yes: boolean;
  readonly debug: boolean;
  /** The options above whose value is a default of the operator's own; a command in this shell has it too. */
  readonly defaulted: readonly string[];
  /** How this program was started, for commands to paste: `oci-rotate`, `npx oci-rotate`. */
  readonly program: string;
}

const GROUP = "Options of every command:";

export const globalOptionTexts: readonly (readonly [flags: string, does: string])[] = [
  [
    "--profile <name>",
    "profile of the config file (default: OCI_CLI_PROFILE, then default_profile of ~/.oci/oci_cli_rc, then DEFAULT)",
  ],
  [
    "--config-file <file>",
    "config file (default: OCI_CLI_CONFIG_FILE, then ~/.oci/config; if that is absent, the file named by OCI_CONFIG_FILE)",
  ],
  ["--region <region>", "region, such as us-ashburn-1 (default: OCI_CLI_REGION, then the profile's, then OCI_REGION)"],
  ["--endpoint <url>", "URL of all OCI services: a private endpoint, or the emulator; https, or http on this machine"],
  [
    "--auth <kind>",
    `${authKinds.join(", ")} (default: OCI_CLI_AUTH, then session if the profile has one, otherwise api-key)`,
  ],
  ["--json", "print one JSON document instead of text; errors as {error}"],
  ["-y, --yes", "answer every question with yes; needed in scripts"],
  ["--debug", "print the origin of an error and the pipeline's log to stderr; never a secret"],
];

/** New ones for each command, since commander keeps them. */
export function globalOptions(): Option[] {
  return globalOptionTexts.map(([flags, does]) => {
    const option = new Option(flags, does);
    option.helpGroup(GROUP);
    return option.isBoolean() || !flags.includes("<") ? option : option.argParser(once(flags));
  });
}

/** Two profiles on one command line are a mistake, not a choice of the later one. */
function once(flags: string): (value: string, previous: string | undefined) => string {
  const name = flags.split(" ")[0] ?? flags;
  return (value, previous) => {
    if (previous !== undefined && previous !== value) {
      throw new CliError("USAGE", { what: `${name} was given twice`, next: `give ${name} once` });
    }
    return value;
  };
}

function readEndpoint(text: string): string {
  if (isSafeOrigin(text)) return new URL(text).origin;
  throw new CliError("USAGE", {
    what: "--endpoint takes an https URL without a path; http only on loopback",
    next: "give it as https://host or http://127.0.0.1:port",
  });
}

function readAuth(text: string): AuthKind {
  const kind = authKindOf(text);
  if (kind !== null) return kind;
  throw new CliError("USAGE", {
    what: `--auth takes one of ${authKinds.join(", ")}`,
    next: "correct it, or leave it out to use the profile's default",
  });
}

/** npm says how it was started (npm-scripts(7)). */
function programOf(environment: Readonly<Record<string, string | undefined>>): string {
  if (environment["npm_command"] === "exec") return "npx oci-rotate";
  return environment["npm_lifecycle_event"] === "oci-rotate" ? "npm run oci-rotate --" : "oci-rotate";
}

/**
 * @param raw commander's values, of the program and of the command together
 * @param defaults by option, for what is not given
 */
export function readGlobalOptions(
  raw: Readonly<Record<string, unknown>>,
  defaults: Readonly<Partial<Record<string, string>>> = {},
  environment: Readonly<Record<string, string | undefined>> = {},
): GlobalOptions {
  const defaulted: string[] = [];
  const text = (name: string): string | null => {
    const value = raw[name];
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (typeof value !== "string") {
      const own = defaults[flag];
      if (own !== undefined) defaulted.push(name);
      return own ?? null;
    }
    if (value.trim() !== "") return value;
    throw new CliError("USAGE", { what: `--${flag} was given without a value`, next: `give --${flag} a value` });
  };
  const endpoint = text("endpoint");
  const auth = text("auth");
  return {
    profile: text("profile"),
    configFile: text("configFile"),
    region: text("region"),
    endpoint: endpoint === null ? null : readEndpoint(endpoint),
    auth: auth === null ? null : readAuth(auth),
    json: raw["json"] === true,
    yes: raw["yes"] === true,
    debug: raw["debug"] === true,
    defaulted,
    program: programOf(environment),
  };
}
