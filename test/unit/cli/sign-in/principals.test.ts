import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { fakeResourcePrincipal } from "../../../../src/emulator/core/principal.ts";
import { useCli } from "../../../support/cli.ts";

const cli = useCli();
const AS_RESOURCE = ["--auth", "resource-principal"];

describe("signing in without a config file", () => {
  test("a resource principal comes from the platform's variables", async () => {
    const w = await cli();
    const environment = fakeResourcePrincipal(w.emulator.signatures, w.clock.now());
    const run = await w.runWith({ environment }, "check", w.secretId, ...AS_RESOURCE);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.requests[0]?.host).toBe("vaults.us-ashburn-1.oci.oraclecloud.com");
  });

  test("or from the files that they name", async () => {
    const w = await cli();
    const { ...environment } = fakeResourcePrincipal(w.emulator.signatures, w.clock.now());
    for (const name of ["OCI_RESOURCE_PRINCIPAL_RPST", "OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM"]) {
      const file = path.join(w.home, name);
      writeFileSync(file, `${environment[name]}\n`);
      environment[name] = file;
    }
    expect((await w.runWith({ environment }, "check", w.secretId, ...AS_RESOURCE)).exitCode).toBe(0);
  });

  test.each([
    ["OCI_RESOURCE_PRINCIPAL_VERSION", undefined, "OCI_RESOURCE_PRINCIPAL_VERSION is not set"],
    ["OCI_RESOURCE_PRINCIPAL_VERSION", "1.1", "OCI_RESOURCE_PRINCIPAL_VERSION is not 2.2"],
    ["OCI_RESOURCE_PRINCIPAL_RPST", "no-token", "OCI_RESOURCE_PRINCIPAL_RPST holds no token"],
    ["OCI_RESOURCE_PRINCIPAL_RPST", "/no/such/file", "the file that OCI_RESOURCE_PRINCIPAL_RPST names cannot be read"],
    ["OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM", "no-key", "OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM is not a private key in PEM"],
    ["OCI_RESOURCE_PRINCIPAL_REGION", undefined, "OCI_RESOURCE_PRINCIPAL_REGION is not set"],
  ])("%s=%s is named", async (name, value, words) => {
    const w = await cli();
    const { [name]: _, ...rest } = fakeResourcePrincipal(w.emulator.signatures, w.clock.now());
    const environment = value === undefined ? rest : { ...rest, [name]: value };
    const run = await w.runWith({ environment }, "check", w.secretId, ...AS_RESOURCE);
    expect(run).toMatchObject({ exitCode: 3, requests: [] });
    expect(run.stderr).toContain(words);
  });

  test("an instance principal comes from the metadata service", async () => {
    const w = await cli();
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    w.emulator.signatures.registerKey("ST$instance", publicKey);
    const principal = {
      getKeyId: async () => "ST$instance",
      getPrivateKey: () => privateKey,
      getPassphrase: () => null,
    };
    const instancePrincipal = async () => ({ principal, region: "uk-london-1" });
    const run = await w.runWith({ instancePrincipal }, "check", w.secretId, "--auth", "instance-principal");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.requests[0]?.host).toContain(".uk-london-1.");
    const nowhere = await w.run("check", w.secretId, "--auth", "instance-principal");
    expect(nowhere).toMatchObject({ exitCode: 3, requests: [] });
    expect(nowhere.stderr).toContain("this is not an OCI compute instance");
  });
});

describe("the key of a profile", () => {
  const encrypt = (pem: string, passphrase: string) =>
    String(createPrivateKey(pem).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }));

  test("may be encrypted, with its pass phrase in the profile", async () => {
    const w = await cli();
    const file = path.join(w.home, ".oci", "oci-api-key.pem");
    writeFileSync(file, encrypt(readFileSync(file, "utf8"), "correct horse"));
    const without = await w.run("check", w.secretId);
    expect(without).toMatchObject({ exitCode: 3, requests: [] });
    expect(without.stderr).toContain("is encrypted, and the pass phrase is missing");
    const config = path.join(w.home, ".oci", "config");
    const text = readFileSync(config, "utf8");
    writeFileSync(config, `${text}pass_phrase=wrong\n`);
    expect((await w.run("check", w.secretId)).stderr).toContain("the pass phrase does not open it");
    writeFileSync(config, `${text}pass_phrase=correct horse\n`);
    expect((await w.run("check", w.secretId)).exitCode).toBe(0);
  });

  test("must be RSA", async () => {
    const w = await cli();
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(path.join(w.home, ".oci", "oci-api-key.pem"), pem);
    expect((await w.run("check", w.secretId)).stderr).toContain("is not an RSA key");
  });
});
