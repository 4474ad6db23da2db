import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readManifest } from "../../prove/mirror/seen-manifest.ts";

const part = { secretName: "ces.abc123.W.schema.APP", secretId: "ocid1.vaultsecret.oc1..a", versionNo: 7 };
const wallet = {
  ...{ walletName: "W", lastRotationDate: 1_624_305_815_466, certificateStartDate: null, certificateEndDate: null },
  members: [
    { kind: "schema", name: "APP", parts: [part] },
    { kind: "file", name: "cwallet.sso", parts: [] },
  ],
};
const text = (wallets: unknown, format: unknown = 1) => JSON.stringify({ format, wallets });

describe("the mirror's watcher", () => {
  test("shares no code with the mirror", () => {
    for (const file of ["watch.ts", "seen-manifest.ts"]) {
      const source = readFileSync(new URL(`../../prove/mirror/${file}`, import.meta.url), "utf8");
      expect(source).not.toContain("src/mirror/");
    }
  });

  test("reads a manifest as the documents show it", () => {
    const { walletName, lastRotationDate, members } = wallet;
    expect(readManifest(text([wallet]))).toEqual([{ walletName, lastRotationDate, members }]);
    expect(readManifest(text([]))).toEqual([]);
  });

  test.each([
    ["another format", text([wallet], 2)],
    ["no format", JSON.stringify({ wallets: [wallet] })],
    ["no wallets", JSON.stringify({ format: 1 })],
    ["a wallet without a name", text([{ ...wallet, walletName: undefined }])],
    ["an instant that is a text", text([{ ...wallet, lastRotationDate: "2026-11-02" }])],
    ["a certificate's end that is missing", text([{ ...wallet, certificateEndDate: undefined }])],
    ["a member of an unknown kind", text([{ ...wallet, members: [{ kind: "key", name: "APP", parts: [part] }] }])],
    ["a member without parts", text([{ ...wallet, members: [{ kind: "schema", name: "APP" }] }])],
    [
      "a version number 0",
      text([{ ...wallet, members: [{ ...wallet.members[0], parts: [{ ...part, versionNo: 0 }] }] }]),
    ],
    [
      "a part without its secret",
      text([{ ...wallet, members: [{ ...wallet.members[0], parts: [{ versionNo: 7 }] }] }]),
    ],
  ])("refuses %s", (_, manifest) => {
    expect(() => readManifest(manifest)).toThrow("the manifest cannot be read");
  });
});
