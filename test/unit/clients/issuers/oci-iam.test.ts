import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Authorization, Credential } from "../../../../src/clients/issuers/issuer.ts";
import { ociIam } from "../../../../src/clients/issuers/oci-iam.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { bearer, heldSecret } from "../../../support/held.ts";
import { createRig, type Rig } from "../../../support/issuer-rig.ts";
import {
  asksTheIssuer,
  changesTheIssuer,
  type IssuerUnderTest,
  logsInAtTheIssuer,
} from "../../../support/issuer-suite.ts";

const HOST = "https://login.example.org";
const APP_ID = "fedcba9876543210fedcba9876543210";
const CLIENT_SECRET = "canary/+9c1f~4711";
const TOKEN = "canary.token/4711";
const BASIC = `Basic ${Buffer.from(`app_client:${CLIENT_SECRET}`).toString("base64")}`;

const TOKEN_PATH = "/oauth2/v1/token";
const REGENERATOR_PATH = "/admin/v1/AppClientSecretRegenerator";
const APP_PATH = `/admin/v1/Apps/${APP_ID}`;

const CONTENT = { domainUrl: HOST, appId: APP_ID, clientId: "app_client", appSecret: CLIENT_SECRET };
const open = (rig: Rig) => ociIam.open(parseContent(new Secret(JSON.stringify(CONTENT))), rig);

function setUp(): Rig & { readonly credential: Credential; readonly token: Authorization } {
  const rig = createRig();
  const credential = open(rig);
  return { ...rig, credential, token: bearer(TOKEN, credential.client) };
}

function expectQuiet(value: unknown): void {
  for (const secret of [CLIENT_SECRET, TOKEN, BASIC]) expectNoTrace(value, secret);
}

describe("what goes over the wire", () => {
  test("login sends id and secret raw in a Basic header, and the grant and scope as a form", async () => {
    nock(HOST, { reqheaders: { authorization: BASIC, "content-type": "application/x-www-form-urlencoded" } })
      .post(TOKEN_PATH, "grant_type=client_credentials&scope=urn%3Aopc%3Aidm%3A__myscopes__")
      .reply(200, { access_token: TOKEN, token_type: "Bearer", expires_in: 3600 });
    const { credential, clock } = setUp();
    const start = clock.monotonic();
    const login = await credential.login(null);
    expect(login).toMatchObject({ verdict: "accepted", token: { expiresAt: start + 3_600_000 } });
    if (login.verdict === "accepted") expect(login.token?.value.reveal()).toBe(TOKEN);
    expectQuiet(login);
  });

  test("mint sends one SCIM request with the bearer", async () => {
    nock(HOST, { reqheaders: { authorization: `Bearer ${TOKEN}`, "content-type": "application/scim+json" } })
      .post(REGENERATOR_PATH, {
        appId: APP_ID,
        schemas: ["urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator"],
      })
      .reply(201, { id: "x", appId: APP_ID, clientSecret: "new-canary-4712" });
    const { credential, token } = setUp();
    const mint = await credential.mint(token);
    expect(mint.outcome).toBe("minted");
    if (mint.outcome === "minted") expect(mint.clientSecret.reveal()).toBe("new-canary-4712");
    expectNoTrace(mint, "new-canary-4712");
  });

  test("readBack asks for the application with the bearer", async () => {
    nock(HOST, { reqheaders: { authorization: `Bearer ${TOKEN}` }, badheaders: ["content-type"] })
      .get(APP_PATH, "")
      .reply(200, { id: APP_ID, clientSecret: "new-canary-4712" });
    const { credential, token } = setUp();
    const read = await credential.readBack(token);
    expect(read.outcome).toBe("read");
    expectNoTrace(read, "new-canary-4712");
  });
});

describe("a login is a fresh request each time", () => {
  test("the second verdict is the second answer", async () => {
    nock(HOST)
      .post(TOKEN_PATH)
      .reply(200, { access_token: TOKEN })
      .post(TOKEN_PATH)
      .reply(401, { error: "invalid_client", error_description: CLIENT_SECRET });
    const { credential } = setUp();
    expect((await credential.login(null)).verdict).toBe("accepted");
    expect(await credential.login(null)).toEqual({ verdict: "rejected" });
  });
});

const issuer: IssuerUnderTest = { open, token: TOKEN, secrets: [CLIENT_SECRET, BASIC, "chosen-canary-4712"] };
const minting = () => nock(HOST).post(REGENERATOR_PATH);
const reading = () => nock(HOST).get(APP_PATH);
logsInAtTheIssuer(issuer, () => nock(HOST).post(TOKEN_PATH));
changesTheIssuer("a mint", issuer, {
  intercept: minting,
  send: (credential, token) => credential.mint(token),
  bySignature: "taken",
});
changesTheIssuer("setting a value", issuer, {
  intercept: () => nock(HOST).patch(APP_PATH),
  send: (credential, token) => credential.install(token, heldSecret("chosen-canary-4712", credential.client), "keep"),
  bySignature: "taken",
});
asksTheIssuer("reading back", issuer, { intercept: reading, send: (credential, token) => credential.readBack(token) });

test.each([
  ["truncated JSON", `{"clientSecret":"${CLIENT_SECRET}`],
  ["no JSON", `<html>${CLIENT_SECRET}</html>`],
])("%s under 200 says nothing, whichever call it answers", async (_what, body) => {
  const { credential, token } = setUp();
  nock(HOST).post(TOKEN_PATH).reply(200, body);
  minting().reply(200, body);
  reading().reply(200, body);
  const error = { code: "VERDICT_UNKNOWN" };
  const login = await credential.login(null);
  expect(login).toMatchObject({ verdict: "unknown", error });
  const results = [await credential.mint(token), await credential.readBack(token)];
  for (const result of results) expect(result).toMatchObject({ outcome: "unknown", error });
  expectQuiet([login, ...results]);
});

test.each([
  [400, "ISSUER_CONFIGURATION", "refused"],
  [403, "ISSUER_FORBIDDEN", "proof-refused"],
  [404, "ISSUER_CONFIGURATION", "refused"],
  [409, "ISSUER_CONFIGURATION", "refused"],
  [412, "ISSUER_CONFIGURATION", "refused"],
])("a mint answered %i is refused with %s", async (status, code, outcome) => {
  nock(HOST).post(REGENERATOR_PATH).reply(status, { detail: TOKEN });
  const { credential, token } = setUp();
  const mint = await credential.mint(token);
  expect(mint).toMatchObject({ outcome, error: { code } });
  expectQuiet(mint);
});

test("a mint answered 401 says that its token was refused, so that another may be tried", async () => {
  nock(HOST).post(REGENERATOR_PATH).reply(401, { detail: TOKEN });
  const { credential, token } = setUp();
  const mint = await credential.mint(token);
  expect(mint).toMatchObject({ outcome: "proof-refused", error: { code: "ISSUER_UNAVAILABLE" } });
  expectQuiet(mint);
});
