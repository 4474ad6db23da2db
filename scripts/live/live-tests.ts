import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { runTool } from "../run.ts";
import { type liveTargets, TARGET_LIMIT_MS } from "./limits.ts";
import { LIVE_CACHE } from "./maven.ts";

export interface LiveFigures {
  /** Of the server or client that the tests ran against. */
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
}

/** Something real that the product is tested against. */
export interface LiveTarget {
  readonly name: (typeof liveTargets)[number];
  run(): LiveFigures | Promise<LiveFigures>;
}

interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
}

/**
 * Runs one project of vitest.live.config.ts and shows its output. A server that does not start, a run without a test, a skipped test and an
 * error outside any test count as failures.
 */
export function runLiveTests(project: string): Pick<LiveFigures, "passed" | "failed"> {
  mkdirSync(LIVE_CACHE, { recursive: true });
  const file = path.join(LIVE_CACHE, `${project}-results.json`);
  rmSync(file, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const args = ["run", "--config", "vitest.live.config.ts", "--project", project, ...reporters];
  const { status } = runTool("vitest", args, { output: "inherit", timeoutMs: TARGET_LIMIT_MS });
  const report: Report = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { numPassedTests: 0, numTotalTests: 0 };
  const passed = report.numPassedTests;
  const notPassed = report.numTotalTests - passed;
  return { passed, failed: notPassed === 0 && (status !== 0 || passed === 0) ? 1 : notPassed };
}
