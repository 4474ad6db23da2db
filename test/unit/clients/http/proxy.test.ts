import { describe, expect, test } from "vitest";
import { readProxyRules } from "../../../../src/clients/http/proxy.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";

const PROXY = "http://proxy.example.org:3128";
const through = (noProxy: string | undefined, target: string, variable = "NO_PROXY") =>
  readProxyRules({ HTTPS_PROXY: PROXY, [variable]: noProxy })(new URL(target)) !== null;

describe("HTTPS_PROXY", () => {
  test.each([
    [PROXY, "proxy.example.org", 3128],
    [" http://proxy.example.org/ ", "proxy.example.org", 80],
    ["http://192.0.2.1:8080", "192.0.2.1", 8080],
    ["http://[2001:db8::1]:8080", "2001:db8::1", 8080],
  ])("of %j is host %s, port %i", (text, host, port) => {
    const target = new URL("https://issuer.example.org");
    expect(readProxyRules({ HTTPS_PROXY: text })(target)).toEqual({ host, port, authorization: null });
  });

  test("may hold credentials, with escapes; they are printed nowhere", () => {
    const text = "http://us%65r:p%40ss%3Aw%C3%B6rd-4711@proxy.example.org:3128";
    const proxy = readProxyRules({ https_proxy: text })(new URL("https://issuer.example.org"));
    const value = `Basic ${Buffer.from("user:p@ss:wörd-4711").toString("base64")}`;
    expect(proxy?.authorization?.reveal()).toBe(value);
    expectNoTrace(proxy, "p@ss:wörd-4711");
    expectNoTrace(proxy, value);
  });

  test("in lower case comes before upper case, and an empty one counts as none", () => {
    const hostFor = (environment: Record<string, string>) =>
      readProxyRules(environment)(new URL("https://issuer.example.org"))?.host ?? null;
    expect(hostFor({ https_proxy: "http://a", HTTPS_PROXY: "http://b" })).toBe("a");
    expect(hostFor({ https_proxy: "", HTTPS_PROXY: "http://b" })).toBe("b");
    expect(hostFor({ HTTPS_PROXY: " " })).toBeNull();
    expect(hostFor({ HTTP_PROXY: "http://b", ALL_PROXY: "http://b" })).toBeNull();
  });

  test.each([
    "proxy.example.org:3128",
    "proxy.example.org",
    "https://user:canary-4711@proxy.example.org",
    "socks5://user:canary-4711@proxy.example.org",
    "http://user:canary-4711@proxy.example.org/path",
    "http://user:canary-4711@proxy.example.org?a=b",
    "http://user:canary-4711@proxy.example.org#a",
    "http://user:canary-4711@",
    "http://user:canary-4711%@proxy.example.org",
    "http://user:canary-4711@proxy.example.org:99999",
  ])("of %j is refused by its name, without its value", async (text) => {
    for (const name of ["HTTPS_PROXY", "https_proxy"]) {
      const error = await expectFailure(() => readProxyRules({ [name]: text }), "SETTINGS_INVALID", `${name} must be `);
      expectNoTrace(error, "canary-4711");
      expectNoTrace(error, "proxy.example.org");
    }
  });
});

describe("a request goes past the proxy", () => {
  test.each([
    "https://127.0.0.1:8443",
    "https://127.1.2.3",
    "https://[::1]:8443",
    "https://localhost",
    "https://LOCALHOST:1",
    "https://issuer.localhost",
    "http://127.0.0.1",
  ])("to loopback: %s", (target) => {
    expect(through(undefined, target)).toBe(false);
  });

  test.each([
    ["issuer.example.org", "https://issuer.example.org"],
    ["Issuer.Example.ORG", "https://issuer.example.org"],
    ["example.org", "https://issuer.example.org"],
    [".example.org", "https://issuer.example.org"],
    [".example.org", "https://example.org"],
    ["*.example.org", "https://a.b.example.org"],
    ["*", "https://issuer.example.org"],
    ["a.example, *", "https://issuer.example.org"],
    ["a.example,issuer.example.org", "https://issuer.example.org"],
    ["a.example issuer.example.org", "https://issuer.example.org"],
    [",, issuer.example.org ,", "https://issuer.example.org"],
    ["issuer.example.org:443", "https://issuer.example.org"],
    [".example.org:8443", "https://issuer.example.org:8443"],
    ["192.0.2.7", "https://192.0.2.7:8443"],
    ["2001:db8::1", "https://[2001:db8::1]"],
    ["[2001:db8::1]", "https://[2001:db8::1]"],
    ["[2001:db8::1]:8443", "https://[2001:db8::1]:8443"],
  ])("where NO_PROXY is %j: %s", (noProxy, target) => {
    expect(through(noProxy, target)).toBe(false);
    expect(through(noProxy, target, "no_proxy")).toBe(false);
  });
});

describe("a request goes through the proxy", () => {
  test.each([
    [undefined, "https://issuer.example.org"],
    ["", "https://issuer.example.org"],
    ["issuer.example.org", "https://example.org"],
    ["example.org", "https://badexample.org"],
    [".example.org", "https://badexample.org"],
    ["example.org", "https://example.org.example.net"],
    ["issuer.example.org:8443", "https://issuer.example.org"],
    ["issuer.example.org:443", "https://issuer.example.org:8443"],
    ["192.0.2.7", "https://192.0.2.70"],
    ["0.2.7", "https://192.0.2.7"],
    ["[2001:db8::1]:8443", "https://[2001:db8::1]"],
    [".", "https://issuer.example.org"],
    ["localhost", "https://localhost.example.org"],
    ["127.0.0.1", "https://127.0.0.1.example.org"],
  ])("where NO_PROXY is %j: %s", (noProxy, target) => {
    expect(through(noProxy, target)).toBe(true);
  });
});
