/** `npm run check-workflows`: actionlint over every GitHub workflow, and the house rules that it does not know. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { ROOT } from "./run.ts";

const FOLDER = ".github/workflows";
/** A full commit hash with the version as a comment, or an exact version. */
const PINNED = /^[\w.-]+\/[\w./-]+@(?:[0-9a-f]{40}|v?\d+\.\d+\.\d+)$/;

/** GitHub has these; the linter is older than they are. */
const NEWER_THAN_THE_LINTER = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/];

function houseRules(file: string, text: string): string[] {
  const problems = [...text.matchAll(/^\s*(?:- )?uses:\s*(\S+)/gm)]
    .map(([, action = ""]) => action)
    .filter((action) => !action.startsWith("./") && !PINNED.test(action))
    .map((action) => `${file}: ${action} is pinned neither by a commit hash nor by an exact version`);
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
if (files.length === 0) problems.push(`${FOLDER} holds no workflow`);

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${files.length} workflows: no complaints`);
// The linter's Go runtime keeps the process alive.
process.exit(problems.length === 0 ? 0 : 1);
