import { describe, expect, test } from "vitest";
import { hostOf, parseEndpoint, withoutPath } from "../../../src/notify/endpoint.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";

describe("an endpoint", () => {
  test.each([
    ["https://hooks.example.org/a?b=c", "https://hooks.example.org/a?b=c"],
    ["HTTPS://Hooks.Example.org:443/A", "https://hooks.example.org/A"],
    ["http://hooks.example.org:8080", "http://hooks.example.org:8080/"],
    ["https://2130706433/", "https://127.0.0.1/"],
    ["https://hooks.example.org/#", "https://hooks.example.org/"],
  ])("of the web is kept as a URL is written: %s", (text, kept) => {
    expect(parseEndpoint(text)).toMatchObject({ kind: "web", text: kept });
  });

  test.each([
    ["mailto:ops@example.org", "ops@example.org"],
    ["MAILTO:Ops.Team+a@Example.ORG", "Ops.Team+a@example.org"],
    ["mailto:a@b", "a@b"],
    [`mailto:${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`],
    [`mailto:a@a${"b".repeat(251)}c`, `a@a${"b".repeat(251)}c`],
  ])("of mail is kept with the domain in lower case: %s", (text, address) => {
    expect(parseEndpoint(text)).toEqual({ kind: "mail", text: `mailto:${address}`, address });
  });

  test.each([
    ["no URL", "hooks.example.org", "not a URL"],
    ["of another scheme", "ftp://hooks.example.org/", "http:, https: or mailto:"],
    ["a script", "javascript:alert(1)", "http:, https: or mailto:"],
    ["a file", "file:///etc/passwd", "http:, https: or mailto:"],
    ["without a host", "https://", "not a URL"],
    ["with white space", "https://hooks.example.org/a b", "not a URL"],
    ["with a line break", "https://hooks.example.org/\r\nx: y", "not a URL"],
    ["with a user", "https://user@hooks.example.org/", "user or a password"],
    ["with a password", "https://user:canary-1@hooks.example.org/", "user or a password"],
    ["with a password alone", "https://:canary-1@hooks.example.org/", "user or a password"],
    ["longer than 500 characters as it is written", `https://hooks.example.org/${"./".repeat(250)}`, "500 characters"],
    ["with a fragment", "https://hooks.example.org/#a", "fragment"],
    ["longer than 500 characters", `https://hooks.example.org/${"a".repeat(500)}`, "500 characters"],
    ["longer than 500 characters once escaped", `https://hooks.example.org/${"ä".repeat(200)}`, "500 characters"],
    ["mail without an address", "mailto:", "one plain address"],
    ["mail with headers", "mailto:a@example.org?bcc=b@example.org", "one plain address"],
    ["mail to two", "mailto:a@example.org,b@example.org", "one plain address"],
    ["mail with escapes", "mailto:a%0d%0abcc@example.org", "one plain address"],
    ["mail without a domain", "mailto:ops", "one plain address"],
    ["mail with a domain that begins oddly", "mailto:ops@-example.org", "one plain address"],
    ["mail with a domain that ends oddly", "mailto:ops@example.org.", "one plain address"],
    ["mail with a local part of 65 characters", `mailto:${"a".repeat(65)}@example.org`, "one plain address"],
    ["mail with a domain of 254 characters", `mailto:a@a${"b".repeat(252)}c`, "one plain address"],
    ["mail behind something else", "https://example.org/mailto:a@example.org mailto:", "not a URL"],
    ["with a control character", "https://hooks.example.org/\u0007", "not a URL"],
  ])("%s is refused, without saying it again", async (_what, text, words) => {
    const error = await expectFailure(() => parseEndpoint(text), "SUBSCRIBER_INVALID", words);
    expect(error.responseCode).toBe(400);
    expectNoTrace(error, "canary-1");
  });
});

describe("where an endpoint is not to be seen whole, it is", () => {
  test.each([
    ["https://hooks.example.org:8443/T0KEN", "hooks.example.org:8443", "https://hooks.example.org:8443/…"],
    ["https://hooks.example.org/?T0KEN", "hooks.example.org", "https://hooks.example.org/…"],
    ["https://hooks.example.org/", "hooks.example.org", "https://hooks.example.org/"],
    ["mailto:ops@example.org", "mail", "mailto:ops@example.org"],
    ["no URL T0KEN", "unreadable", "unreadable"],
    ["mailto:ops@example.org?T0KEN", "unreadable", "unreadable"],
  ])("of %s its host: %s, %s", (text, host, shown) => {
    expect(hostOf(text)).toBe(host);
    expect(withoutPath(text)).toBe(shown);
  });
});

test("an endpoint of 500 characters is not too long", () => {
  const text = `https://hooks.example.org/${"a".repeat(474)}`;
  expect(text).toHaveLength(500);
  expect(parseEndpoint(text).text).toBe(text);
});
