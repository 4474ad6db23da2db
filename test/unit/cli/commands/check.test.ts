import { describe, expect, test } from "vitest";
import { expectOnlyReads, useCli } from "../../../support/cli.ts";
import { contentWith, regenerateByHand, writeVersion } from "../../../support/outside-changes.ts";

const cli = useCli();

describe("oci-rotate check", () => {
  test("says that CURRENT is accepted, and changes nothing", async () => {
    const w = await cli();
    const before = w.state();
    const run = await w.run("check", w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe("CURRENT  accepted (version 1)\nPENDING  none\n");
    expect(w.state()).toEqual(before);
    expect(run.requests.length).toBeGreaterThan(2);
    expectOnlyReads(run);
  });

  test("ends with 4 where the issuer refuses CURRENT, and says what to do", async () => {
    const w = await cli();
    regenerateByHand(w, "made-in-the-console");
    const run = await w.run("check", w.secretId);
    expect(run.exitCode).toBe(4);
    expect(run.stdout.replaceAll(/ +$/gm, "")).toBe(`CURRENT  refused (version 1)
PENDING  none

what     the issuer refuses the client secret in CURRENT
next     if a rotation is under way, run it again; otherwise store the working client secret as a new version
`);
    expectOnlyReads(run);
  });

  test.each(["token-current", "token-pending"] as const)("ends with 4 where %s is not answered", async (call) => {
    const w = await cli();
    await writeVersion(w, contentWith(w, "never-was-one"));
    w.emulator.faults.add({ call, kind: "server-error-before", count: 100 });
    const run = await w.run("check", w.secretId, "--json");
    const verdicts = { "token-current": ["unknown", "refused"], "token-pending": ["accepted", "unknown"] };
    const [current, pending] = verdicts[call];
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ healthy: false, current, pending });
    expectOnlyReads(run);
  });

  test("paints each verdict at a terminal, and CURRENT's decides", async () => {
    const w = await cli();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const run = await w.runWith({ answers: [] }, "check", w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe(
      "CURRENT  \u001b[32maccepted\u001b[39m (version 1)\nPENDING  \u001b[31mrefused\u001b[39m\n",
    );
    w.emulator.faults.add({ call: "token-current", kind: "server-error-before", count: 100 });
    const unknown = await w.runWith({ answers: [] }, "check", w.secretId);
    expect(unknown.stdout).toContain("CURRENT  \u001b[33munknown\u001b[39m (version 1)");
  });

  test("tells PENDING apart from CURRENT, as JSON too", async () => {
    const w = await cli();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const run = await w.run("check", w.secretId, "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toEqual({
      secretId: w.secretId,
      healthy: true,
      current: "accepted",
      pending: "refused",
      versionNo: 1,
      code: "OK",
      what: "the issuer accepts CURRENT",
      next: "nothing",
    });
    expectOnlyReads(run);
  });

  test("says of an unknown secret that it is absent or not to be seen, and names the policy for a person", async () => {
    const w = await cli();
    const run = await w.run("check", `${w.secretId}x`);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("does not exist in this region, or you may not see it");
    expect(run.stderr).toContain('"Allow group <your group> to read secret-versions');
  });

  test("gives errors as JSON to a script", async () => {
    const w = await cli();
    const run = await w.run("check", `${w.secretId}x`, "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      error: { code: "SECRET_NOT_FOUND", next: expect.stringContaining("check the OCID") },
    });
  });

  test.each([
    [["check"], "missing required argument 'secret'"],
    [["check", "ocid1.vault.oc1.iad.a"], "<secret> takes the name of a Vault secret, or its OCID"],
    [["check", "a name"], "<secret> takes the name of a Vault secret, or its OCID"],
    [["check", "app"], "no compartment was given to find a secret by its name"],
    [["check", "ocid1.vaultsecret.oc1..a", "--no-such"], "unknown option '--no-such'"],
    [["check", "ocid1.vaultsecret.oc1..a", "--endpoint", "http://example.org"], "http only on loopback"],
    [["check", "ocid1.vaultsecret.oc1..a", "--auth", "magic"], "--auth takes one of session, api-key"],
    [["--profile", "A", "check", "ocid1.vaultsecret.oc1..a", "--profile", "B"], "--profile was given twice"],
    [["check", "ocid1.vaultsecret.oc1..a", "--profile", "A", "--profile", "B"], "--profile was given twice"],
    [["chek"], "did you mean check?"],
    [["help", "chek"], "there is no such command"],
    [["notify"], "the command after notify is missing"],
  ])("refuses %j as a wrong command line", async (args, words) => {
    const w = await cli();
    const run = await w.run(...args);
    expect(run).toMatchObject({ exitCode: 2, stdout: "", requests: [] });
    expect(run.stderr).toContain(words);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});
