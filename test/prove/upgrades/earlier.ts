import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { ROOT, run } from "../../../scripts/run.ts";

/** An edition, and those of its files that make and build its function. */
export interface Edition {
  readonly commit: string;
  readonly paths: readonly string[];
  /** The same files, as `git archive` gives them, for a copy of this repository without its whole history. */
  readonly archive: string;
}

/**
 * The edition that an upgrade comes from and a rollback goes back to: the commit that brought the binding of a call to its client (ADR 11).
 * From the first release on, it is the last release.
 */
export const EARLIER = {
  commit: "7751e2b38ab649500706a76c79dec4ab0e126438",
  handler: "src/handler.ts",
  paths: [
    ...["src", "scripts/bundle.ts", "scripts/run.ts", "package.json"],
    ...["cli", "prove", "emulator", "demo", "mirror", "mirror-func.ts", "consumer"].map((name) => `:!src/${name}`),
  ],
  archive: path.join(import.meta.dirname, "earlier.tar.br"),
} as const satisfies Edition & { readonly handler: string };

/** Where the files of an edition came from. */
export type Origin = "history" | "archive";

export interface CheckedOut {
  /** Below this repository, so that the edition's libraries are those that are installed here. */
  readonly folder: string;
  readonly origin: Origin;
  remove(): void;
}

/** The files of an edition: from this clone's history, or from the archive if that does not reach so far. Throws an Error that says what to do. */
export function checkOut({ commit, paths, archive }: Edition, root = ROOT): CheckedOut {
  const cache = path.join(root, ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, "edition-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const tar = path.join(folder, "edition.tar");
  // Works even if the folder belongs to another user.
  const git = ["-c", "safe.directory=*", "archive", "--format=tar", `--output=${tar}`, commit, "--", ...paths];
  const origin: Origin = run("git", git, { cwd: root }).status === 0 ? "history" : "archive";
  if (origin === "archive") writeFileSync(tar, brotliDecompressSync(readFileSync(archive)));
  const { status, stderr } = run("tar", ["-xf", tar, "-C", folder]);
  if (status === 0) return { folder, origin, remove };
  remove();
  throw new Error(
    `the files of ${commit} could not be unpacked: ${stderr.trim()}. Next: free space on the disk, and try again.`,
  );
}
