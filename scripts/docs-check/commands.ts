/**
 * Every `npm run` names a script, every `node FILE` a file, and every `oci-rotate` in a shell block or a sentence is read by the
 * command line itself, which runs nothing. `npm run live:oci` has the official command line read the `oci` commands.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { runProgram } from "../../src/cli/program.ts";
import type { Runtime } from "../../src/cli/runtime.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { ROOT } from "../run.ts";
import { type Document, shellLines } from "./documents.ts";

const NPM_RUN = /\bnpm run (?:--silent |-s )?([a-z][a-z0-9:-]*)/g;
const NODE_FILE = /\bnode ((?:src|test|scripts|dist)\/[\w./-]+)/g;
/** One of our commands, up to what the shell ends it with. */
const OURS = /(?:^|\$\(|[|;]|\bdo)\s*(?:npx )?oci-rotate ((?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s|;&<>)#"']+|[ \t]+)*)/g;
/** A whole command of ours in a sentence: one with options. */
const IN_A_SENTENCE = /(?<!`)`oci-rotate ([^`\n…>]+ --[^`\n…>]+)`/g;
const WORD = /"[^"]*"|'[^']*'|\$\([^)]*\)|\S+/g;

const manifest: { scripts: Record<string, string> } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const unused = async () => Promise.reject(new Error("nothing is run"));

/** What stands for a variable; for all others the OCID of a secret. */
const VALUES: Readonly<Record<string, string>> = {
  COMPARTMENT: "ocid1.compartment.oc1..example",
  VAULT: "ocid1.vault.oc1..example",
  KEY: "ocid1.key.oc1..example",
  FUNCTION: "ocid1.fnfunc.oc1..example",
  SAMPLE: "ocid1.fnfunc.oc1..sample",
  VERSION: "3",
  SINCE: "2026-11-22T10:00:00Z",
};
const asWord = (word: string): string =>
  word
    .replaceAll(/^["']|["']$/g, "")
    .replaceAll(/\$\([^)]*\)|\$\{?(\w+)\}?/g, (_, name = "") => VALUES[name] ?? "ocid1.vaultsecret.oc1..example");

/** What the command line says against these words, or null. */
async function usageProblem(words: readonly string[]): Promise<string | null> {
  let said = "";
  const write = (text: string) => {
    said += text;
  };
  const runtime: Runtime = {
    clock: createVirtualClock(),
    entropy: createSeededEntropy(1),
    transport: unused,
    environment: {},
    homeDirectory: path.join(ROOT, "no-home"),
    writeOut: write,
    writeError: write,
    isTerminal: { stdin: false, stdout: false, stderr: false },
    columns: null,
    ask: unused,
    readInput: unused,
    execute: unused,
    instancePrincipal: unused,
    functionBundle: "",
    signal: new AbortController().signal,
  };
  return (await runProgram(runtime, words, true)) === 0 ? null : said.trim().replaceAll("\n", " ");
}

async function problemsOf({ name, text }: Document): Promise<{ parsed: number; problems: string[] }> {
  const scripts = [...text.matchAll(NPM_RUN)].map(([, script = ""]) =>
    Object.hasOwn(manifest.scripts, script) ? null : `${name}: there is no npm script ${script}`,
  );
  const files = [...text.matchAll(NODE_FILE)].map(([, file = ""]) =>
    file.startsWith("dist/") || existsSync(path.join(ROOT, file)) ? null : `${name}: there is no ${file}`,
  );
  // The change log names options of a command, and leaves out what else it takes.
  const inSentences = name === "CHANGELOG.md" ? [] : [...text.matchAll(IN_A_SENTENCE)].map(([, words = ""]) => words);
  const inBlocks = shellLines(text).flatMap((line) => [...line.matchAll(OURS)].map(([, words = ""]) => words));
  const ours = [...inBlocks, ...inSentences];
  const judged = ours.map(async (words) => {
    const problem = await usageProblem((words.match(WORD) ?? []).map(asWord));
    return problem === null ? null : `${name}: oci-rotate ${words.trim()}: ${problem}`;
  });
  const problems = [...scripts, ...files, ...(await Promise.all(judged))].filter((problem) => problem !== null);
  return { parsed: ours.length + scripts.length + files.length, problems };
}

export async function checkCommands(documents: readonly Document[]): Promise<{ parsed: number; problems: string[] }> {
  const found = await Promise.all(documents.map(problemsOf));
  return {
    parsed: found.reduce((sum, { parsed }) => sum + parsed, 0),
    problems: found.flatMap(({ problems }) => problems),
  };
}
