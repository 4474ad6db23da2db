import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { run } from "../../../../scripts/run.ts";
import { checkOut } from "../../../prove/upgrades/earlier.ts";

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

test("an earlier edition has its own files, below this repository, and leaves index and files as they are", () => {
  const earlier = commit("earlier");
  commit("later");
  const { folder, remove } = checkOut(earlier, root);
  expect(path.relative(root, folder)).toMatch(/^\.cache/);
  expect(readFileSync(path.join(folder, "file"), "utf8")).toBe("earlier");
  expect(git("status", "--porcelain", "--", "file")).toBe("");
  remove();
  expect(existsSync(folder)).toBe(false);
});

test("a clone whose history does not reach so far is told what to do, and nothing is left behind", () => {
  commit("all that a shallow clone has");
  expect(() => checkOut("0123456789abcdef0123456789abcdef01234567", root)).toThrow(
    "lacks commit 0123456789abcdef0123456789abcdef01234567, the edition to upgrade from. Next: git fetch --unshallow",
  );
  expect(readdirSync(root).toSorted()).toEqual([".git", "file"]);
});
