import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ROOT, runBeside } from "../../scripts/run.ts";
import { fingerprintOf, makeKeyPair } from "../../src/emulator/core/principal.ts";
import { chosenProfiles, configFilesOf, type Given, refusedChoices, tenancyOf } from "../support/oci-choices.ts";
import { ociConfigs } from "../support/oci-configs.ts";

const { publicKey, privateKey } = makeKeyPair();
const homes: string[] = [];
const temporary = () => {
  const home = mkdtempSync(path.join(tmpdir(), "oci-config-"));
  homes.push(home);
  mkdirSync(path.join(home, ".oci"));
  writeFileSync(path.join(home, ".oci", "key.pem"), `${privateKey}OCI_API_KEY\n`, { mode: 0o600 });
  return home;
};
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

describe("the table of config files says of the official Python SDK", () => {
  let seen: readonly unknown[] = [];
  beforeAll(async () => {
    const home = temporary();
    const asked = ociConfigs.map(({ text, profile = "DEFAULT" }, index) => {
      const file = path.join(home, `config-${index}`);
      writeFileSync(file, text);
      return { file, profile };
    });
    writeFileSync(path.join(home, "asked.json"), JSON.stringify(asked));
    const script = path.join(ROOT, "test", "live", "oci_config.py");
    const python = path.join(inject("oci").bin, "python3");
    const env = { HOME: home };
    const { status, stdout, stderr } = await runBeside(python, [script, path.join(home, "asked.json")], { env });
    if (status !== 0) throw new Error(`the SDK read nothing: ${stderr}`);
    seen = JSON.parse(stdout);
  });

  it.each(ociConfigs.map((one, index) => ({ ...one, index })))("what it reads of $what", ({ official, index }) => {
    expect(seen[index]).toEqual(official);
  });
});

describe("the table of variables says of the official command line", () => {
  let server: Server;
  const keyIds: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      keyIds.push(/keyId="([^"]+)"/.exec(request.headers.authorization ?? "")?.[1] ?? "");
      response
        .writeHead(404, { "content-type": "application/json" })
        .end('{"code":"NotAuthorizedOrNotFound","message":""}');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
  });
  afterAll(() => {
    server.close();
  });

  /** The key ids with which `oci` signs on such a machine. */
  async function signedAs({ environment = {}, files = {}, words = [] }: Given): Promise<readonly string[]> {
    const home = temporary();
    const here = (text: string) => text.replaceAll("HOME", home);
    const known = [
      "[DEFAULT]",
      "user=ocid1.user.oc1..one",
      `fingerprint=${fingerprintOf(publicKey)}`,
      "tenancy=",
      "region=",
    ];
    const { config, other } = configFilesOf(`${[...known, `key_file=${home}/.oci/key.pem`].join("\n")}\n`);
    for (const [name, text] of Object.entries({ ".oci/config": config, other, ...files })) {
      writeFileSync(path.join(home, name), text, { mode: 0o600 });
    }
    const values = Object.entries(environment).map(([name, value]) => [name, here(value)] as const);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const args = [
      ...words.map(here),
      "--endpoint",
      url,
      "--no-retry",
      "vault",
      "secret",
      "get",
      "--secret-id",
      "ocid1.x.oc1..x",
    ];
    keyIds.length = 0;
    await runBeside(path.join(inject("oci").bin, "oci"), args, { env: { ...Object.fromEntries(values), HOME: home } });
    return [...keyIds];
  }

  it.each(chosenProfiles)("that it uses the profile: %s", async (_what, given, tenancy) => {
    expect(await signedAs(given)).toEqual([`${tenancyOf(tenancy)}/ocid1.user.oc1..one/${fingerprintOf(publicKey)}`]);
  });

  it.each(refusedChoices)("that it signs nothing: %s", async (_what, given) => {
    expect(await signedAs(given)).toEqual([]);
  });
});
