import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { COMPARTMENT, OTHER_COMPARTMENT } from "../../../support/fleet.ts";

const cli = useCli();

/** Writes the operator's file, at its usual place. */
function write(w: CliWorld, text: string, folder = path.join(w.home, ".config")): string {
  const file = path.join(folder, "oci-rotate", "config");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** The compartment that a scan asked about. */
const searched = (run: { requests: readonly { target: string }[] }) =>
  run.requests.map(({ target }) => new URL(target, "http://any").searchParams.get("compartmentId"));

describe("defaults of the operator's own", () => {
  test.each([
    ["the flag comes before the environment", ["--compartment", COMPARTMENT], OTHER_COMPARTMENT, OTHER_COMPARTMENT],
    ["the environment comes before the file", [], COMPARTMENT, OTHER_COMPARTMENT],
    ["the file comes before the function's setting", [], "", COMPARTMENT],
  ])("%s", async (_rule, flags, variable, line) => {
    const w = await cli();
    write(w, `compartment = ${line}\n`);
    const environment = { OROT_CLI_COMPARTMENT: variable, OROT_HEAL_COMPARTMENT_IDS: OTHER_COMPARTMENT };
    const run = await w.runWith({ environment }, "scan", ...flags, "--json");
    expect(searched(run)).toEqual([COMPARTMENT]);
  });

  test.each([
    ["OROT_CLI_PROFILE", "NONE", "profile NONE"],
    ["OROT_CLI_CONFIG_FILE", "/no/such/file", "there is no config file at /no/such/file"],
    ["OROT_CLI_AUTH", "resource-principal", "OCI_RESOURCE_PRINCIPAL"],
    ["OROT_CLI_REGION", "nowhere", "the region's name is not valid"],
  ])("%s is used like its option", async (name, value, words) => {
    const w = await cli();
    const run = await w.runWith({ environment: { [name]: value } }, "check", w.secretId);
    expect(run).toMatchObject({ exitCode: 3, requests: [] });
    expect(run.stderr).toContain(words);
  });

  test("OROT_CLI_ENDPOINT is where everything goes", async () => {
    const w = await cli();
    const environment = { OROT_CLI_ENDPOINT: "http://127.0.0.1:4711" };
    const run = await w.runWith({ environment }, "scan", "--compartment", COMPARTMENT, "--json");
    expect(run.requests.map(({ host }) => host)).toEqual(["127.0.0.1:4711"]);
  });

  test("the file may have comments, blank lines, a byte order mark and the line ends of Windows", async () => {
    const w = await cli();
    write(w, `\ufeff# mine\r\n\r\n  compartment=${COMPARTMENT}, ${OTHER_COMPARTMENT}  # both\r\n`);
    expect(searched(await w.run("scan", "--json"))).toEqual([COMPARTMENT, OTHER_COMPARTMENT]);
  });

  test.each([
    ["OROT_CLI_FILE", (file: string) => ({ OROT_CLI_FILE: file })],
    ["XDG_CONFIG_HOME", (file: string) => ({ XDG_CONFIG_HOME: path.dirname(path.dirname(file)) })],
  ])("%s says where the file is", async (_name, environment) => {
    const w = await cli();
    const file = write(w, `compartment = ${COMPARTMENT}\n`, path.join(w.home, "elsewhere"));
    expect(searched(await w.runWith({ environment: environment(file) }, "scan", "--json"))).toEqual([COMPARTMENT]);
  });

  test("a file in the working directory has no say", async () => {
    const w = await cli();
    write(w, `compartment = ${COMPARTMENT}\n`, path.join(w.home, "config"));
    expect((await w.run("scan")).stderr).toContain("no compartment was given");
  });

  test("settings of the function stay settings", async () => {
    const w = await cli();
    const environment = { OROT_CLI_COMPARTMENT: COMPARTMENT, OROT_CLI_PROFILE: "DEFAULT" };
    expect(await w.runWith({ environment }, "check", w.secretId)).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("wrong defaults are refused before anything is sent", () => {
  test.each([
    ["profile PROD", "line 1 of FILE is not of the form name = value"],
    ["\n\ncompartments = x", "line 3 of FILE names no option that can have a default"],
    ["yes = true", "line 1 of FILE names no option that can have a default"],
    ["__proto__ = true", "line 1 of FILE names no option that can have a default"],
    ["compartment = ocid1.vault.oc1..a", "line 1 of FILE is wrong: compartment takes OCIDs of compartments"],
    ["vault =", "line 1 of FILE is wrong: vault takes OCIDs of vaults"],
    ["endpoint = http://example.org", "line 1 of FILE is wrong: endpoint takes an https URL"],
    ["# a\nauth = magic", "line 2 of FILE is wrong: auth takes one of session, api-key"],
    ["profile = A\nprofile = B", "line 2 of FILE names profile again"],
    ["= x", "line 1 of FILE names no option"],
  ])("the file %j", async (text, words) => {
    const w = await cli();
    const file = write(w, text);
    const run = await w.run("scan", "--compartment", COMPARTMENT);
    expect(run).toMatchObject({ exitCode: 2, stdout: "", requests: [] });
    expect(run.stderr).toContain(words.replace("FILE", file));
  });

  test.each([
    ["OROT_CLI_ENDPOINT", "http://example.org", "OROT_CLI_ENDPOINT takes an https URL without a path"],
    ["OROT_CLI_COMPARTMENT", "app", "OROT_CLI_COMPARTMENT takes OCIDs of compartments"],
    ["OROT_CLI_COMPARTEMENT", COMPARTMENT, "OROT_CLI_COMPARTEMENT is not one of the command line's"],
    ["OROT_CLI_FILE", "/no/such/file", "the file of defaults /no/such/file does not exist"],
  ])("%s=%s", async (name, value, words) => {
    const w = await cli();
    const run = await w.runWith({ environment: { [name]: value } }, "scan", "--compartment", COMPARTMENT, "--json");
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toContain(words);
    expect(run.json()).toMatchObject({ error: {} });
  });

  test("the value of a wrong line is not shown", async () => {
    const w = await cli();
    write(w, "endpoint = hunter2\nhunter2\n");
    expect((await w.run("scan")).stderr).not.toContain("hunter2");
  });
});
