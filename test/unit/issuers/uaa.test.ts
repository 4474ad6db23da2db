import nock from "nock";
import { describe, expect, test } from "vitest";
import { parseContent } from "../../../src/content.ts";
import { createSeededEntropy } from "../../../src/emulator/seeded-entropy.ts";
import type { Credential, Proof } from "../../../src/issuers/issuer.ts";
import { uaa } from "../../../src/issuers/uaa.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure, expectNoTrace } from "../../support/failures.ts";
import { breaksAfter, errorWithCode, neverAnswers, stallsAfter, tooLarge } from "../../support/hostile-replies.ts";
import type { InstantClock } from "../../support/instant-clock.ts";
import { createRig, type Rig } from "../../support/issuer-rig.ts";

const HOST = "https://uaa.example.org";
const CLIENT_SECRET = "canary/+9c1f~4711";
const OLDER = "older-canary/+4710";
const NEWER = "newer-canary_-4712";
const TOKEN = "canary.token/4711";
const CONTENT = { issuer: "uaa", url: `${HOST}/uaa`, clientId: "app", clientSecret: CLIENT_SECRET };

const TOKEN_PATH = "/uaa/oauth/token";
const SECRET_PATH = "/uaa/oauth/clients/app/secret";

const open = (members: object, rig = createRig()) =>
  uaa.open(parseContent(new Secret(JSON.stringify({ ...CONTENT, ...members }))), rig);

interface Opened extends Rig {
  readonly credential: Credential;
  readonly own: Proof;
  readonly other: Proof;
}
function setUp(members: object = {}, budgetMs?: number): Opened {
  const rig = createRig(budgetMs);
  const bearer = { kind: "bearer", token: new Secret(TOKEN) } as const;
  const proofs = { own: { ...bearer, isOther: false }, other: { ...bearer, isOther: true } };
  return { ...rig, credential: open(members, rig), ...proofs };
}

const add = ({ credential, own }: Opened) => credential.install(own, new Secret(NEWER), true);
const remove = ({ credential, own }: Opened) => credential.retire(own, new Secret(OLDER));

function expectQuiet(value: unknown): void {
  for (const secret of [CLIENT_SECRET, OLDER, NEWER, TOKEN]) expectNoTrace(value, secret);
}

describe("what goes over the wire", () => {
  test("login sends id and secret as a form, never as Basic beside it, and asks for an opaque token", async () => {
    nock(HOST, {
      reqheaders: { "content-type": "application/x-www-form-urlencoded", "x-cf-encoded-credentials": "true" },
      badheaders: ["authorization", "x-identity-zone-id"],
    })
      .post(
        TOKEN_PATH,
        "grant_type=client_credentials&client_id=app&client_secret=canary%2F%2B9c1f%7E4711&token_format=opaque",
      )
      .reply(200, { access_token: TOKEN, token_type: "bearer", expires_in: 43_199, scope: "", jti: "x" });
    const { credential, clock } = setUp({ zoneId: "zone-1" });
    const login = await credential.login(3_600);
    expect(login).toMatchObject({ verdict: "accepted", token: { expiresAt: clock.monotonic() + 43_199_000 } });
    expectQuiet(login);
  });

  test("a value is added by mode ADD alone, with CURRENT's as the proof that the client acts for itself", async () => {
    nock(HOST, {
      reqheaders: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        accept: "application/json",
      },
      badheaders: ["x-identity-zone-id"],
    })
      .put(SECRET_PATH, { clientId: "app", changeMode: "ADD", oldSecret: CLIENT_SECRET, secret: NEWER })
      .reply(200, { status: "ok", message: "Secret is added" });
    const added = await add(setUp());
    expect(added).toEqual({ outcome: "installed" });
  });

  test("the older value is deleted by mode DELETE, with itself as the proof, so that a late request dies with it", async () => {
    nock(HOST, { reqheaders: { authorization: `Bearer ${TOKEN}` } })
      .put(SECRET_PATH, { clientId: "app", changeMode: "DELETE", oldSecret: OLDER })
      .reply(200, { status: "ok", message: "Secret is deleted" });
    expect(await remove(setUp())).toEqual({ outcome: "retired" });
  });

  test.each([
    ["another client", "other", "zone-1"],
    ["the client itself", "own", null],
  ] as const)("the zone of the content is named for %s", async (_who, who, expected) => {
    const headers =
      expected === null ? { badheaders: ["x-identity-zone-id"] } : { reqheaders: { "x-identity-zone-id": expected } };
    nock(HOST, headers).put(SECRET_PATH).reply(200, {}).put(SECRET_PATH).reply(200, {});
    const opened = setUp({ zoneId: "zone-1" });
    expect(await opened.credential.install(opened[who], new Secret(NEWER), true)).toEqual({ outcome: "installed" });
    expect(await opened.credential.retire(opened[who], new Secret(OLDER))).toEqual({ outcome: "retired" });
  });

  test("without a zone in the content none is named for anybody", async () => {
    nock(HOST, { badheaders: ["x-identity-zone-id"] })
      .put(SECRET_PATH)
      .reply(200, {});
    const { credential, other } = setUp();
    expect(await credential.install(other, new Secret(NEWER), true)).toEqual({ outcome: "installed" });
  });

  test("an id that is no plain word stands encoded in the path", async () => {
    nock(HOST).put("/uaa/oauth/clients/a%2Fb%3F%20c/secret").reply(200, {});
    const { credential, own } = setUp({ clientId: "a/b? c" });
    expect(await credential.install(own, new Secret(NEWER), true)).toEqual({ outcome: "installed" });
  });

  test("an address without a path is that of a UAA at the root", async () => {
    nock(HOST).post("/oauth/token").reply(200, { access_token: TOKEN }).put("/oauth/clients/app/secret").reply(200, {});
    const { credential, own } = setUp({ url: `${HOST}/` });
    expect((await credential.login(null)).verdict).toBe("accepted");
    expect((await credential.install(own, new Secret(NEWER), true)).outcome).toBe("installed");
  });
});

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

/** A change of the client's secrets: sent once and at once, or not at all. */
const changes = [
  { name: "adding", run: add },
  { name: "deleting", run: remove },
] as const;
const intercept = () => nock(HOST).put(SECRET_PATH);

describe.each(changes)("$name", ({ run }) => {
  test.each([
    ["a reset connection", (i: nock.Interceptor) => i.replyWithError(errorWithCode("ECONNRESET", CLIENT_SECRET))],
    ["an answer cut off", (i: nock.Interceptor) => i.reply(200, breaksAfter('{"status":"'))],
    ["too large an answer", (i: nock.Interceptor) => i.reply(200, tooLarge)],
  ])("is unknown after %s: it may have taken effect", async (_what, answer) => {
    answer(intercept());
    const result = await run(setUp());
    expect(result.outcome).toBe("unknown");
    expectQuiet(result);
  });

  test.each<[string, (clock: InstantClock) => () => unknown]>([
    ["never comes", (clock) => neverAnswers(clock).reply as () => unknown],
    ["stops in the middle", (clock) => stallsAfter('{"status":"', clock)],
  ])("is unknown when an answer %s, and leaves no request behind", async (_what, reply) => {
    const opened = setUp();
    intercept().reply(200, reply(opened.clock));
    expect(await run(opened)).toMatchObject({ outcome: "unknown", error: { code: "ISSUER_UNAVAILABLE" } });
    expect(opened.clock.running).toBe(0);
  });

  test.each([
    ["ECONNREFUSED", "ISSUER_UNAVAILABLE"],
    ["ENOTFOUND", "ISSUER_UNAVAILABLE"],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_UNTRUSTED"],
  ])("is known not to have been sent after %s", async (code, expected) => {
    intercept().replyWithError(errorWithCode(code, CLIENT_SECRET));
    const result = await run(setUp());
    expect(result).toMatchObject({ outcome: "refused", error: { code: expected } });
    expectQuiet(result);
  });

  test("is not sent during a pause after an earlier 429, and waits for nothing", async () => {
    const opened = setUp();
    opened.gate.close(HOST, "90", 60_000);
    expect(await run(opened)).toMatchObject({ outcome: "refused", error: { code: "ISSUER_UNAVAILABLE" } });
    expect(opened.clock.slept).toEqual([]);
  });

  test("follows no redirect", async () => {
    intercept().reply(307, "", { location: `${HOST}/elsewhere` });
    expect((await run(setUp())).outcome).toBe("unknown");
  });

  test("by an OCI signature is a defect of ours, and nothing is sent", async () => {
    const opened = setUp();
    const own: Proof = { kind: "signature", signer: { signHttpRequest: () => Promise.resolve() } };
    expect(await run({ ...opened, own })).toMatchObject({ error: { code: "INTERNAL" } });
  });
});

describe("a value of our own", () => {
  const values = Array.from({ length: 200 }, (_, seed) => open({}).generate(createSeededEntropy(seed)).reveal());

  test("is 64 characters that bcrypt reads whole and every encoding leaves as they are", () => {
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9_-]{64}$/);
  });

  test("holds a lower and an upper case letter, a digit and a special character, whatever the zone asks for", () => {
    for (const value of values) for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[_-]/]) expect(value).toMatch(kind);
  });

  test("is another one each time, made of 45 random bytes", () => {
    expect(new Set(values.map((value) => value.slice(0, 60))).size).toBe(values.length);
    const asked: number[] = [];
    const entropy = createSeededEntropy(1);
    open({}).generate({
      ...entropy,
      bytes: (length) => {
        asked.push(length);
        return entropy.bytes(length);
      },
    });
    expect(asked).toEqual([45]);
  });
});

describe("the content", () => {
  test("says who the client is and where; the secret is never shown", () => {
    const credential = open({ zoneId: "zone-1" });
    expect(credential).toMatchObject({
      issuer: "uaa",
      origin: HOST,
      clientId: "app",
      subjectId: "app",
      rotatedMember: "clientSecret",
      tokenEndpoint: { url: `${HOST}${TOKEN_PATH}`, scope: null },
      assertionAudience: `${HOST}${TOKEN_PATH}`,
      traits: { valueChosenBy: "caller", overlap: "two-slot", readBack: "no" },
    });
    expectQuiet(credential);
  });

  test.each<[member: string, value: unknown]>([
    ["url", undefined],
    ["url", "uaa.example.org"],
    ["url", `${HOST}/uaa?zone=1`],
    ["zoneId", ""],
    ["zoneId", 7],
    ["zoneId", "a b"],
    ["zoneId", "a\r\nx: y"],
    ["zoneId", "z".repeat(65)],
    ["clientId", undefined],
    ["clientId", ""],
    ["clientId", "a:b"],
    ["clientSecret", undefined],
    ["clientSecret", 7],
    ["clientSecret", "canary\n4711"],
  ])("with %s %j is refused by the member's name", async (member, value) => {
    const error = await expectFailure(
      () => open({ [member]: value }),
      "CONTENT_INVALID",
      `the member ${member} of the secret's content`,
    );
    expect(error.responseCode).toBe(400);
    expectQuiet(error);
    expectNoTrace(error, "canary\n4711");
  });

  test("with an address that is not https is refused before anything is sent", async () => {
    await expectFailure(() => open({ url: "http://uaa.example.org/uaa" }), "ORIGIN_NOT_ALLOWED", "the member url");
  });
});

test("nothing is minted here, and nothing can be read back: neither sends a request", async () => {
  const { credential, own } = setUp();
  expect(await credential.mint(own)).toMatchObject({ outcome: "refused", error: { code: "INTERNAL" } });
  expect(await credential.readBack(own)).toEqual({ outcome: "not-readable", isProofAlive: true });
});
