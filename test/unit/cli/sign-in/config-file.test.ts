import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CliWorld, useCli } from "../../../support/cli.ts";

const cli = useCli();
const configOf = (w: CliWorld) => path.join(w.home, ".oci", "config");
const change = (w: CliWorld, how: (text: string) => string) =>
  writeFileSync(configOf(w), how(readFileSync(configOf(w), "utf8")));

describe("the config file", () => {
  test.each([
    ["a line cut short", (text: string) => text.replace(/^fingerprint=.*$/m, "finger"), 3, "is not key=value"],
    ["a key before any profile", (text: string) => `region=x\n${text}`, 3, "stands before the first [profile]"],
    ["every key given twice", (text: string) => `${text}${text}`, 3, "a second time"],
    ["a key given twice", (text: string) => `${text}region=eu-zurich-1\n`, 3, "gives region a second time"],
    ["no user", (text: string) => text.replace(/^user=.*\n/m, ""), 3, "has no user"],
    ["an empty key", (text: string) => text.replace(/^tenancy=.*$/m, "tenancy="), 3, "has no tenancy"],
    ["no region", (text: string) => text.replace(/^region=.*\n/m, ""), 3, "no region is set"],
    [
      "a strange region",
      (text: string) => text.replace(/^region=.*$/m, "region=nowhere/x"),
      3,
      "the region's name is not valid",
    ],
    ["no key file", (text: string) => text.replace(/^key_file=.*$/m, "key_file=gone.pem"), 3, "cannot be read"],
    ["a private key inside", (text: string) => text.replace(/^key_file=.*$/m, "key_content=x"), 3, "has no key_file"],
    ["nothing in it", () => "", 3, "has no profile DEFAULT; the file holds no profile at all"],
  ])("with %s is refused in one sentence, and nothing is sent", async (_what, how, exitCode, words) => {
    const w = await cli();
    change(w, how);
    const run = await w.run("check", w.secretId);
    expect(run).toMatchObject({ exitCode, stdout: "", requests: [] });
    expect(run.stderr).toContain(words);
    expect(run.stderr).toMatch(/^error: .+\.\nnext: {2}.+\.\n$/);
  });

  test("is looked for at home, and only where that is absent, where OCI_CONFIG_FILE says", async () => {
    const w = await cli();
    const other = path.join(w.home, "other");
    writeFileSync(other, readFileSync(configOf(w), "utf8").replace("[DEFAULT]", "[OTHER]"));
    const environment = { OCI_CONFIG_FILE: other };
    const words = ["check", w.secretId, "--profile", "OTHER"];
    expect((await w.runWith({ environment }, ...words)).stderr).toContain("has no profile OTHER; it has DEFAULT");
    expect((await w.runWith({}, ...words, "--config-file", other)).exitCode).toBe(0);
    expect((await w.runWith({ environment }, ...words, "--config-file", configOf(w))).exitCode).toBe(3);
  });

  test("lends a profile each key that it lacks", async () => {
    const w = await cli();
    const user = readFileSync(configOf(w), "utf8").match(/^user=.*$/m)?.[0];
    change(w, (text) => `${text.replace(/^user=.*\n/m, "user=ocid1.user.oc1..other\n")}[NAMED]\n${user}\n`);
    expect(await w.run("check", w.secretId, "--profile", "NAMED")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("lends no session to a profile with an API key of its own", async () => {
    const w = await cli();
    const apiKey = readFileSync(configOf(w), "utf8").replace("[DEFAULT]", "[NAMED]");
    w.writeSession(3_600_000);
    change(w, (text) => `${text}${apiKey}`);
    const run = await w.run("check", w.secretId, "--profile", "NAMED");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.requests[0]?.authorization.reveal()).not.toContain("ST$");
    change(w, (text) => `${text}[AS-DEFAULT]\nregion=uk-london-1\n`);
    const inherited = await w.run("check", w.secretId, "--profile", "AS-DEFAULT");
    expect(inherited.requests[0]?.authorization.reveal()).toContain("ST$");
    expect(inherited.requests[0]?.host).toContain(".uk-london-1.");
  });

  test("may name the key file from the folder of the command, as for oci, or from its own", async () => {
    const w = await cli();
    change(w, (text) => text.replace(/^key_file=.*$/m, "key_file=oci-api-key.pem"));
    expect((await w.run("check", w.secretId)).exitCode).toBe(0);
    const fromHere = path.relative(process.cwd(), path.join(w.home, ".oci", "oci-api-key.pem"));
    change(w, (text) => text.replace(/^key_file=.*$/m, `key_file=${fromHere}`));
    expect((await w.run("check", w.secretId)).exitCode).toBe(0);
  });

  test("may lack a region where another place gives it", async () => {
    const w = await cli();
    change(w, (text) => text.replace(/^region=.*\n/m, ""));
    expect((await w.run("check", w.secretId, "--region", "IAD")).requests[0]?.host).toContain(".us-ashburn-1.");
    const environment = { OCI_REGION: "eu-frankfurt-1" };
    const run = await w.runWith({ environment }, "check", w.secretId);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.requests[0]?.host).toBe("vaults.eu-frankfurt-1.oci.oraclecloud.com");
    const private_ = await w.run("check", w.secretId, "--endpoint", "https://vault.private.example");
    expect(private_.exitCode).toBe(0);
    expect(private_.requests[0]?.host).toBe("vault.private.example");
  });
});
