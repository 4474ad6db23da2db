/** `npm run check-workflows`: actionlint and zizmor over every GitHub workflow, and the house rules that they do not know. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { ROOT, run } from "./run.ts";
import { installZizmor } from "./workflows/zizmor.ts";

const FOLDER = ".github/workflows";
/** A full commit hash; its version is a comment. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

/** GitHub has these; the linter is older than they are. */
const NEWER_THAN_THE_LINTER = [
  /^label "ubuntu-24\.04" is unknown/,
  /^undefined variable "vars"/,
  /^unknown permission scope "attestations"/,
];

function houseRules(file: string, text: string): string[] {
  const problems = [...text.matchAll(/^\s*(?:- )?uses:\s*(\S+)/gm)]
    .map(([, action = ""]) => action)
    .filter((action) => !action.startsWith("./") && !PINNED.test(action))
    .map((action) => `${file}: ${action} is not pinned by a commit hash`);
  if (!/^permissions: \{\}$/m.test(text)) problems.push(`${file}: the default must be permissions: {}`);
  return problems;
}

const lint = await createLinter();
const files = readdirSync(path.join(ROOT, FOLDER)).filter((name) => /\.ya?ml$/.test(name));
const problems = files.flatMap((name) => {
  const file = `${FOLDER}/${name}`;
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const found = lint(text, file)
    .filter(({ message }) => !NEWER_THAN_THE_LINTER.some((known) => known.test(message)))
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return [...found, ...houseRules(file, text)];
});
const audit = run(installZizmor(), ["--offline", "--no-progress", "--quiet", FOLDER]);
if (audit.status !== 0) problems.push(`zizmor: ${audit.stdout}${audit.stderr}`.trim());
if (files.length === 0) problems.push(`${FOLDER} holds no workflow`);

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${files.length} workflows: no complaints`);
// The linter's Go runtime keeps the process alive.
process.exit(problems.length === 0 ? 0 : 1);
