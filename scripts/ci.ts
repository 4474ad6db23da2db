/**
 * The gates that `.ci/run` counts after the tests. Each one is an npm script, so it runs alone in the same way: `npm run lint`, and so on.
 * A gate's output is shown only when it fails. The last two lines are the seconds in total, and `N passed, N failed`: tests and gates.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { commitSeed } from "./commit-seed.ts";
import { judgeAdversary, judgeProof } from "./judge-proof.ts";
import {
  furtherIssuers,
  judgeBench,
  judgeCommandLine,
  judgeConsumer,
  judgeDemo,
  judgeHealed,
  judgeIssuer,
  judgeLive,
  judgeMirror,
  judgeMirrored,
  judgeNotified,
} from "./judges.ts";
import { ROOT, type RunResult, run } from "./run.ts";

interface Gate {
  readonly name: string;
  /** What is given to npm: the script and its arguments. */
  readonly command: readonly string[];
  /** Default ten minutes. */
  readonly timeoutMs?: number;
  /** Beside exit code 0: what else is wrong, or null. */
  readonly judge?: (result: RunResult) => string | null;
}

const PROVE_LIMIT_MS = 60 * 60_000;
const LIVE_LIMIT_MS = 20 * 60_000;
/** Ten minutes on an idle machine, and a third. */
const ADVERSARY_LIMIT_MS = 800_000;

/** The seed of the half of the single faults of OCI IAM that this commit tries. Where no commit is known, all of them are tried. */
const halfSeed = commitSeed();
const half = halfSeed === null ? [] : ["--half-of-singles", halfSeed];

const gates: readonly Gate[] = [
  { name: "types", command: ["typecheck"] },
  { name: "lint and format", command: ["lint"] },
  { name: "lint rules fire", command: ["check-lint-rules"] },
  { name: "nothing unused", command: ["knip"] },
  {
    name: "build",
    command: ["build"],
    judge: ({ stdout }) =>
      stdout.includes("holds no emulator, command line or test code") ? null : "did not check its inputs",
  },
  { name: "lock file", command: ["check-lock"] },
  { name: "docs in step with the code", command: ["docs", "--", "--check"] },
  { name: "links and commands in the docs", command: ["check-docs"] },
  { name: "published package", command: ["check-package"] },
  { name: "workflows", command: ["check-workflows"] },
  { name: "command line starts", command: ["oci-rotate", "--", "--help"] },
  { name: "emulator starts", command: ["emulator", "--", "--help"] },
  { name: "demo", command: ["demo", "--", "--json"], judge: judgeDemo },
  ...["regenerate:answer-lost", "write-pending:answer-lost", "regenerate:killed-after"].map(
    (fault): Gate => ({
      name: `demo with the fault ${fault}`,
      command: ["demo", "--", "--json", "--fault", fault],
      judge: judgeHealed,
    }),
  ),
  ...furtherIssuers.map(
    ([issuer, expected]): Gate => ({
      name: `demo at ${issuer}`,
      command: ["demo", "--", "--json", "--issuer", issuer],
      judge: ({ stdout }) => judgeIssuer(stdout, expected),
    }),
  ),
  { name: "demo with somebody to tell", command: ["demo", "--", "--json", "--notify"], judge: judgeNotified },
  { name: "demo of the Retail mirror", command: ["demo", "--", "--json", "--mirror"], judge: judgeMirrored },
  {
    name: "live: real servers and clients",
    command: ["live", "--", "--json"],
    judge: judgeLive,
    timeoutMs: LIVE_LIMIT_MS,
  },
  { name: "real kills", command: ["prove", "--", "--kills"] },
  {
    name: halfSeed === null ? "prove, whole" : `prove, half ${halfSeed} of the single faults of OCI IAM`,
    command: ["prove", "--", "--json", ...half],
    judge: (result) => judgeProof(result, halfSeed),
    timeoutMs: PROVE_LIMIT_MS,
  },
  {
    name: "prove, adversary",
    command: ["prove", "--", "--adversary", "--json"],
    judge: judgeAdversary,
    timeoutMs: ADVERSARY_LIMIT_MS,
  },
  { name: "bench", command: ["bench", "--", "--json"], judge: judgeBench },
  { name: "command line at a thousand secrets", command: ["bench", "--", "--cli", "--json"], judge: judgeCommandLine },
  { name: "rotations unnoticed", command: ["bench", "--", "--consumer", "--json"], judge: judgeConsumer },
  { name: "mirror sparing the domain", command: ["bench", "--", "--mirror", "--json"], judge: judgeMirror },
];

function problemOf({ command, judge }: Gate, result: RunResult): string | null {
  if (result.status !== 0) return `npm run ${command.join(" ")} ended with code ${result.status}`;
  try {
    return judge?.(result) ?? null;
  } catch (error) {
    return `its output cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const secondsSince = (started: number) => ((performance.now() - started) / 1000).toFixed(1);

function runGate(gate: Gate): boolean {
  const started = performance.now();
  const limit = gate.timeoutMs === undefined ? {} : { timeoutMs: gate.timeoutMs };
  const result = run("npm", ["run", ...gate.command], { env: { CI: "true" }, ...limit });
  const problem = problemOf(gate, result);
  const seconds = secondsSince(started);
  if (problem === null) {
    console.log(`gate ${gate.name}: passed (${seconds} s)`);
    return true;
  }
  console.log(`gate ${gate.name}: FAILED (${seconds} s): ${problem}\n${result.stdout}${result.stderr}`);
  return false;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Reads vitest's report. A missing report, a skipped test or an error outside any test counts as one failure each. */
function countTests(exitCode: number, seconds: number): Count {
  const file = path.join(ROOT, ".cache", "test-results.json");
  if (!existsSync(file)) {
    console.log("tests: FAILED: npm cit left no report");
    return { passed: 0, failed: 1 };
  }
  const report: { numPassedTests: number; numFailedTests: number; numTotalTests: number } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  const { numPassedTests: passed, numTotalTests: total } = report;
  const notPassed = total - passed;
  const outside = notPassed === 0 && (exitCode !== 0 || total === 0) ? 1 : 0;
  const ended = outside === 0 ? "" : `, and npm cit ended with code ${exitCode}`;
  console.log(`tests: ${passed} of ${total} passed (${seconds} s with the installation)${ended}`);
  return { passed, failed: notPassed + outside };
}

const { values } = parseArgs({
  options: {
    "tests-exit-code": { type: "string", default: "0" },
    "tests-seconds": { type: "string", default: "0" },
  },
});
const testsSeconds = Number(values["tests-seconds"]);
const tests = countTests(Number(values["tests-exit-code"]), testsSeconds);
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
