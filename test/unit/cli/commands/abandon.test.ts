import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { contentWith, scheduleRotation, storeVersion, writeVersion } from "../../../support/outside-changes.ts";

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

  test("shows the secret, whether its schedule was on, and what was done or would be", async () => {
    const { w, abandon } = await scheduled();
    const shown = (schedule: string, done: string) =>
      `secret    app  ${w.secretId}\nschedule  was ${schedule}\ndone      ${done}\n`;
    const dry = await abandon("--dry-run");
    expect(dry.stdout).toBe(shown("on", "nothing; the schedule would be switched off, and the secret marked"));
    expect((await abandon("--yes")).stdout).toBe(shown("on", "its rotation has ended; CURRENT stays as it is"));
    expect((await abandon("--yes")).stdout).toBe(shown("off", "nothing, since its rotation has ended already"));
    expect((await abandon("--json")).json()).toEqual({
      ...{ secretId: w.secretId, name: "app", dryRun: false, changed: false, wasScheduled: false, versionNo: 1 },
    });
  });

  test("asks by the secret's name, and says that it was not confirmed", async () => {
    const { w } = await scheduled();
    const run = await w.runWith({ answers: ["n"], environment: { NO_COLOR: "1" } }, "abandon", w.secretId);
    expect(run.stderr).toContain("End the rotation of app? Its client secret may then expire. [y/N] error: it was not");
  });

  test.each([
    ["a schedule without a mark", { "orot-outcome": "OK 2026-01-01T00:00:00Z v1" }, true, 2],
    ["a mark beside a schedule", { "orot-outcome": "ABANDONED 2026-01-01T00:00:00Z v1" }, true, 1],
    ["neither schedule nor mark", {}, false, 1],
  ] as const)("with %s it writes what is missing", async (_what, tags, isScheduled, writes) => {
    const { w, abandon } = await scheduled();
    const secret = w.emulator.admin.secret(w.secretId);
    Object.assign(secret, { freeformTags: { team: "blue", ...tags } });
    Object.assign(secret.rotationConfig ?? {}, { isScheduledRotationEnabled: isScheduled });
    const run = await abandon("--yes", "--json");
    expect(run.json()).toMatchObject({ changed: true, wasScheduled: isScheduled });
    expect(run.requests.filter(({ method }) => method === "PUT")).toHaveLength(writes);
    expect(held(w)).toMatchObject({
      rotationConfig: { isScheduledRotationEnabled: false },
      freeformTags: { team: "blue", "orot-outcome": expect.stringMatching(/^ABANDONED /) },
    });
  });

  test("is refused while something is left to finish, so that nothing stays half done", async () => {
    const { w, abandon } = await scheduled();
    storeVersion(w, JSON.parse(w.emulator.admin.content(w.secretId, 1) ?? "{}"));
    const before = held(w);
    const run = await abandon("--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      /^error: RETIRE_NOT_SAFE: something is left to finish \(interrupted\): .+; nothing was changed\.$/m,
    );
    expect(run.stderr).toMatch(
      new RegExp(`^next:  run oci-rotate heal ${w.secretId} first; if the client is gone, delete the`, "m"),
    );
    expect(held(w)).toEqual(before);
  });

  test("of a PENDING version that is refused for good it names the rotation that replaces it: a heal leaves it alone", async () => {
    const { w, abandon } = await scheduled();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const run = await abandon("--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(
      "something is left to finish (poisoned): the issuer refuses the client secret of the PENDING",
    );
    expect(run.stderr).toContain(`next:  run oci-rotate rotate ${w.secretId} first;`);
  });

  test("is refused where the tags cannot be read, since a write would lose them", async () => {
    const { w } = await scheduled();
    const transport: Transport = async (request) => {
      const response = await w.emulator.transport(request);
      return { ...response, body: response.body.replace(/"freeformTags":\{[^}]*\}/, '"freeformTags":7') };
    };
    const run = await w.runWith({ transport }, "abandon", w.secretId, "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toBe(
      "error: the secret's tags cannot be read, and writing them would lose the existing ones.\nnext:  switch the schedule off with oci-rotate schedule remove.\n",
    );
    expectOnlyReads(run);
  });

  test("is refused while Vault carries out a rotation, also before that has written anything", async () => {
    const { w, abandon } = await scheduled();
    w.emulator.admin.rotate(w.secretId);
    const run = await abandon("--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toBe(
      `error: RETIRE_NOT_SAFE: Vault is carrying out a rotation; nothing was changed.\nnext:  run it again when oci-rotate status ${w.secretId} shows the end of it.\n`,
    );
    expectOnlyReads(run);
  });

  test.each(["answer-lost", "server-error-before"] as const)("a write that ends with %s is settled", async (kind) => {
    const { w, abandon } = await scheduled();
    w.emulator.faults.add({ call: "update-metadata", kind });
    expect((await abandon("--yes")).exitCode).toBe(0);
    expect(held(w).freeformTags).toMatchObject({ "orot-outcome": expect.stringContaining("ABANDONED") });
    expect(held(w).rotationConfig).toMatchObject({ isScheduledRotationEnabled: false });
  });
});
