import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../../src/base/durations.ts";
import { fakeResourcePrincipal } from "../../../../src/emulator/core/principal.ts";
import { type CliWorld, expectOnlyReads, sessionToken, useCli } from "../../../support/cli.ts";

const cli = useCli();
const RENEWAL = "oci session authenticate --profile-name DEFAULT --region us-ashburn-1";

describe("signing in with a session", () => {
  test("is what a profile with a token file does by itself", async () => {
    const w = await cli();
    const { token } = w.writeSession(HOUR_MS);
    const run = await w.run("check", w.secretId);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expectOnlyReads(run);
    expect(run.requests[0]?.authorization.reveal()).toContain(`keyId="ST$${token}"`);
  });

  test("trims a line end in the token file", async () => {
    const w = await cli();
    const { token, tokenFile } = w.writeSession(HOUR_MS);
    writeFileSync(tokenFile, `${token}\r\n`);
    expect((await w.run("check", w.secretId)).exitCode).toBe(0);
  });

  test("fails at once in a script when the session has ended, with the command to run", async () => {
    const w = await cli();
    w.writeSession(-5 * 60_000);
    for (const words of [["check", w.secretId], ["session"]]) {
      const run = await w.run(...words);
      expect(run).toMatchObject({ exitCode: 3, stdout: "", requests: [] });
      expect(run.stderr).toBe(
        `error: the session of the profile DEFAULT ended 5 minutes ago; OCI refuses everything signed with it.\nnext:  run ${RENEWAL}.\n`,
      );
    }
    const asJson = await w.runWith({ answers: [] }, "check", w.secretId, "--json");
    expect(asJson.exitCode).toBe(3);
    expect(asJson.json()).toMatchObject({ error: { code: "SESSION_EXPIRED", next: `run ${RENEWAL}` } });
  });

  test("renews the session of the file and region that the variables of oci choose", async () => {
    const w = await cli();
    w.writeSession(-5 * 60_000);
    const environment = { OCI_CLI_CONFIG_FILE: path.join(w.home, ".oci", "config"), OCI_CLI_REGION: "uk-london-1" };
    const run = await w.runWith({ environment }, "session");
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(
      `--profile-name DEFAULT --region uk-london-1 --config-location ${environment.OCI_CLI_CONFIG_FILE}.`,
    );
  });

  test("asks at a terminal, runs the sign-in and goes on", async () => {
    const w = await cli();
    w.writeSession(-1);
    const ran: unknown[] = [];
    const execute = async (command: string, args: readonly string[], limitMs: number) => {
      ran.push([command, ...args], limitMs);
      w.writeSession(HOUR_MS);
      return 0;
    };
    const run = await w.runWith({ answers: ["y"], execute }, "check", w.secretId);
    expect(ran).toEqual([RENEWAL.split(" "), 600_000]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(`Run ${RENEWAL} now? [y/N]`);
  });

  test.each([
    ["the operator says no", ["n"], 0, "ended"],
    ["the sign-in fails", ["y"], 1, "oci session authenticate ended with 1"],
    ["oci is not installed", ["y"], "absent" as const, "the program oci is not installed"],
    ["the sign-in takes too long", ["y"], null, "did not end within 10 minutes"],
    ["the sign-in brings no new token", ["y"], 0, "the session of the profile DEFAULT ended"],
  ])("ends with 3 where %s", async (_what, answers, code, words) => {
    const w = await cli();
    w.writeSession(-1);
    const run = await w.runWith({ answers, execute: async () => code }, "check", w.secretId);
    expect(run).toMatchObject({ exitCode: 3, requests: [] });
    expect(run.stderr).toContain(words);
    expect(run.stderr).toContain(`next:`);
  });

  test.each([
    ["", "is empty"],
    ["not a token", "holds no token"],
    ["a.b.c", "holds no token"],
    [sessionToken(0, { exp: "soon" }), "a token without an expiry"],
  ])("names the token file that holds %j", async (token, words) => {
    const w = await cli();
    w.writeSession(HOUR_MS, { token: "x.y.z" });
    writeFileSync(path.join(w.home, ".oci", "sessions", "DEFAULT", "token"), token);
    const run = await w.run("check", w.secretId);
    expect(run).toMatchObject({ exitCode: 3, requests: [] });
    expect(run.stderr).toMatch(/the token file \S+sessions\/DEFAULT\/token of the profile DEFAULT/);
    expect(run.stderr).toContain(words);
  });

  test("takes a token that was renewed beside a long run", async () => {
    const w = await cli();
    w.writeSession(60_000);
    let isRenewed = false;
    const transport: CliWorld["emulator"]["transport"] = async (request) => {
      if (!isRenewed) {
        isRenewed = true;
        await w.clock.sleep(120_000).then(() => w.writeSession(HOUR_MS));
      }
      return w.emulator.transport({ ...request, deadline: w.clock.monotonic() + 10_000 });
    };
    expect((await w.runWith({ transport }, "check", w.secretId)).exitCode).toBe(0);
  });

  test("is left aside where --auth says so", async () => {
    const w = await cli();
    const config = path.join(w.home, ".oci", "config");
    const apiKey = readFileSync(config, "utf8");
    const { tokenFile } = w.writeSession(-1);
    writeFileSync(config, `${apiKey}security_token_file=${tokenFile}\n`);
    expect((await w.run("check", w.secretId)).exitCode).toBe(3);
    expect((await w.run("check", w.secretId, "--auth", "api-key")).exitCode).toBe(0);
  });
});

describe("oci-rotate session", () => {
  test("says how long the session lasts and for whom, and how to renew it", async () => {
    const w = await cli();
    w.writeSession(59 * 60_000 + 30_000);
    const run = await w.run("session", "--json");
    expect(run).toMatchObject({ exitCode: 0, requests: [] });
    expect(run.json()).toEqual({
      auth: "session",
      profile: "DEFAULT",
      profileBy: null,
      configFile: path.join(w.home, ".oci", "config"),
      expiresAt: new Date(w.clock.now() + 59 * 60_000 + 30_000).toISOString(),
      minutesLeft: 59,
      subject: "ocid1.user.oc1..session",
      tenancy: "ocid1.tenancy.oc1..emulated",
      region: "us-ashburn-1",
      refresh: "oci session refresh --profile DEFAULT",
      authenticate: RENEWAL,
    });
    expect((await w.run("session")).stdout).toMatch(/^session {2}59 minutes left, until /m);
  });

  test("shows an API key, which does not end", async () => {
    const w = await cli();
    const run = await w.run("session", "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "", requests: [] });
    expect(run.json()).toMatchObject({
      auth: "api-key",
      profile: "DEFAULT",
      expiresAt: null,
      minutesLeft: null,
      subject: expect.stringMatching(/^ocid1\.user\./),
      tenancy: expect.stringMatching(/^ocid1\.tenancy\./),
      region: "us-ashburn-1",
      refresh: null,
    });
    expect((await w.run("session")).stdout).toMatch(/^session {2}none: it signs in with an API key/m);
  });

  test("ends with 3 where a part of the API key is missing, or no session is there to sign in with", async () => {
    const w = await cli();
    const asked = await w.run("session", "--auth", "session");
    expect(asked).toMatchObject({ exitCode: 3, stdout: "" });
    expect(asked.stderr).toContain("has no security_token_file; it signs in with an API key");
    writeFileSync(path.join(w.home, ".oci", "oci-api-key.pem"), "gone");
    expect(await w.run("session")).toMatchObject({ exitCode: 3, stdout: "" });
  });

  test("says of the principal of a machine that no profile is in use", async () => {
    const w = await cli();
    const environment = {
      ...fakeResourcePrincipal(w.emulator.signatures, w.clock.now()),
      OCI_CLI_AUTH: "resource_principal",
    };
    const run = await w.runWith({ environment }, "session", "--json");
    expect(run).toMatchObject({ exitCode: 0, requests: [] });
    expect(run.json()).toMatchObject({
      auth: "resource-principal",
      profile: null,
      configFile: null,
      region: "us-ashburn-1",
    });
  });
});
