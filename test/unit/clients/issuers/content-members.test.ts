import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import {
  optionalText,
  requiredBaseUrl,
  requiredClientId,
  requiredSecret,
  requiredText,
} from "../../../../src/clients/issuers/content-members.ts";
import { type Content, parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";

const contentOf = (members: object): Content => parseContent(new Secret(JSON.stringify(members)));
const with_ = (value: unknown) => contentOf({ member: value });

/** Values that no text member may have, with what is said of them. */
const noText: readonly (readonly [value: unknown, said: string])[] = [
  [undefined, "the member member of the secret's content is missing"],
  ["", "must be a string that is not empty"],
  [7, "must be a string that is not empty"],
  [null, "must be a string that is not empty"],
  [["a"], "must be a string that is not empty"],
  [{ a: 1 }, "must be a string that is not empty"],
  ["x".repeat(2_001), "is longer than 2000 characters"],
];

describe("a text member", () => {
  test("is read as it stands", () => {
    expect(requiredText(with_(" Ünï "), "member")).toBe(" Ünï ");
    expect(requiredText(with_("x".repeat(2_000)), "member")).toHaveLength(2_000);
  });

  test.each(noText)("%j is refused by its name", async (value, said) => {
    await expectFailure(() => requiredText(with_(value), "member"), "CONTENT_INVALID", said);
  });

  test("may be left out where it is optional, but then not be empty", async () => {
    expect(optionalText(contentOf({}), "member")).toBeNull();
    expect(optionalText(with_("a"), "member")).toBe("a");
    await expectFailure(() => optionalText(with_(""), "member"), "CONTENT_INVALID", "the member member");
    await expectFailure(() => optionalText(with_(null), "member"), "CONTENT_INVALID", "the member member");
  });
});

describe("clientId", () => {
  test.each(["app", "app-1.b_c", "https://app.example.com/x", "urn:my:app", "..", "a b", "Ünï"])(
    "%j is taken",
    (clientId) => {
      expect(requiredClientId(contentOf({ clientId }))).toBe(clientId);
    },
  );

  test.each(["a\nb", "a\u0000", "a\u007f"])("%j would break a header, and is refused", async (clientId) => {
    await expectFailure(() => requiredClientId(contentOf({ clientId })), "CONTENT_INVALID", "the member clientId");
  });
});

describe("the client secret", () => {
  test("may be of any length and hold any character", () => {
    for (const value of ["canary-4711\n", "\u0000canary\u007f", "a\tb", "\ud800", "x".repeat(20_000)]) {
      expect(requiredSecret(contentOf({ clientSecret: value }), "clientSecret").reveal()).toBe(value);
    }
  });

  test("may hold a colon, and is never shown", () => {
    const secret = requiredSecret(contentOf({ clientSecret: "canary:/+ é~4711" }), "clientSecret");
    expect(secret.reveal()).toBe("canary:/+ é~4711");
    expectNoTrace(secret, "canary:/+ é~4711");
  });

  test.each([undefined, "", 7, null, ["canary"]])("is not %j", async (clientSecret) => {
    const read = () => requiredSecret(contentOf({ clientSecret }), "clientSecret");
    await expectFailure(read, "CONTENT_INVALID", "the member clientSecret");
  });
});

describe("the address of an issuer", () => {
  test.each([
    ["https://issuer.example.org", "https://issuer.example.org"],
    ["https://issuer.example.org/", "https://issuer.example.org"],
    ["https://ISSUER.example.org:443/uaa/", "https://issuer.example.org/uaa"],
    ["https://issuer.example.org:8443/a/b", "https://issuer.example.org:8443/a/b"],
    ["http://localhost:8080/uaa", "http://localhost:8080/uaa"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ])("%s is %s", (url, expected) => {
    expect(requiredBaseUrl(contentOf({ url }), "url")).toBe(expected);
  });

  test.each([
    "issuer.example.org",
    "/uaa",
    "https://",
    "ftp://issuer.example.org",
    "https://issuer.example.org/uaa//",
    "https://issuer.example.org/?a=b",
    "https://issuer.example.org/#a",
    "https://user@issuer.example.org",
    "https://user:canary-4711@issuer.example.org",
  ])("%s is none", async (url) => {
    const read = () => requiredBaseUrl(contentOf({ url }), "url");
    const error = await expectFailure(read, "CONTENT_INVALID", "the member url of the secret's content must be a URL");
    expectNoTrace(error, "canary-4711");
  });

  test.each(["http://issuer.example.org", "http://localhost.example.org"])(
    "%s is not safe to send a credential to",
    async (url) => {
      await expectFailure(() => requiredBaseUrl(contentOf({ url }), "url"), "ORIGIN_NOT_ALLOWED", "the member url");
    },
  );

  test.each(noText)("%j is refused by its name", async (value, said) => {
    await expectFailure(() => requiredBaseUrl(with_(value), "member"), "CONTENT_INVALID", said);
  });
});
