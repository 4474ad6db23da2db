import { expect, test } from "vitest";
import { isExempt, meaninglessEntries } from "../../../../src/clients/http/no-proxy.ts";
import { readProxyRules } from "../../../../src/clients/http/proxy.ts";
import { expectFailure } from "../../../support/failures.ts";

test.each<[string, number[]]>([
  ["", []],
  ["example.org, .example.org *.example.org,*", []],
  ["10.0.0.0/8,192.0.2.1,[2001:db8::1]:443,[2001:db8::]/32,example.org:8443", []],
  ["10.0.0.0/33", [1]],
  ["10.0.0.0/8x", [1]],
  ["2001:db8::/129", [1]],
  [",, a.example.org,10.0.0.1-10.0.0.9 , b/c", [2, 3]],
  ["10.0.0.1-9", [1]],
  ["3-tier.example.org,1-2.example.org,10.0.0.1-a.example.org", []],
  ["example.org:x,a:1:2", [1, 2]],
])("of the entries in %j those at %j stand for no host", (list, places) => {
  expect(meaninglessEntries(list)).toEqual(places);
});

test.each([
  ["example.org..", "example.org"],
  ["host1-a.example.org", "host1-a.example.org"],
  ["3-tier.example.org", "a.3-tier.example.org"],
  ["EXAMPLE.org", "a.example.org"],
])("the entry %j covers the host %j", (list, host) => {
  expect(isExempt(list, host, 443)).toBe(true);
});

test.each([
  ["10.0.0.0/8x", "10.0.0.1"],
  ["10.0.0.1-10.0.0.9", "10.0.0.1"],
  ["example.org:8443", "example.org"],
  ["example.org", "badexample.org"],
])("the entry %j does not cover the host %j", (list, host) => {
  expect(isExempt(list, host, 443)).toBe(false);
});

test("a proxy of a kind that only ends like http is refused", async () => {
  const read = () => readProxyRules({ HTTPS_PROXY: "xhttp://proxy.example.org" });
  await expectFailure(read, "SETTINGS_INVALID", "no other kind, such as SOCKS, is supported");
});

test.each(["http://:@proxy.example.org", "http://@proxy.example.org"])(
  "the proxy %s is sent no credentials",
  (text) => {
    const proxy = readProxyRules({ HTTPS_PROXY: text })(new URL("https://issuer.example.org"));
    expect(proxy?.authorization).toBeNull();
  },
);
