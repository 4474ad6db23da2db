import { expect, test } from "vitest";
import { membersOf } from "../../../../src/clients/issuers/authority-entries.ts";
import { requirePathPart } from "../../../../src/clients/issuers/content-members.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";

const OWN_URL = "https://toy.example/token";

test.each<[string, Parameters<typeof membersOf>[0], object]>([
  ["by its id alone", toyClient, { client: "toy" }],
  ["with its realm", { ...toyClient, realm: "r" }, { client: "toy", realm: "r" }],
  ["with its App", { ...toyClient, subject: "0a" }, { client: "toy", appId: "0a" }],
  ["with its API client", { ...toyClient, subject: "apiClients/7" }, { client: "toy", apiClientId: 7 }],
  ["with its application", { ...toyClient, subject: "applications/31" }, { client: "toy", applicationId: 31 }],
  ["with its tenant", { ...toyClient, tenant: "t" }, { client: "toy", tenant: "t" }],
  ["without the token address that its authority has", { ...toyClient, tokenUrl: OWN_URL }, { client: "toy" }],
  [
    "with another token address",
    { ...toyClient, tokenUrl: "https://other.example/token" },
    { client: "toy", tokenUrl: "https://other.example/token" },
  ],
])("an entry names a client %s", (_what, client, members) => {
  expect(membersOf(client, OWN_URL)).toEqual(members);
});

test.each([".", "..", "a/b", "a\\b", "a?b", "a#b", "a%b", "a\u0000b"])(
  "no segment of a path is made of %j",
  async (text) => {
    await expectFailure(() => requirePathPart("clientId", text), "CONTENT_INVALID", "the member clientId");
  },
);

test.each(["a", "...", ".a", "a.b", "ä-1_~"])("%j is a segment of a path as it is", (text) => {
  expect(requirePathPart("clientId", text)).toBe(text);
});
