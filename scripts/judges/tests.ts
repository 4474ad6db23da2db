/** What vitest's report says, for `.ci/run`. */
import { z } from "zod";
import { atLeast } from "./judge.ts";

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly text: string;
}

/** A suite that has shrunk to a few tests has lost its files. */
const LEAST_TESTS = 5_000;

const report = z.object({ numPassedTests: atLeast(0), numTotalTests: atLeast(0) });

function parsed(text: string | null): z.infer<typeof report> | null {
  try {
    return report.parse(JSON.parse(text ?? ""));
  } catch {
    return null;
  }
}

/**
 * A missing or unreadable report counts as one failure, a skipped test as one each, and so do an error outside any test and a suite that is
 * suddenly small.
 * @param text of the report; null: there is none
 */
export function countTests(text: string | null, exitCode: number): Count {
  const found = parsed(text);
  if (found === null) return { passed: 0, failed: 1, text: "FAILED: npm test left no report" };
  const { numPassedTests: passed, numTotalTests: total } = found;
  const notPassed = Math.max(0, total - passed);
  const outside = exitCode === 0 ? [] : [`npm ci or npm test ended with code ${exitCode}`];
  const few = total < LEAST_TESTS ? [`at least ${LEAST_TESTS} must run`] : [];
  const others = notPassed > 0 ? few : [...outside, ...few];
  return {
    passed,
    failed: notPassed + others.length,
    text: [`${passed} of ${total} passed`, ...outside, ...few].join(", "),
  };
}
