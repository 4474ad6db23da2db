import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import {
  type AuthorityContent,
  isOwnClient,
  parseAuthority,
} from "../../../../src/clients/issuers/authority-content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";

const CANARY = "canary/+9c1f~4711";
const APP_ID = "fedcba9876543210fedcba9876543210";
const SECRET_ID = "ocid1.vaultsecret.oc1..rotated";
const entry = { client: "app_client", appId: APP_ID, secretId: SECRET_ID };
const common = {
  issuer: "oci-iam",
  url: "https://login.example.org",
  clientId: "admin_client",
  mayRotate: [entry] as readonly unknown[],
};
const bySecret = { ...common, kind: "client-secret", clientSecret: CANARY };
const byKey = { ...common, kind: "client-assertion", privateKey: CANARY, keyId: "key-1" };
const keycloak = {
  ...{ ...bySecret, issuer: "keycloak", url: "https://sso.example.org/auth", realm: "master" },
  mayRotate: [{ client: "app", realm: "shop", secretId: SECRET_ID }] as readonly unknown[],
};
const edfi = {
  ...{ ...bySecret, issuer: "edfi-cms", url: "https://cms.example.org" },
  mayRotate: [{ client: "key", apiClientId: 7, secretId: SECRET_ID }] as readonly unknown[],
};

function parse(content: unknown): AuthorityContent {
  const parsed = parseAuthority(new Secret(typeof content === "string" ? content : JSON.stringify(content)));
  if ("isOutdated" in parsed) throw new Error("it is of the old form");
  return parsed;
}

describe("the secret of a second authority", () => {
  test("may hold a client secret", () => {
    const { proof, issuer, ...rest } = parse(bySecret);
    expect(issuer.name).toBe("oci-iam");
    expect(rest).toEqual({
      address: { base: "https://login.example.org", realm: null, tokenUrl: null },
      clientId: "admin_client",
      scope: null,
      mayRotate: [
        {
          by: "secret",
          secretId: SECRET_ID,
          client: {
            issuer: "oci-iam",
            base: "https://login.example.org",
            realm: null,
            tenant: null,
            tokenUrl: null,
            clientId: "app_client",
            subject: APP_ID,
          },
        },
      ],
    });
    if (proof.kind !== "client-secret") throw new Error(`it is ${proof.kind}`);
    expect(proof.clientSecret.reveal()).toBe(CANARY);
    expectNoTrace(proof, CANARY);
  });

  test("may hold a private key with its id", () => {
    const { proof } = parse(byKey);
    if (proof.kind !== "client-assertion") throw new Error(`it is ${proof.kind}`);
    expect(proof.keyId).toBe("key-1");
    expect(proof.privateKey.reveal()).toBe(CANARY);
    expectNoTrace(proof, CANARY);
  });

  test("holds no more of another kind than its own proof", () => {
    expect(Object.keys(parse({ ...bySecret, privateKey: "x", keyId: "y" }).proof)).toEqual(["kind", "clientSecret"]);
  });

  test("may say where its tokens come from, at any address, and for which scope", () => {
    const tokenUrl = "https://sso.example.org:8443/token";
    expect(parse({ ...bySecret, tokenUrl, scope: "admin" })).toMatchObject({ address: { tokenUrl }, scope: "admin" });
  });

  test("may name nobody, and members that we do not know are left alone", () => {
    expect(parse({ ...bySecret, mayRotate: [], owner: "ops" }).mayRotate).toEqual([]);
  });

  test.each([
    ["https://login.example.org/", "https://login.example.org"],
    ["https://LOGIN.example.org:443", "https://login.example.org"],
    ["https://login.example.org:8443", "https://login.example.org:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ])("is for the issuer at %s", (url, base) => {
    expect(parse({ ...bySecret, url }).address.base).toBe(base);
  });

  test("of a Keycloak says its own realm, and an entry without one is of that", () => {
    const { address, mayRotate } = parse({
      ...keycloak,
      mayRotate: [...keycloak.mayRotate, { client: "own", compartmentId: "ocid1.compartment.oc1..shared" }],
    });
    expect(address).toEqual({ base: "https://sso.example.org/auth", realm: "master", tokenUrl: null });
    expect(mayRotate).toMatchObject([
      { by: "secret", client: { clientId: "app", realm: "shop" } },
      {
        by: "compartment",
        client: { clientId: "own", realm: "master" },
        compartmentId: "ocid1.compartment.oc1..shared",
      },
    ]);
  });

  test.each([
    ["the service's own", {}, {}, "https://cms.example.org/connect/token"],
    ["its own", { tokenUrl: "https://idp.example.org/token" }, {}, "https://idp.example.org/token"],
    ["the entry's", {}, { tokenUrl: "https://idp.example.org/token" }, "https://idp.example.org/token"],
  ])("of an Ed-Fi service: a client logs in at %s token address", (_whose, members, inEntry, tokenUrl) => {
    const mayRotate = [{ client: "key", applicationId: 3, tenant: "d-1", secretId: SECRET_ID, ...inEntry }];
    expect(parse({ ...edfi, ...members, mayRotate }).mayRotate).toMatchObject([
      { client: { clientId: "key", subject: "applications/3", tenant: "d-1", tokenUrl } },
    ]);
  });

  test("may bind by a defined tag", () => {
    expect(parse({ ...bySecret, mayRotate: [{ tag: "rotation.client" }] }).mayRotate).toEqual([
      { by: "tag", tag: { namespace: "rotation", key: "client" } },
    ]);
  });
});

describe("a client is the authority itself", () => {
  const { realm, clientId } = keycloak;
  const own = { issuer: "keycloak", base: "https://sso.example.org/auth", realm, clientId };

  test("if issuer, address, realm and id are its own", () => {
    expect(isOwnClient(parse(keycloak), own)).toBe(true);
  });

  test.each([
    { issuer: "uaa" },
    { base: "https://sso.example.org" },
    { realm: "another" },
    { realm: null },
    { clientId: "another" },
  ])("and is not with %j", (other) => {
    expect(isOwnClient(parse(keycloak), { ...own, ...other })).toBe(false);
  });
});

describe("what cannot be understood", () => {
  const cases: readonly (readonly [title: string, content: unknown, member: string])[] = [
    ["no JSON", CANARY, "is not JSON"],
    ["an array", [bySecret], "kind"],
    ["a number", 7, "kind"],
    ["no kind", { ...bySecret, kind: undefined }, "kind"],
    ["another kind", { ...bySecret, kind: CANARY }, "kind"],
    ["another issuer", { ...bySecret, issuer: CANARY }, "issuer"],
    ["no issuer", { ...bySecret, issuer: undefined }, "issuer"],
    ["no url", { ...bySecret, url: undefined }, "url"],
    ["a url that is no address", { ...bySecret, url: CANARY }, "url"],
    ["a url in http", { ...bySecret, url: "http://login.example.org" }, "url that is not https"],
    ["a url with a user", { ...bySecret, url: `https://${CANARY.slice(0, 6)}@login.example.org` }, "url"],
    ["a url with dots", { ...keycloak, url: "https://sso.example.org/a/../auth" }, "url"],
    ["no realm at a Keycloak", { ...keycloak, realm: undefined }, "realm"],
    ["a realm of dots", { ...keycloak, realm: "..", mayRotate: [] }, "realm"],
    ["a realm where there is none", { ...bySecret, realm: "shop" }, "realm"],
    ["no clientId", { ...bySecret, clientId: undefined }, "clientId"],
    ["an empty clientId", { ...bySecret, clientId: "" }, "clientId"],
    ["no clientSecret", { ...bySecret, clientSecret: undefined }, "clientSecret"],
    ["an empty clientSecret", { ...bySecret, clientSecret: "" }, "clientSecret"],
    ["no privateKey", { ...byKey, privateKey: undefined }, "privateKey"],
    ["no keyId", { ...byKey, keyId: undefined }, "keyId"],
    ["no mayRotate", { ...bySecret, mayRotate: undefined }, "mayRotate"],
    ["mayRotate that is text", { ...bySecret, mayRotate: "*" }, "mayRotate"],
    ["a tokenUrl that is no URL", { ...bySecret, tokenUrl: CANARY }, "tokenUrl"],
    ["a tokenUrl in http", { ...bySecret, tokenUrl: "http://login.example.org/token" }, "tokenUrl"],
    ["an empty scope", { ...bySecret, scope: "" }, "scope"],
  ];
  test.each(cases)(
    "(%s) is CONTENT_INVALID, by the member's name and never its value",
    async (_title, content, text) => {
      const error = await expectFailure(() => parse(content), "CONTENT_INVALID", text);
      expect(error.message).toContain("OROT_AUTHORITY_SECRET_IDS");
      expectNoTrace(error, CANARY);
    },
  );
});

describe("an entry is refused", () => {
  const cases: readonly (readonly [title: string, content: object, entry: unknown, text: string])[] = [
    ["that is a number", bySecret, 7, "is no JSON object"],
    ["that is a list", bySecret, [entry], "is no JSON object"],
    [
      "with a member that is none",
      bySecret,
      { ...entry, compartment: CANARY },
      "holds a member that is none of client",
    ],
    ["with a zone", { ...bySecret, issuer: "uaa" }, { client: "a", zone: "z", secretId: SECRET_ID }, "holds a member"],
    ["with a vault", bySecret, { ...entry, secretId: undefined, vaultId: "ocid1.vault.oc1..v" }, "holds a member"],
    ["with a realm where there is none", bySecret, { ...entry, realm: "shop" }, "holds a member"],
    ["without client", bySecret, { ...entry, client: undefined }, "the member client is missing"],
    ["with the client *", keycloak, { client: "*", realm: "*", tag: "a.b" }, "holds a member"],
    ["without appId", bySecret, { ...entry, appId: undefined }, "the member appId is missing"],
    ["with an appId that is none", bySecret, { ...entry, appId: CANARY }, "the member appId must be"],
    [
      "without the id of an Ed-Fi client",
      edfi,
      { client: "key", secretId: SECRET_ID },
      "the member apiClientId is missing",
    ],
    [
      "with both ids of an Ed-Fi client",
      edfi,
      { ...(edfi.mayRotate[0] as object), applicationId: 3 },
      "applicationId must not",
    ],
    [
      "with a tokenUrl that is none",
      edfi,
      { ...(edfi.mayRotate[0] as object), tokenUrl: CANARY },
      "the member tokenUrl must",
    ],
    ["with a realm of dots", keycloak, { client: "app", realm: "..", secretId: SECRET_ID }, "the member realm must"],
    ["that binds nothing", bySecret, { ...entry, secretId: undefined }, "needs one of secretId and compartmentId"],
    ["that binds twice", bySecret, { ...entry, compartmentId: "ocid1.compartment.oc1..c" }, "and not both"],
    ["with a secretId in a list", bySecret, { ...entry, secretId: [SECRET_ID] }, "has no usable member secretId"],
    ["with a secretId that is none", bySecret, { ...entry, secretId: CANARY }, "has no usable member secretId"],
    [
      "with a compartmentId that is none",
      bySecret,
      { ...entry, secretId: undefined, compartmentId: "*" },
      "compartmentId",
    ],
    ["with a tag without key", bySecret, { tag: "rotation" }, "that is not namespace.key"],
    ["with a tag of three parts", bySecret, { tag: "a.b.c" }, "that is not namespace.key"],
    ["with a list as tag", bySecret, { tag: ["a.b"] }, "that is not namespace.key"],
    ["with a tag and a client", bySecret, { ...entry, tag: "a.b" }, "holds a member that is none of tag"],
  ];
  test.each(cases)("%s, by its place and never its value", async (_title, content, wrong, text) => {
    const known = (content as { readonly mayRotate: readonly unknown[] }).mayRotate;
    const mayRotate = content === bySecret || content === keycloak || content === edfi ? [...known, wrong] : [wrong];
    const error = await expectFailure(() => parse({ ...content, mayRotate }), "CONTENT_INVALID", text);
    expect(error.message).toContain(`entry ${mayRotate.length} of mayRotate`);
    expectNoTrace(error, CANARY);
  });
});
