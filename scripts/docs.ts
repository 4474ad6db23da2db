/**
 * `npm run docs`: writes what the documents take from the code: the codes and settings in docs/reference.md, the picture of the rooms in docs/architecture.md, docs/decide.md, docs/cli.md with docs/schemas, the heads of docs/runbook/codes,
 * docs/transcripts.md, and docs/proof.md, whose figures docs/proof.json and docs/mutation.json keep. `--check` writes nothing and fails if anything would change.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sections } from "../src/rotation/decide/index.ts";
import { cliPage, SCHEMAS, schemaFiles } from "./cli-page.ts";
import { clientsTable } from "./emulator-clients.ts";
import { roomsPicture } from "./house/picture.ts";
import { importsOf, sourcesIn } from "./house/sources.ts";
import { withPart } from "./markers.ts";
import { notificationSchema } from "./notification-schema.ts";
import { readOptions } from "./options.ts";
import { performanceChart, performancePage } from "./performance-page.ts";
import { proofPage } from "./proof-page.ts";
import { codesTable, settingsTable } from "./reference-tables.ts";
import { ROOT } from "./run.ts";
import { CODE_PAGES, runbookPages, runbookProblems } from "./runbook-pages.ts";
import { transcriptsPage } from "./transcripts.ts";

const USAGE = `Usage: npm run docs [-- --check]

Writes what the documents take from the code and from kept figures.

  --check  writes nothing, and fails if anything would change
  --help   this text`;

const { values } = readOptions({ options: { check: { type: "boolean" } } }, USAGE);

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The document with everything between the two markers of each name replaced. */
function filled(document: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => withPart(document, text, name, part), read(document));
}

function ruleTable(rules: (typeof sections)[number]["rules"]): string {
  const whose = { issuer: "the issuer", caller: "us" } as const;
  const rows = rules.map(
    ({ id, chosenBy, state, action }) =>
      `| ${id} | ${chosenBy === undefined ? "" : whose[chosenBy]} | ${cell(state)} | ${cell(action)} |`,
  );
  return ["| row | made by | state | action |", "|---|---|---|---|", ...rows].join("\n");
}

function decidePage(): string {
  const tables = sections.map(({ question, rules }) => `## ${question}\n\n${ruleTable(rules)}\n`);
  return `# The decide table

Printed from the code by \`npm run docs\`: \`src/rotation/decide\`, one file per section. The first row that decides wins. The loop of observe, decide, act goes on until a
row says done or an error ends it. \`status\`, \`heal\`, \`retire\` and \`rollback\` name the row in \`plan.row\`.

No row is asked while the secret is UPDATING: the run waits, and looks again.

* **Made by**: some rows apply only to issuers that make the value, some only to values that we make. All other rows apply to both.
* PENDING is the newest PENDING credential above CURRENT's number.
* To **mint** is to have the issuer make a new client secret; to **install**, to give it one of our own.
* An **unsaved value** is one that the issuer has made and no version holds yet.
* A **claim** is the mark that a call leaves before it mints. It is live while it belongs to another call.
* **L** is the landing bound, \`OROT_LANDING_BOUND_SECONDS\`: a request that was sent has taken effect by then, or never will.
* **Two-slot**: the issuer keeps two values at once. Only the holder of the **lease** may change what the issuer holds.

${tables.join("\n")}`;
}

const read = (name: string) => (existsSync(path.join(ROOT, name)) ? readFileSync(path.join(ROOT, name), "utf8") : "");
const performance = JSON.parse(read("docs/performance.json"));
const pages: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: "docs/reference.md",
    text: filled("docs/reference.md", { codes: codesTable("runbook/codes"), settings: settingsTable() }),
  },
  {
    name: "docs/architecture.md",
    text: filled("docs/architecture.md", { rooms: roomsPicture(sourcesIn(ROOT, ["src"]).flatMap(importsOf)) }),
  },
  { name: "docs/decide.md", text: decidePage() },
  { name: "docs/runbook/README.md", text: filled("docs/runbook/README.md", { codes: codesTable("codes") }) },
  ...runbookPages(read),
  { name: "docs/emulator.md", text: filled("docs/emulator.md", { clients: clientsTable() }) },
  { name: "docs/cli.md", text: cliPage() },
  ...schemaFiles(),
  notificationSchema(),
  { name: "docs/transcripts.md", text: await transcriptsPage() },
  {
    name: "docs/proof.md",
    text: proofPage(JSON.parse(read("docs/proof.json")), JSON.parse(read("docs/mutation.json"))),
  },
  { name: "docs/performance.md", text: performancePage(performance) },
  { name: "docs/performance.svg", text: performanceChart(performance) },
];

for (const { name, text } of pages) {
  if (read(name) === text) {
    console.log(`${name}: up to date`);
  } else if (values.check) {
    console.error(`${name} does not match the code: run npm run docs`);
    process.exitCode = 1;
  } else {
    mkdirSync(path.dirname(path.join(ROOT, name)), { recursive: true });
    writeFileSync(path.join(ROOT, name), text);
    console.log(`${name}: written`);
  }
}

const written = new Set(pages.map(({ name }) => name));
const kept = existsSync(path.join(ROOT, SCHEMAS)) ? readdirSync(path.join(ROOT, SCHEMAS)) : [];
for (const name of kept.map((file) => `${SCHEMAS}/${file}`).filter((file) => !written.has(file))) {
  if (values.check) {
    console.error(`${name} belongs to nothing that is printed or sent: run npm run docs`);
    process.exitCode = 1;
  } else {
    rmSync(path.join(ROOT, name));
    console.log(`${name}: removed`);
  }
}

const { unwritten, strange } = runbookProblems(read, readdirSync(path.join(ROOT, CODE_PAGES)));
for (const problem of [...unwritten, ...strange]) {
  console.error(problem);
  process.exitCode = 1;
}
