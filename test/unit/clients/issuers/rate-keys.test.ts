import { describe, expect, test } from "vitest";
import { createBudget } from "../../../../src/base/budget.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { parseSettings } from "../../../../src/base/settings/settings.ts";
import { createIssuerHttp } from "../../../../src/clients/http/issuer-http.ts";
import { createRateGate } from "../../../../src/clients/http/rate-gate.ts";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { openCredential } from "../../../../src/clients/issuers/index.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const ORIGIN = "https://shared.example.org";
const keycloak = { issuer: "keycloak", url: ORIGIN, realm: "shop", clientId: "a", clientSecret: "s" };
const uaa = { issuer: "uaa", url: `${ORIGIN}/uaa`, clientId: "a", clientSecret: "s" };
const edfi = { issuer: "edfi-cms", url: ORIGIN, apiClientId: 7, clientId: "a", clientSecret: "s", tenant: "one" };
const domain = { domainUrl: ORIGIN, appId: "a".repeat(32), clientId: "a", appSecret: "s" };

/** A server that answers the first request with a 429 that asks for a day, and everything after it with a token. */
function server() {
  const clock = createInstantClock();
  const sent: string[] = [];
  const transport: Transport = async ({ url }) => {
    sent.push(url);
    return sent.length === 1
      ? { status: 429, headers: { "retry-after": "86400" }, body: "" }
      : { status: 200, headers: {}, body: '{"access_token":"t","expires_in":60}' };
  };
  const budget = createBudget(clock, null, { budgetMs: 280_000, marginMs: 5_000, callTimeoutMs: 10_000 });
  const limits = { ratePauseMs: 60_000, maxWaitMs: () => budget.remaining() };
  const http = createIssuerHttp(transport, createRateGate(clock), budget, limits, clock);
  const login = (content: object) =>
    openCredential(
      parseContent(new Secret(JSON.stringify(content))),
      { http, httpAtOnce: http, clock, settings: parseSettings({}) },
      { origins: [ORIGIN, "https://zone1.shared.example.org"], aliases: [], onCrossing: () => undefined },
    ).login(null);
  return { sent, login };
}

describe("a 429 with a Retry-After of a day", () => {
  test.each([
    ["a realm", "another realm", keycloak, { ...keycloak, realm: "bank" }],
    ["a server's path", "another path", keycloak, { ...keycloak, url: `${ORIGIN}/auth` }],
    ["a UAA's path", "another path", uaa, { ...uaa, url: `${ORIGIN}/other` }],
    ["a zone", "another zone", uaa, { ...uaa, url: "https://zone1.shared.example.org/uaa" }],
    ["a tenant", "another tenant", edfi, { ...edfi, tenant: "two" }],
    ["a tenant", "no tenant", edfi, { ...edfi, tenant: undefined }],
    ["a Keycloak", "a UAA at its address", { ...keycloak, url: `${ORIGIN}/uaa` }, uaa],
  ])("of %s does not stop %s of the same origin", async (_one, _other, content, neighbour) => {
    const { sent, login } = server();
    expect(await login(content)).toMatchObject({ verdict: "unknown" });
    expect(await login(neighbour)).toMatchObject({ verdict: "accepted" });
    expect(sent).toHaveLength(2);
  });

  test.each([
    ["a domain", domain, { ...domain, clientId: "b", appId: "b".repeat(32) }],
    ["a realm", keycloak, { ...keycloak, clientId: "b" }],
    ["a zone", uaa, { ...uaa, clientId: "b" }],
    ["a tenant", edfi, { ...edfi, clientId: "b", apiClientId: 8 }],
  ])("of %s stops every other client of it", async (_what, content, other) => {
    const { sent, login } = server();
    await login(content);
    for (const again of [content, other]) {
      expect(await login(again)).toMatchObject({ verdict: "unknown", error: { code: "ISSUER_UNAVAILABLE" } });
    }
    expect(sent).toHaveLength(1);
  });
});
