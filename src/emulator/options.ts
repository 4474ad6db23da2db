import { existsSync } from "node:fs";
import { type ParseArgsOptionDescriptor, parseArgs } from "node:util";
import { callNames } from "./core/call-names.ts";
import { type Fault, faultKinds, parseFault } from "./core/faults.ts";
import { parseSwitch, type Switches, switchTable } from "./core/switches.ts";
import { type emulatorOptions, optionEntries } from "./option-table.ts";

export interface CommandOptions {
  readonly help: boolean;
  readonly json: boolean;
  /** Print a running emulator's settings for a shell, and start none. */
  readonly env: boolean;
  /** Undefined: the port of the last run in the data folder, otherwise any free one. */
  readonly port: number | undefined;
  readonly dataDir: string | undefined;
  /** What node runs: the built function. */
  readonly bundle: string;
  /** Instead of the bundle, the command line of a function with any FDK. */
  readonly command: string | undefined;
  /** Added to the function's configuration. */
  readonly config: Readonly<Record<string, string>>;
  /** How long the function may take until it takes calls. */
  readonly startLimitMs: number;
  /** Number of secrets to create on first start, in addition to the sample. */
  readonly secrets: number;
  /** What the first start creates: secrets in every condition at four issuers, or one. */
  readonly sample: "fleet" | "one";
  readonly switches: Partial<Switches>;
  readonly faults: readonly Fault[];
}

const DEFAULT_BUNDLE = "dist/function/func.js";

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true, default: [] as string[] } as const;

/** Parses the command line of `npm run emulator`. Throws an Error that names the argument and its values. */
export function readOptions(args: readonly string[]): CommandOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", short: "h", default: false },
      json: { type: "boolean", default: false },
      env: { type: "boolean", default: false },
      port: text,
      "data-dir": text,
      function: { ...text, default: DEFAULT_BUNDLE },
      config: texts,
      sample: { ...text, default: "fleet" },
      "start-limit": { ...text, default: "10" },
      secrets: { ...text, default: "0" },
      switch: texts,
      fault: texts,
    } satisfies Record<keyof typeof emulatorOptions | "help" | "json", ParseArgsOptionDescriptor>,
  });
  return {
    help: values.help,
    json: values.json,
    env: values.env,
    port: values.port === undefined ? undefined : readPort(values.port),
    dataDir: values["data-dir"],
    ...readFunction(values.function),
    config: Object.fromEntries(values.config.map(readSetting)),
    startLimitMs: readSeconds(values["start-limit"]) * 1000,
    secrets: readCount(values.secrets),
    sample: readSample(values.sample),
    switches: Object.assign({}, ...values.switch.map(parseSwitch)),
    faults: values.fault.map((text) => parseFault(text, callNames)),
  };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new Error("--port takes a number from 0 to 65535 (0: any free port).");
  return port;
}

/** A file, unless it has several words and there is no such file. */
function readFunction(text: string): Pick<CommandOptions, "bundle" | "command"> {
  const isCommand = /\s/.test(text.trim()) && !existsSync(text);
  return isCommand ? { bundle: DEFAULT_BUNDLE, command: text } : { bundle: text, command: undefined };
}

function readSetting(text: string): [string, string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new Error("--config takes NAME=VALUE, as an environment variable.");
  }
  return [name, value];
}

function readSample(text: string): CommandOptions["sample"] {
  if (text !== "fleet" && text !== "one") throw new Error("--sample takes fleet or one.");
  return text;
}

const MAX_START_SECONDS = 300;

function readSeconds(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= 1 && seconds <= MAX_START_SECONDS)) {
    throw new Error(`--start-limit takes a number of seconds from 1 to ${MAX_START_SECONDS}.`);
  }
  return seconds;
}

/** The most secrets that a tenancy holds (Source: OCI Vault service limits). */
const MAX_SECRETS = 5_000;

function readCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count <= MAX_SECRETS)) throw new Error(`--secrets takes a number from 0 to ${MAX_SECRETS}.`);
  return count;
}

/** The text of `--help`, with every switch, its values and its default. */
export function helpText(): string {
  const switches = Object.entries(switchTable).map(([name, { takes, default: value, does }]) => {
    const shown = Array.isArray(value) ? value.join(",") || "none" : String(value);
    return `  ${name}=${takes}\n      ${does} (default ${shown})`;
  });
  return [
    "Usage: npm run emulator -- [options]",
    "",
    "Runs OCI Vault, an identity domain, work requests, Functions and Vault's rotation schedule on this machine.",
    "",
    ...optionEntries.flatMap(([name, { value, does, ...more }]) => [
      `  --${name}${value === null ? "" : ` <${value}>`}${"isRepeated" in more ? "   may be repeated" : ""}`,
      `      ${does}`,
    ]),
    "",
    '  eval "$(npm run -s emulator -- --env)"   sets up a shell for the running emulator',
    "",
    "  --json                  print JSON lines",
    "  --help                  print this",
    "",
    `Calls: ${callNames.join(", ")}`,
    `Kinds of faults: ${faultKinds.join(", ")}`,
    "",
    "Switches:",
    ...switches,
    "",
  ].join("\n");
}
