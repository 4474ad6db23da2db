import { describe, expect, test } from "vitest";
import { edfiCmsClients, edfiCmsTenants } from "../../../../../src/clients/issuers/inventory/edfi-cms-clients.ts";
import { expectFailure, expectNoTrace } from "../../../../support/failures.ts";
import { type Answer, ok, readerOf } from "./inventory-rig.ts";

const BASE = "https://cms.example.org/config";
const SECRET = "canary/+9c1f~4711";
const GONE: Answer = { status: 404 };

/** The first page of a list. */
const at = (resource: string, offset = 0) => `${BASE}/${resource}?offset=${offset}&limit=200`;

/** A list of one page: it is read again from its last item, to see that nothing follows. */
const listOf = (resource: string, items: readonly object[]): (readonly [string, Answer])[] => [
  [at(resource), ok(items)],
  ...(items.length === 0 ? [] : [[at(resource, items.length - 1), ok(items.slice(-1))] as const]),
];

const CLIENT = { id: 7, applicationId: 3, clientId: "key-7", secret: SECRET };
const APPLICATION = { id: 3, applicationName: "Gradebook", vendorId: 5, secret: SECRET };
const VENDOR = { id: 5, company: "Vendor", contactName: "Ada", contactEmailAddress: "ada@example.org" };
const NOTHING_ELSE = { isBuiltIn: false, secretMadeAt: null, endsAt: "never", mayChange: null };

async function listed(reads: readonly (readonly [string, Answer])[]) {
  const list = await edfiCmsClients(readerOf(reads), BASE);
  expectNoTrace(list, SECRET);
  return list;
}

describe("a client of a tenant", () => {
  test("is listed with its application and its vendor, and without its secret", async () => {
    const dates = { createdAt: "2026-01-02T03:04:05Z", lastModifiedAt: "2026-02-03T04:05:06Z" };
    const list = await listed([
      ...listOf("v3/apiClients", [{ ...CLIENT, ...dates, name: "Gradebook at night", isApproved: true }]),
      ...listOf("v3/applications", [APPLICATION]),
      ...listOf("v3/vendors", [VENDOR]),
    ]);
    expect(list).toEqual({
      isComplete: true,
      clients: [
        {
          ...NOTHING_ELSE,
          ...{
            clientId: "key-7",
            subject: "apiClients/7",
            name: "Gradebook at night",
            kind: "secret",
            isEnabled: true,
          },
          ...{ owner: "Vendor", contact: "ada@example.org" },
          ...{ madeAt: Date.UTC(2026, 0, 2, 3, 4, 5), changedAt: Date.UTC(2026, 1, 3, 4, 5, 6) },
        },
      ],
    });
  });

  test("has its application's name and its vendor's contact where it has none, by ids of text or number", async () => {
    const { clients } = await listed([
      ...listOf("v3/apiClients", [{ ...CLIENT, applicationId: "3" }]),
      ...listOf("v3/applications", [APPLICATION]),
      ...listOf("v3/vendors", [{ id: "5", company: " ", contactName: "Ada" }]),
    ]);
    expect(clients).toMatchObject([{ name: "Gradebook", owner: "Ada", contact: null, isEnabled: null, madeAt: null }]);
  });

  test("of an application that is not listed has no owner", async () => {
    const { clients } = await listed([
      ...listOf("v3/apiClients", [
        { ...CLIENT, applicationId: 4 },
        { id: 8, clientId: "key-8" },
      ]),
      ...listOf("v3/applications", [APPLICATION, { id: 9, applicationName: "No vendor's" }]),
      ...listOf("v3/vendors", [VENDOR]),
    ]);
    expect(clients).toMatchObject([
      { clientId: "key-7", name: null, owner: null, contact: null },
      { clientId: "key-8", name: null, owner: null, contact: null },
    ]);
  });

  test("is listed where neither applications nor vendors are served", async () => {
    const list = await listed([
      ...listOf("v3/apiClients", [CLIENT]),
      [at("v3/applications"), GONE],
      [at("v3/vendors"), GONE],
    ]);
    expect(list).toMatchObject({ isComplete: true, clients: [{ clientId: "key-7", owner: null }] });
  });
});

describe("a release", () => {
  test("before v3 is asked under v2", async () => {
    const list = await listed([
      [at("v3/apiClients"), GONE],
      [at("v3/applications"), GONE],
      ...listOf("v2/apiClients", [CLIENT]),
      ...listOf("v2/applications", []),
      ...listOf("v2/vendors", []),
    ]);
    expect(list).toMatchObject({ isComplete: true, clients: [{ clientId: "key-7" }] });
  });

  test("that lists applications alone names no client ids", async () => {
    const list = await listed([
      ...[at("v3/apiClients"), at("v3/applications"), at("v2/apiClients")].map((url) => [url, GONE] as const),
      ...listOf("v2/applications", [APPLICATION]),
      ...listOf("v2/vendors", [VENDOR]),
    ]);
    expect(list).toEqual({
      isComplete: true,
      clients: [
        {
          ...NOTHING_ELSE,
          ...{ clientId: null, subject: "applications/3", name: "Gradebook", kind: "secret", isEnabled: null },
          ...{ owner: "Vendor", contact: "ada@example.org", madeAt: null, changedAt: null },
        },
      ],
    });
  });

  test("that serves neither is at another address", async () => {
    const urls = ["v3/apiClients", "v3/applications", "v2/apiClients", "v2/applications"].map((resource) =>
      at(resource),
    );
    const list = () => listed(urls.map((url) => [url, GONE] as const));
    const { nextAction } = await expectFailure(list, "ISSUER_CONFIGURATION", "list of clients was answered 404");
    expect(nextAction).toContain("up to and not including /v2 or /v3");
  });

  test.each([
    ["the Configuration Service's list of clients", "v3/apiClients", []],
    ["its list of applications", "v3/applications", listOf("v3/apiClients", [])],
    ["its list of vendors", "v3/vendors", [...listOf("v3/apiClients", []), ...listOf("v3/applications", [])]],
  ])("whose answer is no list says so of %s", async (what, resource, before) => {
    const list = () => listed([...before, [at(resource), ok([{ name: SECRET }])]]);
    expectNoTrace(await expectFailure(list, "VERDICT_UNKNOWN", `${what} could not be read`), SECRET);
  });
});

test("a list that is not found from its second page on is an error, and not its end", async () => {
  const page = Array.from({ length: 200 }, (_, id) => ({ id, clientId: `key-${id}` }));
  const reads = [[at("v3/apiClients"), ok(page)] as const, [at("v3/apiClients", 199), GONE] as const];
  await expect(listed(reads)).rejects.toThrow("404");
});

test("any of the lists that moved leaves the clients incomplete", async () => {
  const moving = (resource: string) =>
    [1, 2, 3].flatMap((id) => [
      [at(resource), ok([{ id }])] as const,
      [at(resource, 0), ok([{ id: id + 10 }])] as const,
    ]);
  const { isComplete } = await listed([
    ...listOf("v3/apiClients", [CLIENT]),
    ...listOf("v3/applications", [APPLICATION]),
    ...moving("v3/vendors"),
  ]);
  expect(isComplete).toBe(false);
});

describe("the tenants", () => {
  const TENANTS = `${BASE}/v3/tenants`;

  test("are listed in order", async () => {
    expect(await edfiCmsTenants(readerOf([[TENANTS, ok([{ name: "b" }, { name: "a" }])]]), BASE)).toEqual(["a", "b"]);
  });

  test("of a release before v3 are asked under v2", async () => {
    const reads = [[TENANTS, GONE] as const, [`${BASE}/v2/tenants`, ok([{ name: "a" }])] as const];
    expect(await edfiCmsTenants(readerOf(reads), BASE)).toEqual(["a"]);
  });

  test("are null where there is one without a name", async () => {
    const reads = [[TENANTS, GONE] as const, [`${BASE}/v2/tenants`, GONE] as const];
    expect(await edfiCmsTenants(readerOf(reads), BASE)).toBeNull();
  });

  test.each([null, {}, [{ id: 1 }]])("cannot be read from %j", async (body) => {
    const reader = readerOf([[TENANTS, ok(body)]]);
    await expectFailure(() => edfiCmsTenants(reader, BASE), "VERDICT_UNKNOWN", "its list of tenants could not be read");
  });
});
