import { createHash, createSign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makeKeyPair } from "../../../../src/emulator/core/principal.ts";
import { createSignatureVerifier } from "../../../../src/emulator/core/signature.ts";
import type { EmulatedRequest } from "../../../../src/emulator/core/wire.ts";

const keys = makeKeyPair();

/** Signs as OCI clients do, over the headers named, in their order. */
function signed(names: string, changes: { keyId?: string; body?: string; algorithm?: string } = {}): EmulatedRequest {
  const body = changes.body ?? '{"a":1}';
  const target = "/20180608/secrets/s?x=1";
  const headers: Record<string, string> = {
    date: "Sun, 01 Nov 2026 00:00:00 GMT",
    "x-date": "Sun, 01 Nov 2026 00:00:00 GMT",
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-content-sha256": createHash("sha256").update(body).digest("base64"),
  };
  const value = (name: string) => {
    const lower = name.toLowerCase();
    return lower === "(request-target)" ? `put ${target}` : lower === "host" ? "h:1" : headers[lower];
  };
  const text = names
    .split(" ")
    .map((name) => `${name.toLowerCase()}: ${value(name)}`)
    .join("\n");
  const signature = createSign("RSA-SHA256").update(text).sign(keys.privateKey, "base64");
  headers["authorization"] =
    `Signature version="1",keyId="${changes.keyId ?? "t/u/f"}",algorithm="${changes.algorithm ?? "rsa-sha256"}",` +
    `headers="${names}",signature="${signature}"`;
  return { method: "PUT", host: "h:1", path: "/20180608/secrets/s", target, query: { x: "1" }, headers, body };
}

const TYPESCRIPT = "x-date (request-target) host Content-Type Content-Length x-content-sha256";
const PYTHON = "date (request-target) host content-length content-type x-content-sha256";

function verifier() {
  const made = createSignatureVerifier();
  made.registerKey("t/u/f", keys.publicKey);
  made.registerKey((keyId) => keyId.startsWith("ST$"), keys.publicKey);
  return made;
}

describe("the signature check", () => {
  it.each([
    ["x-date, as the TypeScript SDK does", TYPESCRIPT],
    ["date, as the Python SDK does", PYTHON],
  ])("accepts a signature over %s", (_title, names) => {
    expect(verifier().problem(signed(names))).toBeUndefined();
  });

  it("accepts a key id that a test matches", () => {
    expect(verifier().problem(signed(PYTHON, { keyId: "ST$token" }))).toBeUndefined();
  });

  it.each([
    ["another key id", signed(PYTHON, { keyId: "x/y/z" }), "key id is not known"],
    ["another algorithm", signed(PYTHON, { algorithm: "hs2019" }), "algorithm"],
    ["no date", signed("(request-target) host content-length content-type x-content-sha256"), "date is not signed"],
    ["no host", signed("date (request-target) content-length content-type x-content-sha256"), "host is not signed"],
    [
      "no digest of the body",
      signed("date (request-target) host content-length content-type"),
      "x-content-sha256 is not signed",
    ],
    ["another body", { ...signed(PYTHON), body: '{"a":2}' }, "not the digest of the body"],
    ["another target", { ...signed(PYTHON), target: "/20180608/secrets/t" }, "does not match"],
    ["another method", { ...signed(PYTHON), method: "POST" }, "does not match"],
    ["no signature at all", { ...signed(PYTHON), headers: {} }, "no signature"],
    ["an empty signature header", { ...signed(PYTHON), headers: { authorization: "Signature " } }, "missing"],
  ])("refuses %s", (_title, request, problem) => {
    expect(verifier().problem(request)).toContain(problem);
  });

  it.each([
    ["five minutes", 300_000, undefined],
    ["a second more", 301_000, "more than five minutes"],
    ["five minutes the other way", -300_000, undefined],
    ["a second more the other way", -301_000, "more than five minutes"],
  ])("is about the date too, where a clock is given: %s", (_title, ms, problem) => {
    const signedAt = Date.parse("2026-11-01T00:00:00Z");
    const made = createSignatureVerifier(() => signedAt + ms);
    made.registerKey("t/u/f", keys.publicKey);
    for (const names of [PYTHON, TYPESCRIPT]) {
      const found = made.problem(signed(names));
      if (problem === undefined) expect(found).toBeUndefined();
      else expect(found).toContain(problem);
    }
  });

  it("finds everything but another body before the body is read", () => {
    const unread = { ...signed(PYTHON), body: "" };
    expect(verifier().problemBefore(unread)).toBeUndefined();
    expect(verifier().problemBefore({ ...unread, target: "/other" })).toContain("does not match");
    const unsignedBody = { ...signed("date (request-target) host"), body: "" };
    expect(verifier().problemBefore(unsignedBody)).toContain("content-length is not signed");
  });
});
