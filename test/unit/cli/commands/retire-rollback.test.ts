import { describe, expect, test } from "vitest";
import { expectOnlyReads, useCli } from "../../../support/cli.ts";
import { uaaClient } from "../../../support/clients.ts";

const cli = useCli();
const NO_GRACE = { OROT_GRACE_HOURS: "0" };

describe("oci-rotate retire", () => {
  test("ends an overlap whose grace is over, after asking", async () => {
    const w = await cli({ client: uaaClient() });
    await w.rotate();
    expect(w.accepted(1, 2)).toEqual([1, 2]);
    const dry = await w.runWith({ environment: NO_GRACE }, "retire", w.secretId, "--dry-run");
    expect(dry.exitCode).toBe(4);
    expect(dry.stdout).toMatch(
      /^next step +take the lease on the client's secrets, have the issuer delete the client secret of version 1$/m,
    );
    expectOnlyReads(dry);
    expect(w.accepted(1, 2)).toEqual([1, 2]);
    const run = await w.runWith({ environment: NO_GRACE, answers: ["yes"] }, "retire", w.secretId);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("Have the issuer delete the older client secret of version 1 of app for good,");
    expect(run.stdout).toContain("the issuer has deleted the client secret before version 2");
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test.each([
    [
      ["--unknown"],
      "Have the issuer end every client secret of app but CURRENT's, and all tokens, here, with your own",
    ],
    [[], "Have the issuer delete the older client secret of version 1 of app for good, here, with your own"],
  ])("asks with %j what is about to end, and ends nothing after a no", async (words, question) => {
    const w = await cli({ client: uaaClient() });
    await w.rotate();
    const given = { environment: { ...NO_GRACE, NO_COLOR: "1" }, answers: ["n"] };
    const run = await w.runWith(given, "retire", w.secretId, ...words);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`${question} credentials? [y/N] error: it was not confirmed; nothing was changed.`);
    expectOnlyReads(run);
    expect(w.accepted(1, 2)).toEqual([1, 2]);
  });

  test("--unknown has the issuer keep CURRENT's value alone, and says so", async () => {
    const w = await cli({ client: uaaClient() });
    await w.rotate();
    const run = await w.runWith({ environment: NO_GRACE }, "retire", w.secretId, "--unknown", "--yes");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/\ndone +OK: the issuer keeps the client secret of version 2 alone\n$/);
    expect(w.accepted(1, 2)).toEqual([2]);
  });

  test("says that the grace is running, and changes nothing", async () => {
    const w = await cli({ client: uaaClient() });
    await w.rotate();
    await w.call({ secretId: w.secretId, action: "heal" });
    const before = w.state();
    const run = await w.run("retire", w.secretId, "--yes", "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({ error: { code: "GRACE_RUNNING", next: expect.stringContaining("grace") } });
    expect(w.state()).toEqual(before);
    expectOnlyReads(run);
  });

  test("has nothing to do where one client secret works at a time", async () => {
    const w = await cli();
    await w.rotate();
    const run = await w.run("retire", w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^because +the issuer keeps only one value$/m);
  });
});

describe("oci-rotate rollback", () => {
  test("goes back to a PREVIOUS that still logs in, after asking", async () => {
    const w = await cli({ client: uaaClient() });
    await w.rotate();
    const dry = await w.run("rollback", w.secretId, "--dry-run", "--json");
    expect(dry.exitCode).toBe(0);
    expect(dry.json()).toMatchObject({
      before: { plan: { next: "make version 1 CURRENT", why: "the issuer accepts PREVIOUS" } },
    });
    expectOnlyReads(dry);
    const run = await w.runWith({ answers: ["y"] }, "rollback", w.secretId);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("Make version 1 of app CURRENT again, here, with your own credentials? [y/N] ");
    expect(w.versions()).toMatch(/1:CURRENT/);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("refuses where PREVIOUS is dead, and says to rotate instead", async () => {
    const w = await cli();
    await w.rotate();
    const before = w.state();
    const run = await w.run("rollback", w.secretId, "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("error: ROLLBACK_REFUSED: the issuer refuses the client secret in PREVIOUS.");
    expect(run.stderr).toContain("next:  rotate to a new client secret instead");
    expect(w.state()).toEqual(before);
    expectOnlyReads(run);
    const dry = await w.run("rollback", w.secretId, "--dry-run");
    expect(dry.exitCode).toBe(4);
    expect(dry.stdout).toMatch(/^to do +rotate to a new client secret instead$/m);
  });

  test("asks about PREVIOUS where what stands there cannot be told from here", async () => {
    const w = await cli();
    await w.rotate();
    const functionId = w.deploy();
    const given = { answers: ["n"], environment: { NO_COLOR: "1" } };
    const run = await w.runWith(given, "rollback", w.secretId, "--function", functionId);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`Make PREVIOUS of app CURRENT again, through ${functionId}? [y/N] `);
    expectOnlyReads(run);
  });

  test("refuses where there is no PREVIOUS", async () => {
    const w = await cli();
    const run = await w.run("rollback", w.secretId, "--yes");
    expect(run).toMatchObject({ exitCode: 1 });
    expect(run.stderr).toContain("the secret has no PREVIOUS version");
  });
});

describe("an action that only the function can plan", () => {
  test.each([
    ["heal", "Heal app"],
    ["retire", "Have the issuer delete the older client secret of app for good,"],
    ["rollback", "Make PREVIOUS of app CURRENT again,"],
  ])("%s warns, and asks without a plan", async (command, question) => {
    const w = await cli();
    const functionId = w.deploy();
    w.emulator.switches.deny = ["list-versions"];
    const given = { answers: ["n"], environment: { NO_COLOR: "1" } };
    const run = await w.runWith(given, command, w.secretId, "--function", functionId);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(
      "warning: the plan cannot be shown from here: the secret exists, and ListSecretVersions",
    );
    expect(run.stderr).toContain(`${question} through ${functionId}? [y/N] error: it was not confirmed;`);
    expect(run.stdout).toBe(`secret  app  ${w.secretId}\nby      the function ${functionId}\n`);
  });
});
