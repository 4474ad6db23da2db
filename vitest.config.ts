import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

const guard = "test/support/setup.ts";
const loopback = "test/support/setup-loopback.ts";

/** What a test may need at most, on a machine under load too. A test that reaches it hangs. */
const FAST_MS = 120_000;
const MODEL_MS = 300_000;
const PROCESS_MS = 120_000;

const project = (name: string, timeoutMs: number, setupFiles: string[]) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs, setupFiles },
});

export default defineConfig({
  test: {
    pool: "threads",
    // CI has two cores; one more, because end-to-end tests mostly wait for their processes.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // The files of a thread share their modules: to load the SDK anew for each took longer than the tests.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    // .ci/run reads the counts from the file.
    reporters: process.env.CI ? ["default", ["json", { outputFile: ".cache/test-results.json" }]] : ["default"],
    projects: [
      project("unit", FAST_MS, [guard]),
      project("model", MODEL_MS, [guard]),
      project("contract", PROCESS_MS, [guard, loopback]),
      project("e2e", PROCESS_MS, [guard, loopback]),
    ],
  },
});
