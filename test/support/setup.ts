/** Runs before the tests of every file. What a test overlooks becomes its failure. */
import { afterEach, beforeEach } from "vitest";
import { endGuard, report, startGuard } from "./guard.ts";
import { leaveLoopback } from "./loopback.ts";

leaveLoopback();

const methods = ["warn", "error"] as const;
const originals = { warn: console.warn, error: console.error };

beforeEach(() => {
  startGuard();
  // The product never writes to the console: the function's log is JSON on its own writer. Plain assignment: a test
  // that expects such a line puts its own spy over it, and `restoreMocks` brings this one back.
  for (const method of methods) {
    console[method] = (...values: unknown[]) => report(`unexpected console.${method}: ${values.map(String).join(" ")}`);
  }
});

afterEach(() => {
  for (const method of methods) {
    console[method] = originals[method];
  }
  const problems = endGuard();
  if (problems.length > 0) throw new Error(problems.join("\n"));
});
