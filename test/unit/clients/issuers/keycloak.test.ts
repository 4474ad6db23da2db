import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Older } from "../../../../src/clients/issuers/issuer.ts";
import { keycloak } from "../../../../src/clients/issuers/keycloak.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { bearer, heldSecret } from "../../../support/held.ts";
import { createRig } from "../../../support/issuer-rig.ts";
import { changesTheIssuer, type IssuerUnderTest, logsInAtTheIssuer } from "../../../support/issuer-suite.ts";

const HOST = "https://sso.example.org";
const CLIENT_SECRET = "canary/+9c1f~4711";
const NEW_SECRET = "canary-new-4712";
const TOKEN = "canary.token/4711";
const VAULTED = "$" + "{vault.my_secret}";
const UUID = "0b0c7a52-0000-4000-8000-3f1f5d1c7d10";
const TOKEN_PATH = "/auth/realms/my-shop/protocol/openid-connect/token";
const CLIENTS = "/auth/admin/realms/my-shop/clients";
const content = {
  issuer: "keycloak",
  url: `${HOST}/auth/`,
  realm: "my-shop",
  clientId: "my-app",
  clientSecret: CLIENT_SECRET,
};
const stored = { id: UUID, clientId: "my-app", clientAuthenticatorType: "client-secret", publicClient: false };

function setUp(changes: object = {}, graceHours = 24) {
  const rig = createRig();
  const settings = { ...rig.settings, graceHours };
  const text = new Secret(JSON.stringify({ ...content, ...changes }));
  return { ...rig, credential: keycloak.open(parseContent(text), { ...rig, settings }) };
}

function expectQuiet(value: unknown): void {
  for (const secret of [CLIENT_SECRET, NEW_SECRET, TOKEN]) expectNoTrace(value, secret);
}

describe("before a rotation", () => {
  const nobody = () => Promise.reject(new Error("nobody needs to log in for this"));
  const lookUp = (...answer: [status: number, body?: object | string]) => {
    nock(HOST)
      .get(`${CLIENTS}?clientId=my-app`)
      .reply(...answer);
    const { credential } = setUp();
    return credential.preflight?.(() => Promise.resolve(bearer(TOKEN, credential.client)));
  };

  test.each(["plain", "**********", null, undefined, "$vault.x", `a${VAULTED}`, "$" + "{vault.}"])(
    "nothing is in the way of a client whose secret shows as %j",
    async (secret) => {
      expect(await lookUp(200, [{ ...stored, secret }])).toBeNull();
    },
  );

  test.each([VAULTED, `${VAULTED.slice(0, -1)}}b}`])("a reference to Keycloak's own vault (%s) is", async (secret) => {
    const what = "its Client Secret holds a reference, which a new value would overwrite";
    const thrown = await expectFailure(() => lookUp(200, [{ ...stored, secret }]), "ISSUER_CONFIGURATION", what);
    expectNoTrace(thrown, secret);
  });

  test.each([
    ["403", () => lookUp(403)],
    ["401", () => lookUp(401)],
    ["no client", () => lookUp(200, [])],
  ])("who is answered %s makes room for another who may look", async (_what, look) => {
    expect(await look()).toMatchObject({ code: expect.stringMatching(/^ISSUER_/) });
  });

  test("a realm that cannot be asked now ends it", async () => {
    await expectFailure(() => lookUp(503), "ISSUER_UNAVAILABLE");
    await expectFailure(() => lookUp(200, "<html>"), "VERDICT_UNKNOWN");
  });

  test.each(["canary.registration/token", "", null])(
    "a registration access token (%j) is refused: a lost answer would lose it with the secret",
    async (registrationAccessToken) => {
      const { credential } = setUp({ registrationAccessToken });
      const what = "a lost answer would lose the new secret and the new token together";
      const thrown = await expectFailure(() => credential.preflight?.(nobody), "ISSUER_CONFIGURATION", what);
      expect(thrown.returnMessage).toContain("Next: take registrationAccessToken out of the secret's content");
      expectNoTrace(thrown, "canary.registration/token");
    },
  );
});

describe("a login", () => {
  test("sends id and secret form-encoded in a Basic header to the realm's token endpoint", async () => {
    const basic = Buffer.from("my-app:canary%2F%2B9c1f%7E4711").toString("base64");
    nock(HOST, { reqheaders: { authorization: `Basic ${basic}` } })
      .post(TOKEN_PATH, "grant_type=client_credentials")
      .reply(200, { access_token: TOKEN, expires_in: 300 });
    const login = await setUp().credential.login(null);
    expect(login).toMatchObject({ verdict: "accepted" });
    expectQuiet(login);
  });

  test.each([
    ["unauthorized_client", "Invalid client or Invalid client credentials", { verdict: "rejected" }],
    ["unauthorized_client", "Client not enabled to retrieve service account", { verdict: "accepted", token: null }],
    ["unauthorized_client", "Invalid method used to get client secret", { verdict: "unknown", final: true }],
    [
      "unauthorized_client",
      "Public client not allowed to retrieve service account",
      { verdict: "unknown", final: true },
    ],
    ["invalid_client", "Invalid client or Invalid client credentials", { verdict: "unknown", final: true }],
    ["invalid_token", "of tomorrow's Keycloak", { verdict: "unknown", final: false }],
  ])("answered 401 %s, %s, says as much as that", async (error, error_description, verdict) => {
    nock(HOST).post(TOKEN_PATH).reply(401, { error, error_description });
    expect(await setUp().credential.login(null)).toMatchObject(verdict);
  });
});

describe("setting a value", () => {
  const find = (client: object = stored) =>
    nock(HOST, { reqheaders: { authorization: `Bearer ${TOKEN}` } })
      .get(`${CLIENTS}?clientId=my-app`)
      .reply(200, [client]);
  const put = (status: number, seen: (body: Record<string, unknown>) => void = () => undefined, reply: object = {}) =>
    nock(HOST)
      .put(`${CLIENTS}/${UUID}`, (body) => {
        seen(body);
        return true;
      })
      .reply(status, reply);
  const install = (older: Older = "keep", graceHours = 24) => {
    const { credential } = setUp({}, graceHours);
    const { client } = credential;
    return credential.install(bearer(TOKEN, client), heldSecret(NEW_SECRET, client), older);
  };
  const attributesOf = async (client: object, older: Older = "keep", graceHours = 24) => {
    let attributes: Record<string, string> = {};
    find(client);
    put(204, (body) => {
      expect(body["secret"]).toBe(NEW_SECRET);
      attributes = body["attributes"] as Record<string, string>;
    });
    expect(await install(older, graceHours)).toEqual({ outcome: "installed" });
    return attributes;
  };

  test("carries the old value as the rotated one, for the grace", async () => {
    const attributes = await attributesOf(stored);
    expect(attributes["client.secret.rotated"]).toBe(CLIENT_SECRET);
    const created = Number(attributes["client.secret.creation.time"]);
    expect(Number(attributes["client.secret.rotated.expiration.time"]) - created).toBe(24 * 3600);
    expect(attributes).not.toHaveProperty("client.secret.expiration.time");
  });

  test("has the policy count its period anew, however long the value before lived under it", async () => {
    const known = { "client.secret.creation.time": "1000", "client.secret.expiration.time": "87400" };
    const attributes = await attributesOf({ ...stored, attributes: known });
    expect(attributes["client.secret.expiration.time"]).toBe("0");
  });

  test.each([
    ["the old value does not work", "end", 24],
    ["there is no grace", "keep", 0],
    ["there is no grace, nor for what has expired", "revive", 0],
  ] as const)("ends a rotated value where %s", async (_what, older, graceHours) => {
    const known = { "client.secret.rotated": "older", "client.secret.rotated.expiration.time": "99999999999" };
    const attributes = await attributesOf({ ...stored, attributes: known }, older, graceHours);
    expect(attributes).not.toHaveProperty("client.secret.rotated");
    const created = Number(attributes["client.secret.creation.time"]);
    expect(Number(attributes["client.secret.rotated.expiration.time"])).toBeLessThan(created);
  });

  test("carries what the realm holds as the rotated one, if no version holds it", async () => {
    const attributes = await attributesOf({ ...stored, secret: "ended-4711" }, "revive");
    expect(attributes["client.secret.rotated"]).toBe("ended-4711");
    const created = Number(attributes["client.secret.creation.time"]);
    expect(Number(attributes["client.secret.rotated.expiration.time"]) - created).toBe(24 * 3600);
  });

  test.each([
    ["holds the new value already", NEW_SECRET],
    ["shows a mask", "**********"],
    ["shows none", null],
  ])(
    "leaves the rotated slot as it is where the realm %s, and no version holds the older one",
    async (_what, secret) => {
      const known = { "client.secret.rotated": "older", "client.secret.rotated.expiration.time": "99999999999" };
      const attributes = await attributesOf({ ...stored, secret, attributes: known }, "revive");
      expect(Object.keys(attributes)).toEqual(["client.secret.creation.time"]);
    },
  );

  test.each(["keep", "revive", "end"] as const)(
    "is refused, and sends no PUT, over a reference to Keycloak's own vault: %s",
    async (older) => {
      find({ ...stored, secret: VAULTED });
      expect(await install(older)).toMatchObject({ outcome: "refused", error: { code: "ISSUER_CONFIGURATION" } });
    },
  );

  test("sends the one member along that a PUT without it would switch off", async () => {
    let sent: unknown;
    find({ ...stored, authorizationServicesEnabled: true });
    put(204, (body) => {
      sent = body["authorizationServicesEnabled"];
    });
    await install();
    expect(sent).toBe(true);
  });

  test.each([
    [400, "policy-refused", "POLICY_REFUSED"],
    [401, "proof-refused", "ISSUER_UNAVAILABLE"],
    [403, "proof-refused", "ISSUER_FORBIDDEN"],
    [404, "refused", "ISSUER_CONFIGURATION"],
    [415, "refused", "ISSUER_CONFIGURATION"],
    [429, "unknown", "ISSUER_UNAVAILABLE"],
    [500, "unknown", "ISSUER_UNAVAILABLE"],
    [503, "unknown", "ISSUER_UNAVAILABLE"],
  ])("answered %i is %s with %s", async (status, outcome, code) => {
    find();
    put(status, undefined, { error: CLIENT_SECRET, error_description: TOKEN });
    const installed = await install();
    expect(installed).toMatchObject({ outcome, error: { code } });
    expectQuiet(installed);
  });

  test.each([
    [401, "proof-refused", "ISSUER_UNAVAILABLE"],
    [403, "proof-refused", "ISSUER_FORBIDDEN"],
    [404, "refused", "ISSUER_CONFIGURATION"],
    [500, "unknown", "ISSUER_UNAVAILABLE"],
  ])("sends nothing where looking the client up is answered %i: %s", async (status, outcome, code) => {
    nock(HOST).get(`${CLIENTS}?clientId=my-app`).reply(status, { error: TOKEN });
    const installed = await install();
    expect(installed).toMatchObject({ outcome, error: { code } });
    expectQuiet(installed);
  });

  test.each([
    ["of no such client", [], "proof-refused", "ISSUER_FORBIDDEN"],
    ["of another one alone", [{ ...stored, clientId: "my-app-2" }], "proof-refused", "ISSUER_FORBIDDEN"],
    ["of a public client", [{ ...stored, publicClient: true }], "refused", "ISSUER_CONFIGURATION"],
    ["of one that speaks SAML", [{ ...stored, protocol: "saml" }], "refused", "ISSUER_CONFIGURATION"],
    [
      "of a client with a key",
      [{ ...stored, clientAuthenticatorType: "client-jwt" }],
      "refused",
      "ISSUER_CONFIGURATION",
    ],
    ["that cannot be read", { clients: [] }, "unknown", "VERDICT_UNKNOWN"],
  ])("sends nothing after an answer %s", async (_what, answer, outcome, code) => {
    nock(HOST).get(`${CLIENTS}?clientId=my-app`).reply(200, answer);
    expect(await install()).toMatchObject({ outcome, error: { code } });
  });
});

const issuer: IssuerUnderTest = {
  open: (rig) => keycloak.open(parseContent(new Secret(JSON.stringify(content))), rig),
  token: TOKEN,
  secrets: [CLIENT_SECRET, NEW_SECRET],
};
const found = () => nock(HOST).get(`${CLIENTS}?clientId=my-app`).reply(200, [stored]);
const ROTATED_PATH = `${CLIENTS}/${UUID}/client-secret/rotated`;
changesTheIssuer("setting a value, at its PUT,", issuer, {
  intercept: () => found().put(`${CLIENTS}/${UUID}`),
  send: (credential, own) => credential.install(own, heldSecret(NEW_SECRET, credential.client), "keep"),
  inPause: "waits",
});
changesTheIssuer("ending the rotated value, at its DELETE,", issuer, {
  intercept: () => found().get(ROTATED_PATH).reply(200, { value: CLIENT_SECRET }).delete(ROTATED_PATH),
  send: (credential, own) => credential.retire(own, heldSecret(CLIENT_SECRET, credential.client)),
  inPause: "waits",
});

describe("keeping one value alone", () => {
  const keepAlone = (primary: string | null, rotated: readonly [status: number, body: object]) => {
    const { credential } = setUp();
    nock(HOST)
      .get(`${CLIENTS}?clientId=my-app`)
      .reply(200, [{ ...stored, secret: primary }]);
    nock(HOST)
      .get(ROTATED_PATH)
      .reply(...rotated);
    return credential.keepAlone?.(bearer(TOKEN, credential.client));
  };

  test("ends the rotated one, whatever it is, if the first is CURRENT's", async () => {
    nock(HOST).delete(ROTATED_PATH).reply(204);
    expect(await keepAlone(CLIENT_SECRET, [200, { value: "of-nobody" }])).toEqual({ outcome: "retired" });
  });

  test("has nothing to do without a rotated one", async () => {
    expect(await keepAlone(CLIENT_SECRET, [404, {}])).toEqual({ outcome: "nothing-to-retire" });
  });

  test.each(["of-somebody-else", "**********", null])("deletes nothing if the first shows as %j", async (primary) => {
    const kept = await keepAlone(primary, [200, { value: CLIENT_SECRET }]);
    expect(kept).toMatchObject({ outcome: "refused", error: { code: "RETIRE_NOT_SAFE" } });
    expectQuiet(kept);
  });
});

logsInAtTheIssuer(issuer, () => nock(HOST).post(TOKEN_PATH));

describe("the content", () => {
  test.each([
    ["url", undefined],
    ["url", "sso.example.org"],
    ["url", `${HOST}/?a=b`],
    ["realm", undefined],
    ["realm", ""],
    ["realm", "a/b"],
    ["clientId", undefined],
    ["clientId", "a\nb"],
    ["clientSecret", undefined],
    ["clientSecret", 7],
  ])("whose member %s is %j is refused by name", async (member, value) => {
    const error = await expectFailure(() => setUp({ [member]: value }), "CONTENT_INVALID", `the member ${member}`);
    expectNoTrace(error, CLIENT_SECRET);
  });

  test("that names http anywhere but on loopback is refused", async () => {
    await expectFailure(() => setUp({ url: "http://sso.example.org" }), "ORIGIN_NOT_ALLOWED", "the member url");
    expect(setUp({ url: "http://127.0.0.1:8080" }).credential.client.base).toBe("http://127.0.0.1:8080");
  });
});
