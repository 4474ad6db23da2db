import { describe, expect, test } from "vitest";
import { probeEmpty, uaaClients, uaaZones } from "../../../../../src/clients/issuers/inventory/uaa-clients.ts";
import { expectFailure, expectNoTrace } from "../../../../support/failures.ts";
import { ok, readerOf } from "./inventory-rig.ts";

const BASE = "https://uaa.example.org/uaa";
const SECRET = "canary/+9c1f~4711";
const FIRST = `${BASE}/oauth/clients?startIndex=1&count=500`;

const ofUaa = (members: object = {}) => ({ client_id: "app", client_secret: SECRET, ...members });
const pageOf = (resources: unknown, totalResults?: number) => ok({ resources, totalResults });

/** The one client of a zone that lists `members`. */
async function listed(members: object) {
  const page = pageOf([ofUaa(members)], 1);
  const reader = readerOf([
    [FIRST, page],
    [FIRST, page],
  ]);
  const { clients, isComplete } = await uaaClients(reader, BASE);
  expect(isComplete).toBe(true);
  expect(clients).toHaveLength(1);
  expectNoTrace(clients, SECRET);
  return clients[0];
}

describe("a client of a zone", () => {
  test("is listed with what UAA tells, and without its secret", async () => {
    const members = { name: "The app", owner: "Team", contact: "team@example.org", lastModified: 1_700_000_000_123 };
    expect(await listed({ ...members, authorized_grant_types: ["client_credentials"] })).toEqual({
      ...{ clientId: "app", subject: null, name: "The app", kind: null, isEnabled: null, isBuiltIn: false },
      ...{ owner: "Team", contact: "team@example.org", madeAt: null, changedAt: 1_700_000_000_123 },
      ...{ secretMadeAt: null, endsAt: "never", mayChange: null },
    });
  });

  test.each([
    [null, {}],
    [null, { authorized_grant_types: [] }],
    ["public", { authorized_grant_types: ["implicit"] }],
    [null, { authorized_grant_types: ["implicit", "client_credentials"] }],
    ["key", { jwks_uri: "https://keys.example.org" }],
    ["key", { jwks: "{}", authorized_grant_types: ["implicit"] }],
  ])("is of kind %j with %j", async (kind, members) => {
    expect((await listed(members))?.kind).toBe(kind);
  });

  test.each([
    ...["admin", "cf", "login", "identity", "dashboard", "cloud_controller", "cc-service-dashboards", "doppler"],
    ...["gorouter", "ssh-proxy", "tcp_emitter", "tcp_router", "network-policy", "routing_api_client"],
  ])("is the platform's own by its name %s", async (name) => {
    expect((await listed({ client_id: name }))?.isBuiltIn).toBe(true);
  });
});

describe("a zone's list", () => {
  test("is counted from one, and read 500 clients at a time", async () => {
    const all = Array.from({ length: 501 }, (_, at) => ofUaa({ client_id: `app${at}` }));
    const reader = readerOf([
      [FIRST, pageOf(all.slice(0, 500), 501)],
      [`${BASE}/oauth/clients?startIndex=500&count=500`, pageOf(all.slice(499), 501)],
      [`${BASE}/oauth/clients?startIndex=501&count=500`, pageOf(all.slice(500), 501)],
    ]);
    const { clients, isComplete } = await uaaClients(reader, BASE);
    expect(clients).toHaveLength(501);
    expect(isComplete).toBe(true);
  });

  test.each([
    [true, undefined],
    [true, 1],
    [false, 2],
    [false, 0],
  ])("that holds one client is complete: %j where UAA counts %j", async (complete, total) => {
    const page = pageOf([ofUaa()], total);
    const reader = readerOf([
      [FIRST, page],
      [FIRST, page],
    ]);
    expect((await uaaClients(reader, BASE)).isComplete).toBe(complete);
  });

  test.each([null, [], { resources: [{ name: SECRET }] }])("cannot be read from %j", async (body) => {
    const list = () => uaaClients(readerOf([[FIRST, ok(body)]]), BASE);
    expectNoTrace(await expectFailure(list, "VERDICT_UNKNOWN", "the UAA's list of clients could not be read"), SECRET);
  });
});

describe("the zones", () => {
  const ZONES = `${BASE}/identity-zones`;

  test("are listed in the order of their ids; the default one has no subdomain", async () => {
    const zones = [
      { id: "uaa", subdomain: "", name: "default" },
      { id: "b", subdomain: "zone-b" },
      { id: "a", subdomain: "zone-a" },
    ];
    expect(await uaaZones(readerOf([[ZONES, ok(zones)]]), BASE)).toEqual([
      { id: "a", subdomain: "zone-a" },
      { id: "b", subdomain: "zone-b" },
      { id: "uaa", subdomain: "" },
    ]);
  });

  test.each([null, {}, [{ id: "a" }]])("cannot be read from %j", async (body) => {
    const reader = readerOf([[ZONES, ok(body)]]);
    await expectFailure(() => uaaZones(reader, BASE), "VERDICT_UNKNOWN", "the UAA's list of zones could not be read");
  });
});

test.each([
  [200, "public"],
  [401, "secret"],
])("a login with an empty password that is answered %i tells a client that is %s", async (status, kind) => {
  const basic = `Basic ${Buffer.from("an+app%2F1:").toString("base64")}`;
  const reader = readerOf([[`${BASE}/clientinfo authorization: ${basic}`, { status }]]);
  expect(await probeEmpty(reader, BASE, "an app/1")).toBe(kind);
});
