import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../../../src/base/errors.ts";
import { RatePausedError } from "../../../../src/clients/http/rate-gate.ts";
import { ProxyError, TransportError, type TransportFailure } from "../../../../src/clients/http/transport.ts";
import { iamRefusalOf, judgeMint, judgeReadBack, WHO } from "../../../../src/clients/issuers/oci-iam-responses.ts";
import {
  type IssuerResponse,
  judgeToken as judge,
  noResponse as whyNone,
} from "../../../../src/clients/issuers/responses.ts";
import { expectNoTrace } from "../../../support/failures.ts";

const CANARY = "canary-9c1f-4711";
const AT = 1_000;
const json = (value: unknown) => JSON.stringify(value);
const scim = (status: number, messageId: string) =>
  json({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    detail: `quotes ${CANARY}`,
    status: String(status),
    "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error": { messageId },
  });

const judgeToken = (answer: IssuerResponse, requestedAt: number) => judge(answer, requestedAt, WHO, iamRefusalOf);
const noResponse = (thrown: unknown, what: string) => whyNone(thrown, what, WHO);

describe("the answer to a token request", () => {
  test("200 with a token accepts the secret; its life counts from before the request", () => {
    const login = judgeToken(
      { status: 200, data: json({ access_token: CANARY, token_type: "Bearer", expires_in: 3600, more: 1 }) },
      AT,
    );
    expect(login).toMatchObject({ verdict: "accepted", token: { expiresAt: AT + 3_600_000 } });
    if (login.verdict === "accepted") expect(login.token?.value.reveal()).toBe(CANARY);
    expectNoTrace(login, CANARY);
  });

  test("200 with a token that does not say how long it lives counts as the shortest life", () => {
    expect(judgeToken({ status: 200, data: json({ access_token: "t" }) }, AT)).toMatchObject({
      verdict: "accepted",
      token: { expiresAt: AT + 60_000 },
    });
  });

  test.each([null, "3600", "soon", {}])(
    "200 with a token accepts the secret even where expires_in is %j: parsing is lenient",
    (expires_in) => {
      const login = judgeToken({ status: 200, data: json({ access_token: "t", expires_in }) }, AT);
      expect(login.verdict).toBe("accepted");
    },
  );

  test.each([
    ["invalid_client", json({ error: "invalid_client" })],
    [
      "invalid_client with a description and an ecid",
      json({ error: "invalid_client", error_description: `wrong ${CANARY}`, ecid: "x" }),
    ],
  ])("401 %s rejects the secret", (_what, data) => {
    expect(judgeToken({ status: 401, data }, AT)).toEqual({ verdict: "rejected" });
  });

  type Row = [what: string, status: number, data: unknown, code: ErrorCode, final: boolean];
  const unknown: Row[] = [
    ["an empty body", 200, "", "VERDICT_UNKNOWN", false],
    ["no JSON", 200, `<html>${CANARY}</html>`, "VERDICT_UNKNOWN", false],
    ["truncated JSON", 200, `{"access_token":"${CANARY}`, "VERDICT_UNKNOWN", false],
    ["an empty token", 200, json({ access_token: "" }), "VERDICT_UNKNOWN", false],
    ["a token of wrong type", 200, json({ access_token: 7 }), "VERDICT_UNKNOWN", false],
    ["an error under 200", 200, json({ error: "invalid_client" }), "VERDICT_UNKNOWN", false],
    ["null", 200, "null", "VERDICT_UNKNOWN", false],
    ["an empty body", 401, "", "VERDICT_UNKNOWN", false],
    ["no JSON, as a gateway answers", 401, `<html>${CANARY}</html>`, "VERDICT_UNKNOWN", false],
    ["another error", 401, json({ error: "invalid_grant" }), "VERDICT_UNKNOWN", false],
    ["only a description", 401, json({ error_description: "invalid_client" }), "VERDICT_UNKNOWN", false],
    ["invalid_client under another status", 400, json({ error: "invalid_client" }), "ISSUER_CONFIGURATION", true],
    ["invalid_scope", 400, json({ error: "invalid_scope" }), "ISSUER_CONFIGURATION", true],
    ["unauthorized_client", 400, json({ error: "unauthorized_client" }), "ISSUER_CONFIGURATION", true],
    ["no JSON", 403, `<html>${CANARY}</html>`, "ISSUER_CONFIGURATION", true],
    ["no JSON", 404, "", "ISSUER_CONFIGURATION", true],
    ["no JSON", 408, "", "ISSUER_UNAVAILABLE", false],
    ["an OAuth error", 429, json({ error: "invalid_client" }), "ISSUER_UNAVAILABLE", false],
    ["an OAuth error", 500, json({ error: "invalid_client" }), "ISSUER_UNAVAILABLE", false],
    ["no JSON", 502, `<html>${CANARY}</html>`, "ISSUER_UNAVAILABLE", false],
    ["no JSON", 503, "", "ISSUER_UNAVAILABLE", false],
    ["no JSON", 504, "", "ISSUER_UNAVAILABLE", false],
  ];
  test.each(unknown)("%s with %i leaves the verdict unknown", (_what, status, data, code, final) => {
    const login = judgeToken({ status, data }, AT);
    expect(login).toMatchObject({ verdict: "unknown", final, error: { code } });
    expectNoTrace(login, CANARY);
  });

  test("a redirect is no verdict, and counts as an origin that is not allowed", () => {
    const login = judgeToken({ status: 302, data: "" }, AT);
    expect(login).toMatchObject({ verdict: "unknown", error: { code: "ORIGIN_NOT_ALLOWED" } });
  });

  test("an error code is told to the operator only where it is a known one", () => {
    const told = (error: string) => {
      const login = judgeToken({ status: 400, data: json({ error }) }, AT);
      return login.verdict === "unknown" ? login.error.message : "";
    };
    expect(told("invalid_scope")).toContain("400 invalid_scope,");
    expect(told("")).toContain("answered 400, which");
    for (const error of [`invalid ${CANARY}`, "x\ny", `a${"b".repeat(80)}`, "invalid_scopes", "<b>"]) {
      expect(told(error)).toContain(`answered 400 and an error code of ${error.length} characters, which`);
    }
  });
});

describe("the answer to a request to regenerate", () => {
  test.each([
    [200, json({ appId: "a", id: "b", clientSecret: CANARY })],
    [201, json({ schemas: ["urn:x"], id: "b", appId: "a", clientSecret: CANARY, meta: { x: 1 }, tags: [] })],
  ])("%i with a client secret gives it", (status, data) => {
    const mint = judgeMint({ status, data });
    expect(mint.outcome).toBe("minted");
    if (mint.outcome === "minted") expect(mint.clientSecret.reveal()).toBe(CANARY);
    expectNoTrace(mint, CANARY);
  });

  test.each([
    ["an empty body", 200, ""],
    ["truncated JSON", 200, `{"clientSecret":"${CANARY}`],
    ["no client secret", 201, json({ appId: "a" })],
    ["an empty client secret", 201, json({ clientSecret: "" })],
    ["a client secret of wrong type", 201, json({ clientSecret: null })],
    ["a masked client secret", 200, json({ clientSecret: "********" })],
    ["an accepted request without content", 204, ""],
  ])("%s with %i may have taken effect", (_what, status, data) => {
    const mint = judgeMint({ status, data });
    expect(mint).toMatchObject({ outcome: "unknown", error: { code: "VERDICT_UNKNOWN" } });
    expectNoTrace(mint, CANARY);
  });

  test.each([301, 302, 307, 408, 429, 500, 502, 503, 504])("%i may have taken effect", (status) => {
    expect(judgeMint({ status, data: json({ clientSecret: CANARY }) })).toMatchObject({ outcome: "unknown" });
  });

  test.each([
    [403, "ISSUER_FORBIDDEN", "proof-refused"],
    [400, "ISSUER_CONFIGURATION", "refused"],
    [404, "ISSUER_CONFIGURATION", "refused"],
    [409, "ISSUER_CONFIGURATION", "refused"],
    [412, "ISSUER_CONFIGURATION", "refused"],
  ] as const)("%i has not taken effect, and the message id says why", (status, code, outcome) => {
    const mint = judgeMint({ status, data: scim(status, "error.common.validation.missingReqAttr") });
    expect(mint).toMatchObject({ outcome, error: { code } });
    if (mint.outcome === "refused" || mint.outcome === "proof-refused") {
      expect(mint.error.message).toContain(`${status} error.common.validation.missingReqAttr`);
    }
    expectNoTrace(mint, CANARY);
  });

  test("401 means that this token is dead and another may work", () => {
    expect(judgeMint({ status: 401, data: "" })).toMatchObject({ outcome: "proof-refused" });
  });

  test("a refusal's body is never used, whatever it holds", () => {
    const mint = judgeMint({ status: 403, data: json({ clientSecret: CANARY }) });
    expect(mint.outcome).toBe("proof-refused");
    expectNoTrace(mint, CANARY);
  });
});

describe("the answer to a request for the application", () => {
  test("200 with a client secret gives it", () => {
    const read = judgeReadBack(
      { status: 200, data: json({ id: "a", clientSecret: CANARY, active: true }) },
      "app_client",
    );
    expect(read.outcome).toBe("read");
    if (read.outcome === "read") expect(read.clientSecret.reveal()).toBe(CANARY);
    expectNoTrace(read, CANARY);
  });

  test.each([
    ["an absent value", 200, json({ id: "a" }), true],
    ["a value of null", 200, json({ clientSecret: null }), true],
    ["an empty value", 200, json({ clientSecret: "" }), true],
    ["a masked value", 200, json({ clientSecret: "****" }), true],
    ["a refusal", 400, "", false],
    ["a refusal", 403, scim(403, "x"), true],
    ["an unknown application", 404, json({ clientSecret: CANARY }), false],
  ])("%s with %i means: not readable; that the token lives: %s", (_what, status, data, isProofAlive) => {
    expect(judgeReadBack({ status, data }, "app_client")).toEqual({ outcome: "not-readable", isProofAlive });
  });

  test.each([
    ["another application", 200, { name: "another_client", clientSecret: CANARY }],
    ["one whose name differs in case", 200, { name: "App_Client", clientSecret: CANARY }],
  ])("%s shows nothing of this client's", (_what, status, app) => {
    const read = judgeReadBack({ status, data: json(app) }, "app_client");
    expect(read).toEqual({ outcome: "not-readable", isProofAlive: true });
    expectNoTrace(read, CANARY);
  });

  test("the client's own application, by its name, gives its client secret", () => {
    const read = judgeReadBack({ status: 200, data: json({ name: "app_client", clientSecret: CANARY }) }, "app_client");
    expect(read.outcome).toBe("read");
  });

  test("401 means that the token is refused", () => {
    expect(judgeReadBack({ status: 401, data: "" }, "app_client")).toEqual({ outcome: "proof-refused" });
  });

  test.each([
    ["no JSON", 200, `<html>${CANARY}`, "VERDICT_UNKNOWN"],
    ["truncated JSON", 200, `{"clientSecret":"${CANARY}`, "VERDICT_UNKNOWN"],
    ["a value of wrong type", 200, json({ clientSecret: [CANARY] }), "VERDICT_UNKNOWN"],
    ["too many requests", 429, "", "ISSUER_UNAVAILABLE"],
    ["a server's error", 500, json({ clientSecret: CANARY }), "ISSUER_UNAVAILABLE"],
    ["an outage", 503, "", "ISSUER_UNAVAILABLE"],
  ] as const)("%s with %i says nothing", (_what, status, data, code) => {
    const read = judgeReadBack({ status, data }, "app_client");
    expect(read).toMatchObject({ outcome: "unknown", error: { code } });
    expectNoTrace(read, CANARY);
  });
});

describe("no answer", () => {
  test.each([
    ["TIMED_OUT", "ISSUER_UNAVAILABLE", false],
    ["UNREACHABLE", "ISSUER_UNAVAILABLE", false],
    ["CONNECTION_LOST", "ISSUER_UNAVAILABLE", false],
    ["RESPONSE_TOO_LARGE", "VERDICT_UNKNOWN", false],
    ["CERTIFICATE_UNTRUSTED", "CERTIFICATE_UNTRUSTED", true],
    ["URL_NOT_ALLOWED", "ORIGIN_NOT_ALLOWED", true],
  ] as [TransportFailure, ErrorCode, boolean][])("after %s is %s", (failure, code, final) => {
    for (const sent of [true, false]) {
      const told = noResponse(new TransportError(failure, sent, CANARY), "the token request");
      expect(told).toMatchObject({ sent, final, error: { code } });
      expectNoTrace(told, CANARY);
    }
  });

  test("because of the proxy names it, and what to look at", () => {
    const told = noResponse(new ProxyError("UNREACHABLE", "answered CONNECT with 407"), "the token request");
    expect(told).toMatchObject({ sent: false, final: false });
    expect(told.error.returnMessage).toBe(
      "ISSUER_UNAVAILABLE: the identity domain was not asked for the token request: the proxy of HTTPS_PROXY answered CONNECT with 407. " +
        "Next: check HTTPS_PROXY, NO_PROXY and what the proxy allows, then try again: no working client secret was given up.",
    );
  });

  test("in a pause after 429 tells how long that lasts, and that nothing was sent", () => {
    const { error, sent, final } = noResponse(new RatePausedError(59_001), "the token request");
    expect({ sent, final }).toEqual({ sent: false, final: true });
    expect(error.returnMessage).toContain(
      "ISSUER_UNAVAILABLE: the identity domain answered 429; the pause of another 60 s",
    );
  });

  test("after anything else may have been sent, and its text is dropped", () => {
    const told = noResponse(new Error(CANARY), "the request to regenerate");
    expect(told).toMatchObject({ sent: true, final: true, error: { code: "INTERNAL" } });
    expectNoTrace(told, CANARY);
  });
});
