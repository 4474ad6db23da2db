import { describe, expect, test } from "vitest";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { answerFailing, answeringFunction, answerOk } from "../../../support/cli-fleet.ts";
import {
  claimWith,
  contentWith,
  regenerateByHand,
  scheduleRotation,
  writeVersion,
} from "../../../support/outside-changes.ts";

const cli = useCli();

/** A rotation that was killed after the issuer had made a new client secret: CURRENT is dead, and nobody holds the new value. */
async function killed(w: CliWorld): Promise<void> {
  w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
  await Promise.race([w.rotate(), w.clock.sleep(900_000)]);
  expect(w.currentVerdict()).toBe("rejected");
}

describe("oci-rotate heal", () => {
  test("does nothing where nothing is wrong, and asks nobody", async () => {
    const w = await cli();
    const run = await w.run("heal", w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^state +healthy: /m);
    expectOnlyReads(run);
  });

  test("shows the state, the plan and why, asks, and finishes an interrupted rotation here", async () => {
    const w = await cli();
    await killed(w);
    const run = await w.runWith({ answers: ["y"], environment: { NO_COLOR: "1" } }, "heal", w.secretId);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^state +down: the issuer refuses CURRENT/m);
    expect(run.stdout).toMatch(/^next step +\S/m);
    expect(run.stdout).toMatch(/^because +CURRENT rejected/m);
    expect(run.stdout).toMatch(/^by +you, from here, with your own credentials$/m);
    expect(run.stderr).toContain("Heal app (down) here, with your own credentials? [y/N] ");
    expect(run.stderr).toMatch(/promote: promoted/);
    expect(run.stdout).toMatch(/^done +OK: /m);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("changes nothing with --dry-run, and where the answer is no", async () => {
    const w = await cli();
    await killed(w);
    const before = w.state();
    const dry = await w.run("heal", w.secretId, "--dry-run", "--json");
    expect(dry.exitCode).toBe(4);
    expect(dry.json()).toMatchObject({
      via: "local",
      before: { state: "down", plan: { changes: true } },
      answer: null,
    });
    expectOnlyReads(dry);
    const refused = await w.runWith({ answers: ["n"] }, "heal", w.secretId);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("it was not confirmed; nothing was changed");
    const nobody = await w.run("heal", w.secretId);
    expect(nobody.exitCode).toBe(2);
    expect(nobody.stderr).toContain("add --yes");
    expectOnlyReads(nobody);
    expect(w.state()).toEqual(before);
  });

  test("goes through the function that the secret's rotation targets", async () => {
    const w = await cli();
    const functionId = w.deploy();
    scheduleRotation(w, functionId, 30);
    await killed(w);
    const run = await w.run("heal", w.secretId, "--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({
      via: "function",
      functionId,
      answer: { code: "OK", versionNo: expect.any(Number) },
    });
    expect(run.requests.map(({ call }) => call)).toContain("invoke-function");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("says by which function it is done, before it asks", async () => {
    const w = await cli();
    const functionId = w.deploy();
    scheduleRotation(w, functionId, 30);
    await killed(w);
    const { stdout } = await w.run("heal", w.secretId, "--dry-run");
    expect(stdout.split("\n").find((line) => line.startsWith("by "))).toMatch(
      new RegExp(`^by +the function ${functionId}$`),
    );
  });

  test("says at once, and in one sentence, that a secret is locked out", async () => {
    const w = await cli();
    regenerateByHand(w, "nobody-has-it");
    const run = await w.run("heal", w.secretId, "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toBe(
      "error: LOCKED_OUT: the issuer refuses CURRENT and no way back exists.\nnext:  regenerate in the console, store the value as PENDING, run heal.\n",
    );
    expectOnlyReads(run);
  });

  test("asks the function all the same, which may have a second authority", async () => {
    const w = await cli();
    const functionId = w.deploy();
    regenerateByHand(w, "nobody-has-it");
    const run = await w.run("heal", w.secretId, "--function", functionId, "--yes", "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({ error: { code: "LOCKED_OUT" } });
    expect(run.requests.map(({ call }) => call)).toContain("invoke-function");
  });

  test("leaves another run alone", async () => {
    const w = await cli();
    regenerateByHand(w, "nobody-has-it");
    await writeVersion(w, claimWith(w), { ageSeconds: 5 });
    const run = await w.run("heal", w.secretId, "--yes", "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({ error: { code: "CLAIM_LIVE" } });
  });

  test("says of content that is none of ours what to do", async () => {
    const w = await cli({ content: () => "just a password" });
    const run = await w.run("heal", w.secretId, "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(
      /^error: CONTENT_INVALID: the secret's content is not JSON\.\nnext: {2}correct the secret's content/,
    );
  });

  test("leaves a PENDING version alone that is refused for good, and names the command that replaces it", async () => {
    const w = await cli();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const run = await w.run("heal", w.secretId, "--yes");
    expect(run.exitCode).toBe(4);
    expect(run.stdout).toMatch(/^state +poisoned: /m);
    expect(run.stdout).toContain(`oci-rotate rotate ${w.secretId}`);
    expectOnlyReads(run);
  });

  test("says of an unknown secret that it is absent or not to be seen", async () => {
    const w = await cli();
    const run = await w.run("heal", `${w.secretId}x`, "--yes");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain('"Allow group <your group> to use secrets');
  });

  const BY_FUNCTION = ["--via", "function", "--function", "ocid1.fnfunc.oc1..a"];
  const OWN_COMPARTMENTS =
    "the function uses its own OROT_HEAL_COMPARTMENT_IDS.\nnext:  leave --compartment, --vault and --dry-run out, or use --via local.";
  test.each([
    [[], "no secret was given.\nnext:  give its name or OCID, or give --all."],
    [["ocid1.vaultsecret.oc1..a", "--all"], "a secret and --all were both given.\nnext:  give only one of them."],
    [
      ["ocid1.vaultsecret.oc1..a", "--compartment", "ocid1.compartment.oc1..a"],
      "--compartment was given beside the OCID of a secret",
    ],
    [["ocid1.vaultsecret.oc1..a", "--via", "vault"], "--via takes one of function, local"],
    [["--all"], "no compartment was given"],
    [["--all", "--via", "function"], "no function is named.\nnext:  name it with --function."],
    [["--all", ...BY_FUNCTION, "--compartment", "ocid1.compartment.oc1..a"], OWN_COMPARTMENTS],
    [["--all", ...BY_FUNCTION, "--vault", "ocid1.vault.oc1..a"], OWN_COMPARTMENTS],
    [["--all", ...BY_FUNCTION, "--dry-run"], OWN_COMPARTMENTS],
    [["--all", "--via", "local", "--function", "ocid1.fnfunc.oc1..a"], "cannot be combined"],
  ])("refuses %j", async (args, words) => {
    const w = await cli();
    const run = await w.run("heal", ...args, "--yes");
    expect(run).toMatchObject({ exitCode: 2, stdout: "", requests: [] });
    expect(run.stderr).toContain(words);
  });
});

describe("oci-rotate heal --all", () => {
  const COMPARTMENT = "ocid1.compartment.oc1..emulated";

  /** Three more secrets of the function: a healthy one, one whose content is none of ours, one that nobody rotates. */
  async function fleet(w: CliWorld): Promise<string> {
    const functionId = w.deploy();
    scheduleRotation(w, functionId, 30);
    const { admin } = w.emulator;
    const { appId, clientId, secret } = admin.createApp();
    const content = JSON.stringify({
      iamDomainInstanceId: `idcs-${"0".repeat(32)}`,
      appId,
      clientId,
      appSecret: secret,
    });
    admin.createSecret({ name: "well", content, functionId, rotationIntervalDays: 30 });
    admin.createSecret({ name: "password", content: "just a password", functionId, rotationIntervalDays: 30 });
    admin.createSecret({ name: "unrelated", content: "something else" });
    await w.clock.sleep(3_600_000);
    return admin.secret(w.secretId).compartmentId;
  }

  test("heals what is not healthy, counts the rest, and names what a person has to do", async () => {
    const w = await cli();
    const compartmentId = await fleet(w);
    await killed(w);
    const run = await w.run("heal", "--all", "--compartment", compartmentId, "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/^app +healed +OK /m);
    expect(run.stdout).toMatch(/^password +failed +CONTENT_INVALID /m);
    expect(run.stdout).toContain("1 healed, 1 healthy, 0 busy, 1 failed, 0 not reached");
    expect(run.stdout).not.toContain("unrelated");
    expect(run.stdout).not.toMatch(/^well /m);
    expect(run.stdout).toContain("next: correct the secret's content");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("shows with --dry-run what it would do, with reads alone", async () => {
    const w = await cli();
    const compartmentId = await fleet(w);
    await killed(w);
    const before = w.state();
    const run = await w.run("heal", "--all", "--compartment", compartmentId, "--dry-run", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ dryRun: true, planned: 1, healthy: 1, failed: 1, healed: 0 });
    expectOnlyReads(run);
    expect(w.state()).toEqual(before);
  });

  test("tells at a terminal how it goes on", async () => {
    const w = await cli();
    const compartmentId = await fleet(w);
    const run = await w.runWith({ answers: ["y"] }, "heal", "--all", "--compartment", compartmentId);
    expect(run.stderr).toContain(
      "Log in with 3 secrets there, and heal every unhealthy one, with your own credentials? [y/N] ",
    );
    for (const text of ["app: healthy", "well: healthy", "password: failed"]) {
      expect(run.stderr).toMatch(new RegExp(`[123] of 3 {2}${text}`));
    }
    expect(run.stderr).toMatch(/3 of 3 {2}/);
  });

  test("asks about the one secret there is, and heals nothing after a no", async () => {
    const w = await cli();
    const functionId = w.deploy();
    scheduleRotation(w, functionId, 30);
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    await killed(w);
    const given = { answers: ["n"], environment: { NO_COLOR: "1" } };
    const run = await w.runWith(given, "heal", "--all", "--compartment", compartmentId);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("Log in with the one secret there, and heal every unhealthy one, with your own");
    expectOnlyReads(run);
    const byFunction = await w.runWith(given, "heal", "--all", "--function", functionId);
    expect(byFunction).toMatchObject({ exitCode: 1, stdout: "", requests: [] });
    expect(byFunction.stderr).toContain(
      `Heal every secret of ${functionId} in the compartments of its settings? [y/N] error: it was not confirmed;`,
    );
  });

  test("starts nothing new after Ctrl-C, and says what was not reached", async () => {
    const w = await cli();
    const compartmentId = await fleet(w);
    const run = await w.runWith(
      { signal: AbortSignal.abort() },
      ...["heal", "--all", "--compartment", compartmentId, "--yes", "--json"],
    );
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ remaining: 3, healed: 0 });
  });

  test("is done by the function where one is named, in the compartments of its own settings", async () => {
    const w = await cli({ environment: { OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT } });
    const compartmentId = await fleet(w);
    w.environment["OROT_HEAL_COMPARTMENT_IDS"] = compartmentId;
    const functionId = String(w.emulator.admin.secret(w.secretId).rotationConfig?.targetSystemDetails?.["functionId"]);
    w.environment["FN_FN_ID"] = functionId;
    await killed(w);
    const run = await w.run("heal", "--all", "--function", functionId, "--yes", "--json");
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({ healed: 1, healthy: 1, failed: 1, secrets: [] });
    expect(w.currentVerdict()).toBe("accepted");
  });

  describe("by a function that does not reach all of them in one call", () => {
    const nothing = { healed: 0, healthy: 0, busy: 0, failed: 0, remaining: 0 };
    const ok = answerOk;
    const failing = answerFailing("heal-failed");

    async function answering(answers: readonly object[]) {
      const w = await cli();
      const { functionId, events } = answeringFunction(w, answers, { ...ok, ...nothing });
      const heal = (more: Parameters<CliWorld["runWith"]>[0] = {}) =>
        w.runWith(more, "heal", "--all", "--function", functionId, "--yes", "--json");
      return { heal, events };
    }

    test("sends the cursor of each answer until there is none, and adds up what all calls did", async () => {
      const { heal, events } = await answering([
        { ...failing, ...nothing, healed: 2, failed: 1, busy: 1, remaining: 7, cursor: "1.one" },
        { ...ok, ...nothing, healthy: 4, remaining: 3, cursor: "1.two" },
        { ...ok, ...nothing, healthy: 2, healed: 1 },
      ]);
      const run = await heal();
      const sent = { action: "heal", by: "operator" };
      expect(events).toEqual([sent, ...["1.one", "1.two"].map((cursor) => ({ ...sent, cursor }))]);
      expect(run.json()).toMatchObject({ healed: 3, healthy: 6, busy: 1, failed: 1, remaining: 0 });
      expect(run.json()).toMatchObject({
        what: "3 healed, 6 healthy, 1 busy, 1 failed, 0 left",
        next: "read the log lines heal-failed",
      });
      expect(run.exitCode).toBe(1);
    });

    test("sends no cursor of a call that got nothing done", async () => {
      const { heal, events } = await answering([
        { ...ok, ...nothing, healthy: 1, remaining: 2, cursor: "1.one" },
        { ...ok, ...nothing, remaining: 2, cursor: "1.one" },
      ]);
      const run = await heal();
      expect(events).toHaveLength(2);
      expect(run.json()).toMatchObject({ healthy: 1, remaining: 2 });
      expect(run.exitCode).toBe(4);
    });

    test("sends nothing more after Ctrl-C", async () => {
      const { heal, events } = await answering([{ ...ok, ...nothing, healthy: 1, remaining: 2, cursor: "1.one" }]);
      const run = await heal({ signal: AbortSignal.abort() });
      expect(events).toHaveLength(1);
      expect(run.json()).toMatchObject({ healthy: 1, remaining: 2 });
    });
  });

  test("says what the function could not begin with", async () => {
    const w = await cli();
    const functionId = w.deploy();
    const run = await w.run("heal", "--all", "--function", functionId, "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("OROT_HEAL_COMPARTMENT_IDS");
  });

  test("names the policy of a compartment that it may not see", async () => {
    const w = await cli();
    await writeVersion(w, contentWith(w, "x"));
    const transport: Parameters<CliWorld["runWith"]>[0]["transport"] = async (request) => ({
      ...(await w.emulator.transport(request)),
      status: 404,
      body: '{"code":"NotAuthorizedOrNotFound","message":"no"}',
    });
    const run = await w.runWith({ transport }, "heal", "--all", "--compartment", COMPARTMENT, "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`inspect secrets in compartment id ${COMPARTMENT}`);
  });
});
