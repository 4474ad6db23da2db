import nock from "nock";
import { describe, expect, test } from "vitest";
import { add, CLIENT_SECRET, expectQuiet, HOST, NEWER, remove, SECRET_PATH, setUp, TOKEN_PATH } from "./uaa-rig.ts";

describe("a login", () => {
  const login = async (status: number, body?: object | string) => {
    nock(HOST).post(TOKEN_PATH).reply(status, body);
    const { credential } = setUp();
    const result = await credential.login(null);
    expectQuiet(result);
    return result;
  };

  test.each([
    ["of new releases", { error: "invalid_client", error_description: "Bad credentials" }],
    ["of old releases", { error: "unauthorized", error_description: "Bad credentials" }],
    ["without a description", { error: "invalid_client" }],
    ["that quotes the secret", { error: "invalid_client", error_description: CLIENT_SECRET }],
  ])("is rejected by a 401 in the words %s", async (_whose, body) => {
    expect(await login(401, body)).toEqual({ verdict: "rejected" });
  });

  test.each(["Unauthorized grant type", "Unauthorized grant type: client_credentials"])(
    "of a client that has not the grant is accepted without a token: %s",
    async (description) => {
      const body = { error: "invalid_client", error_description: description };
      expect(await login(401, body)).toEqual({ verdict: "accepted", token: null });
    },
  );

  test.each<[status: number, body: object | string, code: string]>([
    [401, "", "VERDICT_UNKNOWN"],
    [401, "<html>Bad credentials</html>", "VERDICT_UNKNOWN"],
    [401, { error: "invalid_token" }, "VERDICT_UNKNOWN"],
    [401, { error_description: "Bad credentials" }, "VERDICT_UNKNOWN"],
    [400, { error: "invalid_client", error_description: "Bad credentials" }, "ISSUER_CONFIGURATION"],
    [403, {}, "ISSUER_CONFIGURATION"],
    [404, {}, "ISSUER_CONFIGURATION"],
    [429, { error: "invalid_client" }, "ISSUER_UNAVAILABLE"],
    [500, {}, "ISSUER_UNAVAILABLE"],
    [503, { error: "invalid_client" }, "ISSUER_UNAVAILABLE"],
    [302, "", "ORIGIN_NOT_ALLOWED"],
  ])("answered %i %j says nothing about the secret", async (status, body, code) => {
    expect(await login(status, body)).toMatchObject({ verdict: "unknown", error: { code } });
  });
});

const problem = (error_description: string, error = "invalid_client") => ({ error, error_description });
const TWO = "client secret is either empty or client already has two secrets.";
const ONE = "client secret is either empty or client has only one secret.";
const PREVIOUS = "Previous secret is required and must be valid";
const NOT_YOURS = "Bad request. Not permitted to change another client's secret";
const SCOPE = { error: "insufficient_scope", error_description: "Insufficient scope", scope: "clients.secret" };
const REVOKED = problem("revocable signature mismatch", "invalid_token");

type Judged = [status: number, body: object | string, outcome: string, code: string];
/** What adding and deleting are told alike. */
const alike: readonly Judged[] = [
  [401, problem("Full authentication is required", "unauthorized"), "proof-refused", "ISSUER_UNAVAILABLE"],
  [401, REVOKED, "proof-refused", "ISSUER_UNAVAILABLE"],
  [401, "", "proof-refused", "ISSUER_UNAVAILABLE"],
  [403, SCOPE, "proof-refused", "ISSUER_FORBIDDEN"],
  [403, {}, "proof-refused", "ISSUER_FORBIDDEN"],
  [400, problem(NOT_YOURS), "proof-refused", "ISSUER_FORBIDDEN"],
  [404, "", "refused", "ISSUER_CONFIGURATION"],
  [404, {}, "refused", "ISSUER_CONFIGURATION"],
  [400, {}, "refused", "ISSUER_CONFIGURATION"],
  [400, "<html></html>", "refused", "ISSUER_CONFIGURATION"],
  [405, {}, "refused", "ISSUER_CONFIGURATION"],
  [409, {}, "refused", "ISSUER_CONFIGURATION"],
  [415, {}, "refused", "ISSUER_CONFIGURATION"],
  [302, "", "unknown", "ISSUER_UNAVAILABLE"],
  [408, "", "unknown", "ISSUER_UNAVAILABLE"],
  [429, {}, "unknown", "ISSUER_UNAVAILABLE"],
  [500, problem(TWO), "unknown", "ISSUER_UNAVAILABLE"],
  [503, problem(ONE), "unknown", "ISSUER_UNAVAILABLE"],
];

describe("adding a value", () => {
  test.each<Judged>([
    ...alike,
    [400, problem(TWO), "occupied", "RETIRE_NOT_SAFE"],
    [400, problem(`in other words: already has two secrets, ${NEWER}`), "occupied", "RETIRE_NOT_SAFE"],
    [400, problem(PREVIOUS), "proof-refused", "ISSUER_UNAVAILABLE"],
    [400, problem("Client Secret must be at least 70 characters in length."), "policy-refused", "POLICY_REFUSED"],
    [400, problem("Client Secret must contain at least 2 digit characters."), "policy-refused", "POLICY_REFUSED"],
    [400, problem(`password cannot be more than 72 bytes: ${NEWER}`), "policy-refused", "POLICY_REFUSED"],
    [422, problem("Client Secret must be at least 70 characters in length."), "refused", "ISSUER_CONFIGURATION"],
  ])("answered %i %j is %s with %s", async (status, body, outcome, code) => {
    nock(HOST).put(SECRET_PATH).reply(status, body);
    const result = await add(setUp());
    expect(result).toMatchObject({ outcome, error: { code } });
    expectQuiet(result);
  });

  test.each([200, 201, 204])("answered %i is installed, whatever the body says", async (status) => {
    nock(HOST)
      .put(SECRET_PATH)
      .reply(status, status === 204 ? undefined : '{"status":"o');
    expect(await add(setUp())).toEqual({ outcome: "installed" });
  });

  test("refused for want of an authority names the two that would do", async () => {
    nock(HOST).put(SECRET_PATH).reply(403, SCOPE);
    const result = await add(setUp());
    if (!("error" in result)) throw new Error("not refused");
    expect(result.error.returnMessage).toContain("clients.secret");
    expect(result.error.returnMessage).toContain("clients.admin");
  });
});

describe("deleting the older value", () => {
  test.each<Judged>([...alike, [400, problem(TWO), "refused", "ISSUER_CONFIGURATION"]])(
    "answered %i %j is %s with %s",
    async (status, body, outcome, code) => {
      nock(HOST).put(SECRET_PATH).reply(status, body);
      const result = await remove(setUp());
      expect(result).toMatchObject({ outcome, error: { code } });
      expectQuiet(result);
    },
  );

  test.each([ONE, PREVIOUS])("answered 400 %j finds nothing left to delete", async (description) => {
    nock(HOST).put(SECRET_PATH).reply(400, problem(description));
    expect(await remove(setUp())).toEqual({ outcome: "nothing-to-retire" });
  });

  test.each([200, 204])("answered %i has ended the overlap", async (status) => {
    nock(HOST).put(SECRET_PATH).reply(status);
    expect(await remove(setUp())).toEqual({ outcome: "retired" });
  });
});
