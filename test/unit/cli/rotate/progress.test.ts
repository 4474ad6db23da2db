import { describe, expect, test } from "vitest";
import type { Output } from "../../../../src/cli/output/output.ts";
import { CLEAR_LINE } from "../../../../src/cli/output/terminal.ts";
import { createProgress } from "../../../../src/cli/rotate/progress.ts";
import type { Result, RotationOutcome, Target } from "../../../../src/cli/rotate/target.ts";
import type { Runtime } from "../../../../src/cli/runtime.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const target = (name: string) => ({ secretId: `id-${name}`, name }) as Target;
const result = (outcome: RotationOutcome): Result => ({
  outcome,
  versionNo: null,
  code: "LOCKED_OUT",
  what: "",
  next: "",
});

/** What the status line shows, and what stays above it. */
function watching(total: number, more: { stderr?: boolean; columns?: number } = {}) {
  const clock = createInstantClock();
  const written: string[] = [];
  const notes: string[] = [];
  const runtime = {
    clock,
    environment: { NO_COLOR: "1" },
    isTerminal: { stdin: true, stdout: true, stderr: more.stderr ?? true },
    columns: more.columns ?? null,
    writeError: (text: string) => written.push(text.replaceAll(CLEAR_LINE, "")),
  } as unknown as Runtime;
  const out = { note: (text: string) => notes.push(text) } as unknown as Output;
  const progress = createProgress(runtime, out, total);
  return { clock, written, notes, progress, line: () => written.at(-1) };
}

describe("the status line", () => {
  test("counts what is done, has failed and is in progress, and names the latest", () => {
    const { progress, line } = watching(9);
    progress.started(target("a"));
    expect(line()).toBe("0 of 9 done, 1 in progress: a");
    progress.started(target("b"));
    progress.step(target("a"), "verify-current accepted");
    expect(line()).toBe("0 of 9 done, 2 in progress: a verify-current accepted");
    progress.ended(target("a"), result("failed"));
    expect(line()).toBe("1 of 9 done, 1 failed, 1 in progress: b");
    progress.ended(target("b"), result("rotated"));
    expect(line()).toBe("2 of 9 done, 1 failed, 0 in progress");
  });

  test("tells how long it will still take, once one is done and it takes a minute", () => {
    const { progress, line, clock } = watching(5);
    progress.started(target("a"));
    clock.advance(120_000);
    progress.started(target("b"));
    expect(line()).not.toContain("left");
    progress.ended(target("a"), result("rotated"));
    expect(line()).toBe("1 of 5 done, 1 in progress, about 8 min left: b");
  });

  test("tells no time below a minute", () => {
    const { progress, line, clock } = watching(5);
    progress.started(target("a"));
    clock.advance(14_000);
    progress.ended(target("a"), result("rotated"));
    expect(line()).toBe("1 of 5 done, 0 in progress");
    clock.advance(1_000);
    progress.started(target("b"));
    expect(line()).toBe("1 of 5 done, 1 in progress, about 1 min left: b");
  });

  test("ends with the last one, and is cut to the terminal", () => {
    const { progress, written } = watching(1, { columns: 20 });
    progress.started(target("a"));
    expect(written).toEqual(["0 of 1 done, 1 in p"]);
    progress.ended(target("a"), result("rotated"));
    expect(written.join("")).toBe("0 of 1 done, 1 in p");
  });

  test("is drawn at a terminal alone", () => {
    const { progress, written, notes } = watching(2, { stderr: false });
    progress.started(target("a"));
    progress.ended(target("a"), result("failed"));
    progress.close();
    expect(written).toEqual([]);
    expect(notes).toEqual(["a  failed: LOCKED_OUT"]);
  });
});

test.each<[RotationOutcome, string[]]>([
  ["rotated", ["a  rotated"]],
  ["already", ["a  rotated already"]],
  ["not-due", ["a  not due"]],
  ["failed", ["a  failed: LOCKED_OUT"]],
  ["not-started", ["a  not started"]],
  ["planned", []],
])("a secret that ended as %s leaves the lines %j", (outcome, lines) => {
  const { progress, notes } = watching(3);
  progress.ended(target("a"), result(outcome));
  expect(notes).toEqual(lines);
});

test.each([
  [5, ["a  promote done"]],
  [6, []],
])("of %i secrets each step leaves the lines %j", (total, lines) => {
  const { progress, notes } = watching(total);
  progress.step(target("a"), "promote done");
  expect(notes).toEqual(lines);
});
