import { describe, expect, test } from "vitest";
import { parseAuthority } from "../../../src/issuers/authority-content.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";

const CANARY = "canary/+9c1f~4711";
const common = {
  issuer: "oci-iam",
  origin: "https://login.example.org",
  clientId: "admin_client",
  mayRotate: ["fedcba9876543210fedcba9876543210"],
};
const bySecret = { ...common, kind: "client-secret", clientSecret: CANARY };
const byKey = { ...common, kind: "client-assertion", privateKey: CANARY, keyId: "key-1" };

const parse = (content: unknown) =>
  parseAuthority(new Secret(typeof content === "string" ? content : JSON.stringify(content)));

describe("the secret of a second authority", () => {
  test("may hold a client secret", () => {
    const { proof, ...rest } = parse(bySecret);
    expect(rest).toEqual({
      issuer: "oci-iam",
      origin: "https://login.example.org",
      clientId: "admin_client",
      tokenUrl: null,
      scope: null,
      mayRotate: ["fedcba9876543210fedcba9876543210"],
    });
    if (proof.kind !== "client-secret") throw new Error(`it is ${proof.kind}`);
    expect(proof.clientSecret.reveal()).toBe(CANARY);
    expectNoTrace(proof, CANARY);
  });

  test("may hold a private key with its id", () => {
    const { proof } = parse(byKey);
    if (proof.kind !== "client-assertion") throw new Error(`it is ${proof.kind}`);
    expect(proof.keyId).toBe("key-1");
    expect(proof.privateKey.reveal()).toBe(CANARY);
    expectNoTrace(proof, CANARY);
  });

  test("may say where tokens come from, at the same origin, and for which scope", () => {
    const tokenUrl = "https://login.example.org/other/token";
    expect(parse({ ...bySecret, tokenUrl, scope: "admin" })).toMatchObject({ tokenUrl, scope: "admin" });
  });

  test.each([
    ["https://login.example.org/", "https://login.example.org"],
    ["https://LOGIN.example.org:443", "https://login.example.org"],
    ["https://login.example.org:8443", "https://login.example.org:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ])("is for the origin of %s", (origin, expected) => {
    expect(parse({ ...bySecret, origin }).origin).toBe(expected);
  });

  test("may name nobody, and members that we do not know are left alone", () => {
    expect(parse({ ...bySecret, mayRotate: [], owner: "ops" }).mayRotate).toEqual([]);
  });

  test("may ask for its token at another origin: that is for its own secret to say", () => {
    const tokenUrl = "https://sso.example.org:8443/token";
    expect(parse({ ...bySecret, tokenUrl })).toMatchObject({ origin: "https://login.example.org", tokenUrl });
  });

  test("holds no more of another kind than its own proof", () => {
    expect(Object.keys(parse({ ...bySecret, privateKey: "x", keyId: "y" }).proof)).toEqual(["kind", "clientSecret"]);
  });
});

describe("what cannot be understood", () => {
  const cases: readonly (readonly [title: string, content: unknown, member: string])[] = [
    ["no JSON", CANARY, "is not JSON"],
    ["an array", [bySecret], "kind"],
    ["a number", 7, "kind"],
    ["no kind", { ...bySecret, kind: undefined }, "kind"],
    ["another kind", { ...bySecret, kind: CANARY }, "kind"],
    ["another issuer", { ...bySecret, issuer: CANARY }, "issuer"],
    ["no issuer", { ...bySecret, issuer: undefined }, "issuer"],
    ["no origin", { ...bySecret, origin: undefined }, "origin"],
    ["an origin that is no URL", { ...bySecret, origin: CANARY }, "origin"],
    ["an origin in http", { ...bySecret, origin: "http://login.example.org" }, "origin"],
    ["an origin with a user", { ...bySecret, origin: `https://${CANARY.slice(0, 6)}@login.example.org` }, "origin"],
    ["no clientId", { ...bySecret, clientId: undefined }, "clientId"],
    ["an empty clientId", { ...bySecret, clientId: "" }, "clientId"],
    ["no clientSecret", { ...bySecret, clientSecret: undefined }, "clientSecret"],
    ["an empty clientSecret", { ...bySecret, clientSecret: "" }, "clientSecret"],
    ["no privateKey", { ...byKey, privateKey: undefined }, "privateKey"],
    ["no keyId", { ...byKey, keyId: undefined }, "keyId"],
    ["no mayRotate", { ...bySecret, mayRotate: undefined }, "mayRotate"],
    ["mayRotate that is text", { ...bySecret, mayRotate: "*" }, "mayRotate"],
    ["an empty id in mayRotate", { ...bySecret, mayRotate: [""] }, "mayRotate"],
    ["a tokenUrl that is no URL", { ...bySecret, tokenUrl: CANARY }, "tokenUrl"],
    ["a tokenUrl in http", { ...bySecret, tokenUrl: "http://login.example.org/token" }, "tokenUrl"],
    ["an empty scope", { ...bySecret, scope: "" }, "scope"],
  ];
  test.each(cases)(
    "(%s) is CONTENT_INVALID, by the member's name and never its value",
    async (_title, content, text) => {
      const error = await expectFailure(() => parse(content), "CONTENT_INVALID", text);
      expect(error.message).toContain("OROT_AUTHORITY_SECRET_IDS");
      expectNoTrace(error, CANARY);
    },
  );
});
