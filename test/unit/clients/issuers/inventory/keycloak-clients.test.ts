import { describe, expect, test } from "vitest";
import { keycloakClients, keycloakRealms } from "../../../../../src/clients/issuers/inventory/keycloak-clients.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { createReader, paged } from "./reader.ts";

const BASE = "https://sso.example.org";

function listing(all: readonly object[], realm = "main") {
  const { reader, asked } = createReader((path) => {
    const url = new URL(path, BASE);
    return paged(all, url.searchParams.get("first"), url.searchParams.get("max"));
  });
  return { asked, go: () => keycloakClients(reader, BASE, realm) };
}

/** The only client of a realm. */
const only = async (members: object) => (await listing([{ id: "1", clientId: "app", ...members }]).go()).clients[0];

describe("the clients of a realm", () => {
  test.each<[string, object, string | null]>([
    ["a client secret", {}, "secret"],
    ["a client secret in a signed assertion", { clientAuthenticatorType: "client-secret-jwt" }, "secret"],
    ["a key", { clientAuthenticatorType: "client-jwt" }, "key"],
    ["a certificate", { clientAuthenticatorType: "client-x509" }, "certificate"],
    ["a token of another issuer", { clientAuthenticatorType: "federated-jwt" }, "federated"],
    ["something that this edition does not know", { clientAuthenticatorType: "client-dance" }, null],
    ["nothing", { publicClient: true }, "public"],
    ["nothing, for it never logs in", { bearerOnly: true }, "bearer-only"],
    ["SAML", { protocol: "saml" }, "saml"],
    [
      "a client secret, by OpenID Connect",
      { protocol: "openid-connect", publicClient: false, bearerOnly: false },
      "secret",
    ],
  ])("may show who they are by %s", async (_what, members, kind) => {
    expect((await only(members))?.kind).toBe(kind);
  });

  test("are listed with who owns them, and with the dates of their client secret", async () => {
    const attributes = {
      "client.secret.creation.time": "1767225600",
      "client.secret.expiration.time": "1769904000",
      owner: "Ada",
      contact: "ada@example.org",
    };
    expect(await only({ name: "App", enabled: true, access: { configure: true }, attributes })).toEqual({
      ...{ clientId: "app", subject: null, name: "App", kind: "secret", isEnabled: true, isBuiltIn: false },
      ...{ owner: "Ada", contact: "ada@example.org", madeAt: null, changedAt: null },
      ...{ secretMadeAt: 1_767_225_600_000, endsAt: 1_769_904_000_000, mayChange: true },
    });
  });

  test("that tell nothing more are listed so", async () => {
    const untold = { name: null, isEnabled: null, owner: null, contact: null, secretMadeAt: null, endsAt: null };
    expect(await only({})).toMatchObject({ ...untold, mayChange: null });
    expect(await only({ enabled: false, access: { configure: false } })).toMatchObject({
      isEnabled: false,
      mayChange: false,
    });
  });

  test.each([["0"], ["soon"], [""], ["-5"]])("whose secret's dates are %j have none", async (text) => {
    const attributes = { "client.secret.creation.time": text, "client.secret.expiration.time": text };
    expect(await only({ attributes })).toMatchObject({ secretMadeAt: null, endsAt: null });
  });

  test("that use no secret have no dates of one", async () => {
    const attributes = { "client.secret.creation.time": "1767225600", "client.secret.expiration.time": "1769904000" };
    expect(await only({ publicClient: true, attributes })).toMatchObject({ secretMadeAt: null, endsAt: null });
  });

  test.each<[string, boolean, object]>([
    ...["account", "account-console", "admin-cli", "security-admin-console", "broker", "realm-management"].map(
      (clientId): [string, boolean, object] => [`${clientId} is Keycloak's own`, true, { clientId }],
    ),
    ["that stands for a realm is Keycloak's own", true, { attributes: { realm_client: "true" } }],
    ["that stands for no realm is not", false, { attributes: { realm_client: "false" } }],
  ])("%s", async (_what, isBuiltIn, members) => {
    expect((await only(members))?.isBuiltIn).toBe(isBuiltIn);
  });

  test("are all read, of a realm of any name", async () => {
    const many = Array.from({ length: 250 }, (_, at) => ({ id: `${at}`, clientId: `app-${at}` }));
    const { go, asked } = listing(many, "a b");
    expect(await go()).toMatchObject({ isComplete: true, clients: { length: 250 } });
    expect(asked[0]?.path).toBe("/admin/realms/a%20b/clients?first=0&max=100");
  });

  test("are never none: who sees none lacks a role", async () => {
    const { nextAction } = await expectFailure(
      listing([]).go,
      "ISSUER_FORBIDDEN",
      "the realm's list of clients is empty, although every realm has clients of its own",
    );
    expect(nextAction).toContain("give its service account the role view-clients of realm-management");
  });

  test("cannot be told from a list of another form", async () => {
    await expectFailure(listing([{ id: "1" }]).go, "VERDICT_UNKNOWN", "the realm's list of clients could not be read");
  });
});

describe("the realms of a server", () => {
  test("are named in order", async () => {
    const { reader, asked } = createReader(() => [{ realm: "b" }, { realm: "a" }]);
    expect(await keycloakRealms(reader, BASE)).toEqual(["a", "b"]);
    expect(asked.map(({ path }) => path)).toEqual(["/admin/realms?briefRepresentation=true"]);
  });

  test("cannot be told from a list of another form", async () => {
    const { reader } = createReader(() => ["a"]);
    await expectFailure(
      () => keycloakRealms(reader, BASE),
      "VERDICT_UNKNOWN",
      "the server's list of realms could not be read",
    );
  });
});
