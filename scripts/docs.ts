/**
 * `npm run docs`: writes the table of settings into README.md, from the schema that reads them. `--check` writes nothing and fails if the
 * table is not the one that would be written.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { settingDefinitions } from "../src/settings.ts";
import { ROOT } from "./run.ts";

const FILE = "README.md";
const BEGIN = "<!-- settings:begin -->";
const END = "<!-- settings:end -->";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function settingsTable(): string {
  const rows = settingDefinitions.map(
    ({ name, unit, default: fallback, meaning }) =>
      `| \`${name}\` | ${cell(unit)} | ${fallback === null ? "not set" : `\`${cell(fallback)}\``} | ${cell(meaning)} |`,
  );
  return ["| Setting | Unit | Default | Meaning |", "|---|---|---|---|", ...rows].join("\n");
}

/** `text` with everything between the two markers replaced. */
function between(text: string, replacement: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${FILE} needs the lines ${BEGIN} and ${END}, in this order`);
  return `${text.slice(0, begin + BEGIN.length)}\n${replacement}\n${text.slice(end)}`;
}

const { values } = parseArgs({ options: { check: { type: "boolean" } } });
const file = path.join(ROOT, FILE);
const before = readFileSync(file, "utf8");
const after = between(before, settingsTable());
if (after === before) {
  console.log(`${FILE}: ${settingDefinitions.length} settings, up to date`);
} else if (values.check) {
  console.error(`${FILE} does not match src/settings.ts: run npm run docs`);
  process.exitCode = 1;
} else {
  writeFileSync(file, after);
  console.log(`${FILE}: ${settingDefinitions.length} settings written`);
}
