import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

const guard = "test/support/setup.ts";
const loopback = "test/support/setup-loopback.ts";

/** What a test may need at most, on a machine under load too. A test that reaches it hangs. */
const LIMIT_MS = 120_000;

/** A thread loads the SDK and the product anew for each project, so folders with the same set-up are one. */
const project = (name: string, folders: readonly string[], setupFiles: string[]) => ({
  extends: true as const,
  test: { name, include: folders.map((folder) => `test/${folder}/**/*.test.ts`), setupFiles },
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
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    projects: [project("unit", ["unit", "model"], [guard]), project("e2e", ["e2e", "contract"], [guard, loopback])],
  },
});
