import { afterEach, describe, expect, it, vi } from "vitest";
import { openEmulator } from "./emulated-vault.ts";
import { goClient } from "./go-client.ts";
import { describeVault } from "./vault.suite.ts";

describeVault("the emulator", () => openEmulator({ "updating-polls": 3 }));

describe("the emulator, asked by the SDK clients", () => {
  const opened: { stop(): Promise<void> }[] = [];
  const open = async (...parameters: Parameters<typeof openEmulator>) => {
    const made = await openEmulator(...parameters);
    opened.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((made) => made.stop()));
  });

  it("refuses a signature made with another key with 401 NotAuthenticated", async () => {
    const { strangers, secretId } = await open();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await expect(strangers().vaults.getSecret({ secretId })).rejects.toMatchObject({
      statusCode: 401,
      serviceCode: "NotAuthenticated",
    });
  });

  it("refuses a request without a signature, and one whose body is not the signed one", async () => {
    const { server, secretId, emulator, keyId, privateKey } = await open();
    const path = `/20180608/secrets/${secretId}`;
    expect((await fetch(`${server.url}${path}`)).status).toBe(401);
    const answer = await goClient(server.url, keyId, privateKey)("PUT", path, {}, { "x-content-sha256": "wrong" });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain("x-content-sha256");
    expect(emulator.admin.versions(secretId)).toHaveLength(1);
  });

  it("accepts RotateSecret and names its work request, and cancels", async () => {
    const { vaults, secretId, emulator } = await open();
    const { opcWorkRequestId } = await vaults.rotateSecret({ secretId });
    expect(emulator.state.workRequests.requests[opcWorkRequestId]).toMatchObject({ status: "ACCEPTED", secretId });
    expect((await vaults.getSecret({ secretId })).secret.rotationStatus).toBe("IN_PROGRESS");
    await vaults.cancelSecretRotation({ secretId });
    expect((await vaults.getSecret({ secretId })).secret.rotationStatus).toBe("CANCELLING");
  });

  it("finds secrets by compartment and bundles by name", async () => {
    const { vaults, secrets, secretId, emulator } = await open();
    const { compartmentId, vaultId } = emulator.admin.secret(secretId);
    const { items } = await vaults.listSecrets({ compartmentId });
    expect(items.map((secret) => secret.id)).toEqual([secretId]);
    const { secretBundle } = await secrets.getSecretBundleByName({ secretName: "contract", vaultId });
    expect(secretBundle).toMatchObject({ secretId, versionNumber: 1, stages: ["CURRENT", "LATEST"] });
  });

  it("makes a secret of any bytes, which is CREATING first, and refuses a second one of its name", async () => {
    const { vaults, secrets, secretId, emulator } = await open();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { compartmentId, vaultId, keyId } = emulator.admin.secret(secretId);
    const content = Buffer.from([0x00, 0xff, 0x80]).toString("base64");
    const create = () =>
      vaults.createSecret({
        createSecretDetails: {
          secretName: "made",
          compartmentId,
          vaultId,
          keyId,
          secretContent: { contentType: "BASE64", content, name: "orot-1", stage: "CURRENT" } as never,
        },
      });
    const { secret } = await create();
    expect(secret).toMatchObject({ secretName: "made", lifecycleState: "CREATING", currentVersionNumber: 1 });
    const { items } = await vaults.listSecrets({ compartmentId, vaultId, name: "made" });
    expect(items.map(({ id }) => id)).toEqual([secret.id]);
    const { secretBundle } = await secrets.getSecretBundle({ secretId: secret.id });
    expect(secretBundle).toMatchObject({ versionNumber: 1, versionName: "orot-1", secretBundleContent: { content } });
    await expect(create()).rejects.toMatchObject({ statusCode: 409, serviceCode: "Conflict" });
  });

  it("really breaks the connection where a fault says so, after the effect or before it", async () => {
    const { vaults, secretId, emulator } = await open();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const describeAs = (description: string) => vaults.updateSecret({ secretId, updateSecretDetails: { description } });
    emulator.faults.add({ call: "update-metadata", kind: "refused" });
    await expect(describeAs("one")).rejects.not.toHaveProperty("statusCode");
    expect(emulator.admin.secret(secretId).description).toBeNull();
    emulator.faults.add({ call: "update-metadata", kind: "answer-lost" });
    await expect(describeAs("two")).rejects.not.toHaveProperty("statusCode");
    expect(emulator.admin.secret(secretId).description).toBe("two");
  });

  it("sends half a body where a fault says truncated, which the SDK cannot parse", async () => {
    const { vaults, secretId, emulator } = await open();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    emulator.faults.add({ call: "get-secret", kind: "truncated" });
    await expect(vaults.getSecret({ secretId })).rejects.toBeInstanceOf(SyntaxError);
  });

  it("holds an answer back under too-slow until the client has gone", async () => {
    const { server, emulator } = await open();
    emulator.faults.add({ call: "token-pending", kind: "too-slow" });
    const client = new AbortController();
    const answer = fetch(`${server.url}/oauth2/v1/token`, { method: "POST", signal: client.signal });
    emulator.core.onChange(() => client.abort());
    await expect(answer).rejects.toThrow("aborted");
    expect(emulator.requests[0]).toMatchObject({ fault: "too-slow", status: 400 });
  });
});
