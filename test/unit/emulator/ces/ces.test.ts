import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { Switches } from "../../../../src/emulator/core/switches.ts";
import { setUp } from "../harness.ts";

const BASE = "/rgbu-common-abc123-prd/api/data-pe/v1";

async function withWallet(switches: Partial<Switches> = {}) {
  const world = setUp({ switches });
  const wallet = world.emulator.admin.createWallet({ walletName: "Wallet_ONE", users: ["APP", "BATCH"] });
  const headers = await world.bearer(world.app.secret);
  const fetch = (operation: string) => world.send("GET", `${BASE}/${operation}`, undefined, headers);
  const change = (method: "PUT" | "DELETE", endpoint: string, usecase = "credentialRotationNotification") =>
    world.send(method, `${BASE}/rotation-notification`, { usecase, endpoint }, headers);
  return { ...world, wallet, fetch, change };
}

describe("The emulated Credential Exchange", () => {
  it("gives each wallet with its schemas' passwords and its files in base64", async () => {
    const { fetch, wallet } = await withWallet();
    const { wallets } = (await fetch("fetch-credentials")).json as { wallets: Record<string, unknown>[] };
    expect(wallets).toHaveLength(1);
    expect(wallets[0]).toMatchObject({
      walletName: "Wallet_ONE",
      walletPassword: null,
      lastRotationDate: wallet.lastRotationDate,
      schemas: wallet.schemas,
      wallet: wallet.files,
    });
    expect(Object.keys(wallet.schemas)).toEqual(["APP", "BATCH"]);
  });

  it("gives a single wallet in place of the array where the switch says so", async () => {
    const { fetch } = await withWallet({ "ces-wallets": "object" });
    expect((await fetch("fetch-credentials")).json["wallets"]).toMatchObject({ walletName: "Wallet_ONE" });
  });

  it("refuses whoever brings no live token of its domain", async () => {
    const { send } = await withWallet();
    const answer = await send("GET", `${BASE}/fetch-credentials`, undefined, { authorization: "Bearer made-up" });
    expect(answer.status).toBe(401);
  });

  it.each(["401", "403", "404", "429"] as const)("answers %s where the switch says so", async (status) => {
    const { fetch } = await withWallet({ "ces-status": status });
    expect((await fetch("fetch-credentials")).status).toBe(Number(status));
  });

  it.each([
    ["msg", /^\{"msg":/],
    ["no-wallets", /^\{\}$/],
    ["trailing-comma", /,\}$/],
    ["missing-quote", /^\{wallets":/],
    ["other-writers", /^\uFEFF\{"wallets":.*"lastRotationDate":"\d{13}"/],
    ["empty-password", /"EMPTY":""/],
  ] as const)("answers 200 with the body %s", async (body, shape) => {
    const { fetch } = await withWallet({ "ces-body": body });
    const answer = await fetch("fetch-credentials");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(shape);
  });

  it("registers and removes endpoints idempotently, and lists them", async () => {
    const { fetch, change } = await withWallet();
    const listed = async () => (await fetch("rotation-notification?tenantId=abc123")).json["endpoints"];
    expect(await listed()).toEqual([]);
    for (const endpoint of ["https://hook.example/a", "https://hook.example/a", "mailto:nobody@example.org"]) {
      expect((await change("PUT", endpoint)).status).toBe(200);
    }
    expect(await listed()).toEqual(["https://hook.example/a", "mailto:nobody@example.org"]);
    for (let times = 0; times < 2; times += 1) {
      expect((await change("DELETE", "https://hook.example/a")).status).toBe(200);
    }
    expect(await listed()).toEqual(["mailto:nobody@example.org"]);
  });

  it("refuses an endpoint of another scheme and the use case of a callback", async () => {
    const { change, emulator } = await withWallet();
    expect((await change("PUT", "ftp://hook.example")).status).toBe(400);
    expect((await change("PUT", "https://hook.example", "credentialRotation")).status).toBe(400);
    expect(emulator.admin.cesEndpoints()).toEqual([]);
  });

  it("changes what a rotation names and tells every web endpoint of it", async () => {
    const { change, emulator, wallet } = await withWallet();
    await change("PUT", "https://hook.example/a");
    await change("PUT", "mailto:nobody@example.org");
    const before = structuredClone(wallet);
    const callbacks = emulator.admin.rotateWallets("credentials");
    expect(wallet.files).toEqual(before.files);
    expect(wallet.schemas["APP"]).not.toBe(before.schemas["APP"]);
    expect(wallet.lastRotationDate).toBeGreaterThan(before.lastRotationDate);
    expect(callbacks).toEqual([
      { url: "https://hook.example/a", body: '{"usecase":"credentialRotation","change":"credentials"}', afterMs: 0 },
    ]);
  });

  it.each([
    ["once", [0]],
    ["twice", [0, 0]],
    ["late", [30_000]],
    ["missing", []],
  ] as const)("calls back %s", async (mode, times) => {
    const { change, emulator } = await withWallet({ "ces-callbacks": mode });
    await change("PUT", "https://hook.example/a");
    expect(emulator.admin.rotateWallets().map(({ afterMs }) => afterMs)).toEqual(times);
  });

  it("prints the callback's body as the documentation does", async () => {
    const { change, emulator } = await withWallet({ "ces-callback-body": "unquoted" });
    await change("PUT", "https://hook.example/a");
    expect(emulator.admin.rotateWallets()[0]?.body).toBe('{usecase:"credentialRotation","change":"all"}');
  });

  it("removes an endpoint that missed as many callbacks in a row as the switch says", async () => {
    const { change, emulator } = await withWallet({ "ces-endpoint-failures": 2 });
    await change("PUT", "https://hook.example/a");
    for (const isTaken of [false, true, false]) emulator.admin.callbackEnded("https://hook.example/a", isTaken);
    expect(emulator.admin.cesEndpoints()).toEqual(["https://hook.example/a"]);
    emulator.admin.callbackEnded("https://hook.example/a", false);
    expect(emulator.admin.cesEndpoints()).toEqual([]);
  });

  it("gives the wallet's files as a zip archive without any password of a schema", async () => {
    const { fetch, wallet } = await withWallet();
    const answer = await fetch("fetch-wallet");
    const bytes = Buffer.from(answer.body, "latin1");
    const entries = Object.entries(unzipSync(bytes)).map(([file, content]) => [
      file,
      Buffer.from(content).toString("base64"),
    ]);
    expect(Object.fromEntries(entries)).toEqual(wallet.files);
    expect(bytes.includes(wallet.schemas["APP"] ?? "")).toBe(false);
  });
});

describe("CreateSecret of the emulated Vault", () => {
  const details = {
    compartmentId: "ocid1.compartment.oc1..emulatedcompartment",
    vaultId: "ocid1.vault.oc1.iad.emulatedvault",
    keyId: "ocid1.key.oc1.iad.emulatedkey",
    secretName: "made",
    secretContent: { contentType: "BASE64", content: "e30=", name: "orot-1" },
  };

  it("makes a secret with one CURRENT version, which is CREATING first and then ACTIVE", async () => {
    const { send, emulator } = setUp();
    const made = await send("POST", "/20180608/secrets", details);
    expect(made.json["lifecycleState"]).toBe("CREATING");
    const id = String(made.json["id"]);
    await send("GET", `/20180608/secrets/${id}`);
    expect((await send("GET", `/20180608/secrets/${id}`)).json["lifecycleState"]).toBe("ACTIVE");
    expect(emulator.admin.versions(id)).toMatchObject([
      { number: 1, name: "orot-1", versionStages: ["CURRENT", "LATEST"] },
    ]);
    expect(emulator.admin.content(id, 1)).toBe("{}");
  });

  it("refuses a name that the vault has, a missing member, and more than 25 KB", async () => {
    const { send } = setUp();
    await send("POST", "/20180608/secrets", details);
    expect((await send("POST", "/20180608/secrets", details)).status).toBe(409);
    expect((await send("POST", "/20180608/secrets", { ...details, keyId: undefined })).status).toBe(400);
    const content = Buffer.alloc(25 * 1024 + 1).toString("base64");
    const large = { ...details, secretName: "large", secretContent: { contentType: "BASE64", content } };
    expect((await send("POST", "/20180608/secrets", large)).status).toBe(400);
  });
});
