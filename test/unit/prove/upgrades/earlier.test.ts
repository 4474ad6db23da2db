import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { run } from "../../../../scripts/run.ts";
import { checkOut, EARLIER } from "../../../prove/upgrades/earlier.ts";

/** Of the blobs' names, as `git ls-tree -r` lists them for the commit. */
const CONTENTS = "13cf17afd01f09a26b55c241fc9984e7f4e69c304be1f8bf55bae70495e85fcc";
const blobOf = (file: string) => {
  const content = readFileSync(file);
  return Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]);
};

let root: string;
const git = (...args: string[]) => {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
  const done = run("git", [...who, ...args], { cwd: root });
  expect(done.stderr).toBe("");
  return done.stdout.trim();
};
const commit = (text: string) => {
  writeFileSync(path.join(root, "file"), text);
  git("add", "--all");
  git("commit", "--quiet", "--message", text);
  return git("rev-parse", "HEAD");
};
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "history-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  git("init", "--quiet");
});

const archive = path.join(import.meta.dirname, "no-archive");
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".tar"))
    .map((entry) => path.join(entry.parentPath, entry.name));

test("an earlier edition has its own files, below this repository, and leaves index and files as they are", () => {
  const earlier = commit("earlier");
  commit("later");
  const { folder, origin, remove } = checkOut({ commit: earlier, paths: ["file"], archive }, root);
  expect(path.relative(root, folder)).toMatch(/^\.cache/);
  expect(readFileSync(path.join(folder, "file"), "utf8")).toBe("earlier");
  expect(origin).toBe("history");
  expect(git("status", "--porcelain", "--", "file")).toBe("");
  remove();
  expect(existsSync(folder)).toBe(false);
});

test("where the history does not reach so far, its files are those of the archive", () => {
  commit("all that a shallow clone has");
  const { folder, origin } = checkOut(EARLIER, root);
  expect(origin).toBe("archive");
  const files = filesIn(folder).map((file) => path.relative(folder, file));
  expect(files).toContain(EARLIER.handler);
  expect(files.length).toBeGreaterThan(100);
  // Git's own names for these contents, in their order: they are the commit's, whether it is known here or not.
  const names = files.toSorted().map((file) =>
    createHash("sha1")
      .update(blobOf(path.join(folder, file)))
      .digest("hex"),
  );
  expect(createHash("sha256").update(names.join("\n")).digest("hex")).toBe(CONTENTS);
});

test("a history that reaches so far gives the files that the archive has", () => {
  const { folder, origin, remove } = checkOut(EARLIER);
  onTestFinished(remove);
  const archived = checkOut(EARLIER, root).folder;
  expect(["history", "archive"]).toContain(origin);
  for (const file of filesIn(archived)) {
    expect(readFileSync(path.join(folder, path.relative(archived, file)))).toEqual(readFileSync(file));
  }
  expect(filesIn(folder)).toHaveLength(filesIn(archived).length);
});
