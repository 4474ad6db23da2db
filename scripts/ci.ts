/**
 * Runs the gates after the tests, for `.ci/run`; `--quick` those that are asked for before a push. A gate's output is shown only when it fails.
 * What to do about each failure follows; the last two lines are the seconds in total, and `N passed, N failed`: tests and gates.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { commitSeed } from "./commit-seed.ts";
import { closingLines, failuresOf, problemOf } from "./gate-report.ts";
import { type Gate, gatesOf, quickPhases, wholePhases } from "./gates.ts";
import { lastLine } from "./judges/judge.ts";
import { countTests } from "./judges/tests.ts";
import { ROOT, runBeside } from "./run.ts";

const secondsSince = (started: number) => (performance.now() - started) / 1000;

async function runGate(gate: Gate): Promise<boolean> {
  const started = performance.now();
  const limit = gate.timeoutMs === undefined ? {} : { timeoutMs: gate.timeoutMs };
  const result = await runBeside("npm", ["run", ...gate.command], { env: { CI: "true" }, ...limit });
  const problem = problemOf(gate, result);
  const seconds = secondsSince(started).toFixed(1);
  // In one piece, since gates of another lane print as well.
  const figures = gate.isShown ? `${lastLine(result.stdout)}\n` : "";
  if (problem === null) {
    console.log(`${figures}gate ${gate.name}: passed (${seconds} s)`);
    return true;
  }
  console.log(`${figures}gate ${gate.name}: FAILED (${seconds} s): ${problem}\n${result.stdout}${result.stderr}`);
  return false;
}

const { values } = parseArgs({
  options: {
    "tests-exit-code": { type: "string", default: "0" },
    "installation-seconds": { type: "string", default: "0" },
    "tests-seconds": { type: "string", default: "0" },
    quick: { type: "boolean", default: false },
  },
});
const report = path.join(ROOT, ".cache", "test-results.json");
const tests = countTests(existsSync(report) ? readFileSync(report, "utf8") : null, Number(values["tests-exit-code"]));
console.log(`tests: ${tests.text} (${values["tests-seconds"]} s)`);
/** If no commit is known, any part will do. */
const phases = values.quick ? quickPhases(commitSeed() ?? "0") : wholePhases;
const gates = gatesOf(phases);
const started = performance.now();
const failed = new Set<Gate>();
const gateSeconds = new Map<string, number>();
async function runLane(lane: readonly Gate[]): Promise<void> {
  for (const gate of lane) {
    const began = performance.now();
    if (!(await runGate(gate))) failed.add(gate);
    gateSeconds.set(gate.name, secondsSince(began));
  }
}
for (const lanes of phases) await Promise.all(lanes.map(runLane));
const failedGates = gates.filter((gate) => failed.has(gate));
const seconds = {
  installation: Number(values["installation-seconds"]),
  tests: Number(values["tests-seconds"]),
  gates: secondsSince(started),
  each: gateSeconds,
};
for (const line of closingLines({ tests, gates: gates.length, failedGates, seconds })) console.log(line);
process.exitCode = failuresOf({ tests, failedGates }) === 0 ? 0 : 1;
