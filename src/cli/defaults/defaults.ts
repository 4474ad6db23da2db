import { CliError } from "../cli-error.ts";
import type { Runtime } from "../runtime.ts";
import { FILE_VARIABLE, readDefaultsFile } from "./file.ts";
import { known, listed, PREFIX, variableOf } from "./known.ts";

/** What the operator has set for all commands, by option. Flags come before it. */
export type Defaults = Readonly<Partial<Record<string, string>>>;

type Places = Pick<Runtime, "environment" | "homeDirectory">;

function requireKnown(environment: Runtime["environment"]): void {
  const variables = [FILE_VARIABLE, ...Object.keys(known).map(variableOf)];
  const unknown = Object.keys(environment).find((name) => name.startsWith(PREFIX) && !variables.includes(name));
  if (unknown === undefined) return;
  throw new CliError("USAGE", {
    what: `the environment variable ${unknown} is not one of the command line's`,
    next: `correct its name or unset it; there are ${variables.join(", ")}`,
  });
}

function fromEnvironment(environment: Runtime["environment"], name: string): string | undefined {
  const variable = variableOf(name);
  const given = environment[variable]?.trim() ?? "";
  const entry = known[name];
  if (given === "" || entry === undefined) return undefined;
  if (entry.takes.safeParse(given).success) return given;
  throw new CliError("USAGE", { what: `${variable} takes ${entry.words}`, next: `correct or unset ${variable}` });
}

/** Variables of `oci` for the same choice. What this shell says comes before what a file says. */
const OF_OCI: Readonly<Record<string, string>> = {
  profile: "OCI_CLI_PROFILE",
  "config-file": "OCI_CLI_CONFIG_FILE",
  region: "OCI_CLI_REGION",
  auth: "OCI_CLI_AUTH",
};

function fromFile(file: ReturnType<typeof readDefaultsFile>, environment: Runtime["environment"], name: string) {
  return environment[OF_OCI[name] ?? ""] === undefined ? file?.get(name) : undefined;
}

/** The environment's value of each option, otherwise the file's. @throws CliError */
export function readDefaults({ environment, homeDirectory }: Places): Defaults {
  requireKnown(environment);
  const file = readDefaultsFile({ environment, homeDirectory });
  return Object.fromEntries(
    Object.keys(known).flatMap((name) => {
      const value = fromEnvironment(environment, name) ?? fromFile(file, environment, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The runtime with every default in its environment, where whoever needs one looks. */
export function withDefaults(runtime: Runtime, defaults: Defaults): Runtime {
  const variables = Object.entries(defaults).map(([name, value]) => [variableOf(name), value]);
  return { ...runtime, environment: { ...runtime.environment, ...Object.fromEntries(variables) } };
}

/** Of an option that takes several values. @param environment of a runtime with its defaults */
export function defaultList(environment: Runtime["environment"], name: "compartment" | "vault"): readonly string[] {
  return listed(environment[variableOf(name)] ?? "");
}
