import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { clientsDataOf, type Wanted } from "../../../../src/cli/clients/clients-data.ts";
import { clientsPage } from "../../../../src/cli/clients/clients-page.ts";
import { clientsSummary } from "../../../../src/cli/clients/clients-text.ts";
import type { Joined } from "../../../../src/cli/clients/join.ts";
import type { ListedClient } from "../../../../src/clients/issuers/inventory/listed-client.ts";

const NOW = Date.UTC(2026, 0, 1);
const listed = (clientId: string, more: Partial<ListedClient> = {}): ListedClient => ({
  ...{ clientId, subject: null, name: null, kind: "secret", isEnabled: true, isBuiltIn: false, owner: null },
  ...{ contact: null, madeAt: null, changedAt: null, secretMadeAt: null, endsAt: null, mayChange: null, ...more },
});
const secret = (name: string) =>
  ({
    row: { secretId: name, name, nextRotationAt: null, owner: null, contact: null },
    client: { clientId: name },
  }) as never;

/** A client as its issuer lists it, held by so many secrets. */
const joined = (one: ListedClient | null, secrets = 1): Joined => ({
  place: { issuer: "keycloak", base: "https://sso.example.org", realm: "r", zone: null, tenant: null } as never,
  listed: one,
  secrets: Array.from({ length: secrets }, (_, at) => secret(`secret-${at}`)),
});
const WANTED: Wanted = { withinMs: null, maxAgeMs: null, unmanaged: false, name: null, kind: null };
const dataOf = (all: readonly Joined[], wanted: Partial<Wanted> = {}) =>
  clientsDataOf(all, NOW, { ...WANTED, ...wanted }, { isComplete: true, unreadSecrets: 0 });
const idsOf = (all: readonly Joined[], wanted: Partial<Wanted> = {}) =>
  dataOf(all, wanted).clients.map(({ clientId }) => clientId);

describe("clients are chosen by name", () => {
  const all = ["a.b", "axb", "shop-1", "Shop-2"].map((id) => joined(listed(id)));

  test.each([
    ["a.b", ["a.b"]],
    ["shop-*", ["shop-1", "Shop-2"]],
    ["*b", ["a.b", "axb"]],
    ["shop", []],
    ["(", []],
  ])("%j names %j", (name, ids) => {
    expect(idsOf(all, { name }).toSorted()).toEqual(ids.toSorted());
  });

  test("also by the name that the issuer shows", () => {
    expect(idsOf([joined(listed("x", { name: "The Shop" }))], { name: "*shop" })).toEqual(["x"]);
  });
});

test("the most urgent come first: by finding, then by the day of the end, then by age, then by name", () => {
  const all = [
    joined(listed("b")),
    joined(listed("a")),
    joined(listed("old", { secretMadeAt: NOW - 9 * DAY_MS })),
    joined(listed("never", { endsAt: "never" })),
    joined(listed("late", { endsAt: NOW + 9 * DAY_MS })),
    joined(listed("soon", { endsAt: NOW + DAY_MS })),
    joined(listed("twice"), 2),
    joined(null),
    joined(listed("expired", { endsAt: NOW })),
  ];
  expect(idsOf(all)).toEqual(["expired", "secret-0", "twice", "soon", "late", "old", "a", "b", "never"]);
});

describe("the summary", () => {
  const summary = (all: readonly Joined[], wanted: Partial<Wanted> = {}) => clientsSummary(dataOf(all, wanted));
  const told = { secretMadeAt: NOW - DAY_MS };

  test("of clients in order has nothing but their number", () => {
    expect(summary([joined(listed("a", told))])).toBe("1 client, 1 of them with a secret to rotate; 1 managed, 0 not");
    expect(summary([])).toBe("0 clients, 0 of them with a secret to rotate; 0 managed, 0 not");
  });

  test.each<[string, Joined, Partial<Wanted>]>([
    ["; 1 expired", joined(listed("a", { ...told, endsAt: NOW })), {}],
    ["; 1 end soon", joined(listed("a", { ...told, endsAt: NOW + DAY_MS })), { withinMs: DAY_MS }],
    ["; 1 too old", joined(listed("a", told)), { maxAgeMs: DAY_MS - 1 }],
    ["; 1 in several secrets", joined(listed("a", told), 2), {}],
    ["; the age of 1 is not told", joined(listed("a")), {}],
  ])("ends with %j", (end, one, wanted) => {
    expect(summary([one], wanted)).toBe(`1 client, 1 of them with a secret to rotate; 1 managed, 0 not${end}`);
  });

  test("counts what only Vault holds", () => {
    expect(summary([joined(null)])).toContain("0 managed, 0 not; 1 in Vault and not at the issuer");
  });

  test("says that a list moved", () => {
    const moved = clientsDataOf([], NOW, WANTED, { isComplete: false, unreadSecrets: 0 });
    expect(clientsSummary(moved)).toMatch(/; the list moved while it was read, so a client may be missing$/);
  });
});

test.each<[string, Joined, Partial<Wanted>, string]>([
  ["that has expired is red", joined(listed("a", { endsAt: NOW })), {}, "expired"],
  ["in several secrets is red", joined(listed("a"), 2), {}, "expired"],
  ["that only Vault holds is red", joined(null), {}, "expired"],
  [
    "that has expired and is too old is red",
    joined(listed("a", { endsAt: NOW, secretMadeAt: 0 })),
    { maxAgeMs: 1 },
    "expired",
  ],
  ["that ends soon is yellow", joined(listed("a", { endsAt: NOW + 1 })), { withinMs: 2 }, "due"],
  ["without a finding is neither", joined(listed("a")), {}, "later"],
])("on the page a client %s", (_what, one, wanted, colour) => {
  const page = [...clientsPage(dataOf([one], wanted))].join("");
  expect(page).toContain(`<span class="state ${colour}">`);
});
