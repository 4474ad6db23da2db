import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { MAX_BUNDLE_BYTES, readCaBundle } from "../../../../src/clients/http/ca-bundle.ts";
import { createAuthority } from "../../../support/certificates.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";

const CANARY = "canary/+9c1f~4711";
const a = createAuthority("a").pem;
const b = createAuthority("b").pem;
const labelled = (kind: string) => a.replaceAll(/(?<=BEGIN |END )(?=CERTIFICATE)/g, `${kind} `);
const secretId = "ocid1.vaultsecret.oc1.iad.bundle";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const unread = () => Promise.reject(new Error("Vault was asked"));
function fromFile(text: string) {
  const file = path.join(folder, "bundle.pem");
  writeFileSync(file, text);
  return readCaBundle({ caBundle: { kind: "file", path: file } }, unread);
}
const fromVault = (text: string) =>
  readCaBundle({ caBundle: { kind: "secret", secretId } }, (asked) =>
    asked === secretId ? Promise.resolve(new Secret(text)) : unread(),
  );

test("without the setting there are no authorities, and nothing is read", async () => {
  expect(await readCaBundle({ caBundle: null }, unread)).toBeNull();
});

describe.each([
  ["a file", fromFile],
  ["a Vault secret", fromVault],
])("authorities in %s", (_where, read) => {
  test.each([
    ["one", a, [a]],
    ["two, with text between them", `# first\r\n${a}Subject: CN=b\n${b}`, [a, b]],
    ["one behind a byte order mark", `\uFEFF${a}`, [a]],
    [
      "one below comments that mention the marker",
      `# -----BEGIN CERTIFICATE----- comes\n# -----BEGIN X-----\n${a}`,
      [a],
    ],
    ["one under its name of old", labelled("X509"), [labelled("X509")]],
    ["one with OpenSSL's trust settings, and one without", labelled("TRUSTED") + b, [labelled("TRUSTED"), b]],
    ["one with the line ends of Windows", a.replaceAll("\n", "\r\n"), [a.replaceAll("\n", "\r\n")]],
  ])("are %s", async (_what, text, certificates) => {
    expect(await read(text)).toBe(certificates.map((certificate) => certificate.trim()).join("\n"));
  });

  test.each([
    ["no text", "", "no PEM certificate"],
    ["no PEM", CANARY, "no PEM certificate"],
    ["half a certificate", a.slice(0, 200), "no PEM certificate"],
    ["one that ends under another name", labelled("X509").replace("END X509 ", "END "), "no PEM certificate"],
    [
      "a list of revoked ones beside it",
      `${a}-----BEGIN X509 CRL-----\nAA==\n-----END X509 CRL-----\n`,
      "something else",
    ],
    ["a whole one and half of one", a + b.slice(0, 200), "something else"],
    [
      "a private key beside it",
      `${a}-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----\n`,
      "something else",
    ],
    [
      "a certificate that is none",
      `${a}-----BEGIN CERTIFICATE-----\n${Buffer.from(CANARY).toString("base64")}\n-----END CERTIFICATE-----\n`,
      "certificate number 2 cannot be read",
    ],
  ])("are refused by the setting's name where there is %s", async (_what, text, says) => {
    const error = await expectFailure(() => read(text), "SETTINGS_INVALID", says);
    expect(error.message).toMatch(/^OROT_CA_BUNDLE names a text /);
    expectNoTrace(error, CANARY);
  });
});

describe("a file is refused by the setting's name, not its own,", () => {
  test.each([
    ["that is not there", () => path.join(folder, CANARY), "cannot read"],
    ["that is a folder", () => folder, "no file"],
    ["that is a device", () => "/dev/zero", "no file"],
  ])("%s", async (_what, file, says) => {
    const reading = () => readCaBundle({ caBundle: { kind: "file", path: file() } }, unread);
    expectNoTrace(await expectFailure(reading, "SETTINGS_INVALID", says), CANARY);
  });

  test("that is larger than the limit; at the limit it is read", async () => {
    const filled = (bytes: number) => a + "#".repeat(bytes - a.length);
    expect(await fromFile(filled(MAX_BUNDLE_BYTES))).toBe(a.trim());
    await expectFailure(() => fromFile(filled(MAX_BUNDLE_BYTES + 1)), "SETTINGS_INVALID", "OROT_CA_BUNDLE");
  });
});

test("Vault's own error is passed on", async () => {
  const error = new RotationError("VAULT_UNAVAILABLE", "Vault did not answer GetSecretBundle");
  const reading = readCaBundle({ caBundle: { kind: "secret", secretId } }, () => Promise.reject(error));
  await expect(reading).rejects.toBe(error);
});
