import { expect, test } from "vitest";
import { useCli } from "../../support/cli.ts";

const cli = useCli();

/** OCI Functions ends a call after at most 300 seconds; 15 more are for the way there and back. */
test.each([
  [314_000, 0, null],
  [316_000, 1, "TIMED_OUT"],
])(
  "a function that takes %i ms to answer is waited for as long as it may run, and not for ever",
  async (ms, exitCode, code) => {
    const w = await cli();
    const functionId = w.deploy();
    // Something is to be healed.
    await w.step("CREATE_PENDING_VERSION");
    w.emulator.invoke = async () => {
      await w.clock.sleep(ms);
      const returnMessage = "NOTHING_TO_DO: the issuer accepts CURRENT. Next: nothing.";
      return { status: 200, body: JSON.stringify({ responseCode: 200, returnMessage, versionNo: 1 }) };
    };
    const from = w.clock.monotonic();
    const run = await w.run("heal", w.secretId, "--function", functionId, "--yes", "--json");
    const tookMs = w.clock.monotonic() - from;
    expect(run.exitCode).toBe(exitCode);
    expect(run.json()).toMatchObject(code === null ? { answer: { code: "NOTHING_TO_DO" } } : { error: { code } });
    expect(run.requests.filter(({ call }) => call === "invoke-function")).toHaveLength(1);
    if (code !== null) expect(tookMs).toBeGreaterThanOrEqual(315_000);
    expect(tookMs).toBeLessThan(316_000);
  },
);
