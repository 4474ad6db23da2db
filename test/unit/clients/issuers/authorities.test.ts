import { generateKeyPairSync } from "node:crypto";
import { jwtVerify } from "jose";
import nock from "nock";
import { describe, expect, test } from "vitest";
import { AuthorityError, RotationError } from "../../../../src/base/errors.ts";
import { createLog } from "../../../../src/base/log.ts";
import type { Place } from "../../../../src/base/place.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { parseSettings } from "../../../../src/base/settings/settings.ts";
import type { OciSigner } from "../../../../src/clients/http/oci-http-client.ts";
import { type AuthorityContext, authoritiesFor, type Bound } from "../../../../src/clients/issuers/authorities.ts";
import { type Client, clientTag } from "../../../../src/clients/issuers/client.ts";
import { clientIn } from "../../../../src/clients/issuers/index.ts";
import type { Authority } from "../../../../src/clients/issuers/issuer.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { createRig } from "../../../support/issuer-rig.ts";

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
const ROTATED = "ocid1.vaultsecret.oc1..rotated";
const COMPARTMENT = "ocid1.compartment.oc1..team";
const entry = { client: "app_client", appId: APP_ID, secretId: ROTATED };
const common = { issuer: "oci-iam", url: HOST, clientId: "admin_client", mayRotate: [entry] };
const bySecret = { ...common, kind: "client-secret", clientSecret: CANARY };
const byKey = { ...common, kind: "client-assertion", privateKey: keys.privateKey, keyId: "key-1" };
const CONTENT = { domainUrl: HOST, appId: APP_ID, clientId: "app_client", appSecret: "its-own" };

interface Setting {
  /** What Vault holds by OCID; an error is what reading it throws. */
  readonly held?: Readonly<Record<string, object | RotationError>>;
  readonly ids?: readonly string[] | null;
  /** Settings beside the ids of authorities. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the secret that is rotated. */
  readonly content?: object;
  readonly place?: Partial<Place>;
}

const clientOf = (content: object): Client => clientIn(parseContent(new Secret(JSON.stringify(content))));

function setUp(setting: Setting = {}) {
  const { held = { [FIRST]: bySecret }, environment = {}, content = CONTENT, place = {} } = setting;
  const ids = setting.ids === undefined ? Object.keys(held) : setting.ids;
  const rig = createRig();
  const lines: string[] = [];
  const read: string[] = [];
  const signer: OciSigner = { signHttpRequest: () => Promise.resolve() };
  const client = clientOf(content);
  const bound: Bound = {
    client,
    place: { secretId: ROTATED, compartmentId: COMPARTMENT, definedTags: {}, ...place },
  };
  const origins = {
    OROT_ISSUER_ORIGINS: "https://login.example.org,https://other.example.org,https://sso.example.org",
  };
  const context: AuthorityContext = {
    http: rig.http,
    clock: rig.clock,
    entropy: createSeededEntropy(1),
    settings: { ...parseSettings({ ...origins, ...environment }), authoritySecretIds: ids === null ? null : [...ids] },
    log: createLog((line) => lines.push(line), rig.clock, false, {}),
    signer,
    readSecretText: async (secretId) => {
      read.push(secretId);
      const found = held[secretId];
      if (found === undefined || found instanceof RotationError) throw found ?? new Error(CANARY);
      return new Secret(JSON.stringify(found));
    },
  };
  return { ...rig, client, signer, read, lines, find: () => authoritiesFor(bound, context) };
}

const names = (found: readonly Authority[]) => found.map(({ name }) => name);

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

  test("are several, in the order of the setting", async () => {
    const { find } = setUp({ held: { [FIRST]: bySecret, [SECOND]: byKey }, ids: [SECOND, FIRST] });
    expect(names(await find())).toEqual(["secret 22222222", "secret 11111111"]);
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

describe("what binds a client to a secret", () => {
  /** Whether the authority with this entry may be used. */
  const isBound = async (mayRotate: readonly object[], setting: Setting = {}, members: object = {}) => {
    const { find } = setUp({ held: { [FIRST]: { ...bySecret, ...members, mayRotate } }, ...setting });
    return (await find()).length === 1;
  };
  const uaa = { issuer: "uaa", url: `${HOST}/uaa` };
  const uaaContent = { ...uaa, clientId: "app", clientSecret: "its-own" };
  const keycloak = { issuer: "keycloak", url: "https://sso.example.org/auth", realm: "shop" };
  const keycloakContent = { ...keycloak, clientId: "app", clientSecret: "its-own" };
  const edfi = { issuer: "edfi-cms", url: HOST };
  const edfiContent = { ...edfi, apiClientId: 7, tenant: "d-1", clientId: "key", clientSecret: "its-own" };
  const edfiEntry = { client: "key", apiClientId: 7, tenant: "d-1", secretId: ROTATED };

  test.each([
    ["an App, by its secret", [entry], {}, {}],
    ["an App whose id is written in upper case", [{ ...entry, appId: APP_ID.toUpperCase() }], {}, {}],
    ["an App, by the compartment", [{ ...entry, secretId: undefined, compartmentId: COMPARTMENT }], {}, {}],
    ["a client of a UAA", [{ client: "app", secretId: ROTATED }], { content: uaaContent }, uaa],
    [
      "a client of the authority's own realm",
      [{ client: "app", secretId: ROTATED }],
      { content: keycloakContent },
      keycloak,
    ],
    [
      "a client of another realm than the authority's",
      [{ client: "app", realm: "shop", secretId: ROTATED }],
      { content: keycloakContent },
      { ...keycloak, realm: "master" },
    ],
    ["an Ed-Fi client by its own id", [edfiEntry], { content: edfiContent }, edfi],
    [
      "an Ed-Fi client by its application",
      [{ client: "key", applicationId: 3, tenant: "d-1", secretId: ROTATED }],
      { content: { ...edfiContent, apiClientId: undefined, applicationId: 3 } },
      edfi,
    ],
    [
      "an Ed-Fi client that logs in where the authority does",
      [edfiEntry],
      { content: { ...edfiContent, tokenUrl: "https://sso.example.org/token" } },
      { ...edfi, tokenUrl: "https://sso.example.org/token" },
    ],
    ["the second of two entries", [{ ...entry, client: "another" }, entry], {}, {}],
  ] as const)("is an entry for %s", async (_title, mayRotate, setting, members) => {
    expect(await isBound(mayRotate, setting, members)).toBe(true);
  });

  test.each<[title: string, entry: object, setting: Setting, members: object]>([
    ["another client id, beside its App id", { ...entry, client: "another" }, {}, {}],
    ["its client id in another case", { ...entry, client: "App_client" }, {}, {}],
    ["its client id with a blank", { ...entry, client: "app_client " }, {}, {}],
    ["another App id beside its client id", { ...entry, appId: OTHER_ID }, {}, {}],
    ["another secret", { ...entry, secretId: `${ROTATED}2` }, {}, {}],
    ["another compartment", { ...entry, secretId: undefined, compartmentId: `${COMPARTMENT}2` }, {}, {}],
    ["it at another origin", entry, {}, { url: "https://other.example.org" }],
    ["it at another port", entry, {}, { url: `${HOST}:8443` }],
    [
      "it at another path",
      { client: "app", secretId: ROTATED },
      { content: uaaContent },
      { ...uaa, url: `${HOST}/uaa2` },
    ],
    ["it at the root", { client: "app", secretId: ROTATED }, { content: uaaContent }, { ...uaa, url: HOST }],
    [
      "it at a path in another case",
      { client: "app", secretId: ROTATED },
      { content: uaaContent },
      { ...uaa, url: `${HOST}/UAA` },
    ],
    [
      "it in another realm",
      { client: "app", realm: "other", secretId: ROTATED },
      { content: keycloakContent },
      keycloak,
    ],
    [
      "it in a realm of another case",
      { client: "app", realm: "Shop", secretId: ROTATED },
      { content: keycloakContent },
      keycloak,
    ],
    [
      "it without its realm",
      { client: "app", secretId: ROTATED },
      { content: keycloakContent },
      { ...keycloak, realm: "master" },
    ],
    ["another Ed-Fi client", { ...edfiEntry, apiClientId: 8 }, { content: edfiContent }, edfi],
    [
      "an Ed-Fi application of the same number",
      { ...edfiEntry, apiClientId: undefined, applicationId: 7 },
      { content: edfiContent },
      edfi,
    ],
    ["it without its tenant", { ...edfiEntry, tenant: undefined }, { content: edfiContent }, edfi],
    ["it in another tenant", { ...edfiEntry, tenant: "d-2" }, { content: edfiContent }, edfi],
    [
      "it at another token address",
      { ...edfiEntry, tokenUrl: "https://sso.example.org/token" },
      { content: edfiContent },
      edfi,
    ],
    [
      "it, where it logs in elsewhere than the authority",
      edfiEntry,
      { content: { ...edfiContent, tokenUrl: "https://sso.example.org/token" } },
      edfi,
    ],
  ])("is not an entry for %s", async (_title, wrong, setting, members) => {
    expect(await isBound([wrong], setting, members)).toBe(false);
  });

  test("is not an entry of another kind of issuer at the same address", async () => {
    const content = { issuer: "uaa", url: "https://sso.example.org/auth", clientId: "app", clientSecret: "its-own" };
    expect(await isBound([{ client: "app", secretId: ROTATED }], { content }, keycloak)).toBe(false);
  });

  test("holds for a secret that has moved to another compartment, where it is bound by its OCID or by a tag", async () => {
    const moved = {
      place: { compartmentId: `${COMPARTMENT}2`, definedTags: { rotation: { client: clientTag(clientOf(CONTENT)) } } },
    };
    expect(await isBound([entry], moved)).toBe(true);
    expect(await isBound([{ tag: "rotation.client" }], moved)).toBe(true);
    expect(await isBound([{ ...entry, secretId: undefined, compartmentId: COMPARTMENT }], moved)).toBe(false);
  });

  test("is no compartment that could not be read", async () => {
    const mayRotate = [{ ...entry, secretId: undefined, compartmentId: COMPARTMENT }];
    expect(await isBound(mayRotate, { place: { compartmentId: null } })).toBe(false);
  });

  test.each([
    ["an identity domain", CONTENT, {}],
    ["a UAA", uaaContent, uaa],
    ["a Keycloak, in another realm than the authority's", keycloakContent, { ...keycloak, realm: "master" }],
    ["an Ed-Fi service", edfiContent, edfi],
  ])("may be a defined tag that names the client of %s", async (_where, content, members) => {
    const definedTags = { rotation: { client: clientTag(clientOf(content)), other: 7 } };
    expect(await isBound([{ tag: "rotation.client" }], { content, place: { definedTags } }, members)).toBe(true);
  });

  test("may be a defined tag of a client whose text is too long for one", async () => {
    const content = { ...uaaContent, clientId: `app-${"x".repeat(300)}` };
    const client = clientTag(clientOf(content));
    expect(client).toMatch(/^sha256:[\w-]{43}$/);
    const setting = { content, place: { definedTags: { rotation: { client } } } };
    expect(await isBound([{ tag: "rotation.client" }], setting, uaa)).toBe(true);
    const other = { ...setting, content: { ...content, clientId: `app-${"x".repeat(301)}` } };
    expect(await isBound([{ tag: "rotation.client" }], other, uaa)).toBe(false);
  });

  test("may be a defined tag of exactly 256 characters", async () => {
    const room = 256 - clientTag(clientOf({ ...uaaContent, clientId: "a" })).length;
    const content = { ...uaaContent, clientId: `a${"x".repeat(room)}` };
    const client = clientTag(clientOf(content));
    expect(client).toHaveLength(256);
    const setting = { content, place: { definedTags: { rotation: { client } } } };
    expect(await isBound([{ tag: "rotation.client" }], setting, uaa)).toBe(true);
  });

  test.each<[string, Place["definedTags"]]>([
    ["is not set", {}],
    ["of the same namespace has another key", { rotation: { owner: clientTag(clientOf(CONTENT)) } }],
    ["has its namespace in another case", { Rotation: { client: clientTag(clientOf(CONTENT)) } }],
    ["is a number", { rotation: { client: 7 } }],
    ["names another client", { rotation: { client: clientTag(clientOf({ ...CONTENT, clientId: "another" })) } }],
    ["names its App of another client", { rotation: { client: clientTag(clientOf({ ...CONTENT, appId: OTHER_ID })) } }],
    ["is cut short", { rotation: { client: clientTag(clientOf(CONTENT)).slice(0, -1) } }],
    ["is in another case", { rotation: { client: clientTag(clientOf(CONTENT)).toUpperCase() } }],
  ])("is not a defined tag that %s", async (_title, definedTags) => {
    expect(await isBound([{ tag: "rotation.client" }], { place: { definedTags } })).toBe(false);
  });

  test("is not a defined tag where the authority lives at another address", async () => {
    const definedTags = { rotation: { client: clientTag(clientOf(CONTENT)) } };
    const members = { url: "https://other.example.org" };
    expect(await isBound([{ tag: "rotation.client" }], { place: { definedTags } }, members)).toBe(false);
  });

  describe("where the issuer has moved, and an alias says so,", () => {
    const environment = { OROT_ISSUER_ALIASES: `${HOST}=https://other.example.org` };
    const newContent = { ...CONTENT, domainUrl: "https://other.example.org" };
    const tagged = (content: object) => ({ definedTags: { rotation: { client: clientTag(clientOf(content)) } } });

    test("is an entry of an authority at the old address, or at the new one", async () => {
      expect(await isBound([entry], { content: newContent, environment })).toBe(true);
      expect(await isBound([entry], { environment }, { url: "https://other.example.org" })).toBe(true);
      expect(await isBound([entry], { content: newContent })).toBe(false);
    });

    test("is a tag by either name of the client", async () => {
      for (const place of [tagged(CONTENT), tagged(newContent)]) {
        expect(await isBound([{ tag: "rotation.client" }], { content: newContent, environment, place })).toBe(true);
      }
      expect(await isBound([{ tag: "rotation.client" }], { content: newContent, place: tagged(CONTENT) })).toBe(false);
    });
  });
});

describe("an authority of an earlier edition", () => {
  const { url: _, ...withoutUrl } = bySecret;
  const old = { ...withoutUrl, origin: HOST };
  const refusal = async (held: object, content?: object): Promise<string | null> => {
    const { find, lines } = setUp({ held: { [FIRST]: held }, ...(content && { content }) });
    const found = await find();
    if (found.length === 0) return null;
    expect(found.map(({ isUnread }) => isUnread)).toEqual([true]);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ event: "authority-unusable", outcome: "CONTENT_INVALID" });
    const proven = await found[0]?.prove();
    if (proven?.verdict !== "unknown") throw new Error("it was judged");
    expect(proven.error).toBeInstanceOf(AuthorityError);
    expectNoTrace([...lines, proven], CANARY);
    return proven.error.returnMessage;
  };
  const written = (members: string) =>
    expect.stringContaining(`write ${members} in its content in place of origin and mayRotate`);

  test.each([
    ["its App id", [APP_ID]],
    ["its App id in upper case", [APP_ID.toUpperCase()]],
    ["everyone", ["*"]],
  ])("that named %s is refused, with what to write for this secret", async (_title, mayRotate) => {
    const said = await refusal({ ...old, mayRotate });
    expect(said).toMatch(
      /^CONTENT_INVALID: the second authority in secret 11111111 is written as an earlier edition had it/,
    );
    expect(said).toEqual(
      written(`"url":"${HOST}","mayRotate":[{"client":"app_client","appId":"${APP_ID}","secretId":"${ROTATED}"}]`),
    );
  });

  test("that has a url and ids is refused too, and keeps the entries that it has", async () => {
    expect(await refusal({ ...bySecret, mayRotate: [APP_ID, { tag: "a.b" }] })).toEqual(
      written(
        `"url":"${HOST}","mayRotate":[{"tag":"a.b"},{"client":"app_client","appId":"${APP_ID}","secretId":"${ROTATED}"}]`,
      ),
    );
  });

  test("that has an origin and entries is refused too", async () => {
    expect(await refusal({ ...old, origin: HOST, mayRotate: ["*", entry] })).toMatch(/^CONTENT_INVALID/);
  });

  test.each<[string, object, object, string]>([
    [
      "a UAA",
      { issuer: "uaa", mayRotate: ["app"] },
      { issuer: "uaa", url: `${HOST}/uaa`, clientId: "app", clientSecret: "its-own" },
      `"url":"${HOST}/uaa","mayRotate":[{"client":"app","secretId":"${ROTATED}"}]`,
    ],
    [
      "a Keycloak, which logged in at the client's realm",
      { issuer: "keycloak", mayRotate: ["app"] },
      { issuer: "keycloak", url: `${HOST}/auth`, realm: "shop", clientId: "app", clientSecret: "its-own" },
      `"url":"${HOST}/auth","realm":"shop","mayRotate":[{"client":"app","realm":"shop","secretId":"${ROTATED}"}]`,
    ],
    [
      "a Keycloak, which logged in at a realm of its own",
      { issuer: "keycloak", mayRotate: ["app"], tokenUrl: `${HOST}/auth/realms/master/protocol/openid-connect/token` },
      { issuer: "keycloak", url: `${HOST}/auth`, realm: "shop", clientId: "app", clientSecret: "its-own" },
      `"url":"${HOST}/auth","realm":"master","mayRotate":[{"client":"app","realm":"shop","secretId":"${ROTATED}"}]`,
    ],
    [
      "an Ed-Fi service, by the client's number",
      { issuer: "edfi-cms", mayRotate: ["7"] },
      { issuer: "edfi-cms", url: HOST, apiClientId: 7, tenant: "d-1", clientId: "key", clientSecret: "its-own" },
      `"url":"${HOST}","mayRotate":[{"client":"key","apiClientId":7,"tenant":"d-1","secretId":"${ROTATED}"}]`,
    ],
    [
      "an Ed-Fi service, by its application, which logged in where the client does",
      { issuer: "edfi-cms", mayRotate: ["applications/3"] },
      {
        ...{ issuer: "edfi-cms", url: HOST, applicationId: 3 },
        tokenUrl: `${HOST}/sso/token`,
        clientId: "key",
        clientSecret: "x",
      },
      `"url":"${HOST}","tokenUrl":"${HOST}/sso/token","mayRotate":[{"client":"key","applicationId":3,"secretId":"${ROTATED}"}]`,
    ],
  ])("of %s is refused, with what to write", async (_title, members, content, said) => {
    expect(await refusal({ ...old, ...members }, content)).toEqual(written(said));
  });

  test("takes what the message says", async () => {
    const said = (await refusal({ ...old, mayRotate: ["*"] })) ?? "";
    const [, members = ""] = /write (.*) in its content in place of origin and mayRotate/.exec(said) ?? [];
    const { find } = setUp({ held: { [FIRST]: { ...withoutUrl, ...JSON.parse(`{${members}}`) } } });
    expect((await find()).map(({ isUnread }) => isUnread)).toEqual([undefined]);
  });

  test.each([
    ["named another client", { mayRotate: [OTHER_ID] }],
    ["was for another origin", { origin: "https://other.example.org", mayRotate: ["*"] }],
    ["was for another kind of issuer", { issuer: "uaa", mayRotate: ["*"] }],
    ["had an origin that was none", { origin: CANARY, mayRotate: ["*"] }],
  ])("that %s is in nobody's way", async (_title, members) => {
    expect(await refusal({ ...old, ...members })).toBeNull();
  });
});

describe("where an authority logs in", () => {
  test("is held to OROT_ISSUER_ORIGINS: one elsewhere is not asked, and the line to set is said", async () => {
    const tokenUrl = "https://idp.example.org/token";
    const { find, lines } = setUp({ held: { [FIRST]: { ...bySecret, tokenUrl } } });
    const unasked = await only(find);
    expect(unasked.isUnread).toBe(true);
    const proven = await unasked.prove();
    if (proven.verdict !== "unknown") throw new Error("it was judged");
    expect(proven.error).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    expect(proven.error.message).toMatch(/^the second authority in secret 11111111 is not asked: the token address, /);
    expect(proven.error.returnMessage).toContain(`,${tokenUrl} if that address is right`);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ outcome: "ORIGIN_NOT_ALLOWED" });
  });

  test("is nothing that the rotated secret says: its token address hears nothing", async () => {
    const content = { issuer: "edfi-cms", url: HOST, apiClientId: 7, clientId: "key", clientSecret: "its-own" };
    const named = { client: "key", apiClientId: 7, tokenUrl: "https://sso.example.org/token", secretId: ROTATED };
    const held = { [FIRST]: { ...bySecret, issuer: "edfi-cms", mayRotate: [named] } };
    nock(HOST).post("/connect/token").reply(200, { access_token: TOKEN });
    const { find } = setUp({ held, content: { ...content, tokenUrl: "https://sso.example.org/token" } });
    const proven = await (await only(find)).prove();
    expect(proven).toMatchObject({ verdict: "accepted", authorization: { tokenUrl: `${HOST}/connect/token` } });
  });

  test("is its own realm, whatever the client's", async () => {
    const sso = "https://sso.example.org/auth";
    const content = { issuer: "keycloak", url: sso, realm: "shop", clientId: "app", clientSecret: "its-own" };
    const named = { client: "app", realm: "shop", secretId: ROTATED };
    const held = { [FIRST]: { ...byKey, issuer: "keycloak", url: sso, realm: "master", mayRotate: [named] } };
    let audience: unknown;
    nock("https://sso.example.org")
      .post("/auth/realms/master/protocol/openid-connect/token", (body) => {
        const [, payload = ""] = String(new URLSearchParams(body).get("client_assertion")).split(".");
        audience = JSON.parse(Buffer.from(payload, "base64url").toString()).aud;
        return true;
      })
      .reply(200, { access_token: TOKEN });
    expect(await (await only(setUp({ held, content }).find)).prove()).toMatchObject({ verdict: "accepted" });
    expect(audience).toBe(`${sso}/realms/master`);
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
    ["names another client by then", { ...bySecret, mayRotate: [{ ...entry, appId: OTHER_ID }] }],
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
      "SECRET_NOT_ROTATABLE: the second authority in secret 11111111 could not be read: Vault refused GetSecretBundle with 400. Next: let the function read that secret, or take its OCID out of OROT_AUTHORITY_SECRET_IDS, and run heal; if no other authority is left, regenerate in the issuer's console, store the value as PENDING and run heal.",
    );
  });

  test("is for later where Vault does not answer by then: nobody is told to correct anything", async () => {
    const held: Record<string, object | RotationError> = { [FIRST]: refused };
    const unread = await only(setUp({ held }).find);
    held[FIRST] = new RotationError("VAULT_UNAVAILABLE", "Vault answered GetSecretBundle with 503");
    const proven = await unread.prove();
    if (proven.verdict !== "unknown") throw new Error("it was judged");
    expect(proven.error.returnMessage).toBe(
      "VAULT_UNAVAILABLE: the second authority in secret 11111111 could not be read: Vault answered GetSecretBundle with 503. Next: try again later: no working client secret was given up.",
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
  const apps = (...fields: readonly string[]) => ({ OROT_RESOURCE_PRINCIPAL_APPS: fields.join("#") });

  test("speaks where the settings name client and secret, and after the others", async () => {
    const { find, signer, client } = setUp({ environment: apps(HOST, APP_ID, "app_client", ROTATED) });
    const found = await find();
    expect(names(found)).toEqual(["secret 11111111", "resource principal"]);
    const authorization = { kind: "signature", client, by: "authority", signer };
    expect(await found[1]?.prove()).toEqual({ verdict: "accepted", authorization });
  });

  test("speaks at an address that the settings call the same", async () => {
    const environment = {
      ...apps("https://other.example.org", APP_ID, "app_client", ROTATED),
      OROT_ISSUER_ALIASES: `https://other.example.org=${HOST}`,
    };
    expect(names(await setUp({ ids: null, environment }).find())).toEqual(["resource principal"]);
  });

  test.each([
    ["another App", [HOST, OTHER_ID, "app_client", ROTATED]],
    ["another client beside its App", [HOST, APP_ID, "another", ROTATED]],
    ["its client in another case", [HOST, APP_ID, "App_client", ROTATED]],
    ["another secret", [HOST, APP_ID, "app_client", `${ROTATED}2`]],
    ["another address", ["https://other.example.org", APP_ID, "app_client", ROTATED]],
  ])("does not speak where they name %s", async (_title, fields) => {
    expect(await setUp({ ids: null, environment: apps(...fields) }).find()).toEqual([]);
  });
});

describe("how another client proves itself", () => {
  test("is a token request with its own id and secret, whose token is the proof", async () => {
    const basic = `Basic ${Buffer.from(`admin_client:${CANARY}`).toString("base64")}`;
    nock(HOST, { reqheaders: { authorization: basic } })
      .post(TOKEN_PATH, { grant_type: "client_credentials", scope: "urn:opc:idm:__myscopes__" })
      .reply(200, { access_token: TOKEN, expires_in: 3600 });
    const proven = await (await only(setUp().find)).prove();
    if (proven.verdict !== "accepted" || proven.authorization.kind !== "bearer") throw new Error(proven.verdict);
    expect(proven.authorization.token.reveal()).toBe(TOKEN);
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

  test("asks for no token with an id that its issuer's header cannot carry, and says so", async () => {
    const proven = await (await only(setUp({ held: { [FIRST]: { ...bySecret, clientId: "a:b" } } }).find)).prove();
    if (proven.verdict !== "unknown") throw new Error("it was judged");
    expect(proven.error.message).toBe(
      "the client id of a second authority holds a colon: in an identity domain's Basic header the id ends at the first one (RFC 7617)",
    );
  });

  test("names the private key that is none", async () => {
    const held = { [FIRST]: { ...byKey, privateKey: "none" } };
    const proven = await (await only(setUp({ held }).find)).prove();
    expect(proven).toMatchObject({
      error: { message: "the privateKey of a second authority is no PKCS#8 key for RS256" },
    });
  });

  test("is no proof where the issuer accepts the secret and gives no token", async () => {
    const content = { issuer: "uaa", url: `${HOST}/uaa`, clientId: "app", clientSecret: "its-own" };
    const members = { issuer: "uaa", url: `${HOST}/uaa`, mayRotate: [{ client: "app", secretId: ROTATED }] };
    nock(HOST)
      .post("/uaa/oauth/token")
      .reply(401, { error: "invalid_client", error_description: "Unauthorized grant type: client_credentials" });
    const proven = await (await only(setUp({ held: { [FIRST]: { ...bySecret, ...members } }, content }).find)).prove();
    expect(proven).toMatchObject({
      verdict: "unknown",
      error: {
        code: "ISSUER_CONFIGURATION",
        message: "the issuer gives a second authority no token, although its secret is right",
      },
    });
  });

  test("counts with the requests of its own realm, not of its client's", async () => {
    const sso = "https://sso.example.org/auth";
    const content = { issuer: "keycloak", url: sso, realm: "shop", clientId: "app", clientSecret: "its-own" };
    const named = { client: "app", realm: "shop", secretId: ROTATED };
    const held = { [FIRST]: { ...bySecret, issuer: "keycloak", url: sso, realm: "master", mayRotate: [named] } };
    nock("https://sso.example.org").post("/auth/realms/master/protocol/openid-connect/token").reply(429);
    const { find, gate } = setUp({ held, content });
    await (await only(find)).prove();
    const pauses = ["master", "shop"].map((realm) =>
      gate.pauseMs(JSON.stringify(["keycloak", sso, realm, null]), false),
    );
    expect(pauses).toEqual([expect.any(Number), 0]);
    expect(pauses[0]).toBeGreaterThan(0);
  });

  test.each([
    [401, { error: "invalid_client" }, "rejected"],
    [503, {}, "unknown"],
    [200, { token_type: "Bearer" }, "unknown"],
    [302, {}, "unknown"],
  ] as const)("answered %i %o is %s", async (status, body, verdict) => {
    nock(HOST).post(TOKEN_PATH).reply(status, body);
    expect(await (await only(setUp().find)).prove()).toMatchObject({ verdict });
  });
});
