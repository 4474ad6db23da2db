import { describe, expect, it } from "vitest";
import { parseMirrorEvent } from "../../../src/mirror/event.ts";

const HINT = { kind: "hint" };
const parse = (body: string | Uint8Array, headers: Record<string, string[]> = {}) =>
  parseMirrorEvent(typeof body === "string" ? Buffer.from(body) : body, headers);

describe("What arrives at the mirror", () => {
  it.each(["mirror", "register", "callbacks", "unregister"])("is the action %s where it says so", (action) => {
    expect(parse(JSON.stringify({ action, more: 1 }))).toEqual({ kind: "action", action });
  });

  it.each([
    ["of the callback as documented, with an unquoted name", '{usecase:"credentialRotation","change":"all"}'],
    ["of the callback as it was meant", '{"usecase":"credentialRotation","change":"wallet"}'],
    ["that is empty", ""],
    ["null", "null"],
    ["a number", "5"],
    ["a text", '"mirror"'],
    ["a list", '[{"action":"unregister"}]'],
  ])("is a hint with the body %s", (_what, body) => {
    expect(parse(body)).toEqual(HINT);
  });

  it("is a hint where it is no UTF-8, or larger than any event", () => {
    expect(parse(Uint8Array.from([0xff, 0xfe, 0x00]))).toEqual(HINT);
    expect(parse(JSON.stringify({ action: "unregister", padding: "x".repeat(70_000) }))).toEqual(HINT);
  });

  it.each([
    ["Fn-Http-Method", "POST"],
    ["fn-http-request-url", "/ces"],
    ["Fn-Http-H-X-Forwarded-For", "192.0.2.1"],
    ["FN-INTENT", "httprequest"],
  ])("is a hint whatever the body says where a gateway added %s", (name, value) => {
    expect(parse('{"action":"unregister"}', { [name]: [value] })).toEqual(HINT);
    expect(parse('{"action":"no such"}', { [name]: [value] })).toEqual(HINT);
  });

  it("is no hint by the headers that the platform adds to every call", () => {
    const headers = { "Fn-Call-Id": ["01"], "Fn-Deadline": ["2026-11-01T00:00:00Z"], "Content-Type": ["text/plain"] };
    expect(parse('{"action":"callbacks"}', headers)).toEqual({ kind: "action", action: "callbacks" });
  });

  it.each([['{"action":"rotate"}'], ['{"action":null}'], ['{"action":["mirror"]}'], ['{"action":"MIRROR"}']])(
    "is refused with the actions there are: %s",
    (body) => {
      expect(() => parse(body)).toThrow("action must be one of mirror, register, callbacks, unregister");
    },
  );
});
