import { describe, expect, test } from "vitest";
import { edfiCmsClients, edfiCmsTenants } from "../../../../../src/clients/issuers/inventory/edfi-cms-clients.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { createReader, paged } from "./reader.ts";

const BASE = "https://cms.example.org/cms";
const APPLICATIONS = [
  { id: 3, applicationName: "SIS", vendorId: 9 },
  { id: "4", applicationName: "Bus", vendorId: "8" },
  { id: 5, applicationName: " " },
];
const VENDORS = [
  { id: 9, company: "Acme", contactName: "Ada", contactEmailAddress: "ada@example.org" },
  { id: 8, company: "", contactName: "Bob" },
];
const API_CLIENTS = [
  { id: 7, applicationId: 3, clientId: "key-7", name: "nightly", isApproved: true, createdAt: "2026-01-02T00:00:00Z" },
  { id: 8, applicationId: 4, clientId: "key-8", isApproved: false, lastModifiedAt: "2026-02-03T00:00:00Z" },
  { id: 9, clientId: "key-9" },
];

type Lists = Readonly<Record<string, readonly unknown[] | undefined>>;

/** Lists by version and name. */
function serving(lists: Lists, most?: number) {
  return createReader((path) => {
    const url = new URL(path, BASE);
    const all = lists[url.pathname.slice("/cms/".length)];
    return all && paged(all, url.searchParams.get("offset"), url.searchParams.get("limit"), most);
  });
}
const listing = (lists: Lists) => edfiCmsClients(serving(lists).reader, BASE);

const unknown = { isBuiltIn: false, secretMadeAt: null, endsAt: "never", mayChange: null, kind: "secret" };
const noDates = { madeAt: null, changedAt: null };

describe("the clients of a Configuration Service", () => {
  test("are named after themselves or their application, and belong to its vendor", async () => {
    const { clients, isComplete } = await listing({
      "v3/apiClients": API_CLIENTS,
      "v3/applications": APPLICATIONS,
      "v3/vendors": VENDORS,
    });
    expect(isComplete).toBe(true);
    expect(clients).toEqual([
      {
        ...{ ...unknown, ...noDates, clientId: "key-7", subject: "apiClients/7", name: "nightly", isEnabled: true },
        ...{ owner: "Acme", contact: "ada@example.org", madeAt: Date.UTC(2026, 0, 2) },
      },
      {
        ...{ ...unknown, ...noDates, clientId: "key-8", subject: "apiClients/8", name: "Bus", isEnabled: false },
        ...{ owner: "Bob", contact: null, changedAt: Date.UTC(2026, 1, 3) },
      },
      {
        ...{ ...unknown, ...noDates, clientId: "key-9", subject: "apiClients/9", name: null, isEnabled: null },
        ...{ owner: null, contact: null },
      },
    ]);
  });

  test("of a release that lists none are its applications", async () => {
    const { clients } = await listing({ "v2/applications": APPLICATIONS, "v2/vendors": VENDORS });
    const common = { ...unknown, ...noDates, clientId: null, isEnabled: null };
    expect(clients).toEqual([
      { ...common, subject: "applications/3", name: "SIS", owner: "Acme", contact: "ada@example.org" },
      { ...common, subject: "applications/4", name: "Bus", owner: "Bob", contact: null },
      { ...common, subject: "applications/5", name: null, owner: null, contact: null },
    ]);
  });

  test.each([
    ["applications", { "v3/apiClients": API_CLIENTS, "v3/vendors": VENDORS }],
    ["vendors", { "v3/apiClients": API_CLIENTS, "v3/applications": APPLICATIONS }],
  ])("are listed without %s too, and the list is whole", async (_what, lists) => {
    const { clients, isComplete } = await listing(lists);
    expect(clients.map(({ clientId, owner }) => [clientId, owner])).toEqual([
      ["key-7", null],
      ["key-8", null],
      ["key-9", null],
    ]);
    expect(isComplete).toBe(true);
  });

  test("are all read, page by page, however short the pages", async () => {
    const many = Array.from({ length: 450 }, (_, at) => ({ id: at, clientId: `key-${at}` }));
    for (const most of [1_000, 25]) {
      const { reader, asked } = serving({ "v3/apiClients": many }, most);
      const { clients, isComplete } = await edfiCmsClients(reader, BASE);
      expect([clients.length, isComplete]).toEqual([450, true]);
      expect(asked[0]?.path).toBe("/cms/v3/apiClients?offset=0&limit=200");
    }
  });

  test("are not known if the list ends in a 404 behind its first page", async () => {
    const { reader } = createReader((path) => (path.includes("offset=0&") ? API_CLIENTS : undefined));
    await expect(edfiCmsClients(reader, BASE)).rejects.toThrow("list of clients: 404");
  });

  test("have no date where the service tells none as text", async () => {
    const [client] = (await listing({ "v3/apiClients": [{ id: 7, clientId: "key-7", createdAt: 2_026 }] })).clients;
    expect(client?.madeAt).toBeNull();
  });

  test("may be missing from a list that moves while it is read", async () => {
    let reads = 0;
    const { reader } = createReader((path) => {
      if (!path.startsWith("/cms/v3/vendors"))
        return path.startsWith("/cms/v3/apiClients") ? API_CLIENTS.slice(0, 0) : undefined;
      reads += 1;
      return [{ id: reads }];
    });
    expect((await edfiCmsClients(reader, BASE)).isComplete).toBe(false);
  });

  test("cannot be told from a list of another form", async () => {
    const list = { "v3/apiClients": [{ id: 7 }] };
    await expectFailure(
      () => listing(list),
      "VERDICT_UNKNOWN",
      "the Configuration Service's list of clients could not be read",
    );
  });

  test("are nowhere if no version lists any, and what to check is said", async () => {
    const { nextAction } = await expectFailure(
      () => listing({}),
      "ISSUER_CONFIGURATION",
      "the Configuration Service's list of clients was answered 404",
    );
    expect(nextAction).toContain("check the authority's member url");
  });
});

describe("the tenants of a Configuration Service", () => {
  const tenantsOf = (served: Readonly<Record<string, unknown>>) => {
    const { reader, asked } = createReader((path) => served[path]);
    return { go: () => edfiCmsTenants(reader, BASE), asked };
  };

  test.each(["v3", "v2"])("are named in order by %s", async (version) => {
    const { go, asked } = tenantsOf({ [`/cms/${version}/tenants`]: [{ name: "b" }, { name: "a" }] });
    expect(await go()).toEqual(["a", "b"]);
    expect(asked.map(({ what }) => what)).toEqual(asked.map(() => "its list of tenants"));
  });

  test("are none where no version lists any", async () => {
    expect(await tenantsOf({}).go()).toBeNull();
  });

  test("cannot be told from a list of another form", async () => {
    const { go } = tenantsOf({ "/cms/v3/tenants": {} });
    await expectFailure(go, "VERDICT_UNKNOWN", "its list of tenants could not be read");
  });
});
