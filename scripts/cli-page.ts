/** docs/cli.md, from the definitions of the commands: the same source as `--help`. */
import * as z from "zod/mini";
import type { AnyCommand, CommandGroup, Parameters } from "../src/cli/command.ts";
import { commands } from "../src/cli/commands/index.ts";
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

function schemaOf({ data }: AnyCommand): string[] {
  if (data === null) return [];
  const { $schema, ...schema } = z.toJSONSchema(data, { io: "output", unrepresentable: "any" });
  return [
    `What \`--json\` prints (JSON Schema, ${$schema?.split("/").at(-2)}):`,
    `\`\`\`json\n${JSON.stringify(schema, null, 2)}\n\`\`\``,
  ];
}

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
    ...schemaOf(entry),
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
    "## Every command",
    table(["option", "does"], globalOptionTexts),
    "**Signing in.** The profile's session token where it has one, else its API key; `--auth` chooses otherwise. The config file is `--config-file`, else `~/.oci/config`; only where that is absent, the file that `OCI_CONFIG_FILE` names. A region comes from `--region`, the profile, or `OCI_REGION`. Keys that a profile lacks come from `[DEFAULT]`, but no part of a credential joins a profile that has one of its own. Where others have rights on the config file or on the key, a line on stderr says so, unless `OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING=True`, as for `oci`. A session that has ended: at a terminal the command asks and runs the sign-in; in a script, and with `--json`, it fails at once with the command to run and exit code 3.",
    "**Settings.** What runs here reads the function's settings (`OROT_...`, see the README) from the environment, and `HTTPS_PROXY` and `NO_PROXY`.",
    '**Output.** Results on stdout, everything about them on stderr. Without a terminal there is no progress and no colour; `NO_COLOR` switches colours off on one. Characters that show nothing by themselves (controls, formats, separators of lines, private use) in what others have named stand as escapes such as `\\u200b`, in JSON too, where they mean the same; in CSV an apostrophe goes before what a spreadsheet would run. Errors say what happened, what it means and what to do next; with `--json` also as `{"error": {"code", "what", "means", "next"}}` on stdout.',
    "**Secrets** are never arguments and never shown.",
    table(["exit code", "means"], exits),
    ...commands.flatMap((entry) => section(entry, "")),
  ].join("\n\n")}\n`;
}
