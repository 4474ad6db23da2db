import { describe, expect, test } from "vitest";
import { canonicalAddress, isSafeAddress } from "../../../src/base/address.ts";

describe("an address", () => {
  test.each([
    ["https://uaa.example.org/uaa", "https://uaa.example.org/uaa"],
    ["https://UAA.Example.org/uaa", "https://uaa.example.org/uaa"],
    ["https://uaa.example.org:443/uaa", "https://uaa.example.org/uaa"],
    ["https://uaa.example.org/uaa/", "https://uaa.example.org/uaa"],
    ["https://uaa.example.org", "https://uaa.example.org"],
    ["https://uaa.example.org/", "https://uaa.example.org"],
    ["https://uaa.example.org:8443/A/b.c_d-e~f", "https://uaa.example.org:8443/A/b.c_d-e~f"],
    ["https://uaa.example.org/...", "https://uaa.example.org/..."],
    ["https://sso.example.org/realms/Company%20GmbH", "https://sso.example.org/realms/Company%20GmbH"],
    ["https://sso.example.org/realms/m%C3%BCll", "https://sso.example.org/realms/m%C3%BCll"],
    ["https://bücher.example/uaa", "https://xn--bcher-kva.example/uaa"],
    ["https://0x7f.1/uaa", "https://127.0.0.1/uaa"],
    ["https://[0:0:0:0:0:0:0:1]:8443", "https://[::1]:8443"],
    ["http://127.0.0.1:80/uaa", "http://127.0.0.1/uaa"],
    ["http://localhost:8080", "http://localhost:8080"],
  ])("%s is %s", (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
  });

  test.each<[why: string, ...texts: string[]]>([
    [
      "has a path that a parser would mend",
      "https://a.example/x/../y",
      "https://a.example/.",
      "https://a.example/x/..",
    ],
    ["has an empty segment", "https://a.example//y", "https://a.example/y//", "https://a.example//"],
    [
      "has something encoded that needs not be, or in another way",
      "https://a.example/%75aa",
      "https://a.example/x/%2e%2e/y",
      "https://a%2eexample/",
      "https://a.example/m%c3%bcll",
      "https://a.example/%FF",
      "https://a.example/100%",
    ],
    [
      "has something encoded that may end a segment",
      ...["%2F", "%5C", "%3F", "%23", "%25", "%2525", "%3B", "%00", "%0A", "%C2%85"].map(
        (code) => `https://a.example/a${code}b`,
      ),
    ],
    ["has a backslash", "https:\\\\a.example\\y", "https://a.example\\y", "https://a.example/x\\y"],
    ["has a matrix parameter", "https://a.example/uaa;v=1", "https://a.example;v=1"],
    ["has a query or a fragment", "https://a.example/y?x", "https://a.example?", "https://a.example/y#x"],
    ["names a user", "https://u@a.example/y", "https://u:p@a.example", "https://@a.example", "https://:@a.example"],
    ["has no two slashes", "https:a.example/y", "https:/a.example/y", "https:///a.example/y"],
    ["has another scheme", "ftp://a.example", "HTTPS://a.example", "file:///etc/passwd", "a.example", "//a.example"],
    ["has a host that ends in a dot", "https://a.example./y", "https://a.example.", "https://a.example。/y"],
    ["has no host", "https://", "https:///y", "https://:443"],
    [
      "has no proper port",
      "https://a.example:",
      "https://a.example:x",
      "https://a.example:65536",
      "https://a.example:+1",
    ],
    ["has no proper host", "https://[::1", "https://[v1.x]", "https://256.1.1.1", "https://a|b", "https://a^b"],
    [
      "has a host that a shell would run",
      "https://$(reboot).example",
      "https://a&b.example",
      "https://a'b",
      "https://a!b",
    ],
    ["has a host that would be two entries of a setting", "https://a,b.example", "https://a=b.example"],
    ["has an empty label", "https://a..example", "https://.example"],
    ["has a blank", " https://a.example", "https://a.example ", "https://a. example", "https://a.example/ y"],
    ["has a character that is not seen", "https://a.ex\tample", "https://a.example/\ny", "https://a\u200b.example"],
    ["has a character that turns the text round", "https://a\u202e.example", "https://a.example/\u202ey"],
    [
      "has a letter in its path that would be encoded",
      "https://a.example/é",
      "https://a.example/a+b",
      "https://a.example/*",
    ],
  ])("that %s is refused", (_why, ...texts) => {
    for (const text of texts) expect(canonicalAddress(text), JSON.stringify(text)).toBeNull();
  });

  test("keeps apart what looks alike", () => {
    const cyrillic = canonicalAddress("https://b\u0430nk.example");
    expect(cyrillic).toMatch(/^https:\/\/xn--/);
    expect(cyrillic).not.toBe(canonicalAddress("https://bank.example"));
    expect(canonicalAddress("https://a.example/UAA")).not.toBe(canonicalAddress("https://a.example/uaa"));
    const loopback = ["http://localhost", "http://127.0.0.1", "http://[::1]"].map(canonicalAddress);
    expect(new Set(loopback).size).toBe(3);
  });
});

test.each([
  ["https://a.example/uaa", true],
  ["http://localhost:8080/uaa", true],
  ["http://127.0.0.1/uaa", true],
  ["http://[::1]:8080", true],
  ["http://a.example", false],
  ["http://127.0.0.2/uaa", false],
  ["http://localhost.a.example", false],
])("credentials may be sent to %s: %s", (address, may) => {
  expect(isSafeAddress(address)).toBe(may);
});
