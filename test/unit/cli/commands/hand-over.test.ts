import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compactDecrypt, exportJWK } from "jose";
import { describe, expect, test } from "vitest";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { OWNER_ONLY } from "../../../support/modes.ts";

const cli = useCli();

// Made once: a pair takes a moment.
const pairs = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  p256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  p384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
};
const shortRsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
const okp = generateKeyPairSync("x25519");

const jwkOf = async (key: KeyObject, more: object = {}) => ({ ...(await exportJWK(key)), ...more });

const withZeros = (n = "") => Buffer.concat([Buffer.alloc(128), Buffer.from(n, "base64url")]).toString("base64url");

function keyFile(w: CliWorld, content: unknown): string {
  const file = path.join(w.home, "holder.jwk");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

async function opened(message: string, privateKey: KeyObject) {
  const { plaintext, protectedHeader } = await compactDecrypt(message, privateKey);
  return {
    header: protectedHeader,
    inside: JSON.parse(new TextDecoder().decode(plaintext)) as Record<string, unknown>,
  };
}

describe("oci-rotate hand-over", () => {
  test.each([
    ["rsa", undefined, "RSA-OAEP-256"],
    ["rsa", "RSA-OAEP", "RSA-OAEP"],
    ["p256", undefined, "ECDH-ES+A256KW"],
    ["p256", "ECDH-ES", "ECDH-ES"],
    ["p384", "ECDH-ES+A128KW", "ECDH-ES+A128KW"],
  ] as const)(
    "encrypts for a key %s with alg %s by %s, and only the holder reads the value",
    async (name, alg, expected) => {
      const w = await cli();
      const { publicKey, privateKey } = pairs[name];
      const to = keyFile(w, await jwkOf(publicKey, alg === undefined ? {} : { alg, use: "enc" }));
      const run = await w.run("hand-over", w.secretId, "--to", to);
      expect(run.exitCode).toBe(0);
      expect(run.stdout).not.toMatch(/\s/);
      const { header, inside } = await opened(run.stdout, privateKey);
      expect(header).toMatchObject({ alg: expected, enc: "A256GCM" });
      const stored = JSON.parse(w.emulator.admin.content(w.secretId, 1) ?? "{}");
      expect(inside).toMatchObject({ client_id: stored.clientId, client_secret: stored.appSecret, version: 1 });
      expect(inside["token_url"]).toMatch(/\/oauth2\/v1\/token$/);
      expect(run.stderr).toContain("does not prove who sent it");
    },
  );

  test("notes on the secret for whom and when, beside what else is there", async () => {
    const w = await cli();
    const secret = w.emulator.admin.secret(w.secretId);
    secret.metadata = { theirs: "kept", orot: JSON.stringify({ noGrace: 1 }) };
    const to = keyFile(w, await jwkOf(pairs.rsa.publicKey));
    const run = await w.run("hand-over", w.secretId, "--to", to, "--json");
    expect(run.json()).toMatchObject({ isNoted: true });
    expect(secret.metadata["theirs"]).toBe("kept");
    expect(JSON.parse(String(secret.metadata["orot"]))).toMatchObject({ noGrace: 1, handedOver: { version: 1 } });
  });

  test("without the right to write, the message is made all the same", async () => {
    const w = await cli();
    w.emulator.faults.add({ call: "update-metadata", kind: "unauthorized" });
    const to = keyFile(w, await jwkOf(pairs.rsa.publicKey));
    const run = await w.run("hand-over", w.secretId, "--to", to, "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ isNoted: false });
  });

  test("--out writes the message alone, whole, and readable by its owner alone", async () => {
    const w = await cli();
    const to = keyFile(w, await jwkOf(pairs.p256.publicKey));
    const out = path.join(w.home, "message.jwe");
    const run = await w.run("hand-over", w.secretId, "--to", to, "--out", out);
    expect(run.exitCode).toBe(0);
    const message = readFileSync(out, "utf8");
    expect(message.endsWith("\n")).toBe(false);
    expect(statSync(out).mode & 0o777).toBe(OWNER_ONLY);
    expect((await opened(message, pairs.p256.privateKey)).inside).toHaveProperty("client_secret");
    expect(run.stdout).not.toContain(message);
  });

  test("takes a public key in PEM, and a key of a set: the one for encryption, or the one that is named", async () => {
    const w = await cli();
    const pem = pairs.rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
    const fromPem = await w.run("hand-over", w.secretId, "--to", keyFile(w, pem));
    expect((await opened(fromPem.stdout, pairs.rsa.privateKey)).inside).toHaveProperty("client_id");
    const rsa = await jwkOf(pairs.rsa.publicKey, { kid: "one", use: "sig" });
    const ec = await jwkOf(pairs.p256.publicKey, { kid: "two", use: "enc" });
    const other = await jwkOf(pairs.p384.publicKey, { kid: "three", use: "enc" });
    const fromSet = await w.run("hand-over", w.secretId, "--to", keyFile(w, { keys: [rsa, ec] }));
    expect((await opened(fromSet.stdout, pairs.p256.privateKey)).inside).toHaveProperty("client_id");
    const several = keyFile(w, { keys: [rsa, ec, other] });
    expect(await w.run("hand-over", w.secretId, "--to", several)).toMatchObject({ exitCode: 2 });
    const named = await w.run("hand-over", w.secretId, "--to", several, "--kid", "three");
    expect((await opened(named.stdout, pairs.p384.privateKey)).inside).toHaveProperty("client_id");
  });

  test.each([
    { what: "a private key", key: async () => jwkOf(pairs.rsa.privateKey), says: "private key" },
    {
      what: "a private key in PEM",
      key: async () => pairs.rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      says: "private key",
    },
    { what: "a shared key", key: async () => ({ kty: "oct", k: "c2VjcmV0" }), says: "private key" },
    { what: "a key for signatures", key: async () => jwkOf(pairs.p256.publicKey, { use: "sig" }), says: "signatures" },
    {
      what: "a key that may only verify",
      key: async () => jwkOf(pairs.p256.publicKey, { key_ops: ["verify"] }),
      says: "signatures",
    },
    { what: "RSA1_5", key: async () => jwkOf(pairs.rsa.publicKey, { alg: "RSA1_5" }), says: "weak" },
    {
      what: "an algorithm of signatures",
      key: async () => jwkOf(pairs.p256.publicKey, { alg: "ES256" }),
      says: "weak",
    },
    {
      what: "short RSA that leading zeros make long",
      key: async () => jwkOf(shortRsa.publicKey, { n: withZeros((await exportJWK(shortRsa.publicKey)).n) }),
      says: "2048",
    },
    {
      what: "RSA that leaves the message in clear",
      key: () => jwkOf(pairs.rsa.publicKey, { e: "AQ" }),
      says: "exponent",
    },
    { what: "RSA that nobody can open", key: () => jwkOf(pairs.rsa.publicKey, { e: "AQAA" }), says: "exponent" },
    {
      what: "RSA with an even modulus",
      key: () => jwkOf(pairs.rsa.publicKey, { n: Buffer.alloc(256, 0xfe).toString("base64url") }),
      says: "no valid public key",
    },
    {
      what: "a point off its curve",
      key: () => jwkOf(pairs.p256.publicKey, { y: "AAAA" }),
      says: "no valid public key",
    },
    {
      what: "a set in which another key is private",
      key: async () => ({
        keys: [await jwkOf(pairs.rsa.publicKey), await jwkOf(pairs.p256.privateKey, { use: "sig" })],
      }),
      says: "private key",
    },
    {
      what: "PEM in which the private key follows",
      key: async () =>
        [
          pairs.rsa.publicKey.export({ type: "spki", format: "pem" }),
          pairs.rsa.privateKey.export({ type: "pkcs8", format: "pem" }),
        ].join("\n"),
      says: "private key",
    },
    { what: "short RSA", key: async () => jwkOf(shortRsa.publicKey), says: "2048" },
    { what: "X25519", key: async () => jwkOf(okp.publicKey), says: "neither RSA nor EC" },
    { what: "half a key", key: async () => ({ kty: "EC", crv: "P-256" }), says: "lacks a member" },
    { what: "JSON that is none", key: async () => "{", says: "no JSON" },
    { what: "something else", key: async () => "hello", says: "neither a JWK" },
  ])("refuses $what before anything is read from Vault", async ({ key, says }) => {
    const w = await cli();
    const run = await w.run("hand-over", w.secretId, "--to", keyFile(w, await key()));
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toContain(says);
  });
});
