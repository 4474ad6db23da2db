/** The repository's documents: those at its root, and all below docs. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../run.ts";

export interface Document {
  /** Path from the root. */
  readonly name: string;
  readonly text: string;
}

function namesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return folder === "" && entry.name !== "docs" ? [] : namesIn(name);
    return name.endsWith(".md") ? [name] : [];
  });
}

export const readDocuments = (): Document[] =>
  namesIn("").map((name) => ({ name, text: readFileSync(path.join(ROOT, name), "utf8") }));

export interface Block {
  readonly page: string;
  /** Of its first fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What the comment in the line before it says of it. */
  readonly mark: string | null;
}

const FENCED = /^( *)```([^\n`]*)\n([\s\S]*?)^\1```$/gm;
const MARK = /<!-- ((?:run by|needs) .+) -->\s*$/;

/** The blocks of code of a document. */
export function blocksOf({ name, text }: Document): Block[] {
  return [...text.matchAll(FENCED)].map(({ index, 2: language = "", 3: content = "" }) => {
    const before = text.slice(0, index);
    const line = before.split("\n").length;
    return { page: name, line, language, text: content, mark: MARK.exec(before)?.[1] ?? null };
  });
}

/** The lines of a text's shell blocks, continued lines as one. */
export function shellLines(text: string): string[] {
  const blocks = blocksOf({ name: "", text }).filter(({ language }) => language === "sh");
  return blocks.flatMap((block) => block.text.replaceAll("\\\n", " ").split("\n")).filter((line) => line.trim() !== "");
}

const IN_A_SENTENCE = /(?<!`)`(oci [^`\n]+ --[^`\n]+)`/g;

/** The `oci` commands of documents, each once. `npm run live:oci` has the official command line read every one of them. */
export function ociCommands(documents: readonly Document[]): string[] {
  const lines = documents.flatMap(({ text }) => shellLines(text)).map((line) => line.trim());
  const inSentences = documents.flatMap(({ text }) =>
    [...text.matchAll(IN_A_SENTENCE)].map(([, command = ""]) => command),
  );
  return [...new Set([...lines.filter((line) => /\boci [a-z]/.test(line)), ...inSentences])];
}
