/** What a measurement holds for: the commit, and a digest of everything that can change its outcome. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";
import { changedLines, onlyAddsToTests } from "./changed.ts";
import type { Lines } from "./choice.ts";

const DIGITS = 12;
const FOLDERS = ["src", "test", "scripts/mutation"];
const FILES = ["package-lock.json", "stryker.config.json", "vitest.mutate.config.ts"];

function git(...args: string[]): string {
  // Works even if the folder belongs to another user.
  const { status, stdout, stderr } = run("git", ["-c", "safe.directory=*", ...args]);
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.trim()}`);
  return stdout.trim();
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** The same for the same code and tests. */
export function codeDigest(): string {
  const hash = createHash("sha256");
  const files = [...FOLDERS.flatMap(filesIn), ...FILES.map((file) => path.join(ROOT, file))];
  for (const file of files.sort()) hash.update(`${path.relative(ROOT, file)}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, DIGITS);
}

/** The commit that the code and its tests are; null: something was changed since. */
export function commitOfCode(): string | null {
  const changes = git("status", "--porcelain", "--", ...FOLDERS, ...FILES);
  return changes === "" ? git("rev-parse", "HEAD").slice(0, DIGITS) : null;
}

/** Whether tests have only gained lines since then, and nothing else changed: what a test noticed then, it still notices. */
export function onlyTestsGrew(since: string): boolean {
  const places = ["--", ...FOLDERS, ...FILES];
  if (git("ls-files", "--others", "--exclude-standard", "--", "src") !== "") return false;
  const counts = git("diff", "--numstat", "--no-renames", "--no-ext-diff", since, ...places);
  return onlyAddsToTests(counts);
}

/** The lines of src that are new since then, those of files that git does not know yet included. */
export function linesSince(ref: string): Readonly<Record<string, readonly Lines[]>> {
  const unknown = git("ls-files", "--others", "--exclude-standard", "--", "src");
  const whole = unknown === "" ? [] : unknown.split("\n").map((file) => [file, [[1, Number.MAX_SAFE_INTEGER]]]);
  return {
    ...changedLines(git("diff", "--unified=0", "--no-ext-diff", ref, "--", "src")),
    ...Object.fromEntries(whole),
  };
}
