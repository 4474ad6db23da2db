import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

/** A machine of a workflow, on which programs only note what they are given. */
function machine(programs: Readonly<Record<string, string>>) {
  const home = mkdtempSync(path.join(tmpdir(), "runner-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const bin = path.join(home, "bin");
  mkdirSync(bin);
  for (const [name, body] of Object.entries(programs)) {
    const note = `printf '%s\\n' "${name} $*" >> "$HOME/calls"\n`;
    writeFileSync(path.join(bin, name), `#!/bin/bash\n${note}${body}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const read = (file: string) => (existsSync(path.join(home, file)) ? readFileSync(path.join(home, file), "utf8") : "");
  return {
    run: (script: string, env: Readonly<Record<string, string>>) =>
      spawnSync("bash", [`deploy/ci/${script}`], {
        env: { HOME: home, PATH: `${bin}:${process.env["PATH"]}`, TMPDIR: home, ...env },
        encoding: "utf8",
      }),
    read,
    mode: (file: string) => statSync(path.join(home, file)).mode & 0o777,
  };
}

const PLACE = { OCI_TENANCY: "ocid1.tenancy.oc1..t", OCI_REGION: "eu-frankfurt-1" };
const STORED = { OCI_USER: "ocid1.user.oc1..u", OCI_FINGERPRINT: "aa:bb", OCI_API_KEY: "-----KEY-----" };
const EXCHANGED = {
  OCI_DOMAIN_URL: "https://idcs-x.identity.oraclecloud.com/",
  OCI_CLIENT_ID: "client",
  OCI_CLIENT_SECRET: "a-client-secret",
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example.org/?api-version=2",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-the-job",
};
/** Says what each file that it is given holds, and answers as GitHub or the domain. */
const CURL = `for given in "$@"; do case $given in *@/*) printf '%s: ' "\${given%%@*}"; cat "\${given#*@}"; echo;; esac; done >> "$HOME/sent"
case "$*" in *oauth2/v1/token*) echo '{"token":"of-the-domain"}';; *) echo '{"value":"of-github"}';; esac`;

describe("sign-in.sh", () => {
  test("with a domain, exchanges the job's token there, and shows no secret to other processes", () => {
    const { run, read, mode } = machine({ curl: CURL });
    const { status, stdout, stderr } = run("sign-in.sh", { ...PLACE, ...EXCHANGED });
    expect([status, stderr]).toEqual([0, ""]);
    expect(read(".oci/token")).toBe("of-the-domain");
    expect(read(".oci/config")).toMatch(
      /^\[DEFAULT\]\ntenancy=ocid1\.tenancy.*\nregion=eu-frankfurt-1\nkey_file=.*\nsecurity_token_file=.*token\n$/,
    );
    expect(read(".oci/key.pem")).toContain("PRIVATE KEY");
    expect([mode(".oci/token"), mode(".oci/key.pem"), mode(".oci/config")]).toEqual([0o600, 0o600, 0o600]);
    const calls = read("calls");
    expect(calls).toContain("https://idcs-x.identity.oraclecloud.com/oauth2/v1/token");
    expect(calls).toContain("grant_type=urn:ietf:params:oauth:grant-type:token-exchange");
    const secrets = [
      "a-client-secret",
      "of-the-job",
      "of-github",
      Buffer.from("client:a-client-secret").toString("base64"),
    ];
    for (const secret of secrets) expect(calls + stdout).not.toContain(secret);
    const sent = read("sent");
    expect(sent).toContain("Authorization: Bearer of-the-job");
    expect(sent).toContain(`Authorization: Basic ${Buffer.from("client:a-client-secret").toString("base64")}`);
    expect(sent).toMatch(/^subject_token: of-github$/m);
    expect(sent).toMatch(/^public_key: MII[\w+/=]+$/m);
  });

  test("without one, uses the stored key", () => {
    const { run, read, mode } = machine({ curl: "exit 1" });
    expect(run("sign-in.sh", { ...PLACE, ...STORED }).status).toBe(0);
    expect(read(".oci/config")).toMatch(/user=ocid1\.user.*\nfingerprint=aa:bb\n$/);
    expect([read(".oci/key.pem"), mode(".oci/key.pem"), read("calls")]).toEqual(["-----KEY-----\n", 0o600, ""]);
  });

  test("ends with what is missing, and with a refusal of the domain", () => {
    const refused = machine({ curl: 'case "$*" in *oauth2*) exit 22;; *) echo \'{"value":"v"}\';; esac' });
    expect(refused.run("sign-in.sh", PLACE).stderr).toContain("set OCI_DOMAIN_URL, or the stored key");
    expect(refused.run("sign-in.sh", { ...PLACE, ...EXCHANGED }).status).not.toBe(0);
    expect(refused.read(".oci/config")).toBe("");
  });
});

describe("deploy.sh", () => {
  const REGISTRY = "eu-frankfurt-1.ocir.io/ns/oci-rotate";
  const env = {
    IMAGE_FILE: "image.tar",
    IMAGE_TAG: "0.1.0-0123456789ab-42.1",
    OCI_REGISTRY: REGISTRY,
    OCI_FUNCTION: "ocid1.fnfunc.oc1..f",
  };
  const docker = (push = "0", digests = `${REGISTRY}@sha256:new`) => `
case "$1" in push) exit ${push};; inspect) printf '%s\\n' other@sha256:x ${digests};; login) cat >> "$HOME/password";; esac`;
  const OCI = `case "$*" in *access-token*) echo short-lived;; *"function get"*) echo '{"etag":"e1","data":{"image":"${REGISTRY}:old","image-digest":"sha256:old"}}';; esac`;

  test("pushes under a new tag, and updates the function that it has looked at, by digest", () => {
    const { run, read } = machine({ docker: docker(), oci: OCI });
    const { status, stdout, stderr } = run("deploy.sh", env);
    expect([status, stderr]).toEqual([0, ""]);
    const calls = read("calls").split("\n");
    expect(calls).toContain(`docker push ${REGISTRY}:0.1.0-0123456789ab-42.1`);
    expect(calls).toContain(
      `oci fn function update container-function --function-id ocid1.fnfunc.oc1..f --image ${REGISTRY}:0.1.0-0123456789ab-42.1 --image-digest sha256:new --if-match e1 --force --wait-for-state SUCCEEDED`,
    );
    expect(read("password")).toBe("short-lived\n");
    expect(read("calls")).not.toContain("short-lived");
    expect(stdout).toMatch(new RegExp(`^to go back: .* --image ${REGISTRY}:old --image-digest sha256:old`, "m"));
  });

  test.each<[string, ReturnType<typeof docker>, string]>([
    ["the registry refuses the tag", docker("1"), OCI],
    ["the push leaves no digest", docker("0", ""), OCI],
    [
      "the function cannot be read",
      docker(),
      OCI.replace(/\*"function get".*;; esac/, '*"function get"*) exit 1;; esac'),
    ],
  ])("updates nothing if %s", (_what, programs, oci) => {
    const { run, read } = machine({ docker: programs, oci });
    expect(run("deploy.sh", env).status).not.toBe(0);
    expect(read("calls")).not.toContain("function update");
  });
});
