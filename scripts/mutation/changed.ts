import type { Lines } from "./choice.ts";

const FILE = /^\+\+\+ b\/(.+)$/;
const HUNK = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/;

/** The lines that a `git diff --unified=0` shows as new, by file. A file that only lost lines has none. */
export function changedLines(diff: string): Readonly<Record<string, readonly Lines[]>> {
  const changed: Record<string, Lines[]> = {};
  let file = "";
  for (const text of diff.split("\n")) {
    file = FILE.exec(text)?.[1] ?? file;
    const [, first, count = "1"] = HUNK.exec(text) ?? [];
    if (first === undefined || count === "0") continue;
    changed[file] = [...(changed[file] ?? []), [Number(first), Number(first) + Number(count) - 1]];
  }
  return changed;
}

const NEW_TEST_LINES = /^\d+\t0\ttest\//;

/** Whether a `git diff --numstat` shows only new lines, and those only in tests. Without a change: yes. */
export function onlyAddsToTests(numstat: string): boolean {
  return numstat === "" || numstat.split("\n").every((line) => NEW_TEST_LINES.test(line));
}
