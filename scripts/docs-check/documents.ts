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

/** The lines of a text's shell blocks, continued lines as one. */
export function shellLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.replaceAll("\\\n", " ").split("\n")).filter((line) => line.trim() !== "");
}
