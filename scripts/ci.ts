/**
 * Runs the gates after the tests, for `.ci/run`; `--quick` those that are asked for before a push. A gate's output is shown only when it fails.
 * The last two lines are the seconds in total, and `N passed, N failed`: tests and gates.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { commitSeed } from "./commit-seed.ts";
import { type Gate, quickGates, wholeGates } from "./gates.ts";
import { lastLine } from "./judges/judge.ts";
import { countTests } from "./judges/tests.ts";
import { ROOT, type RunResult, run } from "./run.ts";

function problemOf({ command, judge }: Gate, result: RunResult): string | null {
  if (result.status !== 0) return `npm run ${command.join(" ")} ended with code ${result.status}`;
  return judge?.(result) ?? null;
}

const secondsSince = (started: number) => ((performance.now() - started) / 1000).toFixed(1);

function runGate(gate: Gate): boolean {
  const started = performance.now();
  const limit = gate.timeoutMs === undefined ? {} : { timeoutMs: gate.timeoutMs };
  const result = run("npm", ["run", ...gate.command], { env: { CI: "true" }, ...limit });
  const problem = problemOf(gate, result);
  const seconds = secondsSince(started);
  if (gate.isShown) console.log(lastLine(result.stdout));
  if (problem === null) {
    console.log(`gate ${gate.name}: passed (${seconds} s)`);
    return true;
  }
  console.log(`gate ${gate.name}: FAILED (${seconds} s): ${problem}\n${result.stdout}${result.stderr}`);
  return false;
}

const { values } = parseArgs({
  options: {
    "tests-exit-code": { type: "string", default: "0" },
    "tests-seconds": { type: "string", default: "0" },
    quick: { type: "boolean", default: false },
  },
});
const testsSeconds = Number(values["tests-seconds"]);
const report = path.join(ROOT, ".cache", "test-results.json");
const tests = countTests(existsSync(report) ? readFileSync(report, "utf8") : null, Number(values["tests-exit-code"]));
console.log(`tests: ${tests.text} (${testsSeconds} s with the installation)`);
/** Where no commit is known, any part is as good as another. */
const gates = values.quick ? quickGates(commitSeed() ?? "0") : wholeGates;
const started = performance.now();
const results = gates.map(runGate);
const passed = tests.passed + results.filter(Boolean).length;
const failed = tests.failed + results.filter((result) => !result).length;
const gatesSeconds = secondsSince(started);
console.log(
  `total: ${Math.round(testsSeconds + Number(gatesSeconds))} s (tests ${testsSeconds} s, gates ${gatesSeconds} s)`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
