/** Version and commit of what is being built. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";

export interface BuildFacts {
  readonly version: string;
  /** Twelve digits, followed by `+changes` if the work tree was not as committed; `unknown` without Git. */
  readonly commit: string;
}

const COMMIT = /^[0-9a-f]{7,40}$/;
const DIGITS = 12;

/** @throws Error for what cannot be the name of a commit: it goes into a program */
function given(commit: string): string {
  if (!COMMIT.test(commit))
    throw new Error(`COMMIT must be 7 to 40 hexadecimal digits, and is ${JSON.stringify(commit)}`);
  return commit.slice(0, DIGITS);
}

function ofWorkTree(): string {
  const head = run("git", ["rev-parse", "HEAD"]);
  if (head.status !== 0 || !COMMIT.test(head.stdout.trim())) return "unknown";
  const changes = run("git", ["status", "--porcelain"]);
  return `${given(head.stdout.trim())}${changes.stdout === "" ? "" : "+changes"}`;
}

/** @param commit as the image's build gives it, which has no repository; empty or absent: the work tree's */
export function buildFacts(commit = process.env["COMMIT"] ?? ""): BuildFacts {
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  return { version, commit: commit === "" ? ofWorkTree() : given(commit) };
}
