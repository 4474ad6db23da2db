import { defineConfig } from "vitest/config";

/** A real server on a busy machine: seconds for an answer, a minute or more until it is ready. */
const TEST_MS = 60_000;

/** Tests against one real server. `<name>.server.ts` starts it before them and stops it after them. */
const target = (name: string) => ({
  extends: true as const,
  test: { name, include: [`test/live/${name}*.live.test.ts`], globalSetup: [`test/live/${name}.server.ts`] },
});

export default defineConfig({
  test: {
    pool: "threads",
    maxWorkers: 1,
    restoreMocks: true,
    unstubEnvs: true,
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
    setupFiles: ["test/support/setup.ts", "test/support/setup-loopback.ts"],
    projects: [target("uaa"), target("keycloak"), target("oci")],
  },
});
