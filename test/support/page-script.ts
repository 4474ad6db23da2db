import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { blocksOf } from "../../scripts/docs-check/documents.ts";

const execute = promisify(execFile);
const LIMIT_MS = 60_000;

/** Whoever writes a file in an editor: each file gets the text that was given for it. */
const EDITOR = `#!/bin/sh
for file in "$@"; do cp "$GIVEN/$file" "$file"; done
`;

export interface PageRun {
  /** What the page's first line would have a reader fill in. */
  readonly values: Readonly<Record<string, string>>;
  /** Texts that the reader writes in an editor, by file. */
  readonly files: Readonly<Record<string, string>>;
}

/** The blocks of a page that it says are run by this test file, in their order. */
export function scriptsOf(page: string, file: string): string[] {
  const blocks = blocksOf({ name: page, text: readFileSync(page, "utf8") });
  return blocks.filter(({ mark }) => mark === `run by ${file}`).map(({ text }) => text);
}

/** Runs blocks of a page in one bash, as a reader would who copies them. @returns what they printed. Throws where one fails */
export async function runPage(blocks: readonly string[], { values, files }: PageRun): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), "page-"));
  const given = mkdtempSync(path.join(tmpdir(), "page-given-"));
  try {
    const editor = path.join(given, "editor");
    writeFileSync(editor, EDITOR);
    chmodSync(editor, 0o700);
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(given, name), text);
    const filledIn = blocks
      .join("")
      .replace(/^export .*$/m, (line) =>
        line.replaceAll(/(\w+)=(\S+)/g, (shown, name) =>
          Object.hasOwn(values, name) ? `${name}='${values[name]}'` : shown,
        ),
      );
    const script = `set -euo pipefail\n${filledIn}`;
    const env = { PATH: process.env["PATH"], HOME: home, EDITOR: editor, GIVEN: given };
    return (await execute("bash", ["-c", script], { cwd: home, env, timeout: LIMIT_MS })).stdout;
  } finally {
    for (const folder of [home, given]) rmSync(folder, { recursive: true, force: true });
  }
}
