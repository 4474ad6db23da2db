import { describe, expect, test } from "vitest";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { scheduleRotation, storeVersion } from "../../../support/outside-changes.ts";

const cli = useCli();

/** A secret that the function rotates every 30 days, and that a heal has tagged. */
async function scheduled() {
  const w = await cli();
  const functionId = w.emulator.admin.createFunction();
  scheduleRotation(w, functionId, 30);
  await w.run("heal", w.secretId, "--via", "local", "--yes");
  const abandon = (...words: readonly string[]) => w.run("abandon", w.secretId, ...words);
  return { w, functionId, abandon };
}

const held = ({ emulator, secretId }: CliWorld) => {
  const { rotationConfig, freeformTags, versions } = emulator.admin.secret(secretId);
  return { rotationConfig, freeformTags, versions: versions.map(({ number, stage }) => `${number} ${stage}`) };
};

describe("oci-rotate abandon", () => {
  test("ends the rotation and leaves the value: no work on many secrets takes it, and applications go on", async () => {
    const { w, functionId, abandon } = await scheduled();
    const before = held(w);
    const run = await abandon("--yes", "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.json()).toMatchObject({ dryRun: false, changed: true, wasScheduled: true, versionNo: 1 });
    const after = held(w);
    expect(after.rotationConfig).toMatchObject({ isScheduledRotationEnabled: false });
    expect(after.freeformTags).toMatchObject({ "orot-outcome": expect.stringMatching(/^ABANDONED \S+ v1$/) });
    expect(after.versions).toEqual(before.versions);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(0);
    const compartment = w.emulator.admin.secret(w.secretId).compartmentId;
    for (const words of [
      ["heal", "--all", "--compartment", compartment, "--yes", "--json"],
      ["rotate", "--all-due", "--compartment", compartment, "--max-age", "0d", "--via", "local", "--yes", "--json"],
      ["scan", "--compartment", compartment, "--json"],
    ]) {
      expect((await w.run(...words)).stdout).not.toContain(w.secretId);
    }
    expect(held(w)).toEqual(after);
    expect(functionId).toBeTruthy();
  });

  test("run again it does nothing, and schedule set takes the secret up again", async () => {
    const { w, abandon } = await scheduled();
    await abandon("--yes");
    expectOnlyReads(await abandon("--yes"));
    const run = await w.run("schedule", "set", w.secretId, "--every", "30d");
    expect(run.exitCode).toBe(0);
    expect(held(w).freeformTags).not.toHaveProperty("orot-outcome");
    expect(held(w).rotationConfig).toMatchObject({ isScheduledRotationEnabled: true });
  });

  test("--dry-run changes nothing and ends with 4, and a no changes nothing either", async () => {
    const { w, abandon } = await scheduled();
    const before = held(w);
    const run = await abandon("--dry-run", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ dryRun: true, changed: true });
    const refused = await w.runWith({ answers: ["n"] }, "abandon", w.secretId);
    expect(refused.exitCode).toBe(1);
    expect(held(w)).toEqual(before);
  });

  test("is refused while something is left to finish, so that nothing stays half done", async () => {
    const { w, abandon } = await scheduled();
    storeVersion(w, JSON.parse(w.emulator.admin.content(w.secretId, 1) ?? "{}"));
    const before = held(w);
    const run = await abandon("--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("heal");
    expect(held(w)).toEqual(before);
  });

  test.each(["answer-lost", "server-error-before"] as const)("a write that ends with %s is settled", async (kind) => {
    const { w, abandon } = await scheduled();
    w.emulator.faults.add({ call: "update-metadata", kind });
    expect((await abandon("--yes")).exitCode).toBe(0);
    expect(held(w).freeformTags).toMatchObject({ "orot-outcome": expect.stringContaining("ABANDONED") });
    expect(held(w).rotationConfig).toMatchObject({ isScheduledRotationEnabled: false });
  });
});
