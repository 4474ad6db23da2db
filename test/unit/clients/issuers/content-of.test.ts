import { expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Client } from "../../../../src/clients/issuers/client.ts";
import { contentOf } from "../../../../src/clients/issuers/content-of.ts";
import { toyClient } from "../../../support/held.ts";

const plain: Client = { ...toyClient, base: "https://issuer.example.org", clientId: "app" };
const written = (client: Client, value: string | null = "V1"): string =>
  contentOf(client, value === null ? null : new Secret(value)).reveal();

const edfi: Client = { ...plain, issuer: "edfi-cms", subject: "apiClients/7" };
const PLAIN = { url: "https://issuer.example.org", clientId: "app", clientSecret: "V1" };

test.each<[string, Client, object]>([
  [
    "an App of an identity domain",
    { ...plain, issuer: "oci-iam", subject: "0a" },
    { domainUrl: "https://issuer.example.org", appId: "0a", clientId: "app", appSecret: "V1" },
  ],
  [
    "a client of a realm",
    { ...plain, issuer: "keycloak", realm: "main" },
    { ...PLAIN, issuer: "keycloak", realm: "main" },
  ],
  ["a client of a UAA", { ...plain, issuer: "uaa", subject: "apiClients/7", tenant: "t" }, { ...PLAIN, issuer: "uaa" }],
  ["an API client of Ed-Fi", edfi, { ...PLAIN, issuer: "edfi-cms", apiClientId: 7 }],
  [
    "an application of a tenant of Ed-Fi",
    { ...edfi, subject: "applications/31", tenant: "t", tokenUrl: "https://token.example.org/" },
    { ...PLAIN, issuer: "edfi-cms", applicationId: 31, tenant: "t", tokenUrl: "https://token.example.org/" },
  ],
  ...["apiClients/7/x", "x/apiClients/7", "vendors/7", null].map((subject): [string, Client, object] => [
    `a client of Ed-Fi whose object is ${subject}`,
    { ...edfi, subject },
    { ...PLAIN, issuer: "edfi-cms" },
  ]),
])("the content for %s names it as its page says", (_what, client, content) => {
  expect(JSON.parse(written(client))).toEqual(content);
});

test("the content is for people to read: its members are in the page's order, one a line", () => {
  const { issuer, url, ...rest } = { issuer: "keycloak", ...PLAIN };
  expect(written({ ...plain, issuer: "keycloak", realm: "main" })).toBe(
    JSON.stringify({ issuer, url, realm: "main", ...rest }, null, 2),
  );
});

test("the placeholder names the client, has no value, and says what it is", () => {
  expect(JSON.parse(written({ ...plain, issuer: "uaa" }, null))).toEqual({
    ...PLAIN,
    issuer: "uaa",
    clientSecret: null,
    _rotation: expect.anything(),
  });
});
