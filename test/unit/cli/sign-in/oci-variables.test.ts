import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { chosenProfiles, configFilesOf, type Given, refusedChoices, tenancyOf } from "../../../support/oci-choices.ts";

const cli = useCli();

async function machine(): Promise<CliWorld> {
  const w = await cli();
  const file = path.join(w.home, ".oci", "config");
  renameSync(file, path.join(w.home, "known"));
  const { config, other } = configFilesOf(readFileSync(path.join(w.home, "known"), "utf8"));
  writeFileSync(file, config, { mode: 0o600 });
  writeFileSync(path.join(w.home, "other"), other, { mode: 0o600 });
  return w;
}

/** Which tenancy and region the command would work in; `HOME` in values is the home folder. */
async function where(w: CliWorld, { environment = {}, files = {}, words = [] }: Given) {
  const here = (text: string) => text.replaceAll("HOME", w.home);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(w.home, name)), { recursive: true });
    writeFileSync(path.join(w.home, name), text);
  }
  const variables = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)]));
  const run = await w.runWith({ environment: variables }, "session", "--json", ...words.map(here));
  return { ...run, shown: run.exitCode === 0 ? run.json() : {} };
}

describe("the profile in use is, as for oci,", () => {
  test.each(chosenProfiles)("%s", async (_what, given, tenancy, by) => {
    const w = await machine();
    const { shown, stderr } = await where(w, given);
    expect({ shown, stderr }).toMatchObject({
      stderr: "",
      shown: { tenancy: tenancyOf(tenancy), profileBy: by === null ? null : by.replace("HOME", w.home) },
    });
  });

  test.each(refusedChoices)("or the command ends with 3: %s", async (_what, given, words) => {
    const run = await where(await machine(), given);
    expect(run).toMatchObject({ exitCode: 3, requests: [] });
    expect(run.stderr).toContain(words);
    expect(run.stderr).toContain("next:");
  });

  test("that of the oldest folder, if nothing else is there", async () => {
    const w = await machine();
    mkdirSync(path.join(w.home, ".oraclebmc"));
    renameSync(path.join(w.home, ".oci", "config"), path.join(w.home, ".oraclebmc", "config"));
    expect((await where(w, {})).shown).toMatchObject({ tenancy: "ocid1.tenancy.oc1..default" });
    const other = { environment: { OCI_CONFIG_FILE: "HOME/other" } };
    expect((await where(w, other)).shown).toMatchObject({ tenancy: "ocid1.tenancy.oc1..other" });
  });
});

describe("the defaults of our own command line", () => {
  const OWN = ".config/oci-rotate/config";

  test.each<[string, Given, string, string]>([
    [
      "in a variable come before those of oci",
      { environment: { OROT_CLI_PROFILE: "TWO", OCI_CLI_PROFILE: "THREE" } },
      "two",
      "the default of --profile",
    ],
    [
      "in a file come after the variables of oci",
      { environment: { OCI_CLI_PROFILE: "THREE" }, files: { [OWN]: "profile = TWO\n" } },
      "three",
      "OCI_CLI_PROFILE",
    ],
    [
      "in a file come before the files of oci",
      { files: { [OWN]: "profile = TWO\n", ".oci/oci_cli_rc": "[OCI_CLI_SETTINGS]\ndefault_profile=THREE\n" } },
      "two",
      "the default of --profile",
    ],
  ])("%s", async (_what, given, tenancy, by) => {
    expect((await where(await machine(), given)).shown).toMatchObject({ tenancy: tenancyOf(tenancy), profileBy: by });
  });
});

describe("the region is that of", () => {
  test.each<[string, Given, string]>([
    ["--region", { environment: { OCI_CLI_REGION: "eu-zurich-1" }, words: ["--region", "ap-tokyo-1"] }, "ap-tokyo-1"],
    ["OCI_CLI_REGION", { environment: { OCI_CLI_REGION: "eu-zurich-1", OCI_REGION: "eu-paris-1" } }, "eu-zurich-1"],
    [
      "the profile, before OCI_REGION",
      { environment: { OCI_CLI_REGION: "", OCI_REGION: "eu-paris-1" } },
      "us-ashburn-1",
    ],
  ])("%s", async (_what, given, region) => {
    expect((await where(await machine(), given)).shown).toMatchObject({ region });
  });
});

describe("the way to sign in is", () => {
  test("that of OCI_CLI_AUTH, and that of --auth before it, in either spelling", async () => {
    const w = await machine();
    const session = { environment: { OCI_CLI_AUTH: "security_token" } };
    expect((await where(w, session)).stderr).toContain("has no security_token_file");
    for (const kind of ["api_key", "api-key"]) {
      expect((await where(w, { ...session, words: ["--auth", kind] })).shown).toMatchObject({ auth: "api-key" });
    }
  });
});

describe("variables replace the keys of a profile", () => {
  const keyOf = (w: CliWorld) => readFileSync(path.join(w.home, ".oci", "oci-api-key.pem"), "utf8");

  test("one by one, the key's content before its file", async () => {
    const w = await machine();
    const environment = {
      OCI_CLI_TENANCY: "ocid1.tenancy.oc1..mine",
      OCI_CLI_USER: "ocid1.user.oc1..mine",
      OCI_CLI_KEY_CONTENT: keyOf(w),
    };
    rmSync(path.join(w.home, ".oci", "oci-api-key.pem"));
    expect((await where(w, { environment })).shown).toMatchObject({
      profile: "DEFAULT",
      tenancy: "ocid1.tenancy.oc1..mine",
      subject: "ocid1.user.oc1..mine",
    });
    const broken = await where(w, { environment: { ...environment, OCI_CLI_KEY_CONTENT: "no key" } });
    expect(broken.stderr).toContain("OCI_CLI_KEY_CONTENT is not a private key in PEM");
  });

  test("all of them, without any file", async () => {
    const w = await machine();
    const known = readFileSync(path.join(w.home, "known"), "utf8");
    const keyed = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(known)?.[1] ?? "";
    const environment = {
      OCI_CLI_TENANCY: keyed("tenancy"),
      OCI_CLI_USER: keyed("user"),
      OCI_CLI_FINGERPRINT: keyed("fingerprint"),
      OCI_CLI_KEY_CONTENT: keyOf(w),
      OCI_CLI_REGION: "us-ashburn-1",
    };
    rmSync(path.join(w.home, ".oci"), { recursive: true });
    expect(await w.runWith({ environment }, "check", w.secretId)).toMatchObject({ exitCode: 0, stderr: "" });
    const { OCI_CLI_REGION: _, ...rest } = environment;
    expect((await w.runWith({ environment: rest }, "check", w.secretId)).stderr).toContain("there is no config file");
  });

  test("an empty one leaves the key empty, as for oci", async () => {
    const run = await where(await machine(), { environment: { OCI_CLI_USER: "" } });
    expect(run).toMatchObject({ exitCode: 3 });
    expect(run.stderr).toContain("has no user");
  });
});

describe("who acts, where", () => {
  const TWO = "profile TWO (OCI_CLI_PROFILE), an API key, tenancy ocid1.tenancy.oc1..two, region uk-london-1";
  const environment = { OCI_CLI_PROFILE: "TWO", NO_COLOR: "1" };

  test("is what the confirmation of a change begins with, also with --yes at a terminal", async () => {
    const w = await machine();
    const known = readFileSync(path.join(w.home, "known"), "utf8");
    const keyId = ["user", "fingerprint"].map((key) => new RegExp(`^${key}=(.*)$`, "m").exec(known)?.[1]);
    const publicKey = readFileSync(path.join(w.home, ".oci", "oci-api-key.public.pem"), "utf8");
    w.emulator.signatures.registerKey(["ocid1.tenancy.oc1..two", ...keyId].join("/"), publicKey);
    const asked = await w.runWith({ environment, answers: ["n"] }, "rotate", w.secretId, "--via", "local");
    expect(asked.stderr).toContain(`as ${TWO}\nRotate this secret? [y/N] `);
    const sure = await w.runWith({ environment, answers: [] }, "schedule", "owner", w.secretId, "--owner", "team");
    expect(sure.stderr).toContain(`as ${TWO}\n`);
  });

  test("is the first finding of doctor", async () => {
    const w = await machine();
    const run = await w.runWith({ environment }, "doctor", "--json");
    expect(run.json()["findings"]).toEqual(
      expect.arrayContaining([{ area: "sign-in", level: "ok", what: TWO, mend: [] }]),
    );
    expect((await w.runWith({ environment }, "session")).stdout).toContain(
      `profile  TWO (${path.join(w.home, ".oci", "config")}), chosen by OCI_CLI_PROFILE`,
    );
  });
});
