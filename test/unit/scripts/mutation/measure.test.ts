import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type Journal, journal } from "../../../../scripts/mutation/journal.ts";
import { inherit } from "../../../../scripts/mutation/measure.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "mutation-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function run(name: string, commit: string | null, judged: Readonly<Record<string, string>> = {}): Journal {
  const notes = journal(path.join(folder, name));
  notes.open({ seed: "1", sample: null, lines: null }, commit);
  for (const [key, status] of Object.entries(judged)) notes.add({ key, status });
  return notes;
}

test("after new tests only what nobody noticed is judged again", () => {
  const earlier = run("earlier", "c0", { one: "Killed", two: "Survived", three: "NoCoverage", four: "Timeout" });
  const heir = run("heir", "c1");
  inherit(heir, [earlier], (commit) => commit === "c0");
  expect([...heir.judged()]).toEqual([
    ["one", "Killed"],
    ["four", "Timeout"],
  ]);
});

test("a run on other code, and one of no commit, leave nothing to a later run", () => {
  const heir = run("heir", "c1");
  inherit(heir, [run("other", "c0", { one: "Killed" })], () => false);
  inherit(heir, [run("dirty", null, { one: "Killed" })], () => true);
  expect([...heir.judged()]).toEqual([]);
});
