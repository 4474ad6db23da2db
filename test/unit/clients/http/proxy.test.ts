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
    ["http://[2001:0db8:0:0:0:0:0:1]:8080", "2001:db8::1", 8080],
    ["proxy.example.org:3128", "proxy.example.org", 3128],
    ["proxy.example.org", "proxy.example.org", 80],
    ["192.0.2.1:8080", "192.0.2.1", 8080],
    ["HTTP://Proxy.Example.ORG.:3128", "proxy.example.org", 3128],
    ["http://@proxy.example.org:3128", "proxy.example.org", 3128],
  ])("of %j is host %s, port %i", (text, host, port) => {
    const target = new URL("https://issuer.example.org");
    expect(readProxyRules({ HTTPS_PROXY: text })(target)).toEqual({ isTls: false, host, port, authorization: null });
  });

  test.each([
    ["https://proxy.example.org", 443],
    ["HTTPS://proxy.example.org:8443/", 8443],
    ["https://proxy.example.org:80", 80],
  ])("of %j is spoken to over TLS, at port %i", (text, port) => {
    const proxy = readProxyRules({ HTTPS_PROXY: text })(new URL("https://issuer.example.org"));
    expect(proxy).toEqual({ isTls: true, host: "proxy.example.org", port, authorization: null });
  });

  test.each([
    ["DOMAIN\\user:pass", "DOMAIN\\user:pass"],
    ["user:100%", "user:100%"],
    ["user:%zz%41", "user:%zzA"],
    ["user:p@ss:w/o?r#d", "user:p@ss:w/o?r#d"],
    ["us%3Aer:pass", "us:er:pass"],
    ["user", "user:"],
    [":pass", ":pass"],
    ["user:%C3%B6", "user:ö"],
  ])("with the credentials %j sends %j, as curl does", (userInfo, sent) => {
    for (const scheme of ["http://", "", "https://"]) {
      const rules = readProxyRules({ HTTPS_PROXY: `${scheme}${userInfo}@proxy.example.org:3128` });
      const { host, authorization } = rules(new URL("https://issuer.example.org")) ?? {};
      expect(host).toBe("proxy.example.org");
      expect(authorization?.reveal()).toBe(`Basic ${Buffer.from(sent).toString("base64")}`);
    }
  });

  test.each([
    "socks5://user:canary-4711@proxy.example.org",
    "socks5h://proxy.example.org:1080",
    "quic://proxy.example.org",
  ])("of an unsupported kind (%s) says so in one sentence", async (text) => {
    const what =
      "HTTPS_PROXY must be the address of an http or https proxy: no other kind, such as SOCKS, is supported";
    await expectFailure(() => readProxyRules({ HTTPS_PROXY: text }), "SETTINGS_INVALID", what);
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
    "http://user:canary-4711@proxy.example.org:0x50",
    "http://user:canary-4711@proxy .example.org",
    "socks5://user:canary-4711@proxy.example.org",
    "http://user:canary-4711@proxy.example.org/path",
    "http://user:canary-4711@proxy.example.org?a=b",
    "http://user:canary-4711@proxy.example.org#a",
    "http://user:canary-4711@",
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

  test("if it goes without TLS, as one to a target that somebody else has chosen may", () => {
    expect(through(undefined, "http://hooks.example.org")).toBe(false);
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
    ["2001:0DB8:0:0:0:0:0:1", "https://[2001:db8::1]"],
    ["192.0.2.0/24", "https://192.0.2.7:8443"],
    ["10.0.0.0/8,a.example", "https://10.255.1.2"],
    ["192.0.2.0/24:8443", "https://192.0.2.7:8443"],
    ["0.0.0.0/0", "https://192.0.2.7"],
    ["2001:db8::/32", "https://[2001:db8:1::1]"],
    ["[2001:db8::]/32", "https://[2001:db8:1::1]"],
    ["example.org.", "https://issuer.example.org"],
    ["issuer.example.org", "https://issuer.example.org."],
    ["bücher.example", "https://a.xn--bcher-kva.example"],
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
    ["192.0.2.0/25", "https://192.0.2.200"],
    ["192.0.2.0/33", "https://192.0.2.0"],
    ["192.0.2.0/24", "https://issuer.example.org"],
    ["::/0", "https://192.0.2.7"],
    ["0.0.0.0/0", "https://[2001:db8::1]"],
    ["192.0.2.1-192.0.2.9", "https://192.0.2.7"],
    ["localhost", "https://localhost.example.org"],
    ["127.0.0.1", "https://127.0.0.1.example.org"],
  ])("where NO_PROXY is %j: %s", (noProxy, target) => {
    expect(through(noProxy, target)).toBe(true);
  });
});
