import { describe, expect, test } from "vitest";
import { expectOnlyReads, useCli } from "../../../support/cli.ts";
import { DAY_MS, FLEET_COMPARTMENT, fleetIn, shown, standOf, UNTOUCHED } from "../../../support/cli-fleet.ts";

const cli = useCli();
const LOCAL = ["--via", "local", "--yes"];
const ALL_DUE = ["rotate", "--all-due", "--compartment", FLEET_COMPARTMENT];

describe("oci-rotate rotate, one secret", () => {
  test("rotates it here, and says which version is CURRENT now", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, ...LOCAL);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^version 3 holds a new client secret, logs in and is CURRENT.*\.\n1 of 1 rotated\.\n/);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("prints one JSON document and nothing else", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, ...LOCAL, "--json");
    expect(run.stderr).toBe("");
    expect(run.json()).toEqual({
      dryRun: false,
      total: 1,
      ...{ rotated: 1, already: 0, notDue: 0, planned: 0, failed: 0, notStarted: 0 },
      secrets: [
        {
          ...{ secretId: w.secretId, name: "app", via: "local", outcome: "rotated", versionNo: 3, code: "OK" },
          what: expect.stringContaining("version 3 holds a new client secret"),
          next: expect.any(String),
        },
      ],
    });
  });

  test("asks at a terminal, names what it is about to rotate, and does nothing on no", async () => {
    const w = await cli();
    const before = w.state();
    const run = await w.runWith({ answers: ["n"] }, "rotate", w.secretId, "--via", "local");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`app  ${w.secretId}  via local`);
    expect(run.stderr).toContain("Rotate this secret? [y/N]");
    expect(w.state()).toEqual(before);
    expectOnlyReads(run);
  });

  test("tells each step at a terminal", async () => {
    const w = await cli();
    const run = await w.runWith({ answers: ["y"] }, "rotate", w.secretId, "--via", "local");
    expect(run.exitCode).toBe(0);
    const steps = ["verify-current accepted", "regenerate minted", "write-pending stored", "promote promoted"];
    for (const step of steps) expect(run.stderr).toContain(`app  ${step}`);
  });

  test("wants --yes where nobody can be asked", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, "--via", "local");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("add --yes");
    expectOnlyReads(run);
  });

  test("says of an unknown secret that it is absent or not to be seen, before anything changes", async () => {
    const w = await cli();
    const run = await w.run("rotate", w.secretId, `${w.secretId}x`, ...LOCAL);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("does not exist in this region, or you may not see it");
    expectOnlyReads(run);
  });

  test.each([
    [["rotate"], "no secret was given"],
    [["rotate", "ocid1.vaultsecret.oc1.iad.a", "--all-due"], "secrets and --all-due were both given"],
    [["rotate", "--all-due", "--compromised"], "--compromised and --all-due cannot be combined"],
    [["rotate", "ocid1.vaultsecret.oc1.iad.a", "--compromised", "--via", "vault"], "RotateSecret cannot say"],
    [["rotate", "--all-due"], "no compartment was given"],
    [["rotate", "ocid1.vaultsecret.oc1.iad.a", "--since", "yesterday"], "--since takes a time in UTC"],
  ])("refuses %j", async (words, told) => {
    const w = await cli();
    const run = await w.run(...words, "--yes");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(told);
    expect(run.requests).toEqual([]);
  });

  test("with --compromised makes a new value even where one that works is pending, and retires both older ones", async () => {
    const w = await cli();
    expect((await w.step("CREATE_PENDING_VERSION")).responseCode).toBe(200);
    const run = await w.run("rotate", w.secretId, ...LOCAL, "--compromised");
    expect(run.exitCode).toBe(0);
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(2);
    expect(w.accepted(1, 3)).toEqual([]);
  });

  test("tries again after the issuer was away for a while, and mints once", async () => {
    const w = await cli({ environment: {} });
    w.emulator.faults.add({ call: "token-current", kind: "server-error-before", count: 40 });
    const run = await w.run("rotate", w.secretId, ...LOCAL, "--json");
    expect(run.exitCode).toBe(0);
    expect(shown(run)).toMatchObject({ rotated: 1, failed: 0 });
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("oci-rotate rotate --dry-run", () => {
  test("says what would be done about each, and sends nothing but reads and logins", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 3);
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, "--dry-run");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toContain("fleet-00002");
    expect(run.stdout).toContain("have the issuer make a new client secret");
    expect(run.stdout).toContain("Nothing was changed: 3 of 3 can be rotated.");
    expect(run.requests.some(({ call }) => call.startsWith("token-"))).toBe(true);
    expectOnlyReads(run);
    expect(fleet.secretIds.map((_, index) => standOf(w, fleet, index))).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED]);
  });

  test("says which secret could not be rotated and why, and ends with 1", async () => {
    const w = await cli({ content: ({ appId: _, ...rest }) => rest });
    const run = await w.run("rotate", w.secretId, "--via", "local", "--dry-run", "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      failed: 1,
      secrets: [{ code: "CONTENT_INVALID", next: expect.stringContaining("correct") }],
    });
    expectOnlyReads(run);
  });

  test("asks nobody, and shows a rotation that would be finished, as JSON too", async () => {
    const w = await cli();
    expect((await w.step("CREATE_PENDING_VERSION")).responseCode).toBe(200);
    const run = await w.run("rotate", w.secretId, "--via", "local", "--dry-run", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ dryRun: true, planned: 1, secrets: [{ what: "make version 3 CURRENT" }] });
    expectOnlyReads(run);
  });
});
