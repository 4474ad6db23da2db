import nock from "nock";
import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { expectQuiet, HOST, KEY, setUp, TOKEN } from "./edfi-cms-rig.ts";

const shown = { id: 7, applicationId: 3, clientId: KEY, name: "a client", isApproved: true, dataStoreIds: [] };
const notFound = (detail: string) => ({ detail, type: "urn:ed-fi:api:not-found", title: "Not Found", status: 404 });
const SSO = "https://sso.example.org/auth";
const TOKEN_URL = `${SSO}/realms/edfi/protocol/openid-connect/token`;
const ADMITTED = { OROT_ISSUER_ORIGINS: `${HOST},https://sso.example.org` };
const POLICY = { "client.secret.expiration.time": "1795000000" };

/** What a preflight says, in words; null: nothing is in the way. */
async function said(...given: Parameters<typeof setUp>): Promise<string | null> {
  const { credential, authorization } = setUp(...given);
  try {
    await credential.preflight?.(() => Promise.resolve(authorization));
    return null;
  } catch (thrown) {
    expectQuiet(thrown);
    if (thrown instanceof RotationError) return thrown.returnMessage;
    throw thrown;
  }
}

function showing(status: number, body?: object | string, version = "v3") {
  const headers = { reqheaders: { authorization: `Bearer ${TOKEN}`, accept: "application/json" } };
  return nock(HOST, headers).get(`/${version}/apiClients/${KEY}`).reply(status, body);
}

describe("before a reset", () => {
  test.each([
    [{}, "v3"],
    [{ apiVersion: "v2" }, "v2"],
    [{ apiClientId: undefined, applicationId: 3 }, "v3"],
  ])("the content %j is found to name the client of its key", async (members, version) => {
    showing(200, shown, version);
    expect(await said(members)).toBeNull();
  });

  test("the tenant goes with the question", async () => {
    nock(HOST, { reqheaders: { tenant: "district-1" } })
      .get(`/v3/apiClients/${KEY}`)
      .reply(200, shown);
    expect(await said({ tenant: "district-1" })).toBeNull();
  });

  test.each([
    [{ apiClientId: 8 }, "set apiClientId in the secret's content to 7"],
    [{ apiClientId: 17 }, "set apiClientId in the secret's content to 7"],
    [{ apiClientId: undefined, applicationId: 7 }, "set applicationId in the secret's content to 3"],
  ])("the content %j is refused: another client would be reset", async (members, next) => {
    showing(200, shown);
    expect(await said(members)).toMatch(new RegExp(`^ISSUER_CONFIGURATION: .* Next: ${next}\\.$`));
  });

  test("a key that the service does not know is refused", async () => {
    showing(404, notFound("ApiClient not found"));
    expect(await said({})).toMatch(/^ISSUER_CONFIGURATION: the service knows no api client with the key/);
  });

  test.each<[number, object | string]>([
    [404, ""],
    [404, notFound("The requested resource could not be found.")],
    [403, {}],
    [405, ""],
    [200, "<html>"],
    [200, { ...shown, id: 8, clientId: "another" }],
  ])("an answer %i %j shows nothing, and is in nobody's way", async (status, body) => {
    showing(status, body);
    expect(await said({})).toBeNull();
  });

  test.each([429, 500, 502])("an answer %i is no permission to go on", async (status) => {
    showing(status, "");
    expect(await said({})).toMatch(/^ISSUER_UNAVAILABLE: /);
  });

  test("no answer is none either", async () => {
    nock(HOST)
      .get(/apiClients/)
      .replyWithError(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    expect(await said({})).toMatch(/^ISSUER_UNAVAILABLE: /);
  });
});

describe("a Keycloak behind the service", () => {
  const asking = (status: number, body: unknown, host = "https://sso.example.org") => {
    showing(200, shown);
    nock(host, { reqheaders: { authorization: `Bearer ${TOKEN}` } })
      .get(`/auth/admin/realms/edfi/clients?clientId=${KEY}`)
      .reply(status, JSON.stringify(body));
  };
  const CLIENT = { tokenUrl: TOKEN_URL };

  test("that gave the administrator its token, and shows an expiry of the secret, is refused: a policy rotates it", async () => {
    asking(200, [{ id: "u", clientId: KEY, attributes: POLICY }]);
    expect(await said(CLIENT, TOKEN_URL, ADMITTED)).toMatch(
      /^ISSUER_CONFIGURATION: a client policy of the Keycloak .* Next: take the client out of that policy/,
    );
  });

  test.each<[number, unknown]>([
    [200, [{ id: "u", clientId: KEY, attributes: { "client.secret.expiration.time": "0" } }]],
    [200, [{ id: "u", clientId: KEY }]],
    [200, [{ id: "u", clientId: "another", attributes: POLICY }]],
    [200, []],
    [403, {}],
    [401, {}],
    [404, {}],
    [500, {}],
  ])("that answers %i %j shows no policy", async (status, body) => {
    asking(status, body);
    expect(await said(CLIENT, TOKEN_URL, ADMITTED)).toBeNull();
  });

  test("is asked where the administrator logs in, also where the content names it by another address of the same", async () => {
    asking(200, [{ id: "u", clientId: KEY, attributes: POLICY }]);
    const moved = { tokenUrl: "https://old.example.org/auth/realms/edfi/protocol/openid-connect/token" };
    const aliases = `https://old.example.org/auth/realms/edfi=${SSO}/realms/edfi`;
    const origins = `${ADMITTED.OROT_ISSUER_ORIGINS},https://old.example.org`;
    const environment = { OROT_ISSUER_ORIGINS: origins, OROT_ISSUER_ALIASES: aliases };
    expect(await said(moved, TOKEN_URL, environment)).toMatch(/^ISSUER_CONFIGURATION: a client policy/);
  });

  test.each([
    ["at the service's own origin", `${HOST}/auth/realms/edfi/protocol/openid-connect/token`],
    ["in another realm", `${SSO}/realms/other/protocol/openid-connect/token`],
    ["at another host", "https://evil.example.org/realms/edfi/protocol/openid-connect/token"],
  ])(
    "that the rotated secret names %s is not asked: the administrator did not log in there",
    async (_where, tokenUrl) => {
      showing(200, shown);
      expect(await said({ tokenUrl }, TOKEN_URL, ADMITTED)).toBeNull();
    },
  );

  test.each([
    ["whose administrator logged in at the service itself", CLIENT, `${HOST}/connect/token`, ADMITTED],
    ["of which nobody says where the administrator logged in", CLIENT, undefined, ADMITTED],
    ["whose own address is not admitted", CLIENT, TOKEN_URL, { OROT_ISSUER_ORIGINS: `${HOST},${TOKEN_URL}` }],
  ] as const)("%s is not asked", async (_title, members, tokenUrl, environment) => {
    showing(200, shown);
    expect(await said(members, tokenUrl, environment)).toBeNull();
  });
});
