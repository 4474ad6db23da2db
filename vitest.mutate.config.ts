import { defineConfig } from "vitest/config";

// The judges of `npm run mutate`: unit tests and the single faults of one combination, without those that need sockets or processes.
export default defineConfig({
  test: {
    pool: "threads",
    restoreMocks: true,
    unstubEnvs: true,
    testTimeout: 60_000,
    setupFiles: ["test/support/setup.ts"],
    include: [
      "test/unit/*.test.ts",
      "test/unit/{actions,http,issuers,recovery,stages,vault}/**/*.test.ts",
      "test/model/second-authority.test.ts",
    ],
  },
});
