import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Client,
  clientTag,
  clientText,
  type IssuerAlias,
  isSameClient,
  isTagOf,
  rateKey,
} from "../../../../src/clients/issuers/client.ts";

const uaa: Client = {
  issuer: "uaa",
  base: "https://uaa.example.org/uaa",
  realm: null,
  tenant: null,
  tokenUrl: null,
  clientId: "app",
  subject: null,
};
const edfi: Client = {
  issuer: "edfi-cms",
  base: "https://cms.example.org",
  realm: null,
  tenant: "a b",
  tokenUrl: "https://cms.example.org/connect/token",
  clientId: "key",
  subject: "apiClients/7",
};
const keycloak: Client = { ...uaa, issuer: "keycloak", base: "https://sso.example.org", realm: "shop" };

const place = (base: string, realm: string | null = null) => ({ base, realm });
const alias = (from: IssuerAlias["from"], to: IssuerAlias["to"]): IssuerAlias => ({ from, to });
const [A, B, C] = ["https://a.example/uaa", "https://b.example/uaa", "https://c.example/uaa"] as const;
const at = (base: string) => ({ ...uaa, base });

describe("the text of a client", () => {
  test("is one line, each value encoded, and what it has not is left out", () => {
    expect(clientText(uaa)).toBe("uaa base=https%3A%2F%2Fuaa.example.org%2Fuaa client=app");
    expect(clientText({ ...keycloak, realm: "my shop" })).toBe(
      "keycloak base=https%3A%2F%2Fsso.example.org realm=my%20shop client=app",
    );
    expect(clientText(edfi)).toBe(
      "edfi-cms base=https%3A%2F%2Fcms.example.org tenant=a%20b tokenUrl=https%3A%2F%2Fcms.example.org%2Fconnect%2Ftoken client=key subject=apiClients%2F7",
    );
  });

  test("is the same for no two clients, whatever their members hold", () => {
    // Few values, so that clients are often nearly the same; names and signs of the text among them.
    const word = fc.constantFrom(
      "a",
      "A",
      " ",
      "=",
      "a client=b",
      "client=a",
      "%20",
      "a%20client%3Db",
      "é",
      "e\u0301",
      "null",
      "",
    );
    const maybe = fc.option(word);
    const client = fc.record({
      issuer: fc.constantFrom("uaa", "keycloak"),
      base: word,
      realm: maybe,
      tenant: maybe,
      tokenUrl: maybe,
      clientId: word,
      subject: maybe,
    });
    fc.assert(
      fc.property(client, client, (one, other) => {
        const isSame = Object.entries(one).every(([name, value]) => other[name as keyof Client] === value);
        expect(clientText(one) === clientText(other)).toBe(isSame);
        expect(isSameClient(one, other, [])).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, Partial<Client>]>([
    ["issuer", { issuer: "keycloak" }],
    ["base", { base: "https://uaa.example.org/UAA" }],
    ["realm", { realm: "r" }],
    ["tenant", { tenant: "t" }],
    ["token address", { tokenUrl: "https://uaa.example.org/uaa/token" }],
    ["client id", { clientId: "App" }],
    ["subject", { subject: "app" }],
  ])("differs with the %s alone", (_member, change) => {
    const other = { ...uaa, ...change };
    expect(clientText(other)).not.toBe(clientText(uaa));
    expect(isSameClient(uaa, other, [])).toBe(false);
  });
});

describe("the tag of a client", () => {
  const named = (length: number) => ({
    ...uaa,
    clientId: "x".repeat(length - clientText({ ...uaa, clientId: "" }).length),
  });

  test("is its text as long as a tag may hold that", () => {
    expect(clientTag(uaa)).toBe(clientText(uaa));
    const longest = named(256);
    expect(clientText(longest)).toHaveLength(256);
    expect(clientTag(longest)).toBe(clientText(longest));
  });

  test("is a digest of the text where that is longer, another one for each client", () => {
    const [one, other] = [named(257), { ...named(257), subject: "s" }];
    expect(clientTag(one)).toMatch(/^sha256:[\w-]{43}$/);
    expect(clientTag(other)).toMatch(/^sha256:[\w-]{43}$/);
    expect(clientTag(one)).not.toBe(clientTag(other));
    expect(isTagOf(clientTag(one), one, [])).toBe(true);
    expect(isTagOf(clientTag(one), other, [])).toBe(false);
  });

  test("names the client by any of the places that aliases make one, and nobody else", () => {
    const aliases = [alias(place(A), place(B))];
    for (const tagged of [at(A), at(B)]) {
      for (const asked of [at(A), at(B)]) expect(isTagOf(clientTag(tagged), asked, aliases)).toBe(true);
      expect(isTagOf(clientTag(tagged), at(C), aliases)).toBe(false);
      expect(isTagOf(clientTag(tagged), { ...at(A), clientId: "other" }, aliases)).toBe(false);
    }
    expect(isTagOf(clientTag(at(A)), at(B), [])).toBe(false);
    expect(isTagOf("", at(A), aliases)).toBe(false);
  });
});

describe("an alias", () => {
  test("is followed to the next, in whatever order the settings name them", () => {
    const chain = [alias(place(B), place(C)), alias(place(A), place(B))];
    expect(isSameClient(at(A), at(C), chain)).toBe(true);
    expect(isSameClient(at(A), at(C), chain.toReversed())).toBe(true);
    expect(isSameClient(at(A), at(C), chain.slice(0, 1))).toBe(false);
  });

  test("that leads back to where it came from ends", () => {
    const ring = [alias(place(A), place(B)), alias(place(B), place(C)), alias(place(C), place(A))];
    expect(isSameClient(at(A), at(A), ring)).toBe(true);
    expect(isSameClient(at(A), { ...at(A), clientId: "other" }, ring)).toBe(false);
  });

  test("is a matter of the whole base: neither of a path below it nor of a host that begins like it", () => {
    const origin = alias(place("https://a.example"), place("https://b.example"));
    expect(isSameClient(at(A), at(B), [origin])).toBe(false);
    expect(isSameClient(at("https://a.example.evil"), at("https://b.example"), [origin])).toBe(false);
  });

  test("of a realm leaves every other realm there alone, and one without a realm all of them", () => {
    const [there, here] = ["https://back.example.org", "https://sso.example.org"];
    const ofShop = [alias(place(there, "shop"), place(here, "shop"))];
    expect(isSameClient({ ...keycloak, base: there }, keycloak, ofShop)).toBe(true);
    for (const realm of ["Shop", "master", null]) {
      // Nor does it lead from there into the realm that it names.
      expect(isSameClient({ ...keycloak, base: there, realm }, keycloak, ofShop)).toBe(false);
      expect(isSameClient({ ...keycloak, base: there, realm }, { ...keycloak, realm }, ofShop)).toBe(false);
    }
    expect(isSameClient({ ...keycloak, base: there }, keycloak, [alias(place(there), place(here))])).toBe(false);
  });

  test("may give a realm another name", () => {
    const renamed = [alias(place("https://sso.example.org", "shop"), place("https://sso.example.org", "store"))];
    expect(isSameClient(keycloak, { ...keycloak, realm: "store" }, renamed)).toBe(true);
  });

  test("makes no other member the same", () => {
    const aliases = [alias(place(A), place(B))];
    for (const change of [{ issuer: "keycloak" }, { clientId: "App" }, { subject: "s" }, { tenant: "t" }]) {
      expect(isSameClient(at(A), { ...at(B), ...change }, aliases)).toBe(false);
    }
  });

  test("moves the token address along: that below the base, and that of a realm elsewhere", () => {
    const moved = { ...edfi, base: "https://new.example/cms", tokenUrl: "https://new.example/cms/connect/token" };
    const bases = alias(place("https://cms.example.org"), place("https://new.example/cms"));
    expect(isSameClient(edfi, moved, [bases])).toBe(true);
    const tokensOf = (base: string, realm: string) => `${base}/realms/${realm}/protocol/openid-connect/token`;
    const [before, after] = ["https://sso.example.org", "https://sso.example.org/auth"];
    const realms = alias(place(before, "my shop"), place(after, "store"));
    const byOld = { ...edfi, tokenUrl: tokensOf(before, "my%20shop") };
    const byNew = { ...edfi, tokenUrl: tokensOf(after, "store") };
    expect(isSameClient(byOld, byNew, [realms])).toBe(true);
    expect(isSameClient({ ...edfi, tokenUrl: tokensOf(before, "my%20shop2") }, byNew, [realms])).toBe(false);
    expect(isSameClient({ ...byOld, base: moved.base }, byNew, [realms])).toBe(false);
    expect(isSameClient({ ...byOld, base: moved.base }, byNew, [bases, realms])).toBe(true);
  });

  test.each([
    ["deeper", "https://cms.example.org", "https://cms.example.org/cms"],
    ["up", "https://cms.example.org/cms", "https://cms.example.org"],
  ])("may lead %s in the same place", (_where, from, to) => {
    const of = (base: string) => ({ ...edfi, base, tokenUrl: `${base}/connect/token` });
    const aliases = [alias(place(from), place(to))];
    expect(isSameClient(of(from), of(to), aliases)).toBe(true);
    expect(isSameClient(of(to), of(from), aliases)).toBe(true);
    expect(isTagOf(clientTag(of(from)), of(to), aliases)).toBe(true);
    expect(isTagOf(clientTag(of(to)), of(from), aliases)).toBe(true);
  });
});

test("an issuer's requests are counted by issuer, base, realm and tenant, whichever client asks", () => {
  expect(rateKey({ ...uaa, clientId: "other", subject: "s" })).toBe(rateKey(uaa));
  const keys = [
    uaa,
    { ...uaa, issuer: "keycloak" },
    { ...uaa, base: "https://uaa.example.org/UAA" },
    { ...uaa, realm: "a" },
    { ...uaa, tenant: "a" },
    { ...uaa, realm: "a", tenant: "b" },
    { ...uaa, realm: "null" },
    { ...uaa, realm: 'a","b' },
    { ...uaa, realm: "a,b" },
    { ...uaa, realm: "a", tenant: "b," },
  ].map(rateKey);
  expect(new Set(keys).size).toBe(keys.length);
});
