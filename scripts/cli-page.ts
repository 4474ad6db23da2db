/** docs/cli.md and docs/schemas, from the definitions of the commands: the same source as `--help`. */
import * as z from "zod/mini";
import type { AnyCommand, CommandGroup, Parameters } from "../src/cli/command.ts";
import { commands } from "../src/cli/commands/index.ts";
import { known, variableOf } from "../src/cli/defaults/known.ts";
import { exitCodeMeanings } from "../src/cli/exit-codes.ts";
import { globalOptionTexts } from "../src/cli/global-options.ts";
import { exampleLines, isGroup, paragraphs } from "../src/cli/help.ts";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (head: readonly [string, string], rows: readonly (readonly [string, string])[]) =>
  [
    `| ${head[0]} | ${head[1]} |`,
    "|---|---|",
    ...rows.map(([name, does]) => `| \`${cell(name)}\` | ${cell(does)} |`),
  ].join("\n");

function parameters(head: string, given: Parameters): string[] {
  const rows = Object.values(given).map(({ flags, does, default: fallback }): [string, string] => [
    flags,
    fallback === undefined ? does : `${does} (default: ${fallback})`,
  ]);
  return rows.length === 0 ? [] : [table([head, ""], rows)];
}

/** Where the JSON Schemas of what `--json` prints stand, a file a command. */
export const SCHEMAS = "docs/schemas";

const schemaName = (command: string) => `${command.replaceAll(" ", "-")}.json`;

function schemaLink({ data }: AnyCommand, command: string): string[] {
  return data === null ? [] : [`With \`--json\`: [JSON Schema](schemas/${schemaName(command)}).`];
}

function schemasOf(entry: AnyCommand | CommandGroup, above: string): { name: string; text: string }[] {
  const command = `${above}${entry.name}`;
  if (isGroup(entry)) return entry.commands.flatMap((child) => schemasOf(child, `${command} `));
  if (entry.data === null) return [];
  const { $schema, ...schema } = z.toJSONSchema(entry.data, { io: "output", unrepresentable: "any" });
  const document = { $schema, title: `oci-rotate ${command} --json`, ...schema };
  return [{ name: `${SCHEMAS}/${schemaName(command)}`, text: `${JSON.stringify(document, null, 2)}\n` }];
}

export const schemaFiles = () => commands.flatMap((entry) => schemasOf(entry, ""));

function section(entry: AnyCommand | CommandGroup, above: string): string[] {
  const name = `${above}${entry.name}`;
  const examples =
    entry.examples.length === 0 ? [] : [`\`\`\`sh\n${exampleLines(entry.examples).replaceAll(/^ {2}/gm, "")}\n\`\`\``];
  const head = [`${"#".repeat(above === "" ? 2 : 3)} ${name}`, paragraphs(entry.description)];
  if (isGroup(entry)) return [...head, ...examples, ...entry.commands.flatMap((child) => section(child, `${name} `))];
  const words = Object.values(entry.arguments).map(({ flags }) => flags);
  return [
    ...head,
    `\`oci-rotate ${[name, ...words, "[options]"].join(" ")}\``,
    ...parameters("argument", entry.arguments),
    ...parameters("option", entry.options),
    ...examples,
    ...schemaLink(entry, name),
  ];
}

export function cliPage(): string {
  const exits = Object.entries(exitCodeMeanings).map(([code, meaning]): [string, string] => [code, meaning]);
  return `${[
    "# The command line",
    "Printed by `npm run docs` from what `oci-rotate --help` shows. In a clone: `npm run oci-rotate -- check ...`, or after `npm run build`, `npx oci-rotate check ...`.",
    table(
      ["command", "does"],
      commands.map(({ name, summary }): [string, string] => [name, summary]),
    ),
    "## All commands",
    table(["option", "does"], globalOptionTexts),
    "### Signing in",
    "A command signs in as `oci` does in the same shell: with the same profile, file and variables ([compatibility](compatibility.md#the-oci-configuration-file)). It uses the profile's session token if it has one, else its API key.",
    "`oci-rotate session` shows which profile, tenancy and region are in use, and what chose them. `doctor` and the confirmation of every change show them too.",
    [
      "- **Profile:** `--profile`, `OROT_CLI_PROFILE`, `OCI_CLI_PROFILE`, your [defaults file](#defaults-of-your-own), `default_profile` of `~/.oci/oci_cli_rc` (if that file is absent, of the file that `OCI_CLI_RC_FILE` names), or `DEFAULT`.",
      "- **Config file:** `--config-file`, `OCI_CLI_CONFIG_FILE`, or `~/.oci/config`. If that file is absent, `OCI_CONFIG_FILE` names it.",
      "- **Region:** `--region`, `OCI_CLI_REGION`, the profile, or `OCI_REGION`.",
      "- **Way to sign in:** `--auth` or `OCI_CLI_AUTH`, in our spelling or that of `oci`.",
      "- **Single keys:** `OCI_CLI_USER`, `OCI_CLI_TENANCY`, `OCI_CLI_FINGERPRINT`, `OCI_CLI_KEY_FILE`, `OCI_CLI_KEY_CONTENT`, `OCI_CLI_PASSPHRASE` and `OCI_CLI_SECURITY_TOKEN_FILE` replace those of the profile.",
      "- **`[DEFAULT]`:** fills in each key that a profile lacks.",
      "- **Permissions:** a line on stderr warns if other users can access the config file or the key. `OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING=True` turns it off, as for `oci`.",
      "- **Expired session:** on a terminal, the command asks and then runs the sign-in. In a script, and with `--json`, it fails at once with exit code 3 and prints the command to run.",
    ].join("\n"),
    "### Secrets by name",
    [
      "A secret is given by its OCID or by its name. A name is looked up exactly as written, in the compartments of `--compartment` and, if given, the vaults of `--vault`.",
      'That takes "inspect secrets" there. If several secrets have the name, the command names their OCIDs and does nothing.',
    ].join("\n"),
    "### Defaults of your own",
    "An option that is not given takes its value from the environment, and otherwise from a file. Both come before the variables and files of `oci`.",
    table(
      ["option", "default"],
      Object.keys(known).map((name): [string, string] => [
        `--${name}`,
        `\`${variableOf(name)}\`, then the file's line \`${name} = ...\``,
      ]),
    ),
    [
      "- **File:** `~/.config/oci-rotate/config` (`XDG_CONFIG_HOME` is respected), or the file that `OROT_CLI_FILE` names.",
      "- **Lines:** `name = value`, several values with commas between them. `#` begins a comment.",
      "- **Mistakes:** a wrong line or variable ends the command before anything is sent. The error names the line or the variable.",
    ].join("\n"),
    "### Settings",
    "A command reads the function's [settings](reference.md#settings) (`OROT_...`) from the environment, and `HTTPS_PROXY` and `NO_PROXY`.",
    "### Output",
    [
      "- Results go to stdout, everything else to stderr.",
      "- Without a terminal there is no progress and no colour. `NO_COLOR` turns colours off on a terminal.",
      "- Invisible characters in names from elsewhere are printed as escapes such as `\\u200b`. In JSON the escapes mean the same characters.",
      "- In CSV, an apostrophe precedes anything that a spreadsheet would run.",
      '- Errors say what happened, what it means and what to do next. With `--json` they are printed on stdout as `{"error": {"code", "what", "means", "next"}}`.',
      "- Secrets are never arguments and never shown.",
    ].join("\n"),
    "### Windows",
    [
      "**Not tried yet.** The workflow [`windows.yml`](../.github/workflows/windows.yml) runs the command line's tests on Windows; it has not run so far. This is what the code does there:",
      "- Commands to paste are quoted for PowerShell. Those with `$(...)`, `|` or `eval`, such as the lines of `doctor --upgrade`, need a POSIX shell such as Git Bash.",
      "- A file that only you can read has the rights of its folder: keep it in your own profile. `chmod` and the warnings about open files do not apply.",
      "- Ctrl-C and Ctrl-Break finish what is in progress. Windows has no SIGTERM, so any other way to end the process kills it. The next run or heal finishes a rotation that was killed.",
      "- In PowerShell 5.1, set `$OutputEncoding = [Text.UTF8Encoding]::new()` before you pipe a file with other characters than ASCII into `adopt --stdin`.",
    ].join("\n"),
    "### Exit codes",
    table(["exit code", "means"], exits),
    ...commands.flatMap((entry) => section(entry, "")),
  ].join("\n\n")}\n`;
}
