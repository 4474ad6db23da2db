import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { rateKey } from "../../../../src/clients/issuers/client.ts";
import type { Credential, Proof } from "../../../../src/clients/issuers/issuer.ts";
import { ociIam } from "../../../../src/clients/issuers/oci-iam.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { bearer } from "../../../support/held.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "../../../support/hostile-replies.ts";
import type { InstantClock } from "../../../support/instant-clock.ts";
import { createRig, type Rig } from "../../../support/issuer-rig.ts";

const HOST = "https://login.example.org";
const APP_ID = "fedcba9876543210fedcba9876543210";
const CLIENT_SECRET = "canary/+9c1f~4711";
const TOKEN = "canary.token/4711";
const BASIC = `Basic ${Buffer.from(`app_client:${CLIENT_SECRET}`).toString("base64")}`;

const TOKEN_PATH = "/oauth2/v1/token";
const REGENERATOR_PATH = "/admin/v1/AppClientSecretRegenerator";
const APP_PATH = `/admin/v1/Apps/${APP_ID}`;

function setUp(budgetMs?: number): Rig & { readonly credential: Credential; readonly token: Proof } {
  const rig = createRig(budgetMs);
  const content = { domainUrl: HOST, appId: APP_ID, clientId: "app_client", appSecret: CLIENT_SECRET };
  const credential = ociIam.open(parseContent(new Secret(JSON.stringify(content))), rig);
  return { ...rig, credential, token: bearer(TOKEN, credential.client) };
}

function expectQuiet(value: unknown): void {
  for (const secret of [CLIENT_SECRET, TOKEN, BASIC]) expectNoTrace(value, secret);
}

/** One call of the credential, and where it goes. */
interface Call {
  readonly name: string;
  readonly intercept: () => nock.Interceptor;
  readonly run: (credential: Credential, token: Proof) => Promise<object>;
  /** The result that says: the issuer may have acted on it, or said nothing. */
  readonly unknown: object;
  /** The result where nothing can have been sent. */
  readonly notSent: object;
  /** Waits for a pause after 429 to end. */
  readonly isPatient: boolean;
}
const calls: readonly Call[] = [
  {
    name: "login",
    intercept: () => nock(HOST).post(TOKEN_PATH),
    run: (credential) => credential.login(null),
    isPatient: true,
    unknown: { verdict: "unknown" },
    notSent: { verdict: "unknown" },
  },
  {
    name: "mint",
    intercept: () => nock(HOST).post(REGENERATOR_PATH),
    run: (credential, token) => credential.mint(token),
    isPatient: false,
    unknown: { outcome: "unknown" },
    notSent: { outcome: "refused" },
  },
  {
    name: "readBack",
    intercept: () => nock(HOST).get(APP_PATH),
    run: (credential, token) => credential.readBack(token),
    isPatient: true,
    unknown: { outcome: "unknown" },
    notSent: { outcome: "unknown" },
  },
];

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

describe.each(calls)("$name", ({ intercept, run, unknown, notSent, isPatient }) => {
  test.each([
    ["a reset connection", (i: nock.Interceptor) => i.replyWithError(errorWithCode("ECONNRESET", BASIC))],
    ["an answer cut off", (i: nock.Interceptor) => i.reply(200, breaksAfter('{"access_token":"'))],
    ["too large an answer", (i: nock.Interceptor) => i.reply(200, tooLarge)],
    ["truncated JSON", (i: nock.Interceptor) => i.reply(200, `{"clientSecret":"${CLIENT_SECRET}`)],
    ["no JSON", (i: nock.Interceptor) => i.reply(200, `<html>${CLIENT_SECRET}</html>`)],
    ["429", (i: nock.Interceptor) => i.reply(429, { error: "invalid_client" })],
    ["500", (i: nock.Interceptor) => i.reply(500, { clientSecret: CLIENT_SECRET })],
    ["502", (i: nock.Interceptor) => i.reply(502, `<html>${CLIENT_SECRET}</html>`)],
    ["503", (i: nock.Interceptor) => i.reply(503)],
  ])("says unknown after %s, sends nothing twice and tells no secret", async (_what, answer) => {
    answer(intercept());
    const { credential, token } = setUp();
    const result = await run(credential, token);
    expect(result).toMatchObject(unknown);
    expectQuiet(result);
  });

  test.each<[string, (clock: InstantClock) => () => unknown]>([
    ["never comes", (clock) => neverAnswers(clock).reply as () => unknown],
    ["stops in the middle", (clock) => stallsAfter('{"access_token":"', clock)],
  ])("says unknown when an answer %s, and leaves no request behind", async (_what, reply) => {
    const { credential, token, clock } = setUp();
    intercept().reply(200, reply(clock));
    const result = await run(credential, token);
    expect(result).toMatchObject({ ...unknown, error: { code: "ISSUER_UNAVAILABLE" } });
    expect(clock.running).toBe(0);
    expectQuiet(result);
  });

  test.each([
    ["ECONNREFUSED", "ISSUER_UNAVAILABLE"],
    ["ENOTFOUND", "ISSUER_UNAVAILABLE"],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_UNTRUSTED"],
  ])("knows that nothing was sent after %s", async (code, expected) => {
    intercept().replyWithError(errorWithCode(code, BASIC));
    const { credential, token } = setUp();
    const result = await run(credential, token);
    expect(result).toMatchObject({ ...notSent, error: { code: expected } });
    expectQuiet(result);
  });

  test(
    isPatient ? "waits for the pause after an earlier 429" : "is not sent during a pause after an earlier 429",
    async () => {
      if (isPatient) intercept().reply(503);
      const { credential, token, gate, clock } = setUp();
      gate.close(rateKey(credential.client), "90", 60_000);
      const result = await run(credential, token);
      if (!isPatient) expect(result).toMatchObject({ ...notSent, error: { code: "ISSUER_UNAVAILABLE" } });
      expect(clock.slept).toEqual(isPatient ? [90_000] : []);
    },
  );

  test("sends nothing while a pause does not fit into the time left, and says so", async () => {
    const { credential, token, gate, clock } = setUp(50_000);
    gate.close(rateKey(credential.client), undefined, 60_000);
    const result = await run(credential, token);
    expect(result).toMatchObject({ ...notSent, error: { code: "ISSUER_UNAVAILABLE" } });
    expect(clock.slept).toEqual([]);
    expectQuiet(result);
  });
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

test.each([301, 302, 303, 307, 308])("a redirect with %i is not followed by any call", async (status) => {
  const { credential, token } = setUp();
  for (const { intercept, run } of calls) {
    intercept().reply(status, "", { location: `${HOST}/elsewhere` });
    expect(await run(credential, token)).not.toMatchObject({ verdict: "accepted" });
  }
});

test("a mint that nothing answers destroys its request at the deadline", async () => {
  const { credential, token, clock } = setUp();
  const { reply, destroyed } = neverAnswers(clock);
  nock(HOST).post(REGENERATOR_PATH).reply(200, reply);
  expect((await credential.mint(token)).outcome).toBe("unknown");
  await destroyed;
});
