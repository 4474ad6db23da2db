import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { MINUTE_MS } from "../../../../src/base/durations.ts";
import { type CliWorld, sessionToken, useCli } from "../../../support/cli.ts";

const cli = useCli();
const RENEW = "oci session authenticate --profile-name DEFAULT --region us-ashburn-1";
const REFRESH = "oci session refresh --profile DEFAULT";
const configOf = (w: CliWorld) => path.join(w.home, ".oci", "config");

function changeConfig(w: CliWorld, change: (text: string) => string): void {
  writeFileSync(configOf(w), change(readFileSync(configOf(w), "utf8")));
}

describe("oci-rotate session", () => {
  test("of an API key it says that it does not end, and sends nothing", async () => {
    const w = await cli();
    const run = await w.run("session");
    expect(run).toMatchObject({ exitCode: 0, stderr: "", requests: [] });
    expect(run.stdout).toBe(`profile  DEFAULT (${configOf(w)})
session  none: it signs in with an API key, which does not end
user     ocid1.user.oc1..emulateduser
tenancy  ocid1.tenancy.oc1..emulatedtenancy
region   us-ashburn-1
`);
    expect((await w.run("session", "--json")).json()).toEqual({
      ...{ auth: "api-key", profile: "DEFAULT", profileBy: null, configFile: configOf(w) },
      ...{ expiresAt: null, minutesLeft: null, refresh: null, authenticate: null },
      ...{ subject: "ocid1.user.oc1..emulateduser", tenancy: "ocid1.tenancy.oc1..emulatedtenancy" },
      region: "us-ashburn-1",
    });
  });

  test("of a session it shows the time left, and both commands that prolong it", async () => {
    const w = await cli();
    w.writeSession(60 * MINUTE_MS);
    const end = new Date(w.clock.now() + 60 * MINUTE_MS).toISOString();
    const run = await w.run("session");
    expect(run).toMatchObject({ exitCode: 0, stderr: "", requests: [] });
    expect(run.stdout).toBe(`profile  DEFAULT (${configOf(w)})
session  60 minutes left, until ${end}
user     ocid1.user.oc1..session
tenancy  ocid1.tenancy.oc1..emulated
region   us-ashburn-1
prolong  ${REFRESH}
renew    ${RENEW}
`);
    expect((await w.run("session", "--json")).json()).toEqual({
      ...{ auth: "session", profile: "DEFAULT", profileBy: null, configFile: configOf(w) },
      ...{ expiresAt: end, minutesLeft: 60, refresh: REFRESH, authenticate: RENEW },
      ...{ subject: "ocid1.user.oc1..session", tenancy: "ocid1.tenancy.oc1..emulated", region: "us-ashburn-1" },
    });
  });

  test.each([
    { minutes: 10, isShort: false },
    { minutes: 9, isShort: true },
  ])("calls $minutes minutes short for a long run: $isShort", async ({ minutes, isShort }) => {
    const w = await cli();
    w.writeSession(minutes * MINUTE_MS);
    const { stdout } = await w.run("session");
    expect(stdout).toMatch(
      new RegExp(
        `^session {2}${minutes} minutes left, until \\S+Z${isShort ? ": renew it before a long run" : ""}$`,
        "m",
      ),
    );
  });

  test("a session whose last moment has come has ended", async () => {
    const w = await cli();
    w.writeSession(0);
    const run = await w.run("session");
    expect(run).toMatchObject({ exitCode: 3, stdout: "", requests: [] });
    expect(run.stderr).toContain(`next:  run ${RENEW}.\n`);
  });

  test("--auth session is refused for a profile with an API key", async () => {
    const w = await cli();
    const run = await w.run("session", "--auth", "session");
    expect(run).toMatchObject({ exitCode: 3, stdout: "", requests: [] });
    expect(run.stderr).toBe(
      `error: the profile DEFAULT has no security_token_file; it signs in with an API key, not with a session.
next:  leave out --auth and OCI_CLI_AUTH, if that is intended; otherwise run ${RENEW}.
`,
    );
  });

  test("says which option has chosen the profile", async () => {
    const w = await cli();
    changeConfig(w, (text) => text.replace("[DEFAULT]", "[PROD]"));
    const run = await w.run("session", "--profile", "PROD");
    expect(run.stdout).toContain(`profile  PROD (${configOf(w)}), chosen by --profile\n`);
    expect((await w.run("session", "--profile", "PROD", "--json")).json()).toMatchObject({ profileBy: "--profile" });
  });

  test("says what a profile leaves open, with nothing that could move the cursor", async () => {
    const w = await cli();
    w.writeSession(60 * MINUTE_MS, {
      token: `${["{}", JSON.stringify({ exp: Math.floor(w.clock.now() / 1000) + 3600, sub: "a\u001b[2Jb" })]
        .map((part) => Buffer.from(part).toString("base64url"))
        .join(".")}.c2ln`,
    });
    changeConfig(w, (text) => text.replace(/^(tenancy|region)=.*\n/gm, ""));
    const { stdout } = await w.run("session");
    expect(stdout).toMatch(/^user {5}a\\u001b\[2Jb\ntenancy {2}not said\nregion {3}not set: give --region$/m);
  });

  test("takes the tenancy of the profile where the token names none", async () => {
    const w = await cli();
    w.writeSession(60 * MINUTE_MS, { token: sessionToken(w.clock.now() + 60 * MINUTE_MS, { tenant: undefined }) });
    changeConfig(w, (text) => text.replace(/^tenancy=.*$/m, "tenancy=ocid1.tenancy.oc1..profile"));
    expect((await w.run("session", "--json")).json()).toMatchObject({ tenancy: "ocid1.tenancy.oc1..profile" });
  });

  test("of an instance principal it says that no profile is in use", async () => {
    const w = await cli();
    const principal = { getKeyId: async () => "", getPrivateKey: () => "", getPassphrase: () => null };
    const instancePrincipal = async () => ({ principal, region: "uk-london-1" });
    const run = await w.runWith({ instancePrincipal }, "session", "--auth", "instance-principal");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe(`profile  none
session  none: it signs in with the principal of this instance, which does not end
user     not said
tenancy  not said
region   uk-london-1
`);
  });
});
