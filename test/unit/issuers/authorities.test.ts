import { generateKeyPairSync } from "node:crypto";
import { jwtVerify } from "jose";
import nock from "nock";
import { describe, expect, test } from "vitest";
import { parseContent } from "../../../src/content.ts";
import { createSeededEntropy } from "../../../src/emulator/seeded-entropy.ts";
import { RotationError } from "../../../src/errors.ts";
import type { OciSigner } from "../../../src/http/oci-http-client.ts";
import { type AuthorityContext, authoritiesFor } from "../../../src/issuers/authorities.ts";
import type { Authority } from "../../../src/issuers/issuer.ts";
import { ociIam } from "../../../src/issuers/oci-iam.ts";
import { createLog } from "../../../src/log.ts";
import { Secret } from "../../../src/secret.ts";
import { expectNoTrace } from "../../support/failures.ts";
import { createRig } from "../../support/issuer-rig.ts";

const HOST = "https://login.example.org";
const TOKEN_PATH = "/oauth2/v1/token";
const APP_ID = "fedcba9876543210fedcba9876543210";
const OTHER_ID = "0123456789abcdef0123456789abcdef";
const CANARY = "canary/+9c1f~4711";
const TOKEN = "canary.token/4711";
const FIRST = `ocid1.vaultsecret.oc1..${"a".repeat(12)}11111111`;
const SECOND = `ocid1.vaultsecret.oc1..${"a".repeat(12)}22222222`;

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const common = { issuer: "oci-iam", origin: HOST, clientId: "admin_client", mayRotate: [APP_ID] };
const bySecret = { ...common, kind: "client-secret", clientSecret: CANARY };
const byKey = { ...common, kind: "client-assertion", privateKey: keys.privateKey, keyId: "key-1" };

interface Setting {
  /** What Vault holds by OCID; an error is what reading it throws. */
  readonly held?: Readonly<Record<string, object | RotationError>>;
  readonly ids?: readonly string[] | null;
  readonly apps?: AuthorityContext["settings"]["resourcePrincipalApps"];
}

function setUp({ held = { [FIRST]: bySecret }, ids = Object.keys(held), apps = null }: Setting = {}) {
  const rig = createRig();
  const lines: string[] = [];
  const read: string[] = [];
  const signer: OciSigner = { signHttpRequest: () => Promise.resolve() };
  const content = { domainUrl: HOST, appId: APP_ID, clientId: "app_client", appSecret: "its-own" };
  const credential = ociIam.open(parseContent(new Secret(JSON.stringify(content))), rig);
  const context: AuthorityContext = {
    http: rig.http,
    clock: rig.clock,
    entropy: createSeededEntropy(1),
    settings: { authoritySecretIds: ids === null ? null : [...ids], resourcePrincipalApps: apps },
    log: createLog((line) => lines.push(line), rig.clock, false, {}),
    signer,
    readSecretText: async (secretId) => {
      read.push(secretId);
      const found = held[secretId];
      if (found === undefined || found instanceof RotationError) throw found ?? new Error(CANARY);
      return new Secret(JSON.stringify(found));
    },
  };
  return { ...rig, signer, read, lines, find: () => authoritiesFor(credential, context) };
}

async function only(find: () => Promise<readonly Authority[]>): Promise<Authority> {
  const [first, ...others] = await find();
  if (first === undefined || others.length > 0) throw new Error("not exactly one authority");
  return first;
}

describe("who else may speak for a client", () => {
  test("is nobody without the settings, and no secret is read", async () => {
    const { find, read } = setUp({ ids: null });
    expect(await find()).toEqual([]);
    expect(read).toEqual([]);
  });

  test.each([
    ["its id", [OTHER_ID, APP_ID]],
    ["its id in upper case", [APP_ID.toUpperCase()]],
    ["everyone", ["*"]],
  ])("is one whose own secret names %s", async (_title, mayRotate) => {
    const { find } = setUp({ held: { [FIRST]: { ...bySecret, mayRotate } } });
    expect((await find()).map(({ name }) => name)).toEqual(["secret 11111111"]);
  });

  test.each([
    ["nobody", { mayRotate: [] }],
    ["another client", { mayRotate: [OTHER_ID] }],
    ["a part of its id", { mayRotate: [APP_ID.slice(0, 31), `${APP_ID}0`] }],
    ["the client's name instead of its id", { mayRotate: ["app_client"] }],
    ["it at another origin", { origin: "https://other.example.org", mayRotate: ["*"] }],
    ["it at another port", { origin: `${HOST}:8443`, mayRotate: ["*"] }],
  ])("is none whose secret names %s", async (_title, change) => {
    expect(await setUp({ held: { [FIRST]: { ...bySecret, ...change } } }).find()).toEqual([]);
  });

  test("are several, in the order of the setting", async () => {
    const { find } = setUp({ held: { [FIRST]: bySecret, [SECOND]: byKey }, ids: [SECOND, FIRST] });
    expect((await find()).map(({ name }) => name)).toEqual(["secret 22222222", "secret 11111111"]);
  });

  test("leaves out one that cannot be understood, and puts those that could not be read last, with a warning that holds no value", async () => {
    const held = {
      [FIRST]: new RotationError("SECRET_NOT_FOUND", "it is not there"),
      [SECOND]: { ...bySecret, keyId: 5, clientId: { text: CANARY } },
      gone: new RotationError("VAULT_FORBIDDEN", "no"),
    };
    const { find, lines } = setUp({ held: { ...held, [`${FIRST}3`]: bySecret } });
    expect((await find()).map(({ name, isUnread }) => [name, isUnread])).toEqual([
      ["secret 11111113", undefined],
      ["secret 11111111", true],
      ["secret gone", true],
    ]);
    const warnings = lines.map((line) => JSON.parse(line));
    expect(warnings.map(({ event, level, authority, outcome }) => [event, level, authority, outcome])).toEqual([
      ["authority-unusable", "warn", "secret 11111111", "SECRET_NOT_FOUND"],
      ["authority-unusable", "warn", "secret 22222222", "CONTENT_INVALID"],
      ["authority-unusable", "warn", "secret gone", "VAULT_FORBIDDEN"],
    ]);
    expectNoTrace(lines, CANARY);
  });
});

describe("one whose own secret could not be read", () => {
  const refused = new RotationError("SECRET_NOT_ROTATABLE", "Vault refused GetSecretBundle with 400");

  test("is read again when it is asked, and then speaks like any other", async () => {
    const held: Record<string, object | RotationError> = { [FIRST]: refused };
    const { find } = setUp({ held });
    const unread = await only(find);
    held[FIRST] = bySecret;
    nock(HOST).post(TOKEN_PATH).reply(200, { access_token: TOKEN, token_type: "Bearer", expires_in: 3600 });
    expect(await unread.prove()).toMatchObject({ verdict: "accepted" });
  });

  test.each([
    ["names another client by then", { ...bySecret, mayRotate: [OTHER_ID] }],
    ["cannot be understood by then", { ...bySecret, clientId: 5 }],
  ])("has nothing to say where it %s", async (_title, now) => {
    const held: Record<string, object | RotationError> = { [FIRST]: refused };
    const unread = await only(setUp({ held }).find);
    held[FIRST] = now;
    expect(await unread.prove()).toEqual({ verdict: "rejected" });
  });

  test("is not called a refusal where it still cannot be read: both ways out are named", async () => {
    const proven = await (await only(setUp({ held: { [FIRST]: refused } }).find)).prove();
    if (proven.verdict !== "unknown") throw new Error("it was judged");
    expect(proven.error.returnMessage).toBe(
      "SECRET_NOT_ROTATABLE: the second authority in secret 11111111 could not be read: Vault refused GetSecretBundle with 400. Next: let the function read that secret, or take its OCID out of OROT_AUTHORITY_SECRET_IDS, and run heal; with nobody else left to ask, regenerate in the issuer's console, store the value as PENDING and run heal.",
    );
  });

  test("is for later where Vault does not answer by then: nobody is told to correct anything", async () => {
    const held: Record<string, object | RotationError> = { [FIRST]: refused };
    const unread = await only(setUp({ held }).find);
    held[FIRST] = new RotationError("VAULT_UNAVAILABLE", "Vault answered GetSecretBundle with 503");
    const proven = await unread.prove();
    if (proven.verdict !== "unknown") throw new Error("it was judged");
    expect(proven.error.returnMessage).toBe(
      "VAULT_UNAVAILABLE: the second authority in secret 11111111 could not be read: Vault answered GetSecretBundle with 503. Next: try again later: nothing that works was given up.",
    );
  });

  test("keeps the text of an error that nobody foresaw to itself", async () => {
    const { find, lines } = setUp({ held: {}, ids: [FIRST] });
    const proven = await (await only(find)).prove();
    expect(proven).toMatchObject({ verdict: "unknown", error: { code: "INTERNAL" } });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ outcome: "INTERNAL" });
    expectNoTrace([...lines, JSON.stringify(proven)], CANARY);
  });
});

describe("the function's resource principal", () => {
  test("speaks where the settings name origin and id, and after the others", async () => {
    const { find, signer } = setUp({ apps: [{ origin: HOST, appId: APP_ID }] });
    const found = await find();
    expect(found.map(({ name }) => name)).toEqual(["secret 11111111", "resource principal"]);
    expect(await found[1]?.prove()).toMatchObject({
      verdict: "accepted",
      proof: { kind: "signature", client: { base: HOST, subject: APP_ID }, by: "authority", signer },
    });
  });

  test.each([
    ["another id", { origin: HOST, appId: OTHER_ID }],
    ["another origin", { origin: "https://other.example.org", appId: APP_ID }],
  ])("does not speak where they name %s", async (_title, app) => {
    expect(await setUp({ ids: null, apps: [app] }).find()).toEqual([]);
  });
});

describe("how another client proves itself", () => {
  test("is a token request with its own id and secret, whose token is the proof", async () => {
    const basic = `Basic ${Buffer.from(`admin_client:${CANARY}`).toString("base64")}`;
    nock(HOST, { reqheaders: { authorization: basic } })
      .post(TOKEN_PATH, { grant_type: "client_credentials", scope: "urn:opc:idm:__myscopes__" })
      .reply(200, { access_token: TOKEN, expires_in: 3600 });
    const proven = await (await only(setUp().find)).prove();
    if (proven.verdict !== "accepted" || proven.proof.kind !== "bearer") throw new Error(proven.verdict);
    expect(proven.proof.token.reveal()).toBe(TOKEN);
    for (const secret of [TOKEN, CANARY, basic]) expectNoTrace(proven, secret);
  });

  test("may have a token endpoint and a scope of its own", async () => {
    nock(HOST)
      .post("/other/token", /scope=admin/)
      .reply(200, { access_token: TOKEN });
    const held = { [FIRST]: { ...bySecret, tokenUrl: `${HOST}/other/token`, scope: "admin" } };
    expect(await (await only(setUp({ held }).find)).prove()).toMatchObject({ verdict: "accepted" });
  });

  test("is an assertion signed with its key, which never leaves, and no Authorization header", async () => {
    let form = new URLSearchParams();
    nock(HOST, { badheaders: ["authorization"] })
      .post(TOKEN_PATH, (body) => {
        form = new URLSearchParams(body);
        return true;
      })
      .reply(200, { access_token: TOKEN });
    const { find, clock } = setUp({ held: { [FIRST]: byKey } });
    expect(await (await only(find)).prove()).toMatchObject({ verdict: "accepted" });
    expect(Object.fromEntries(form)).toMatchObject({
      grant_type: "client_credentials",
      scope: "urn:opc:idm:__myscopes__",
      client_id: "admin_client",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    const key = await crypto.subtle.importKey(
      "spki",
      Buffer.from(keys.publicKey.replaceAll(/-----[^-]+-----|\s/g, ""), "base64"),
      { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
      false,
      ["verify"],
    );
    const now = Math.floor(clock.now() / 1000);
    const { payload, protectedHeader } = await jwtVerify(form.get("client_assertion") ?? "", key, {
      currentDate: new Date(clock.now()),
    });
    expect(protectedHeader).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    expect(payload).toEqual({
      iss: "admin_client",
      sub: "admin_client",
      aud: "https://identity.oraclecloud.com/",
      iat: now,
      exp: now + 120,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("uses another assertion each time", async () => {
    const sent: (string | null)[] = [];
    nock(HOST)
      .post(TOKEN_PATH, (body) => {
        sent.push(new URLSearchParams(body).get("client_assertion"));
        return true;
      })
      .times(2)
      .reply(200, { access_token: TOKEN });
    const authority = await only(setUp({ held: { [FIRST]: byKey } }).find);
    await authority.prove();
    await authority.prove();
    expect(new Set(sent).size).toBe(2);
  });

  test("is not rejected but unknown where its key is none, and nothing is sent", async () => {
    const privateKey = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(CANARY).toString("base64")}\n-----END PRIVATE KEY-----`;
    const proven = await (await only(setUp({ held: { [FIRST]: { ...byKey, privateKey } } }).find)).prove();
    expect(proven).toMatchObject({ verdict: "unknown", error: { code: "CONTENT_INVALID" } });
    expectNoTrace(proven, CANARY);
  });

  test.each([
    [401, { error: "invalid_client" }, "rejected"],
    [503, {}, "unknown"],
    [200, { token_type: "Bearer" }, "unknown"],
  ] as const)("answered %i %o is %s", async (status, body, verdict) => {
    nock(HOST).post(TOKEN_PATH).reply(status, body);
    expect(await (await only(setUp().find)).prove()).toMatchObject({ verdict });
  });
});
