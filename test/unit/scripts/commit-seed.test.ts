import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { commitSeed } from "../../../scripts/commit-seed.ts";
import { run } from "../../../scripts/run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "commit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});
const git = (...args: string[]) => {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
  const done = run("git", [...who, ...args], { cwd: folder });
  expect(done.stderr).toBe("");
  return done.stdout.trim();
};

test("the seed is the beginning of the commit's id, so that another commit tries another half", () => {
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "--message", "one");
  const one = commitSeed(folder);
  expect(one).toMatch(/^[0-9a-f]{8}$/);
  expect(git("rev-parse", "HEAD").startsWith(one ?? "none")).toBe(true);
  expect(commitSeed(folder)).toBe(one);
  git("commit", "--quiet", "--allow-empty", "--message", "two");
  expect(commitSeed(folder)).not.toBe(one);
});

test("without a commit there is no seed", () => {
  expect(commitSeed(folder)).toBeNull();
  git("init", "--quiet");
  expect(commitSeed(folder)).toBeNull();
});
