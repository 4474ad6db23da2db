import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { compactDecrypt, exportJWK } from "jose";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { coveringText, encryptFor, type HandedOver } from "../../../../src/cli/hand-over/message.ts";
import { readRecipient } from "../../../../src/cli/hand-over/recipient-key.ts";
import { createAuthority } from "../../../support/certificates.ts";
import { thrownBy } from "../../../support/failures.ts";

// Made once: a pair takes a moment.
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p521 = generateKeyPairSync("ec", { namedCurve: "P-521" });
const authority = createAuthority();
const { cert } = authority.issue("holder.example.org");

const NOW = Date.UTC(2026, 0, 1);
/** The certificates of tests are valid from 2020 to 2049. */
const FIRST = Date.UTC(2020, 0, 1);
const LAST = Date.UTC(2049, 11, 31, 23, 59, 59);
const jwk = async (key: KeyObject, more: object = {}) => ({ ...(await exportJWK(key)), ...more });
const read = (key: unknown, kid: string | null = null, now = NOW) =>
  readRecipient(typeof key === "string" ? key : JSON.stringify(key), kid, now);
const algOf = async (...given: Parameters<typeof read>) => (await read(...given)).alg;

const MAKE_ONE =
  "have the holder make one: step crypto jwk create --kty RSA --size 3072 --use enc public.jwk private.jwk";
const OWN = "give the holder's own certificate alone";

describe("a public key is taken", () => {
  test("from a JWK, of which only the public members go on", async () => {
    const { n, e } = await exportJWK(rsa.publicKey);
    const { jwk: taken, thumbprint } = await read(await jwk(rsa.publicKey, { kid: "mine", x5c: ["aa"], use: "enc" }));
    expect(taken).toEqual({ kty: "RSA", n, e, alg: "RSA-OAEP-256", use: "enc" });
    expect(thumbprint).toMatch(/^[\w-]{43}$/);
    const { crv, x, y } = await exportJWK(p256.publicKey);
    expect((await read(await jwk(p256.publicKey, { kid: "mine" }))).jwk).toEqual({
      ...{ kty: "EC", crv, x, y, alg: "ECDH-ES+A256KW", use: "enc" },
    });
  });

  test.each([["wrapKey"], ["encrypt"], ["deriveKey"], ["deriveBits"]])("that may %s", async (operation) => {
    expect(await algOf(await jwk(p256.publicKey, { key_ops: ["verify", operation] }))).toBe("ECDH-ES+A256KW");
  });

  test("from a set of one that says nothing of its use", async () => {
    expect(await algOf({ keys: [await jwk(rsa.publicKey), "no key", null, ["none"]] })).toBe("RSA-OAEP-256");
  });

  test("by its name, even if another is for encryption", async () => {
    const keys = [await jwk(rsa.publicKey, { kid: "a", use: "enc" }), await jwk(p256.publicKey, { kid: "b" })];
    expect(await algOf({ keys }, "b")).toBe("ECDH-ES+A256KW");
  });

  test.each([
    ["at its first moment", FIRST],
    ["before its last moment", LAST - 1],
  ])("from a certificate %s", async (_what, now) => {
    expect(await algOf(cert, null, now)).toBe("ECDH-ES+A256KW");
  });

  test("with space before the JSON", async () => {
    expect(await algOf(`\n ${JSON.stringify(await jwk(rsa.publicKey))}`)).toBe("RSA-OAEP-256");
  });
});

describe("no key is taken", () => {
  const broken = cert.replace(/\n[^\n-]+\n/, "\n");

  test.each<[string, () => unknown, string, string, (string | null)?, number?]>([
    [
      "a set without one for encryption",
      async () => ({ keys: [await jwk(rsa.publicKey, { use: "sig" })] }),
      "set has no key for encryption",
      MAKE_ONE,
    ],
    [
      "a set without that name",
      async () => ({ keys: [await jwk(rsa.publicKey, { kid: "a" })] }),
      "set has no such key",
      MAKE_ONE,
      "b",
    ],
    [
      "a set with several",
      async () => ({ keys: [await jwk(rsa.publicKey), await jwk(p256.publicKey)] }),
      "set has several keys for encryption",
      "name one with --kid",
    ],
    ["other text", () => "hello", "is neither a JWK, a JWKS nor PEM", MAKE_ONE],
    ["a chain", () => cert + authority.pem, "is a chain of several", OWN],
    [
      "a certificate at its last moment",
      () => cert,
      "is a certificate that has expired",
      "ask the holder for a new one",
      null,
      LAST,
    ],
    [
      "a certificate before its first moment",
      () => cert,
      "is a certificate that is not valid yet",
      "wait, or ask the holder",
      null,
      FIRST - 1,
    ],
    [
      "an authority's certificate",
      () => authority.pem,
      "is the certificate of an authority",
      "give the holder's own certificate",
    ],
    ["a broken certificate", () => broken, "is PEM that cannot be read", MAKE_ONE],
    ["broken JSON", () => "{", "is no JSON that can be read", MAKE_ONE],
    ["a key for signatures", async () => jwk(rsa.publicKey, { use: "sig" }), "is a key for signatures", MAKE_ONE],
    ["another curve", async () => jwk(p521.publicKey), "has a curve other than P-256 and P-384", MAKE_ONE],
    [
      "an algorithm of another kind",
      async () => jwk(rsa.publicKey, { alg: "ECDH-ES" }),
      "names an algorithm that is weak, or that many programs lack",
      `take alg out of it, or ${MAKE_ONE}`,
    ],
    ["no modulus", () => ({ kty: "RSA", e: "AQAB" }), "is RSA with fewer than 2048 bits", MAKE_ONE],
    [
      "a small exponent",
      async () => jwk(rsa.publicKey, { e: "Aw" }),
      "is RSA with an exponent that is even or below 65537",
      MAKE_ONE,
    ],
    ["half a key", () => ({ kty: "EC", crv: "P-256" }), "lacks a member of a public key", MAKE_ONE],
    [
      "a point off its curve",
      async () => jwk(p256.publicKey, { y: "AAAA" }),
      "is no valid public key, so nothing can be encrypted for it",
      MAKE_ONE,
    ],
  ])("from %s", async (_what, key, what, next, kid = null, now = NOW) => {
    expect(await thrownBy(async () => read(await key(), kid, now))).toMatchObject({
      problem: { code: "USAGE", what: `the key of --to ${what}`, means: null, next },
    });
  });

  test.each<[string, () => unknown]>([
    ["a JWK", async () => jwk(p256.privateKey)],
    ["a set", async () => ({ keys: [await jwk(rsa.publicKey), await jwk(p256.privateKey, { use: "sig" })] })],
    ["PEM", () => p256.privateKey.export({ type: "sec1", format: "pem" }).toString()],
  ])("from %s that is private, and it says whom that concerns", async (_what, key) => {
    expect(await thrownBy(async () => read(await key()))).toMatchObject({
      problem: {
        what: "the key of --to is a private key",
        means: "whoever has this file can read what is encrypted for it, and now you have it too",
        next: "ask for the public key, and tell the holder to make a new pair",
      },
    });
  });

  test("of a kind that many programs lack, and it says so", async () => {
    const key = { kty: "OKP", crv: "X25519", x: "a" };
    expect(await thrownBy(() => read(key))).toMatchObject({
      problem: {
        what: "the key of --to is neither RSA nor EC",
        means: "many programs cannot open messages for other keys",
      },
    });
  });
});

describe("the message", () => {
  const given = (more: object = {}, expiresOn: string | null = null): HandedOver => ({
    credential: {
      client: { clientId: "shop", base: "https://sso.example.org", realm: null, issuer: "uaa", ...more },
      tokenEndpoint: { url: "https://sso.example.org/token", scope: null, ...more },
    } as never,
    clientSecret: new Secret("the-value"),
    ...{ versionNo: 7, expiresOn },
  });
  const inside = async (handedOver: HandedOver) => {
    const message = await encryptFor(await read(await jwk(p256.publicKey)), handedOver);
    const { plaintext, protectedHeader } = await compactDecrypt(message, p256.privateKey);
    return [JSON.parse(new TextDecoder().decode(plaintext)), protectedHeader];
  };
  const members = {
    ...{ client_id: "shop", client_secret: "the-value", issuer: "https://sso.example.org" },
    ...{ token_url: "https://sso.example.org/token", secret_expires_on: null, version: 7 },
  };

  test.each<[string, HandedOver, object]>([
    ["what every holder needs", given(), members],
    ["the realm", given({ realm: "a b" }), { ...members, issuer: "https://sso.example.org/realms/a%20b" }],
    ["the scope", given({ scope: "read" }), { ...members, scope: "read" }],
    [
      "the day of its end",
      given({}, "2026-12-20T10:00:00Z"),
      { ...members, secret_expires_on: "2026-12-20T10:00:00Z" },
    ],
    ["the names of Ed-Fi's vendors", given({ issuer: "edfi-cms" }), { ...members, key: "shop", secret: "the-value" }],
  ])("holds %s", async (_what, handedOver, expected) => {
    const { thumbprint } = await read(await jwk(p256.publicKey));
    expect(await inside(handedOver)).toEqual([
      expected,
      { alg: "ECDH-ES+A256KW", enc: "A256GCM", kid: thumbprint, cty: "json", epk: expect.anything() },
    ]);
  });

  test("goes with a text that holds nothing secret", async () => {
    const recipient = await read(await jwk(rsa.publicKey));
    const lines = (end: string) => [
      "This message holds a new client secret for the OAuth client shop at https://sso.example.org, version 7.",
      `Only the holder of the private key with the thumbprint ${recipient.thumbprint} can open it (JWE, RSA-OAEP-256, A256GCM).`,
      end,
      "",
      "It does not prove who sent it: anyone who has your public key can make such a message. Ask the sender in another way whether it is theirs.",
      "",
      "How to open it: docs/hand-over.md, or with step: step crypto jwe decrypt --key private.jwk < message.jwe",
      "",
    ];
    expect(coveringText(given(), recipient).split("\n")).toEqual(lines("No date is known on which the secret ends."));
    expect(coveringText(given({}, "2026-12-20"), recipient).split("\n")).toEqual(
      lines("The secret ends on 2026-12-20, as far as is known."),
    );
  });
});
