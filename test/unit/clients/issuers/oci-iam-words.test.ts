import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { parseSettings } from "../../../../src/base/settings/settings.ts";
import { ociIam } from "../../../../src/clients/issuers/oci-iam.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure } from "../../../support/failures.ts";
import { bearer, heldSecret } from "../../../support/held.ts";
import { createRig } from "../../../support/issuer-rig.ts";

const HOST = "https://idcs-1.identity.oraclecloud.com";
const APP_ID = "fedcba9876543210fedcba9876543210";
const CONTENT = { domainUrl: HOST, appId: APP_ID, clientId: "app", appSecret: "V1" };

function setUp(members: object = {}, environment: Readonly<Record<string, string>> = {}) {
  const rig = { ...createRig(), settings: parseSettings(environment) };
  const credential = ociIam.open(parseContent(new Secret(JSON.stringify({ ...CONTENT, ...members }))), rig);
  return { ...rig, credential, proof: bearer("token", credential.client) };
}

describe("the address of a domain", () => {
  test.each([HOST, `${HOST}/`, ` ${HOST}:443/ `, `${HOST}/admin/v1`, `${HOST}/admin/v1//`])(
    "is taken as the Console shows it: %j",
    (domainUrl) => {
      expect(setUp({ domainUrl }).credential.client.base).toBe(HOST);
    },
  );

  test.each([
    ["no address", "must be an https URL"],
    [`${HOST}/admin/v1/Apps`, "must be an https URL without a path"],
    [`${HOST}/admin/v1.example.net`, "must be an https URL without a path"],
    [`${HOST}/ui`, "must be an https URL without a path"],
  ])("is refused if it is %j", async (domainUrl, words) => {
    const { message } = await expectFailure(() => setUp({ domainUrl }), "CONTENT_INVALID");
    expect(message).toBe(`the member domainUrl of the secret's content ${words}`);
  });
});

test.each<[string, Record<string, string>, string]>([
  ["ends what the one before has made, where the domain makes the value", {}, "last-wins"],
  ["changes nothing more, where the value is ours", { OROT_OCI_IAM_VALUE: "caller" }, "safe"],
])("a repeated request for a new value %s", (_what, environment, repeatMint) => {
  expect(setUp({}, environment).credential.capabilities.repeatMint).toBe(repeatMint);
});

describe("a login that asks for a token of a chosen life", () => {
  const TOKEN = { access_token: "token", expires_in: 3_600 };
  const SCOPE_REFUSED = { error: "invalid_scope" };
  const chosen = (scope: string | null) => scope?.includes("expiry") === true;
  /** The scopes that it asked for, and what became of it. */
  async function login(seconds: number | null, ...answers: [status: number, body: object][]) {
    const scopes: (string | null)[] = [];
    for (const [status, body] of answers) {
      nock(HOST)
        .post("/oauth2/v1/token", (form) => {
          scopes.push(form["scope"] ?? null);
          return true;
        })
        .reply(status, body);
    }
    const { verdict } = await setUp().credential.login(seconds);
    return { verdict, chosen: scopes.map(chosen) };
  }

  test("is content with the usual one if the domain grants no other", async () => {
    expect(await login(7_200, [400, SCOPE_REFUSED], [200, TOKEN])).toEqual({
      verdict: "accepted",
      chosen: [true, false],
    });
  });

  test("asks once if the domain grants it", async () => {
    expect(await login(7_200, [200, TOKEN])).toEqual({ verdict: "accepted", chosen: [true] });
  });

  test("asks once if the domain is down", async () => {
    expect(await login(7_200, [503, {}])).toEqual({ verdict: "unknown", chosen: [true] });
  });

  test("asks once without a chosen life", async () => {
    expect(await login(null, [400, SCOPE_REFUSED])).toEqual({ verdict: "unknown", chosen: [false] });
  });
});

describe("an operator is told how a new value was refused", () => {
  test("at regenerating, answered without one", async () => {
    nock(HOST).post("/admin/v1/AppClientSecretRegenerator").reply(200, {});
    const { credential, proof } = setUp();
    expect(await credential.mint(proof)).toMatchObject({
      outcome: "unknown",
      error: { message: "the new client secret could not be read from the answer" },
    });
  });

  test.each([302, 503])("by an application that could not be looked at, answered %i", async (status) => {
    nock(HOST)
      .get(new RegExp(`^/admin/v1/Apps/${APP_ID}`))
      .reply(status);
    const { credential, proof } = setUp();
    const asked = () => credential.preflight?.(() => Promise.resolve({ ...proof, by: "authority" }));
    await expectFailure(asked, "ISSUER_UNAVAILABLE", `reading the application was answered ${status}`);
  });

  test.each([
    [401, "the token was refused at regenerating, or the client may not regenerate its own secret"],
    [403, "regenerating was refused with 403"],
    [404, "regenerating was refused with 404"],
    [503, "regenerating was answered 503"],
  ])("at regenerating, answered %i", async (status, words) => {
    nock(HOST).post("/admin/v1/AppClientSecretRegenerator").reply(status, {});
    const { credential, proof } = setUp();
    const result = await credential.mint(proof);
    expect("error" in result && result.error.message).toContain(words);
  });

  test.each([
    [401, "the token was refused at setting the client secret"],
    [400, "the domain refuses a chosen client secret with 400"],
    [503, "setting the client secret was answered 503"],
  ])("at setting it, answered %i", async (status, words) => {
    nock(HOST).patch(`/admin/v1/Apps/${APP_ID}`).reply(status, {});
    const { credential, proof } = setUp({}, { OROT_OCI_IAM_VALUE: "caller" });
    const result = await credential.install(proof, heldSecret("V2", credential.client), "keep");
    expect("error" in result && result.error.message).toContain(words);
  });
});
