import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Mutant, Task } from "../../../../scripts/mutation/choice.ts";
import { type Journal, journal } from "../../../../scripts/mutation/journal.ts";
import { JournalReporter, SampleChecker } from "../../../../scripts/mutation/stryker-plugin.ts";

const ALL: Task = { seed: "1", sample: null, lines: null };
const COUNT = 10;

let folder: string;
let notes: Journal;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "mutation-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vi.stubEnv("MUTATION_FOLDER", folder);
  notes = journal(folder);
});

const left = () => Object.keys(notes.choice().files);

/** Stryker numbers anew in every process. */
const plans = (firstId: number) =>
  Array.from({ length: COUNT }, (_, line) => ({
    plan: "Run" as const,
    mutant: mutant(String(firstId + line), line),
  }));
const mutant = (id: string, line: number, more: Partial<Mutant> = {}): Mutant => ({
  id,
  fileName: path.resolve("src/a.ts"),
  mutatorName: "BooleanLiteral",
  replacement: "true",
  location: { start: { line, column: 0 }, end: { line, column: 4 } },
  ...more,
});
const ignored = (id: string, statusReason: string) => ({
  plan: "EarlyResult" as const,
  mutant: mutant(id, 0, { status: "Ignored", statusReason }),
});

function planned(task: Task, firstId = 0): JournalReporter {
  notes.open(task, null);
  const reporter = new JournalReporter();
  reporter.onMutationTestingPlanReady({ mutantPlans: plans(firstId) });
  return reporter;
}

describe("a run", () => {
  test("judges every mutant, and lets none that is ignored count", async () => {
    notes.open(ALL, null);
    const reporter = new JournalReporter();
    const early = [ignored("20", "Static mutant (and so on)"), ignored("21", "cannot come about")];
    reporter.onMutationTestingPlanReady({ mutantPlans: [...plans(0), ...early] });
    expect(notes.choice()).toMatchObject({ population: COUNT, silenced: 1, atLoad: 1 });
    expect(left()).toHaveLength(COUNT);
  });

  test("of a sample lets the drawn ones pass, and holds back the rest", async () => {
    planned({ ...ALL, sample: 4 });
    const checker = new SampleChecker();
    const checked = await checker.check(plans(0).map((plan) => plan.mutant));
    const passed = Object.keys(checked).filter((id) => checked[id]?.status === "passed");
    expect(passed.sort()).toEqual(left().sort());
    expect(passed).toHaveLength(4);
    expect(Object.values(checked).filter(({ status }) => status === "compileError")).toHaveLength(COUNT - 4);
  });

  test("that was killed goes on: what was judged is not judged again, though its number is another", () => {
    const reporter = planned(ALL);
    reporter.onMutantTested({ id: "3", status: "Killed" });
    reporter.onMutantTested({ id: "4", status: "Survived" });
    appendFileSync(path.join(folder, "judged.jsonl"), '\n{"key":"half a li');

    const second = planned(ALL, 100);
    expect(left()).toHaveLength(COUNT - 2);
    expect(left()).not.toContain("103");
    for (const id of left()) second.onMutantTested({ id, status: "Killed" });
    const { keys } = notes.choice();
    expect(keys.map((key) => notes.judged().get(key)).filter((status) => status === "Killed")).toHaveLength(COUNT - 1);
    expect([...notes.judged().keys()].sort()).toEqual([...keys].sort());
  });

  test("notes nothing of a mutant that it holds back", () => {
    const reporter = planned({ ...ALL, sample: 1 });
    const [chosen] = left();
    for (const { mutant } of plans(0)) {
      reporter.onMutantTested({ id: mutant.id, status: mutant.id === chosen ? "Killed" : "CompileError" });
    }
    expect([...notes.judged().values()]).toEqual(["Killed"]);
  });

  test("of changed lines chooses among those alone", () => {
    planned({ ...ALL, lines: { "src/a.ts": [[2, 3]] } });
    expect(notes.choice().files).toEqual({ "1": "src/a.ts", "2": "src/a.ts" });
    expect(notes.choice().population).toBe(2);
  });

  test("in which Stryker planned nothing has no choice to count", () => {
    planned(ALL);
    notes.forgetChoice();
    expect(() => notes.choice()).toThrow("Stryker chose no mutants");
  });
});

test("the checker answers all at once", () => {
  expect(new SampleChecker().group(plans(0).map((plan) => plan.mutant))).toEqual([
    plans(0).map((plan) => plan.mutant.id),
  ]);
});
