/**
 * The gates that `.ci/run` counts after the tests. Each one is an npm script, so it runs alone in the same way: `npm run lint`, and so on.
 * A gate's output is shown only when it fails. The last line is `N passed, N failed`: tests and gates.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { ProveReport } from "../src/prove/report.ts";
import type { ConsumerFigures } from "./consumer/bench.ts";
import type { LiveFigures } from "./live/live-tests.ts";
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

/** Remote calls that the four steps of a rotation may take. */
const MOST_REMOTE_CALLS = 24;
const STEPS = 4;

const PROVE_LIMIT_MS = 60 * 60_000;
const LIVE_LIMIT_MS = 15 * 60_000;
const LIVE_TARGETS = ["uaa", "keycloak", "oci"];
const LEAST_PAIRS = 100_000;
const MOST_ROTATIONS = 2;
const MOST_CALLS = { fourStep: 22, whole: 16 };

interface DemoResult {
  readonly ok: boolean;
  readonly steps: readonly { readonly step: string; readonly responseCode: number }[];
  readonly oldSecret: string;
  readonly newSecret: string;
  readonly remoteCalls: number;
  readonly overlapSecret?: string;
  readonly expiredSecret?: string;
}

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? "";

function judgeSteps({ ok, steps, newSecret }: DemoResult): string | null {
  const good = steps.filter(({ responseCode }) => responseCode === 200).length;
  if (!ok) return "the rotation did not end well";
  if (good !== STEPS || steps.length !== STEPS) return `${good} of ${steps.length} steps answered 200, not ${STEPS}`;
  return newSecret === "accepted" ? null : `the new secret is ${newSecret}`;
}

function judgeDemo({ stdout }: RunResult): string | null {
  const result: DemoResult = JSON.parse(lastLine(stdout));
  const problem = judgeSteps(result);
  if (problem !== null) return problem;
  if (result.oldSecret !== "rejected") return `the old secret is ${result.oldSecret}`;
  return result.remoteCalls > MOST_REMOTE_CALLS
    ? `${result.remoteCalls} remote calls, at most ${MOST_REMOTE_CALLS}`
    : null;
}

/** Verdicts on the old secret: beside the new one, at the end, and once its time is over. */
type OldSecret = Pick<DemoResult, "oldSecret" | "overlapSecret" | "expiredSecret">;

/** The demo at each further issuer, and what becomes of the old secret there. */
const furtherIssuers: readonly (readonly [string, OldSecret])[] = [
  ["uaa", { overlapSecret: "accepted", oldSecret: "rejected" }],
  ["keycloak", { overlapSecret: "accepted", oldSecret: "accepted", expiredSecret: "rejected" }],
  ["edfi-cms", { oldSecret: "rejected" }],
];

function judgeIssuer(stdout: string, expected: OldSecret): string | null {
  const result: DemoResult = JSON.parse(lastLine(stdout));
  const problem = judgeSteps(result);
  if (problem !== null) return problem;
  const { oldSecret, overlapSecret, expiredSecret } = result;
  const isAsExpected =
    oldSecret === expected.oldSecret &&
    overlapSecret === expected.overlapSecret &&
    expiredSecret === expected.expiredSecret;
  return isAsExpected
    ? null
    : `the old secret is ${overlapSecret} beside the new one, then ${oldSecret}, ${expiredSecret} after its time`;
}

function judgeHealed({ stdout }: RunResult): string | null {
  const result: { ok: boolean; healed?: boolean } = JSON.parse(lastLine(stdout));
  return result.ok && result.healed ? null : "the fault was not made good";
}

/** Every target must have been tried, with nothing left out. */
function judgeLive({ stdout }: RunResult): string | null {
  console.log(lastLine(stdout));
  const figures: Readonly<Record<string, LiveFigures>> = JSON.parse(lastLine(stdout));
  const problems = LIVE_TARGETS.flatMap((name) => {
    const { passed = 0, failed = 0 } = figures[name] ?? {};
    return failed === 0 && passed > 0 ? [] : [`${name}: ${passed} passed, ${failed} failed`];
  });
  return problems.length === 0 ? null : problems.join("; ");
}

/** Prints the figures, and holds those that a run's own exit code does not. */
function judgeProof({ stdout }: RunResult): string | null {
  console.log(lastLine(stdout));
  const proof: ProveReport = JSON.parse(lastLine(stdout));
  if (proof.pairs < LEAST_PAIRS) return `${proof.pairs} pairs, at least ${LEAST_PAIRS}`;
  if (proof.maxRotationsToConverge > MOST_ROTATIONS) return `${proof.maxRotationsToConverge} rotations to converge`;
  const { fourStep, whole } = proof.remoteCalls;
  return fourStep > MOST_CALLS.fourStep || whole > MOST_CALLS.whole ? `${fourStep} and ${whole} remote calls` : null;
}

function judgeBench({ stdout }: RunResult): string | null {
  const { firstAnswerMs }: { firstAnswerMs: { median: unknown } } = JSON.parse(lastLine(stdout));
  return typeof firstAnswerMs.median === "number" ? null : "no time to first answer";
}

/** At an issuer that keeps one client secret: the consumer client must hide what is there to be noticed. */
function judgeConsumer({ stdout }: RunResult): string | null {
  console.log(lastLine(stdout));
  const { consumer }: { consumer: Pick<ConsumerFigures, "with" | "without"> } = JSON.parse(lastLine(stdout));
  if (consumer.with.requests === 0) return "no requests";
  if (consumer.with.failed !== 0) return `${consumer.with.failed} failed requests with the consumer client`;
  return consumer.without.failed > 0 ? null : "no failed requests without it, so the run shows nothing";
}

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
  {
    name: "live: real servers and clients",
    command: ["live", "--", "--json"],
    judge: judgeLive,
    timeoutMs: LIVE_LIMIT_MS,
  },
  { name: "real kills", command: ["prove", "--", "--kills"] },
  { name: "prove", command: ["prove", "--", "--json"], judge: judgeProof, timeoutMs: PROVE_LIMIT_MS },
  { name: "bench", command: ["bench", "--", "--json"], judge: judgeBench },
  { name: "rotations unnoticed", command: ["bench", "--", "--consumer", "--json"], judge: judgeConsumer },
];

function problemOf({ command, judge }: Gate, result: RunResult): string | null {
  if (result.status !== 0) return `npm run ${command.join(" ")} ended with code ${result.status}`;
  try {
    return judge?.(result) ?? null;
  } catch (error) {
    return `its output cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function runGate(gate: Gate): boolean {
  const started = performance.now();
  const limit = gate.timeoutMs === undefined ? {} : { timeoutMs: gate.timeoutMs };
  const result = run("npm", ["run", ...gate.command], { env: { CI: "true" }, ...limit });
  const problem = problemOf(gate, result);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
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
function countTests(exitCode: number): Count {
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
  console.log(`tests: ${passed} of ${total} passed${outside === 0 ? "" : `, and npm cit ended with code ${exitCode}`}`);
  return { passed, failed: notPassed + outside };
}

const { values } = parseArgs({ options: { "tests-exit-code": { type: "string", default: "0" } } });
const tests = countTests(Number(values["tests-exit-code"]));
const results = gates.map(runGate);
const passed = tests.passed + results.filter(Boolean).length;
const failed = tests.failed + results.filter((result) => !result).length;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
