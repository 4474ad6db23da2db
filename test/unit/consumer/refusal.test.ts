import { describe, expect, it } from "vitest";
import { isInvalidClient } from "../../../src/consumer/index.ts";

const answer = (status: number, error: unknown) => new Response(JSON.stringify({ error }), { status });
const challenge = (scheme: string, status = 401) => ({
  code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE",
  status,
  cause: [{ scheme, parameters: {} }],
});

describe("a refused client secret is recognized", () => {
  it.each([
    ["an error with error and status", { error: "invalid_client", status: 401 }],
    ["an error with error alone", { error: "invalid_client" }],
    ["an error that keeps its response", { error: "invalid_client", response: { status: 400 } }],
    ["Keycloak's and Ed-Fi's", { error: "unauthorized_client", status: 401 }],
    ["an older UAA's", { error: "unauthorized", status: 401 }],
    ["openid-client 5's", { error: "unauthorized_client", response: { statusCode: 401 } }],
    ["simple-oauth2's", { output: { statusCode: 401 }, data: { payload: { error: "invalid_client" } } }],
    ["one that keeps the body as text", { response: { statusCode: 401, body: '{"error":"unauthorized_client"}' } }],
    ["one that keeps the body as an object", { response: { status: 401, body: { error: "invalid_client" } } }],
    ["Ed-Fi's own format", new Response('{"errors":["unauthorized_client. Invalid client"]}', { status: 401 })],
    ["an error of axios", { response: { status: 401, data: { error: "invalid_client" } } }],
    ["a challenge for clients", challenge("basic")],
    ["a response", answer(401, "invalid_client")],
    ["a response with 400", answer(400, "invalid_client")],
  ])("%s", async (_, outcome) => {
    expect(await isInvalidClient(outcome)).toBe(true);
  });
});

describe("nothing is concluded from", () => {
  it.each<[string, unknown]>([
    ...[
      "Client not enabled to retrieve service account",
      "Public client not allowed to retrieve service account",
      "Invalid method used to get client secret. Client requires method 'client_secret_post'",
    ].map((words): [string, unknown] => [
      `Keycloak's "${words}"`,
      { error: "unauthorized_client", error_description: words, status: 401 },
    ]),
    [
      "UAA's refusal of a grant",
      { response: { status: 401, data: { error: "invalid_client", error_description: "Unauthorized grant type: x" } } },
    ],
    ["openid-client 5 at another status", { error: "unauthorized_client", response: { statusCode: 400 } }],
    ["simple-oauth2's other errors", { output: { statusCode: 503 }, data: { payload: { error: "invalid_client" } } }],
    ["a body that is no JSON", { response: { statusCode: 401, body: "invalid_client" } }],
    ["other errors in Ed-Fi's own format", new Response('{"errors":["The access token is missing"]}', { status: 401 })],
    ["a grant that the client may not use", { error: "unauthorized_client", status: 400 }],
    ["a scope", answer(400, "invalid_scope")],
    ["an overload that says so", { error: "invalid_client", status: 503 }],
    ["429", answer(429, "invalid_client")],
    ["a challenge for tokens", challenge("bearer")],
    ["a challenge of a proxy", challenge("basic", 407)],
    ["a page instead of JSON", new Response("<html>", { status: 401 })],
    ["a token", answer(200, undefined)],
    ["an error of the network", new TypeError("fetch failed")],
    ["axios without an answer", { code: "ECONNRESET", response: undefined }],
    ["null", null],
    ["text", "invalid_client"],
    ["a status that only looks like a response's", { status: 401, clone: "no function", bodyUsed: false }],
  ])("%s", async (_, outcome) => {
    expect(await isInvalidClient(outcome)).toBe(false);
  });

  it("a response whose body has been read already", async () => {
    const response = answer(401, "invalid_client");
    await response.text();
    expect(await isInvalidClient(response)).toBe(false);
  });
});

it("a response stays whole for the application", async () => {
  const response = answer(401, "invalid_client");
  await isInvalidClient(response);
  expect(await response.json()).toEqual({ error: "invalid_client" });
});
