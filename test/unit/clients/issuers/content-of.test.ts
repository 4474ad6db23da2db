import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Client } from "../../../../src/clients/issuers/client.ts";
import { contentOf } from "../../../../src/clients/issuers/content-of.ts";
import { clientIn } from "../../../../src/clients/issuers/index.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";

const common = { realm: null, tenant: null, tokenUrl: null, subject: null, clientId: "app" };
const KEY = "361994b9-0000-4000-8000-000000000001";
const TOKENS = "https://api.example.org/oauth/token";
const CMS: Client = { ...common, issuer: "edfi-cms", base: "https://cms.example.org", clientId: KEY };

const cases: readonly (readonly [what: string, client: Client, members: object])[] = [
  [
    "an App",
    { ...common, issuer: "oci-iam", base: "https://idcs-1.identity.oraclecloud.com", subject: "abcd".repeat(8) },
    {
      ...{ domainUrl: "https://idcs-1.identity.oraclecloud.com", appId: "abcd".repeat(8) },
      ...{ clientId: "app", appSecret: "S1" },
    },
  ],
  [
    "a Keycloak's client",
    { ...common, issuer: "keycloak", base: "https://sso.example.org", realm: "r" },
    { issuer: "keycloak", url: "https://sso.example.org", realm: "r", clientId: "app", clientSecret: "S1" },
  ],
  [
    "a UAA's client",
    { ...common, issuer: "uaa", base: "https://uaa.example.org/uaa" },
    { issuer: "uaa", url: "https://uaa.example.org/uaa", clientId: "app", clientSecret: "S1" },
  ],
  [
    "a client of an Ed-Fi CMS",
    { ...CMS, subject: "apiClients/7" },
    { issuer: "edfi-cms", url: "https://cms.example.org", apiClientId: 7, clientId: KEY, clientSecret: "S1" },
  ],
  [
    "an application of a tenant with a token address of its own",
    { ...CMS, subject: "applications/3", tenant: "t", tokenUrl: TOKENS },
    {
      ...{ issuer: "edfi-cms", url: "https://cms.example.org", applicationId: 3, tenant: "t", tokenUrl: TOKENS },
      ...{ clientId: KEY, clientSecret: "S1" },
    },
  ],
];

describe.each(cases)("the content of %s", (_what, client, members) => {
  test("has the members of its issuer's page, in their order, and nothing else", () => {
    expect(contentOf(client, new Secret("S1")).reveal()).toBe(JSON.stringify(members, null, 2));
  });

  test("is read back as the same client", () => {
    const { tokenUrl, ...read } = clientIn(parseContent(contentOf(client, new Secret("S1"))));
    expect({ ...read, tokenUrl: client.tokenUrl && tokenUrl }).toEqual(client);
  });

  test("without a value is a placeholder, which no application can take for a credential", () => {
    const content: Record<string, unknown> = JSON.parse(contentOf(client, null).reveal());
    expect(content["appSecret"] === null || content["clientSecret"] === null).toBe(true);
    expect(Object.values(content)).toContainEqual({ v: 1, kind: "placeholder" });
    expect(Object.keys(content).slice(0, -1)).toEqual(Object.keys(members));
  });
});

test.each([null, "apiClients/", "apiClients/7/8", "xapiClients/7", "others/7"])(
  "an Ed-Fi client whose object is %j names none",
  (subject) => {
    const content: object = JSON.parse(contentOf({ ...CMS, subject }, new Secret("S1")).reveal());
    expect(Object.keys(content)).toEqual(["issuer", "url", "clientId", "clientSecret"]);
  },
);
