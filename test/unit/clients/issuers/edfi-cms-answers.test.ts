import nock from "nock";
import { describe, expect, test } from "vitest";
import { expectQuiet, HOST, KEY, made, mint, NEW, setUp, TOKEN_PATH } from "./edfi-cms-rig.ts";

/** `application/problem+json` as the service writes it. */
const problem = (status: number, type: string, more: object = {}) => ({
  detail: "",
  type: `urn:ed-fi:api:${type}`,
  title: "a title",
  status,
  correlationId: "0HABC:00000001",
  validationErrors: {},
  errors: [],
  ...more,
});

describe("a login", () => {
  const login = async (status: number, body?: object | string) => {
    nock(HOST).post(TOKEN_PATH).reply(status, body);
    const result = await setUp().credential.login(null);
    expectQuiet(result);
    return result;
  };
  const AUTHENTICATION = "security:authentication";
  const words = "Invalid client or Invalid client credentials";

  test.each([
    ["the service", problem(401, AUTHENTICATION, { errors: [`unauthorized_client. ${words}`] })],
    ["the service, beside others", problem(401, AUTHENTICATION, { errors: ["x", `unauthorized_client. ${words}`] })],
    ["a Keycloak behind it", { error: "unauthorized_client", error_description: words }],
  ])("is rejected in the words of %s", async (_whose, body) => {
    expect(await login(401, body)).toEqual({ verdict: "rejected" });
  });

  test("that fails for too many tokens had the right secret", async () => {
    const body = problem(429, `${AUTHENTICATION}:too-many-tokens`);
    expect(await login(429, body)).toEqual({ verdict: "accepted", token: null });
  });

  test.each<[status: number, body: object | string, code: string]>([
    [401, problem(401, AUTHENTICATION, { errors: [`invalid_client. ${words}`] }), "ISSUER_CONFIGURATION"],
    [401, problem(401, AUTHENTICATION, { errors: ["The access token is missing"] }), "VERDICT_UNKNOWN"],
    [401, { error: "invalid_client" }, "ISSUER_CONFIGURATION"],
    [401, "", "VERDICT_UNKNOWN"],
    [401, "<html>unauthorized_client.</html>", "VERDICT_UNKNOWN"],
    [400, { error: "unauthorized_client" }, "ISSUER_CONFIGURATION"],
    [400, problem(400, "bad-request:data-validation-failed"), "ISSUER_CONFIGURATION"],
    [404, "", "ISSUER_CONFIGURATION"],
    [429, problem(429, "too-many-requests"), "ISSUER_UNAVAILABLE"],
    [429, "", "ISSUER_UNAVAILABLE"],
    [500, problem(500, "internal-server-error"), "ISSUER_UNAVAILABLE"],
    [502, problem(502, "bad-gateway", { errors: ["unauthorized_client. x"] }), "ISSUER_UNAVAILABLE"],
    [307, "", "ORIGIN_NOT_ALLOWED"],
  ])("answered %i %j says nothing about the secret", async (status, body, code) => {
    expect(await login(status, body)).toMatchObject({ verdict: "unknown", error: { code } });
  });
});

describe("a reset", () => {
  const reset = async (status: number, body?: object | string, members: object = {}) => {
    nock(HOST)
      .put(/reset-credential$/)
      .reply(status, body);
    const result = await mint(setUp(members));
    expectQuiet(result);
    return result;
  };

  test.each<[status: number, body: object | string, outcome: string, code: string]>([
    [409, problem(409, "conflict"), "busy", "ISSUER_UNAVAILABLE"],
    [401, problem(401, "security:authentication"), "proof-refused", "ISSUER_UNAVAILABLE"],
    [403, problem(403, "security:authorization"), "proof-refused", "ISSUER_FORBIDDEN"],
    [400, { error: "Bad Request", message: "The 'Tenant' header is required" }, "refused", "ISSUER_CONFIGURATION"],
    [400, problem(400, "bad-request"), "refused", "ISSUER_CONFIGURATION"],
    [405, "", "refused", "ISSUER_CONFIGURATION"],
    [404, "", "refused", "ISSUER_CONFIGURATION"],
    [404, problem(404, "not-found", { detail: "ApiClient not found" }), "refused", "ISSUER_CONFIGURATION"],
    [408, "", "unknown", "ISSUER_UNAVAILABLE"],
    [429, problem(429, "too-many-requests"), "unknown", "ISSUER_UNAVAILABLE"],
    [500, problem(500, "internal-server-error"), "unknown", "ISSUER_UNAVAILABLE"],
    [502, problem(502, "bad-gateway", { errors: ["Identity provider error"] }), "unknown", "ISSUER_UNAVAILABLE"],
    [302, "", "unknown", "ISSUER_UNAVAILABLE"],
    [200, "", "unknown", "VERDICT_UNKNOWN"],
    [200, `{"key":"${KEY}","secret":"${NEW}`, "unknown", "VERDICT_UNKNOWN"],
    [200, { key: KEY }, "unknown", "VERDICT_UNKNOWN"],
    [200, { key: KEY, secret: "" }, "unknown", "VERDICT_UNKNOWN"],
    [200, { key: KEY, secret: "********" }, "unknown", "VERDICT_UNKNOWN"],
    [200, { secret: NEW }, "unknown", "VERDICT_UNKNOWN"],
    [204, "", "unknown", "VERDICT_UNKNOWN"],
  ])("answered %i %j is %s with %s", async (status, body, outcome, code) => {
    expect(await reset(status, body)).toMatchObject({ outcome, error: { code } });
  });

  const messageOf = (result: Awaited<ReturnType<typeof reset>>) =>
    "error" in result ? result.error.returnMessage : "no error";

  test("of another client than that of the content is told as what has happened: its secret was changed", async () => {
    const result = await reset(200, { ...made, key: "another-key" });
    expect(result).toMatchObject({ outcome: "refused", error: { code: "ISSUER_CONFIGURATION" } });
    expect(messageOf(result)).toContain("apiClients/7 has another key than the member clientId");
    expect(messageOf(result)).toContain("reset the other client's secret once more");
  });

  test("refused for want of rights names the role and the scope", async () => {
    const told = messageOf(await reset(403, problem(403, "security:authorization")));
    expect(told).toContain("the role cms-client");
    expect(told).toContain("edfi_admin_api/full_access");
  });

  test.each([
    ["an empty 404", ""],
    ["a page's 404", "<html></html>"],
    ["a worded 404", problem(404, "not-found", { detail: "The requested resource could not be found." })],
  ])("where %s says that no endpoint is there names the setting that switches it on", async (_what, body) => {
    const told = messageOf(await reset(404, body, { apiClientId: undefined, applicationId: 3 }));
    expect(told).toContain("the endpoint v3/applications is switched off or has another path version");
    expect(told).toContain("AppSettings:EnableApplicationResetEndpoint");
    expect(told).toContain("apiVersion");
  });

  test.each([
    [{}, "ApiClient not found", "apiClients/7"],
    [{ apiClientId: undefined, applicationId: 3 }, "Application not found", "applications/3"],
  ])("of an id that the service does not know says which: %j", async (members, detail, subject) => {
    const told = messageOf(await reset(404, problem(404, "not-found", { detail }), members));
    expect(told).toContain(`${subject} is unknown (404)`);
    expect(told).not.toContain("EnableApplicationResetEndpoint");
  });
});
