import { describe, expect, test } from "vitest";
import { ociIamClients } from "../../../../../src/clients/issuers/inventory/oci-iam-clients.ts";
import { expectFailure, expectNoTrace } from "../../../../support/failures.ts";
import { ok, readerOf } from "./inventory-rig.ts";

const BASE = "https://idcs-1.identity.oraclecloud.com";
const SECRET = "canary/+9c1f~4711";
const ASKED = [
  ...["id", "name", "displayName", "active", "clientType", "isOAuthClient", "isOPCService", "infrastructure"],
  ...["contactEmailAddress", "basedOnTemplate", "meta"],
].join("%2C");

/** The read of the page behind this id. */
function behind(last: string | null): string {
  const more = last === null ? "" : `+and+id+gt+%22${last}%22`;
  const filter = `isOAuthClient+eq+true${more}`;
  return `${BASE}/admin/v1/Apps?attributes=${ASKED}&filter=${filter}&sortBy=id&sortOrder=ascending&count=200`;
}

const app = (members: object = {}) => ({ id: "a1", name: "app", clientSecret: SECRET, ...members });
const pageOf = (...apps: object[]) => ok({ Resources: apps, totalResults: apps.length });

/** The one client of a domain that lists `members`. */
async function listed(members: object) {
  const id = "id" in members ? String(members.id) : "a1";
  const reader = readerOf([
    [behind(null), pageOf(app(members))],
    [behind(id), ok({ totalResults: 0 })],
  ]);
  const { clients, isComplete } = await ociIamClients(reader, BASE);
  expect(isComplete).toBe(true);
  expect(clients).toHaveLength(1);
  expectNoTrace(clients, SECRET);
  return clients[0];
}

describe("an App of a domain", () => {
  test("is listed with what the domain tells, and without a secret that nobody asked for", async () => {
    const members = {
      ...{ id: "ABCDEF01", displayName: "The app", active: false, clientType: "confidential" },
      ...{ contactEmailAddress: "team@example.org", basedOnTemplate: { value: "CustomWebAppTemplateId" } },
      meta: { created: "2026-01-02T03:04:05Z", lastModified: "2026-02-03T04:05:06Z" },
    };
    expect(await listed(members)).toEqual({
      ...{ clientId: "app", subject: "abcdef01", name: "The app", kind: "secret", isEnabled: false },
      ...{ isBuiltIn: false, owner: null, contact: "team@example.org", madeAt: Date.UTC(2026, 0, 2, 3, 4, 5) },
      ...{ changedAt: Date.UTC(2026, 1, 3, 4, 5, 6), secretMadeAt: null, endsAt: "never", mayChange: null },
    });
  });

  test("of which the domain tells nothing is listed with nothing", async () => {
    expect(await listed({})).toEqual({
      ...{ clientId: "app", subject: "a1", name: null, kind: null, isEnabled: null, isBuiltIn: false, owner: null },
      ...{ contact: null, madeAt: null, changedAt: null, secretMadeAt: null, endsAt: "never", mayChange: null },
    });
  });

  test.each([
    ["secret", "confidential"],
    ["secret", "trusted"],
    ["public", "public"],
    [null, "mobile"],
  ])("is of kind %j with the type %s", async (kind, clientType) => {
    expect((await listed({ clientType }))?.kind).toBe(kind);
  });

  test.each([
    [true, { isOPCService: true }],
    [true, { infrastructure: true }],
    [true, { basedOnTemplate: { value: "OPCAppTemplateId" } }],
    [false, { isOPCService: false, infrastructure: false, basedOnTemplate: { value: "CustomWebAppTemplateId" } }],
    [false, { basedOnTemplate: {} }],
  ])("is Oracle's own: %j with %j", async (isBuiltIn, members) => {
    expect((await listed(members))?.isBuiltIn).toBe(isBuiltIn);
  });
});

describe("a domain's list", () => {
  test("goes on behind the last id until a page is empty", async () => {
    const reader = readerOf([
      [behind(null), pageOf(app({ id: "a1", name: "one" }), app({ id: "a2", name: "two" }))],
      [behind("a2"), pageOf(app({ id: "a3", name: "three" }))],
      [behind("a3"), pageOf()],
    ]);
    const { clients, isComplete } = await ociIamClients(reader, BASE);
    expect(clients.map(({ clientId }) => clientId)).toEqual(["one", "two", "three"]);
    expect(isComplete).toBe(true);
  });

  test("may be empty", async () => {
    const reader = readerOf([[behind(null), pageOf()]]);
    expect(await ociIamClients(reader, BASE)).toEqual({ clients: [], isComplete: true });
  });

  test.each(["a2", "a1"])("that goes on with id %s behind a2 cannot be trusted", async (id) => {
    const reader = readerOf([
      [behind(null), pageOf(app({ id: "a2" }))],
      [behind("a2"), pageOf(app({ id }))],
    ]);
    const { nextAction } = await expectFailure(
      () => ociIamClients(reader, BASE),
      "VERDICT_UNKNOWN",
      "the domain's list of Apps does not go on behind the last App's id",
    );
    expect(nextAction).toBe("report this with the domain's version; until then compare with the console");
  });

  test("that never ends is left after 500 pages, and is not complete", async () => {
    const id = (page: number) => `a${String(page).padStart(3, "0")}`;
    const pages = Array.from(
      { length: 500 },
      (_, at) => [behind(at === 0 ? null : id(at - 1)), pageOf(app({ id: id(at) }))] as const,
    );
    const { clients, isComplete } = await ociIamClients(readerOf(pages), BASE);
    expect([clients.length, isComplete]).toEqual([500, false]);
  });

  test.each([null, [], { Resources: [{ clientSecret: SECRET }] }])("cannot be read from %j", async (body) => {
    const list = () => ociIamClients(readerOf([[behind(null), ok(body)]]), BASE);
    expectNoTrace(await expectFailure(list, "VERDICT_UNKNOWN", "the domain's list of Apps could not be read"), SECRET);
  });
});
