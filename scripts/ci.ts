/**
 * Runs the gates after the tests, for `.ci/run`; `--quick` those that are asked for before a push. A gate's output is shown only when it fails.
 * What to do about each failure follows; the last two lines are the seconds in total, and `N passed, N failed`: tests and gates.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { commitSeed } from "./commit-seed.ts";
import { closingLines, failuresOf, problemOf } from "./gate-report.ts";
import { type Gate, quickGates, wholeGates } from "./gates.ts";
import { lastLine } from "./judges/judge.ts";
import { countTests } from "./judges/tests.ts";
import { ROOT, run } from "./run.ts";

const secondsSince = (started: number) => (performance.now() - started) / 1000;

function runGate(gate: Gate): boolean {
  const started = performance.now();
  const limit = gate.timeoutMs === undefined ? {} : { timeoutMs: gate.timeoutMs };
  const result = run("npm", ["run", ...gate.command], { env: { CI: "true" }, ...limit });
  const problem = problemOf(gate, result);
  const seconds = secondsSince(started).toFixed(1);
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
    "installation-seconds": { type: "string", default: "0" },
    "tests-seconds": { type: "string", default: "0" },
    quick: { type: "boolean", default: false },
  },
});
const report = path.join(ROOT, ".cache", "test-results.json");
const tests = countTests(existsSync(report) ? readFileSync(report, "utf8") : null, Number(values["tests-exit-code"]));
console.log(`tests: ${tests.text} (${values["tests-seconds"]} s)`);
/** Where no commit is known, any part is as good as another. */
const gates = values.quick ? quickGates(commitSeed() ?? "0") : wholeGates;
const started = performance.now();
const failedGates = gates.filter((gate) => !runGate(gate));
const seconds = {
  installation: Number(values["installation-seconds"]),
  tests: Number(values["tests-seconds"]),
  gates: secondsSince(started),
};
for (const line of closingLines({ tests, gates: gates.length, failedGates, seconds })) console.log(line);
process.exitCode = failuresOf({ tests, failedGates }) === 0 ? 0 : 1;
