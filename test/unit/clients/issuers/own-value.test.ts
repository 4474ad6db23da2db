import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { type Client, clientText } from "../../../../src/clients/issuers/client.ts";
import { isOwnValue, type Maker, makeOwnValue } from "../../../../src/clients/issuers/own-value.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { expectNoTrace } from "../../../support/failures.ts";

const client: Client = {
  issuer: "uaa",
  base: "https://uaa.example.org/uaa",
  realm: null,
  tenant: null,
  tokenUrl: null,
  clientId: "app",
  subject: null,
};
const maker: Maker = { secretId: "ocid1.vaultsecret.oc1.iad.a", client, clientSecret: new Secret("canary/+9c1f~4711") };
const make = (seed = 1, by: Maker = maker) => makeOwnValue(createSeededEntropy(seed), by);

/** A proof as the format says it, made past the code. */
function proofBy(key: string, { secretId }: Maker, text: string, random: string): string {
  const mac = createHmac("sha256", key).update(`oci-rotate/own-value/1\n${secretId}\n${text}\n${random}`).digest();
  return mac.subarray(0, 18).toString("base64url");
}

describe("a value of our own", () => {
  const values = Array.from({ length: 200 }, (_, seed) => make(seed).reveal());

  test("is 64 characters that bcrypt reads whole and every encoding leaves as they are", () => {
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9_-]{64}$/);
  });

  test("holds a lower and an upper case letter, a digit and a special character, whatever the issuer asks for", () => {
    for (const value of values) for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[_-]/]) expect(value).toMatch(kind);
  });

  test("is another one each time, made of 27 random bytes", () => {
    expect(new Set(values.map((value) => value.slice(0, 36))).size).toBe(values.length);
    const asked: number[] = [];
    const entropy = createSeededEntropy(1);
    const bytes = (length: number) => {
      asked.push(length);
      return entropy.bytes(length);
    };
    makeOwnValue({ ...entropy, bytes }, maker);
    expect(asked).toEqual([27]);
  });

  test("is random characters, 144 bits of their HMAC-SHA-256 by CURRENT's value, and one character of each kind", () => {
    const value = make().reveal();
    const random = Buffer.from(createSeededEntropy(1).bytes(27)).toString("base64url");
    const proof = proofBy(maker.clientSecret.reveal(), maker, clientText(client), random);
    expect(value).toBe(`${random}${proof}aZ9-`);
  });

  test("shows neither CURRENT's value nor itself", () => {
    const value = make();
    expectNoTrace(value, value.reveal());
    expectNoTrace(value.reveal(), maker.clientSecret.reveal());
  });
});

describe("a value is known as our own", () => {
  test("by who holds the same CURRENT value, secret and client", () => {
    for (const seed of [1, 2, 3]) expect(isOwnValue(make(seed), maker)).toBe(true);
    expect(isOwnValue(make(), { ...maker, client: { ...client }, clientSecret: new Secret("canary/+9c1f~4711") })).toBe(
      true,
    );
  });

  test.each<[what: string, other: Partial<Maker>]>([
    ["another value in CURRENT", { clientSecret: new Secret("canary/+9c1f~4712") }],
    ["no value in CURRENT", { clientSecret: new Secret("") }],
    ["another secret", { secretId: "ocid1.vaultsecret.oc1.iad.b" }],
    ["another client id", { client: { ...client, clientId: "App" } }],
    ["another address", { client: { ...client, base: "https://uaa.example.org/UAA" } }],
    ["another realm", { client: { ...client, realm: "r" } }],
    ["another subject", { client: { ...client, subject: "app" } }],
    ["another issuer", { client: { ...client, issuer: "keycloak" } }],
  ])("not with %s, in either direction", (_what, change) => {
    const other = { ...maker, ...change };
    expect(isOwnValue(make(), other)).toBe(false);
    expect(isOwnValue(make(1, other), maker)).toBe(false);
    expect(isOwnValue(make(1, other), other)).toBe(true);
  });

  test("not once any of its characters differs, whichever", () => {
    const value = make().reveal();
    for (let at = 0; at < value.length; at += 1) {
      const changed = `${value.slice(0, at)}${value[at] === "A" ? "B" : "A"}${value.slice(at + 1)}`;
      expect(isOwnValue(new Secret(changed), maker), `character ${at}`).toBe(false);
    }
  });

  test.each<[what: string, of: (value: string) => string]>([
    ["nothing", () => ""],
    ["a word", () => "secret"],
    ["64 characters without a proof", () => "x".repeat(64)],
    ["one that is cut off", (value) => value.slice(0, -1)],
    ["one with more behind it", (value) => `${value}x`],
    ["one with a line behind it", (value) => `${value}\n`],
    ["one with more before it", (value) => `x${value}`],
    ["one in capitals", (value) => value.toUpperCase()],
    ["one with another end", (value) => `${value.slice(0, -4)}aZ9_`],
    ["one without the end that its length needs", (value) => value.slice(0, 60)],
  ])("not %s", (_what, of) => {
    expect(isOwnValue(new Secret(of(make().reveal())), maker)).toBe(false);
  });

  test("only by a proof over its own random characters: one that was seen serves no other value", () => {
    const [one, other] = [make(1).reveal(), make(2).reveal()];
    expect(isOwnValue(new Secret(`${one.slice(0, 36)}${other.slice(36)}`), maker)).toBe(false);
    expect(isOwnValue(new Secret(`${other.slice(0, 36)}${one.slice(36)}`), maker)).toBe(false);
  });

  test("not by what somebody can work out who knows all but CURRENT's value, past values included", () => {
    const random = "r".repeat(36);
    const text = clientText(client);
    const known = [
      "",
      maker.secretId,
      text,
      random,
      make().reveal(),
      "canary/+9c1f~4710",
      "undefined",
      "[secret]",
      "null",
    ];
    for (const key of known) {
      const value = `${random}${proofBy(key, maker, text, random)}aZ9-`;
      expect(isOwnValue(new Secret(value), maker), key).toBe(false);
    }
    const right = `${random}${proofBy(maker.clientSecret.reveal(), maker, text, random)}aZ9-`;
    expect(isOwnValue(new Secret(right), maker)).toBe(true);
  });
});
