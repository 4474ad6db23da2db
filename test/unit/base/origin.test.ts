import { expect, test } from "vitest";
import { isSafeOrigin } from "../../../src/base/origin.ts";

test.each([
  "https://idcs-0123.identity.oraclecloud.com",
  "https://issuer.example.org/",
  "https://issuer.example.org:8443",
  "https://192.0.2.7",
  "http://127.0.0.1:8080",
  "http://localhost",
  "http://[::1]:8080",
])("%s may receive a credential", (text) => {
  expect(isSafeOrigin(text)).toBe(true);
});

test.each([
  "http://issuer.example.org",
  "http://127.0.0.1.example.org",
  "http://localhost.example.org",
  "http://127.0.0.10",
  "https://user@issuer.example.org",
  "https://user:password@issuer.example.org",
  "https://:password@issuer.example.org",
  "https://issuer.example.org/path",
  "https://issuer.example.org/?query",
  "https://issuer.example.org/#fragment",
  "ftp://issuer.example.org",
  "ftp://127.0.0.1",
  "ws://localhost:8080",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "issuer.example.org",
  "https://",
  "null",
  "",
])("%s may not", (text) => {
  expect(isSafeOrigin(text)).toBe(false);
});
