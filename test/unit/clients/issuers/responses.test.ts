import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { RatePausedError } from "../../../../src/clients/http/rate-gate.ts";
import { TransportError } from "../../../../src/clients/http/transport.ts";
import {
  type IssuerResponse,
  isShown,
  isSuccess,
  isTransient,
  json,
  judgeToken,
  noResponse,
  oauthErrorOf,
} from "../../../../src/clients/issuers/responses.ts";
import { expectNoTrace } from "../../../support/failures.ts";

const CANARY = "canary-9c1f-4711";
const WHO = "the toy";
const AT = 1_000;
const answer = (status: number, data: unknown = ""): IssuerResponse => ({
  status,
  data: typeof data === "string" ? data : JSON.stringify(data),
});
const judge = (given: IssuerResponse, refusalOf: Parameters<typeof judgeToken>[3] = () => null) =>
  judgeToken(given, AT, WHO, refusalOf);

describe("a body", () => {
  test("is read as JSON, whatever it holds", () => {
    expect(json(answer(200, { a: [1] }))).toEqual({ a: [1] });
    expect(json(answer(200, "null"))).toBeNull();
    expect(json(answer(200, "7"))).toBe(7);
  });

  test.each(["", "<html>", '{"a":', undefined, null, Buffer.from("{")])("of %j says nothing", (data) => {
    expect(json({ status: 200, data }) ?? null).toBeNull();
  });

  test("holds an OAuth error only where error is a text and its description none or one", () => {
    expect(oauthErrorOf(answer(400, { error: "a", error_description: "b", more: 1 }))).toEqual({
      error: "a",
      description: "b",
    });
    expect(oauthErrorOf(answer(400, { error: "a" }))).toEqual({ error: "a", description: "" });
    for (const data of [{}, { error: 7 }, { error: "a", error_description: 7 }, [], "text", null]) {
      expect(oauthErrorOf(answer(400, data))).toBeNull();
    }
  });
});

test("asking again may help after 408, 429 and every 5xx, and after no other status", () => {
  expect([408, 429, 500, 502, 503, 504, 599].filter(isTransient)).toHaveLength(7);
  expect([200, 204, 301, 400, 401, 403, 404, 409, 412, 422, 428, 499].filter(isTransient)).toEqual([]);
});

test("only a 2xx did what was asked for", () => {
  expect([200, 201, 204, 299].filter(isSuccess)).toHaveLength(4);
  expect([101, 199, 300, 304, 400, 500].filter(isSuccess)).toEqual([]);
});

test("nothing, and nothing but asterisks, is no client secret", () => {
  expect(["", "*", "********"].filter(isShown)).toEqual([]);
  expect(["a", "**a**", "* *", " "].filter(isShown)).toHaveLength(4);
});

describe("no answer", () => {
  test.each([
    ["UNREACHABLE", false, "ISSUER_UNAVAILABLE", false],
    ["CONNECTION_LOST", true, "ISSUER_UNAVAILABLE", false],
    ["TIMED_OUT", true, "ISSUER_UNAVAILABLE", false],
    ["CERTIFICATE_UNTRUSTED", false, "CERTIFICATE_UNTRUSTED", true],
    ["URL_NOT_ALLOWED", false, "ORIGIN_NOT_ALLOWED", true],
    ["RESPONSE_TOO_LARGE", true, "VERDICT_UNKNOWN", false],
  ] as const)("after %s says whether it was sent, and whether asking again may help", (failure, sent, code, final) => {
    const none = noResponse(new TransportError(failure, sent, CANARY), "the token request", WHO);
    expect(none).toMatchObject({ sent, final, error: { code } });
    expect(none.error.message).toMatch(/the toy|the token request/);
    expectNoTrace(none, CANARY);
  });

  test("that may have been sent is said to have been, whatever kind of failure it was", () => {
    for (const sent of [false, true]) {
      expect(noResponse(new TransportError("UNREACHABLE", sent, "x"), "asking", WHO).sent).toBe(sent);
    }
  });

  test("in a pause after 429 was not sent, and tells for how long", () => {
    expect(noResponse(new RatePausedError(12_001), "asking", WHO)).toMatchObject({
      sent: false,
      final: true,
      error: {
        code: "ISSUER_UNAVAILABLE",
        message: "the toy answered 429; the pause of another 13 s does not fit into the time left",
      },
    });
  });

  test("because of our own settings was not sent, and is told in their words", () => {
    const error = new RotationError("SETTINGS_INVALID", "HTTPS_PROXY must be another");
    expect(noResponse(error, "asking", WHO)).toEqual({ error, sent: false, final: true });
  });

  test.each([new Error(CANARY), CANARY, undefined, new RotationError("ISSUER_FORBIDDEN", CANARY)])(
    "because of a defect of ours counts as sent, and tells nothing of it",
    (thrown) => {
      const none = noResponse(thrown, "asking", WHO);
      expect(none).toMatchObject({ sent: true, final: true, error: { code: "INTERNAL" } });
      expectNoTrace(none, CANARY);
    },
  );
});

describe("the answer to a token request", () => {
  test.each([
    [60, 60],
    ["3600", 3_600],
    [0.5, 0.5],
    [31_556_952, 31_556_952],
    [31_556_953, 31_556_952],
    [1e300, 31_556_952],
    [0, 60],
    [-5, 60],
    ["soon", 60],
    [null, 60],
    [undefined, 60],
  ])("whose expires_in is %j gives a token of %d s", (expires_in, seconds) => {
    expect(judge(answer(200, { access_token: CANARY, expires_in }))).toMatchObject({
      verdict: "accepted",
      token: { expiresAt: AT + seconds * 1000 },
    });
  });

  test("with a refusal that the issuer means as one is rejected, or good without a token", () => {
    expect(judge(answer(400), () => "rejected")).toEqual({ verdict: "rejected" });
    expect(judge(answer(499), () => "rejected")).toEqual({ verdict: "rejected" });
    expect(judge(answer(429), () => "secret-good")).toEqual({ verdict: "accepted", token: null });
  });

  test.each([200, 204, 302, 500, 503])(
    "%i is never a refusal, whatever the issuer would make of its body",
    (status) => {
      const asked: IssuerResponse[] = [];
      const login = judge(answer(status), (given) => {
        asked.push(given);
        return "rejected";
      });
      expect(login.verdict).toBe("unknown");
      expect(asked).toEqual([]);
    },
  );

  test("says where a scope was the reason, so that another one may be tried", () => {
    expect(judge(answer(400, { error: "invalid_scope" }))).toMatchObject({ verdict: "unknown", isScopeRefused: true });
    expect(judge(answer(400, { error: "invalid_request" }))).toMatchObject({ isScopeRefused: false });
    expect(judge(answer(401, { error: "invalid_scope" }))).not.toHaveProperty("isScopeRefused");
  });

  test.each([204, 206])("%i without a token may be asked again", (status) => {
    expect(judge(answer(status))).toMatchObject({
      verdict: "unknown",
      final: false,
      error: { code: "VERDICT_UNKNOWN" },
    });
  });

  test.each([
    [200, "VERDICT_UNKNOWN", false],
    [300, "ORIGIN_NOT_ALLOWED", true],
    [399, "ORIGIN_NOT_ALLOWED", true],
    [400, "ISSUER_CONFIGURATION", true],
    [401, "VERDICT_UNKNOWN", false],
    [404, "ISSUER_CONFIGURATION", true],
    [429, "ISSUER_UNAVAILABLE", false],
    [502, "ISSUER_UNAVAILABLE", false],
  ] as const)("%i quotes nothing of what the server wrote", (status, code, final) => {
    for (const data of [`<html>${CANARY}</html>`, { error: CANARY, error_description: CANARY }]) {
      const login = judge(answer(status, data));
      expect(login).toMatchObject({ verdict: "unknown", final, error: { code } });
      expectNoTrace(login, CANARY);
    }
  });
});
