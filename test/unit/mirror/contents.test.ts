import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import type { Contents } from "../../../src/mirror/contents.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";

const BYTES = Buffer.from([0x00, 0xff, 0xfe, 0x0a, 0x80]);
const content = new Secret(BYTES.toString("base64"));
const made = {
  name: "ces.abc123.W.file.cwallet.sso",
  description: "mirrored",
  compartmentId: "ocid1.compartment.oc1..mirror",
  vaultId: "ocid1.vault.oc1..mirror",
  keyId: "ocid1.key.oc1..mirror",
  base64: content,
};

silenceSdk();

async function setUp() {
  const rig = createMirrorRig();
  const { contents } = await rig.begin();
  return { ...rig, contents };
}

describe("The content of a secret", () => {
  it("is any bytes, which come back as they were stored", async () => {
    const { contents, emulator } = await setUp();
    expect(await contents.create(made)).toEqual({ outcome: "done" });
    const [secret] = Object.values(emulator.state.vault.secrets).filter(({ name }) => name === made.name);
    expect(secret).toMatchObject({ description: "mirrored", vaultId: made.vaultId, keyId: made.keyId });
    expect(secret?.versions).toMatchObject([{ number: 1, name: "orot-1", stage: "CURRENT" }]);
    const read = await contents.read(secret?.id ?? "");
    expect(read?.versionNo).toBe(1);
    expect(Buffer.from(read?.base64.reveal() ?? "", "base64").equals(BYTES)).toBe(true);
  });

  it("is equal where the bytes are, however Vault writes its base64", async () => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s");
    const { versions } = emulator.admin.secret(secretId);
    for (const [index, version] of versions.entries()) {
      versions[index] = { ...version, content: `${BYTES.toString("base64").replace("=", "")}\n` };
    }
    expect((await contents.readVersion(secretId, 1)).base64.equals(content)).toBe(true);
  });

  it("is CURRENT's by default, or PENDING's", async () => {
    const { contents, addSecret, emulator, clock } = await setUp();
    const secretId = addSecret("s", "current");
    expect(await contents.read(secretId, "PENDING")).toBeNull();
    emulator.admin.secret(secretId).versions.push({
      number: 2,
      name: "orot-2",
      content: Buffer.from("pending").toString("base64"),
      createdAt: clock.now(),
      stage: "PENDING",
      deletionAt: null,
      deleted: false,
    });
    expect(await contents.read(secretId)).toMatchObject({ versionNo: 1 });
    expect(await contents.read(secretId, "PENDING")).toMatchObject({ versionNo: 2 });
  });

  it("of a secret that is not there, or not to be read, is none; of a version by its number an error", async () => {
    const { contents } = await setUp();
    const missing = "ocid1.vaultsecret.oc1..missing";
    expect(await contents.read(missing)).toBeNull();
    await expect(contents.readVersion(missing, 1)).rejects.toMatchObject({ code: "SECRET_NOT_FOUND" });
  });

  it("is asked for again where a reader lags behind or an answer gets lost", async () => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s", "text");
    emulator.faults.add({ call: "read-current", kind: "answer-lost" });
    expect(await contents.read(secretId)).toMatchObject({ versionNo: 1 });
    emulator.faults.add({ call: "read-current", kind: "truncated" });
    expect(await contents.readVersion(secretId, 1)).toMatchObject({ versionNo: 1 });
    expect(emulator.faults.struck).toBe(2);
  });
});

describe("Vault's refusal", () => {
  it.each([
    ["a read", (contents: Contents, id: string) => contents.read(id), "read-current", "GetSecretBundle"],
    [
      "a read by number",
      (contents: Contents, id: string) => contents.readVersion(id, 1),
      "read-current",
      "GetSecretBundle",
    ],
  ] as const)("of %s is an error that names the operation", async (_what, ask, call, operation) => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s");
    emulator.faults.add({ call, kind: "unauthorized" });
    await expect(ask(contents, secretId)).rejects.toMatchObject({
      code: "VAULT_FORBIDDEN",
      message: `Vault refused ${operation} with 401`,
    });
  });

  it("of a write is its end, which names the operation", async () => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s");
    emulator.faults.add({ call: "write-pending", kind: "unauthorized" });
    expect(await contents.write(secretId, "orot-2", content, null)).toMatchObject({
      outcome: "refused",
      error: { message: "Vault refused UpdateSecret with 401" },
    });
  });

  it("of many writes keeps none from being sent", async () => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s");
    emulator.faults.add({ call: "write-pending", kind: "server-error-before", count: 60 });
    for (let n = 0; n < 60; n += 1) await contents.write(secretId, "orot-2", content, null);
    expect(emulator.faults.struck).toBe(60);
  });
});

describe("A write of content", () => {
  it("that Vault took is done", async () => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s");
    expect(await contents.write(secretId, "orot-2", content, null)).toEqual({ outcome: "done" });
    expect(emulator.admin.secret(secretId).versions[1]).toMatchObject({ name: "orot-2", stage: "CURRENT" });
  });

  it("is sent once, and says what became of it", async () => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s");
    const writes = () => emulator.requests.filter(({ call }) => call === "write-pending").length;
    emulator.faults.add({ call: "write-pending", kind: "answer-lost" });
    expect(await contents.write(secretId, "orot-2", content, null)).toMatchObject({ outcome: "unknown" });
    expect(writes()).toBe(1);
    expect(emulator.admin.versions(secretId)).toHaveLength(2);
  });

  it("is refused by an etag that is no longer the secret's", async () => {
    const { contents, addSecret, emulator } = await setUp();
    const secretId = addSecret("s");
    expect(await contents.write(secretId, "orot-2", content, "stale")).toMatchObject({ outcome: "race-lost" });
    expect(emulator.admin.versions(secretId)).toHaveLength(1);
  });

  it("of a secret whose name the vault has is refused, and makes no second one", async () => {
    const { contents, emulator } = await setUp();
    await contents.create(made);
    expect(await contents.create(made)).toMatchObject({ outcome: "refused", error: { code: "SECRET_NOT_ROTATABLE" } });
    expect(Object.values(emulator.state.vault.secrets).filter(({ name }) => name === made.name)).toHaveLength(1);
  });

  it("that may not be made names the policy that lacks", async () => {
    const { contents, emulator } = await setUp();
    emulator.faults.add({ call: "create-secret", kind: "unauthorized" });
    const end = await contents.create(made);
    expect(end).toMatchObject({ error: { nextAction: expect.stringContaining("to manage secrets in compartment") } });
  });
});
