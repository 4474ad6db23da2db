/**
 * `npm run check-docs`: what the documents promise must be there. Links lead somewhere, every document is in an index, every block of
 * code is run, read or marked, quoted answers are those of the code, every error code has its page in the runbook, and every break-glass page
 * is carried out on the emulator.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkBlocks } from "./docs-check/blocks.ts";
import { checkCommands } from "./docs-check/commands.ts";
import { ociCommands, readDocuments } from "./docs-check/documents.ts";
import { runDrills } from "./docs-check/drills.ts";
import { checkLinks } from "./docs-check/links.ts";
import { checkQuotes } from "./docs-check/quotes.ts";
import { readOptions } from "./options.ts";
import { codes } from "./reference-tables.ts";
import { ROOT } from "./run.ts";
import { CODE_PAGES, runbookProblems } from "./runbook-pages.ts";

const USAGE = `Usage: npm run check-docs [-- --json]

Checks links, blocks of code, quoted answers and the runbook, and carries out the drills of the break-glass pages.
A block of code that nothing runs or reads needs a mark in the line before it:
  <!-- run by FILE -->  the test or script that takes it from the page
  <!-- needs OCI -->    what it takes to run it

  --json   ends with one line of figures
  --help   this text`;

const { values } = readOptions({ options: { json: { type: "boolean" } } }, USAGE);

const read = (name: string) => (existsSync(path.join(ROOT, name)) ? readFileSync(path.join(ROOT, name), "utf8") : "");
const documents = readDocuments();
const links = checkLinks(documents);
const blocks = checkBlocks(documents);
const quotes = checkQuotes(documents);
const commands = await checkCommands(documents);
const runbook = runbookProblems(read, readdirSync(path.join(ROOT, CODE_PAGES)));
const drills = runDrills(documents);

const problems = [
  links,
  blocks,
  quotes,
  commands,
  drills,
  { problems: [...runbook.unwritten, ...runbook.strange] },
].flatMap((found) => found.problems);
for (const problem of problems) console.error(problem);
const figures = {
  documents: documents.length,
  links: links.links,
  blocks: blocks.counts,
  quotes: quotes.quotes,
  commandsRun: drills.commands,
  commandsParsed: commands.parsed,
  commandsOfOci: ociCommands(documents).length,
  codes: codes.length,
  codesWithoutPage: runbook.unwritten.length,
  drillsRun: drills.drills,
};
console.log(values.json ? JSON.stringify(figures) : figures);
process.exitCode = problems.length === 0 ? 0 : 1;
