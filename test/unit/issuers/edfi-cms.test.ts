import nock from "nock";
import { describe, expect, test } from "vitest";
import { parseContent } from "../../../src/content.ts";
import { createSeededEntropy } from "../../../src/emulator/seeded-entropy.ts";
import { edfiCms } from "../../../src/issuers/edfi-cms.ts";
import type { Credential, Proof } from "../../../src/issuers/issuer.ts";
import { requestToken } from "../../../src/issuers/token-request.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "../../support/hostile-replies.ts";
import type { InstantClock } from "../../support/instant-clock.ts";
import { createRig, type Rig } from "../../support/issuer-rig.ts";

const HOST = "https://cms.example.org";
const CLIENT_SECRET = "canary!@#$^*(9c1f";
const NEW = "new-canary{}:;,.?4712";
const TOKEN = "canary.token/4711";
const KEY = "361994b9-0000-4000-8000-000000000001";
const CONTENT = { issuer: "edfi-cms", url: HOST, apiClientId: 7, clientId: KEY, clientSecret: CLIENT_SECRET };

const TOKEN_PATH = "/connect/token";
const RESET_PATH = "/v3/apiClients/7/reset-credential";
const made = { id: 7, applicationId: 3, name: "a client", key: KEY, secret: NEW };

const open = (members: object, rig = createRig()) =>
  edfiCms.open(parseContent(new Secret(JSON.stringify({ ...CONTENT, ...members }))), rig);

interface Opened extends Rig {
  readonly credential: Credential;
  readonly proof: Proof;
}
function setUp(members: object = {}): Opened {
  const rig = createRig();
  return {
    ...rig,
    credential: open(members, rig),
    proof: { kind: "bearer", token: new Secret(TOKEN), isOther: true },
  };
}
const mint = ({ credential, proof }: Opened) => credential.mint(proof);

function expectQuiet(value: unknown): void {
  for (const secret of [CLIENT_SECRET, NEW, TOKEN]) expectNoTrace(value, secret);
}

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

describe("what goes over the wire", () => {
  test("login sends key and secret as a form, and asks for no scope", async () => {
    nock(HOST, {
      reqheaders: { "content-type": "application/x-www-form-urlencoded" },
      badheaders: ["authorization", "tenant"],
    })
      .post(TOKEN_PATH, { grant_type: "client_credentials", client_id: KEY, client_secret: CLIENT_SECRET })
      .reply(200, { access_token: TOKEN, token_type: "Bearer", expires_in: 1800 });
    const { credential, clock } = setUp({ tenant: "district-1" });
    const login = await credential.login(null);
    expect(login).toMatchObject({ verdict: "accepted", token: { expiresAt: clock.monotonic() + 1_800_000 } });
    expectQuiet(login);
  });

  test("an administrator logs in at the same place, and asks for full access", async () => {
    nock(HOST)
      .post(TOKEN_PATH, {
        grant_type: "client_credentials",
        scope: "edfi_admin_api/full_access",
        client_id: "admin",
        client_secret: "its-own",
      })
      .reply(200, { access_token: TOKEN });
    const { credential, http, clock } = setUp();
    const shown = credential.proofOfClient("admin", "its-own");
    expect((await requestToken(credential.tokenEndpoint, shown, { http, clock })).verdict).toBe("accepted");
  });

  test("a reset is one PUT with an empty object and the bearer", async () => {
    nock(HOST, {
      reqheaders: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        accept: "application/json",
      },
      badheaders: ["tenant"],
    })
      .put(RESET_PATH, {})
      .reply(200, made);
    const result = await mint(setUp());
    expect(result.outcome).toBe("minted");
    if (result.outcome === "minted") expect(result.clientSecret.reveal()).toBe(NEW);
    expectQuiet(result);
  });

  test.each([
    [{ apiVersion: "v2" }, "/v2/apiClients/7/reset-credential"],
    [{ apiVersion: "v3" }, RESET_PATH],
    [{ apiClientId: undefined, applicationId: 3 }, "/v3/applications/3/reset-credential"],
    [{ apiVersion: "v2", apiClientId: undefined, applicationId: 3 }, "/v2/applications/3/reset-credential"],
    [{ url: `${HOST}/config/` }, `/config${RESET_PATH}`],
  ])("with %j a reset goes to %s", async (members, path) => {
    nock(HOST).put(path).reply(200, made);
    expect((await mint(setUp(members))).outcome).toBe("minted");
  });

  test("the tenant of the content is named at a reset", async () => {
    nock(HOST, { reqheaders: { tenant: "district-1" } })
      .put(RESET_PATH)
      .reply(200, made);
    expect((await mint(setUp({ tenant: "district-1" }))).outcome).toBe("minted");
  });

  test("a token endpoint elsewhere is that of the content, for the client and for its administrator", async () => {
    const tokenUrl = "https://idp.example.org/realms/edfi/protocol/openid-connect/token";
    nock("https://idp.example.org")
      .post("/realms/edfi/protocol/openid-connect/token")
      .reply(200, { access_token: TOKEN });
    const { credential } = setUp({ tokenUrl });
    expect((await credential.login(null)).verdict).toBe("accepted");
    expect(credential.tokenEndpoint.url).toBe(tokenUrl);
    expect(credential.origin).toBe(HOST);
  });
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
    ["a Keycloak behind it", { error: "unauthorized_client", error_description: words }],
  ])("is rejected in the words of %s", async (_whose, body) => {
    expect(await login(401, body)).toEqual({ verdict: "rejected" });
  });

  test("that fails for too many tokens had the right secret", async () => {
    const body = problem(429, `${AUTHENTICATION}:too-many-tokens`);
    expect(await login(429, body)).toEqual({ verdict: "accepted", token: null });
  });

  test.each<[status: number, body: object | string, code: string]>([
    [401, problem(401, AUTHENTICATION, { errors: [`invalid_client. ${words}`] }), "VERDICT_UNKNOWN"],
    [401, problem(401, AUTHENTICATION, { errors: ["The access token is missing"] }), "VERDICT_UNKNOWN"],
    [401, { error: "invalid_client" }, "VERDICT_UNKNOWN"],
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

  test.each([
    ["a reset connection", (i: nock.Interceptor) => i.replyWithError(errorWithCode("ECONNRESET", TOKEN))],
    ["an answer cut off", (i: nock.Interceptor) => i.reply(200, breaksAfter(`{"secret":"${NEW}`))],
    ["too large an answer", (i: nock.Interceptor) => i.reply(200, tooLarge)],
  ])("is unknown after %s: it may have taken effect", async (_what, answer) => {
    answer(nock(HOST).put(RESET_PATH));
    const result = await mint(setUp());
    expect(result.outcome).toBe("unknown");
    expectQuiet(result);
  });

  test.each<[string, (clock: InstantClock) => () => unknown]>([
    ["never comes", (clock) => neverAnswers(clock).reply as () => unknown],
    ["stops in the middle", (clock) => stallsAfter(`{"secret":"${NEW}`, clock)],
  ])("is unknown when an answer %s, and leaves no request behind", async (_what, reply) => {
    const opened = setUp();
    nock(HOST).put(RESET_PATH).reply(200, reply(opened.clock));
    expect(await mint(opened)).toMatchObject({ outcome: "unknown", error: { code: "ISSUER_UNAVAILABLE" } });
    expect(opened.clock.running).toBe(0);
  });

  test.each([
    ["ECONNREFUSED", "ISSUER_UNAVAILABLE"],
    ["ENOTFOUND", "ISSUER_UNAVAILABLE"],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_UNTRUSTED"],
  ])("is known not to have been sent after %s", async (code, expected) => {
    nock(HOST).put(RESET_PATH).replyWithError(errorWithCode(code, TOKEN));
    const result = await mint(setUp());
    expect(result).toMatchObject({ outcome: "refused", error: { code: expected } });
    expectQuiet(result);
  });

  test("is not sent during a pause after an earlier 429", async () => {
    const opened = setUp();
    opened.gate.close(HOST, "90", 60_000);
    expect(await mint(opened)).toMatchObject({ outcome: "refused", error: { code: "ISSUER_UNAVAILABLE" } });
    expect(opened.clock.slept).toEqual([]);
  });

  test("by an OCI signature is a defect of ours, and nothing is sent", async () => {
    const proof: Proof = { kind: "signature", signer: { signHttpRequest: () => Promise.resolve() } };
    expect(await mint({ ...setUp(), proof })).toMatchObject({ outcome: "refused", error: { code: "INTERNAL" } });
  });
});

describe("the content", () => {
  test.each([
    [{}, "7"],
    [{ apiClientId: undefined, applicationId: 3 }, "applications/3"],
  ])("%j is named by authorities as %s; the secret is never shown", (members, subjectId) => {
    const credential = open(members);
    expect(credential).toMatchObject({
      issuer: "edfi-cms",
      origin: HOST,
      clientId: KEY,
      subjectId,
      rotatedMember: "clientSecret",
      assertionAudience: `${HOST}${TOKEN_PATH}`,
      traits: { valueChosenBy: "issuer", overlap: "none", readBack: "no", authorities: ["other-client"] },
    });
    expectQuiet(credential);
  });

  test.each<[member: string, members: object]>([
    ["url", { url: undefined }],
    ["url", { url: "cms.example.org" }],
    ["apiVersion", { apiVersion: "v4" }],
    ["apiVersion", { apiVersion: 3 }],
    ["tenant", { tenant: "" }],
    ["tenant", { tenant: "district 1" }],
    ["tenant", { tenant: "a\r\nx: y" }],
    ["tenant", { tenant: "t".repeat(201) }],
    ["tokenUrl", { tokenUrl: "connect/token" }],
    ["tokenUrl", { tokenUrl: 7 }],
    ["apiClientId", { apiClientId: undefined }],
    ["apiClientId", { apiClientId: "7" }],
    ["apiClientId", { apiClientId: 0 }],
    ["apiClientId", { apiClientId: -7 }],
    ["apiClientId", { apiClientId: 7.5 }],
    ["apiClientId", { apiClientId: null }],
    ["applicationId", { apiClientId: undefined, applicationId: "3" }],
    ["applicationId", { applicationId: 3 }],
    ["clientId", { clientId: undefined }],
    ["clientId", { clientId: "a:b" }],
    ["clientSecret", { clientSecret: undefined }],
    ["clientSecret", { clientSecret: ["canary"] }],
    ["clientSecret", { clientSecret: "canary\n4711" }],
  ])("is refused by the name of its member %s: %j", async (member, members) => {
    const error = await expectFailure(
      () => open(members),
      "CONTENT_INVALID",
      `the member ${member} of the secret's content`,
    );
    expect(error.responseCode).toBe(400);
    expectQuiet(error);
    expectNoTrace(error, "canary\n4711");
  });

  test.each([{ url: "http://cms.example.org" }, { tokenUrl: "http://idp.example.org/token" }])(
    "with an address that is not https (%j) is refused before anything is sent",
    async (members) => {
      await expectFailure(() => open(members), "ORIGIN_NOT_ALLOWED", "is not https");
    },
  );
});

test("no value of ours is taken here, none can be read back, and none lives on", async () => {
  const { credential, proof } = setUp();
  const value = new Secret(NEW);
  expect(await credential.install(proof, value, true)).toMatchObject({
    outcome: "refused",
    error: { code: "INTERNAL" },
  });
  expect(await credential.readBack(proof)).toEqual({ outcome: "not-readable", isProofAlive: true });
  expect(await credential.retire(proof, value)).toEqual({ outcome: "nothing-to-retire" });
  await expectFailure(() => credential.generate(createSeededEntropy(1)), "INTERNAL");
});
