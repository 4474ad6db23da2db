import { describe, expect, test } from "vitest";
import { keycloakClients, keycloakRealms } from "../../../../../src/clients/issuers/inventory/keycloak-clients.ts";
import { expectFailure, expectNoTrace } from "../../../../support/failures.ts";
import { ok, readerOf } from "./inventory-rig.ts";

const BASE = "https://sso.example.org/auth";
const CLIENTS = `${BASE}/admin/realms/a%2Frealm/clients`;
const SECRET = "canary/+9c1f~4711";

const representation = (members: object = {}) => ({ id: "1", clientId: "app", secret: SECRET, ...members });

/** The one client of a realm that lists `members`. */
async function listed(members: object) {
  const page = ok([representation(members)]);
  const reader = readerOf([
    [`${CLIENTS}?first=0&max=100`, page],
    [`${CLIENTS}?first=0&max=100`, page],
  ]);
  const { clients, isComplete } = await keycloakClients(reader, BASE, "a/realm");
  expect(isComplete).toBe(true);
  expect(clients).toHaveLength(1);
  expectNoTrace(clients, SECRET);
  return clients[0];
}

describe("a client of a realm", () => {
  test("is listed with what Keycloak tells, and without its secret", async () => {
    const members = {
      ...{ name: "The app", enabled: true, access: { configure: true } },
      attributes: {
        ...{ owner: "Team", contact: "team@example.org" },
        "client.secret.creation.time": "1700000000",
        "client.secret.expiration.time": "1700086400",
        "client.secret.rotated": SECRET,
      },
    };
    expect(await listed(members)).toEqual({
      ...{ clientId: "app", subject: null, name: "The app", kind: "secret", isEnabled: true, isBuiltIn: false },
      ...{ owner: "Team", contact: "team@example.org", madeAt: null, changedAt: null },
      ...{ secretMadeAt: 1_700_000_000_000, endsAt: 1_700_086_400_000, mayChange: true },
    });
  });

  test("of which Keycloak tells nothing is listed with nothing", async () => {
    expect(await listed({})).toEqual({
      ...{ clientId: "app", subject: null, name: null, kind: "secret", isEnabled: null, isBuiltIn: false },
      ...{ owner: null, contact: null, madeAt: null, changedAt: null, secretMadeAt: null, endsAt: null },
      mayChange: null,
    });
  });

  test.each([
    ["secret", { clientAuthenticatorType: "client-secret" }],
    ["secret", { clientAuthenticatorType: "client-secret-jwt", publicClient: false, bearerOnly: false }],
    ["key", { clientAuthenticatorType: "client-jwt" }],
    ["certificate", { clientAuthenticatorType: "client-x509" }],
    ["federated", { clientAuthenticatorType: "federated-jwt" }],
    ["public", { publicClient: true, bearerOnly: true, clientAuthenticatorType: "client-secret" }],
    ["bearer-only", { bearerOnly: true }],
    ["saml", { protocol: "saml", publicClient: true }],
    ["secret", { protocol: "openid-connect" }],
    [null, { clientAuthenticatorType: "of-an-extension" }],
  ])("is of kind %s with %j", async (kind, members) => {
    const attributes = { "client.secret.creation.time": "1700000000", "client.secret.expiration.time": "1700086400" };
    const client = await listed({ ...members, attributes });
    expect(client?.kind).toBe(kind);
    // Other clients keep a secret that they do not use.
    expect(client?.secretMadeAt).toBe(kind === "secret" ? 1_700_000_000_000 : null);
    expect(client?.endsAt).toBe(kind === "secret" ? 1_700_086_400_000 : null);
  });

  test.each(["0", "-1", "soon", "", "Infinity"])("has no date where Keycloak writes %j", async (text) => {
    const attributes = { "client.secret.creation.time": text, "client.secret.expiration.time": text };
    const client = await listed({ attributes });
    expect([client?.secretMadeAt, client?.endsAt]).toEqual([null, null]);
  });

  test.each([
    [true, { clientId: "account" }],
    [true, { clientId: "account-console" }],
    [true, { clientId: "admin-cli" }],
    [true, { clientId: "security-admin-console" }],
    [true, { clientId: "broker" }],
    [true, { clientId: "realm-management" }],
    [true, { clientId: "other-realm", attributes: { realm_client: "true" } }],
    [false, { clientId: "other-realm", attributes: { realm_client: "false" } }],
    [false, { clientId: "accounting" }],
  ])("is built in: %j with %j", async (isBuiltIn, members) => {
    expect((await listed(members))?.isBuiltIn).toBe(isBuiltIn);
  });

  test("that is off, and not the reader's to change, is told as that", async () => {
    const client = await listed({ enabled: false, access: { configure: false } });
    expect([client?.isEnabled, client?.mayChange]).toEqual([false, false]);
  });
});

describe("a realm's list", () => {
  test("is read a hundred clients at a time", async () => {
    const all = Array.from({ length: 150 }, (_, at) => representation({ id: String(at), clientId: `app${at}` }));
    const reader = readerOf([
      [`${CLIENTS}?first=0&max=100`, ok(all.slice(0, 100))],
      [`${CLIENTS}?first=99&max=100`, ok(all.slice(99))],
      [`${CLIENTS}?first=149&max=100`, ok(all.slice(149))],
    ]);
    const { clients, isComplete } = await keycloakClients(reader, BASE, "a/realm");
    expect(clients.map(({ clientId }) => clientId)).toEqual(all.map(({ clientId }) => clientId));
    expect(isComplete).toBe(true);
  });

  test("that is empty is a missing right, and never an empty realm", async () => {
    const reader = readerOf([[`${CLIENTS}?first=0&max=100`, ok([])]]);
    const list = () => keycloakClients(reader, BASE, "a/realm");
    const { nextAction } = await expectFailure(list, "ISSUER_FORBIDDEN", "every realm has clients of its own");
    expect(nextAction).toContain("view-clients of realm-management");
  });

  test.each([{ error: SECRET }, [{ clientId: "app" }], null])(
    "that is no list of clients cannot be read: %j",
    async (body) => {
      const reader = readerOf([[`${CLIENTS}?first=0&max=100`, ok(body)]]);
      const list = () => keycloakClients(reader, BASE, "a/realm");
      expectNoTrace(
        await expectFailure(list, "VERDICT_UNKNOWN", "the realm's list of clients could not be read"),
        SECRET,
      );
    },
  );
});

describe("the realms of a server", () => {
  const REALMS = `${BASE}/admin/realms?briefRepresentation=true`;

  test("are listed in order", async () => {
    const reader = readerOf([[REALMS, ok([{ realm: "b" }, { realm: "a" }, { realm: "c" }])]]);
    expect(await keycloakRealms(reader, BASE)).toEqual(["a", "b", "c"]);
  });

  test.each([null, {}, [{ id: "a" }]])("cannot be read from %j", async (body) => {
    const reader = readerOf([[REALMS, ok(body)]]);
    await expectFailure(
      () => keycloakRealms(reader, BASE),
      "VERDICT_UNKNOWN",
      "the server's list of realms could not be read",
    );
  });
});
