import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { clientText, type IssuerAlias, isSameClient } from "../../../../src/clients/issuers/client.ts";
import { openCredential } from "../../../../src/clients/issuers/index.ts";
import type { Credential } from "../../../../src/clients/issuers/issuer.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure } from "../../../support/failures.ts";
import { createRig } from "../../../support/issuer-rig.ts";

/** A content: its members, or its text. */
type Written = object | string;

const DOMAIN = `idcs-${"0123456789abcdef".repeat(2)}`;
const ORACLE = `https://${DOMAIN}.identity.oraclecloud.com`;
const APP_ID = "abcd".repeat(8);
const UAA = "https://uaa.example.org/uaa";
const SSO = "https://sso.example.org";
const CMS = "https://cms.example.org";
const KEY = "361994b9-0000-4000-8000-000000000001";

const uaa = (members: object = {}) => ({ issuer: "uaa", url: UAA, clientId: "app", clientSecret: "S1", ...members });
const at = (url: string) => uaa({ url });
const oci = (members: object = {}) => ({
  ...{ domainUrl: ORACLE, appId: APP_ID, clientId: "app", appSecret: "S1" },
  ...members,
});
const realm = (members: object = {}) => ({
  ...{ issuer: "keycloak", url: SSO, realm: "r", clientId: "app", clientSecret: "S1" },
  ...members,
});
const edfi = (members: object = {}) => ({
  ...{ issuer: "edfi-cms", url: CMS, apiClientId: 7, clientId: KEY, clientSecret: "S1" },
  ...members,
});

const hosts = ["uaa.example.org", "zone1.uaa.example.org", "xn--bcher-kva.example", "bank.example", "127.0.0.1"];
const ORIGINS = [
  ...hosts.map((host) => `https://${host}`),
  ...["https://uaa.example.org:8443", new URL("https://b\u0430nk.example").origin],
  ...["http://localhost:8080", "http://127.0.0.1:8080"],
  ...[
    ORACLE,
    "https://login.example.org",
    `https://${DOMAIN}.eu-frankfurt-idcs-1.identity.eu-frankfurt-1.oci.oraclecloud.com`,
  ],
  ...[SSO, "https://back.example.org", CMS],
];

function open(content: Written): Credential {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const onCrossing = () => {
    throw new Error("nothing crosses here");
  };
  return openCredential(parseContent(new Secret(text)), createRig(), { origins: ORIGINS, aliases: [], onCrossing });
}

const place = (base: string, of: string | null = null) => ({ base, realm: of });

describe("two contents name the same client, and requests go to the same address,", () => {
  test.each<[difference: string, one: Written, other: Written]>([
    ["where the host is written in capitals", at(UAA), at("https://UAA.Example.org/uaa")],
    ["where the default port is written out", at(UAA), at("https://uaa.example.org:443/uaa")],
    ["where a slash ends the address", at(UAA), at(`${UAA}/`)],
    [
      "where the host is written in punycode",
      at("https://bücher.example/uaa"),
      at("https://xn--bcher-kva.example/uaa"),
    ],
    ["where an IPv4 address is written in hexadecimal", at("https://0x7f.1/uaa"), at("https://127.0.0.1/uaa")],
    [
      "where a domain is named by its instance id, or by its address with port and path",
      { iamDomainInstanceId: DOMAIN.toUpperCase(), appId: APP_ID, clientId: "app", appSecret: "S1" },
      oci({ domainUrl: `${ORACLE}:443/admin/v1` }),
    ],
    ["where Oracle's sample leaves the issuer out", oci(), oci({ issuer: "oci-iam" })],
    ["where the App's id is written in capitals", oci({ appId: APP_ID.toUpperCase() }), oci()],
    ["where a number is written with a fraction of nought", edfi(), JSON.stringify(edfi()).replace(":7,", ":7.0,")],
    ["where the version of the API differs", edfi({ apiVersion: "v2" }), edfi({ apiVersion: "v3" })],
    ["where the usual token address is written out", edfi(), edfi({ tokenUrl: `${CMS}/connect/token` })],
    [
      "where one is a claim",
      uaa(),
      uaa({ _rotation: { v: 1, kind: "claim", callId: "a", ttlSeconds: 90, base: 1, takeovers: 0 } }),
    ],
    [
      "where unknown members, their order, white space and the client secret differ",
      uaa(),
      JSON.stringify({ owner: "team", clientSecret: "S2", clientId: "app", url: UAA, issuer: "uaa" }, null, 2),
    ],
  ])("%s", (_difference, one, other) => {
    const [left, right] = [open(one), open(other)];
    expect(left.client).toEqual(right.client);
    expect(clientText(left.client)).toBe(clientText(right.client));
    expect(isSameClient(left.client, right.client, [])).toBe(true);
    expect(right.tokenEndpoint.url).toBe(left.tokenEndpoint.url);
    expect(left.tokenEndpoint.url.startsWith(`${left.client.base}/`)).toBe(true);
  });
});

describe("two contents name two clients", () => {
  test.each<[difference: string, one: Written, ...others: Written[]]>([
    [
      "where port, case of the path or zone differ",
      at(UAA),
      at("https://uaa.example.org:8443/uaa"),
      at("https://uaa.example.org/UAA"),
      at("https://zone1.uaa.example.org/uaa"),
    ],
    ["where one letter of the host is Cyrillic", at("https://bank.example"), at("https://b\u0430nk.example")],
    ["where loopback is meant by name and by number", at("http://localhost:8080/uaa"), at("http://127.0.0.1:8080/uaa")],
    ["where case or a blank in the client's id differ", uaa(), uaa({ clientId: "App" }), uaa({ clientId: "app " })],
    ["where an accent is a code point of its own", uaa({ clientId: "\u00e9" }), uaa({ clientId: "e\u0301" })],
    ["where the App differs beside one client id", oci(), oci({ appId: "dcba".repeat(8) })],
    ["where the client id differs beside one App", oci(), oci({ clientId: "other" })],
    ["where the case of the realm differs", realm({ realm: "shop" }), realm({ realm: "Shop" })],
    ["where the server has another path", realm(), realm({ url: `${SSO}/auth` })],
    [
      "where a client of a Keycloak is rotated there, or by the service before it",
      realm({ clientId: "k" }),
      edfi({ clientId: "k", tokenUrl: `${SSO}/realms/r/protocol/openid-connect/token` }),
    ],
    [
      "where a number is that of an api client, or of an application",
      edfi(),
      edfi({ apiClientId: undefined, applicationId: 7 }),
    ],
    ["where the tenant differs, or is named", edfi(), edfi({ tenant: "a" }), edfi({ tenant: "A" })],
    ["where the case of the tenant differs", edfi({ tenant: "a" }), edfi({ tenant: "A" })],
    ["where the token address is another one than the usual", edfi(), edfi({ tokenUrl: `${CMS}/connect/Token` })],
    ["where tokens come from elsewhere", edfi(), edfi({ tokenUrl: `${SSO}/realms/r/protocol/openid-connect/token` })],
  ])("%s", (_difference, one, ...others) => {
    const left = open(one).client;
    for (const other of others) {
      const right = open(other).client;
      expect(isSameClient(left, right, []), clientText(right)).toBe(false);
      expect(isSameClient(right, left, [])).toBe(false);
      expect(clientText(left)).not.toBe(clientText(right));
    }
  });
});

describe("two contents name two clients unless an alias says that the places are one:", () => {
  const toOracle = (base: string): IssuerAlias => ({ from: place(base), to: place(ORACLE) });
  const regional = `https://${DOMAIN}.eu-frankfurt-idcs-1.identity.eu-frankfurt-1.oci.oraclecloud.com`;

  test.each<[places: string, one: Written, other: Written, alias: IssuerAlias]>([
    [
      "a custom host of an identity domain",
      oci(),
      oci({ domainUrl: "https://login.example.org" }),
      toOracle("https://login.example.org"),
    ],
    [
      "a UAA that has moved below its old address",
      at("https://uaa.example.org"),
      at(UAA),
      { from: place("https://uaa.example.org"), to: place(UAA) },
    ],
    ["the regional address of an identity domain", oci(), oci({ domainUrl: regional }), toOracle(regional)],
    [
      "the hosts of a Keycloak before and behind",
      realm(),
      realm({ url: "https://back.example.org" }),
      { from: place("https://back.example.org", "r"), to: place(SSO, "r") },
    ],
  ])("%s", (_places, one, other, alias) => {
    const [left, right] = [open(one).client, open(other).client];
    const back = { from: alias.to, to: alias.from };
    expect(isSameClient(left, right, [])).toBe(false);
    expect(isSameClient(left, right, [alias])).toBe(true);
    expect(isSameClient(right, left, [alias])).toBe(true);
    expect(isSameClient(left, right, [back])).toBe(true);
    // What is sent goes where the content says, whatever it is compared by.
    expect(open(other).tokenEndpoint.url.startsWith(right.base)).toBe(true);
  });
});

describe("a content is refused, and never mended,", () => {
  test.each<[why: string, ...contents: Written[]]>([
    [
      "whose address holds something encoded, a parameter or an empty segment",
      ...[at("https://uaa.example.org/%75aa"), at(`${UAA};v=1`), at("https://uaa.example.org//uaa")],
    ],
    [
      "whose address a parser would lead elsewhere",
      ...[at("https://uaa.example.org/x/../uaa"), at("https://uaa.example.org/x/%2e%2e/uaa")],
      ...[at("https:\\\\uaa.example.org\\uaa"), at("https:uaa.example.org/uaa")],
    ],
    [
      "whose address names a user, a query, a fragment, a dot behind the host or an invisible character",
      ...[at("https://u@uaa.example.org/uaa"), at(`${UAA}?x`), at(`${UAA}#x`)],
      ...[at("https://uaa.example.org./uaa"), at("https://uaa.exam\tple.org/uaa")],
    ],
    ["whose client id is no part of a path, or that names a zone", uaa({ clientId: ".." }), uaa({ zoneId: "zone1" })],
    ["whose realm is no part of a path", realm({ realm: ".." }), realm({ realm: "a/b" }), realm({ realm: "a%2fb" })],
    ["whose number is a text", edfi({ apiClientId: "7" })],
    [
      "whose key is no part of a path",
      edfi({ clientId: ".." }),
      edfi({ clientId: "a/b" }),
      edfi({ clientId: "a%2fb" }),
    ],
    [
      "whose client id, realm or key is no Unicode text, so that it cannot be sent as it stands",
      ...[uaa({ clientId: "\ud800" }), oci({ clientId: "a\udc00" })],
      ...[realm({ realm: "\ud800" }), realm({ clientId: "\ud800b" }), edfi({ clientId: "\udfff" })],
    ],
    ["whose domain is named twice, and differently", oci({ iamDomainInstanceId: `idcs-${"f".repeat(32)}` })],
  ])("%s", async (_why, ...contents) => {
    for (const content of contents) await expectFailure(() => open(content), "CONTENT_INVALID");
  });
});
