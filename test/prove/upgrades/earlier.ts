import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../../../scripts/run.ts";

/**
 * The edition that an upgrade comes from and a rollback goes back to: the commit that brought the binding of a call to its client (ADR 11).
 * From the first release on, it is the last release.
 */
export const EARLIER = {
  commit: "7751e2b38ab649500706a76c79dec4ab0e126438",
  handler: "src/handler.ts",
} as const;

// Works even if the folder belongs to another user.
const GIT = ["-c", "safe.directory=*"];

function git(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string | null {
  const { status, stderr } = run("git", [...GIT, ...args], { cwd, env });
  return status === 0 ? null : stderr.trim();
}

/**
 * The files of a commit in a folder below this repository, so that its libraries are those that are installed here.
 * Throws an Error that says what to do if this clone's history does not reach so far.
 */
export function checkOut(commit: string, root = ROOT): { readonly folder: string; remove(): void } {
  if (git(root, ["cat-file", "-e", `${commit}^{commit}`]) !== null) {
    const next = "git fetch --unshallow, or clone without --depth (in a workflow: fetch-depth: 0)";
    throw new Error(`the history of this clone lacks commit ${commit}, the edition to upgrade from. Next: ${next}.`);
  }
  const cache = path.join(root, ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, "edition-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // An index of its own: that of this clone stays as it is.
  const env = { GIT_INDEX_FILE: path.join(folder, "index") };
  const problem =
    git(root, ["read-tree", commit], env) ??
    git(root, ["checkout-index", "--all", `--prefix=${folder}${path.sep}`], env);
  if (problem === null) return { folder, remove };
  remove();
  throw new Error(`git could not check out ${commit}: ${problem}. Next: free space on the disk, and try again.`);
}
