/**
 * `npm run check-docs`: what the documents promise must be there. Every relative link leads to a file (and to a heading of it), every
 * `npm run` names a script, and every `node FILE` a file.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./run.ts";

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const NPM_RUN = /\bnpm run (?:--silent )?([a-z][a-z0-9:-]*)/g;
const NODE_FILE = /\bnode ((?:src|test|scripts|dist)\/[\w./-]+)/g;
const EXTERNAL = /^[a-z]+:/;

function documents(folder = ""): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return folder === "" && entry.name !== "docs" ? [] : documents(name);
    return name.endsWith(".md") ? [name] : [];
  });
}

const withoutFences = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, "");

/** The fragment that GitHub gives a heading. */
const fragmentOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

function fragments(file: string): Set<string> {
  const headings = withoutFences(readFileSync(file, "utf8")).matchAll(/^#{1,6} (.*)$/gm);
  return new Set([...headings].map(([, heading = ""]) => fragmentOf(heading)));
}

function linkProblem(document: string, target: string): string | null {
  if (EXTERNAL.test(target)) return null;
  const [place = "", fragment] = target.split("#");
  const file =
    place === "" ? path.join(ROOT, document) : path.join(ROOT, path.dirname(document), decodeURIComponent(place));
  if (!existsSync(file)) return `${document}: the link ${target} leads nowhere`;
  if (fragment === undefined || statSync(file).isDirectory() || !file.endsWith(".md")) return null;
  return fragments(file).has(fragment) ? null : `${document}: the link ${target} names no heading there`;
}

const manifest: { scripts: Record<string, string> } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const names = documents();
const problems = names.flatMap((document) => {
  const text = readFileSync(path.join(ROOT, document), "utf8");
  const links = [...withoutFences(text).matchAll(LINK)].map(([, target = ""]) => linkProblem(document, target));
  const scripts = [...text.matchAll(NPM_RUN)].map(([, script = ""]) =>
    Object.hasOwn(manifest.scripts, script) ? null : `${document}: there is no npm script ${script}`,
  );
  const files = [...text.matchAll(NODE_FILE)].map(([, file = ""]) =>
    file.startsWith("dist/") || existsSync(path.join(ROOT, file)) ? null : `${document}: there is no ${file}`,
  );
  return [...links, ...scripts, ...files].filter((problem) => problem !== null);
});
if (names.length === 0) problems.push("there are no documents");

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${names.length} documents: links and commands hold`);
process.exitCode = problems.length === 0 ? 0 : 1;
