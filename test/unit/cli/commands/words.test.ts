import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { useCli } from "../../../support/cli.ts";
import { scheduleRotation } from "../../../support/outside-changes.ts";

// What an operator reads, command by command.

const cli = useCli();

/** A secret that a deployed function rotates. */
async function scheduled() {
  const w = await cli();
  const functionId = w.deploy();
  scheduleRotation(w, functionId, 30);
  return { ...w, functionId };
}

describe("heal says who acted, and when nobody did", () => {
  test.each([
    ["healthy, with a function", [], /^done +nothing was called or changed, since there is nothing to do$/m],
    ["healthy, here", ["--via", "local"], /^done +nothing was called or changed, since there is nothing to do$/m],
    ["healthy, only looked at", ["--dry-run"], /^done +nothing was called or changed, since there is nothing to do$/m],
  ])("%s", async (_what, words, line) => {
    const w = await scheduled();
    const run = await w.run("heal", w.secretId, "--yes", ...words);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(line);
    expect(run.stdout).not.toMatch(/^by /m);
    expect(run.requests.filter(({ call }) => call === "invoke-function")).toEqual([]);
  });

  test("by the function, in words that read as a sentence", async () => {
    const w = await scheduled();
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    await Promise.race([w.rotate(), w.clock.sleep(900_000)]);
    const run = await w.run("heal", w.secretId, "--yes");
    expect(run.stdout).toMatch(new RegExp(`^by +the function ${w.functionId}$`, "m"));
    expect(run.stdout).not.toContain("by through");
  });
});

describe("a list without entries says so", () => {
  test.each(["list", "test"])("notify %s", async (command) => {
    const w = await cli();
    const run = await w.runWith({ answers: [], environment: { NO_COLOR: "1" } }, "notify", command, w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stdout: "Nobody is notified of this secret's rotations.\n" });
    expect(run.stderr).toBe(`to add one: oci-rotate notify add ${w.secretId} <https or mailto address>\n`);
  });
});

describe("days are those of the calendar", () => {
  test("in scan and in status alike", async () => {
    const w = await scheduled();
    const secret = w.emulator.admin.secret(w.secretId);
    secret.nextRotationAt = w.clock.now() + 30 * DAY_MS;
    await w.clock.sleep(12_000);
    const scan = await w.run("scan", "--compartment", secret.compartmentId);
    const status = await w.run("status", w.secretId);
    expect(scan.stdout).toContain("(in 30d)");
    expect(status.stdout).toContain("(in 30 d)");
  });

  test("a secret that is due later today is due today", async () => {
    const w = await scheduled();
    const secret = w.emulator.admin.secret(w.secretId);
    const midnight = Math.ceil(w.clock.now() / DAY_MS) * DAY_MS;
    await w.clock.sleep(midnight - w.clock.now() + 3_600_000);
    for (const [hours, words] of [
      [-0.5, "(today)"],
      [20, "(today)"],
      [23, "(in 1d)"],
      [-2, "(1d ago)"],
    ] as const) {
      secret.nextRotationAt = w.clock.now() + hours * 3_600_000;
      const run = await w.run("scan", "--compartment", secret.compartmentId);
      expect(run.stdout).toContain(words);
    }
  });
});
