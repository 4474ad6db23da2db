import { describe, expect, test } from "vitest";
import { Secret } from "../../../../../src/base/secret.ts";
import type { Client } from "../../../../../src/clients/issuers/client.ts";
import { readValue } from "../../../../../src/clients/issuers/inventory/read-value.ts";
import { type Answer, ok, readerOf } from "./inventory-rig.ts";

const SECRET = "canary/+9c1f~4711";
const common = { realm: null, tenant: null, tokenUrl: null, subject: null, clientId: "an app" };

async function read(client: Client, reads: readonly (readonly [string, Answer])[]): Promise<string> {
  const value = await readValue(readerOf(reads), client);
  return value instanceof Secret ? value.reveal() : `no value: ${value}`;
}

describe("the value of a Keycloak's client", () => {
  const client: Client = { ...common, issuer: "keycloak", base: "https://sso.example.org", realm: "a/realm" };
  const CLIENTS = "https://sso.example.org/admin/realms/a%2Frealm/clients";
  const BY_NAME = `${CLIENTS}?clientId=an%20app`;
  // Keycloak's filter by client id is exact, but nothing promises it.
  const found = [
    BY_NAME,
    ok([
      { id: "0", clientId: "an app 2" },
      { id: "a/1", clientId: "an app" },
    ]),
  ] as const;
  const VALUE = `${CLIENTS}/a%2F1/client-secret`;

  test("is read by the id that bears exactly its name", async () => {
    expect(await read(client, [found, [VALUE, ok({ type: "secret", value: SECRET })]])).toBe(SECRET);
  });

  test.each([
    ["not-shown", { status: 403 }],
    ["not-shown", { status: 404 }],
    ["not-shown", { status: 404, body: { value: SECRET } }],
    ["not-shown", ok({ type: "secret" })],
    ["not-shown", ok({ type: "secret", value: "**********" })],
    ["not-shown", ok("text")],
    ["reference", ok({ value: `\${vault.app}` })],
  ])("is %s where the answer is %j", async (why, answer) => {
    expect(await read(client, [found, [VALUE, answer]])).toBe(`no value: ${why}`);
  });

  test("is told by what was asked, where it may not be", async () => {
    await expect(read(client, [[BY_NAME, { status: 500 }]])).rejects.toThrow("the client: 500");
    await expect(read(client, [found, [VALUE, { status: 500 }]])).rejects.toThrow("its client secret: 500");
  });

  test("that only holds what looks like a reference is a value", async () => {
    expect(await read(client, [found, [VALUE, ok({ value: `a\${vault.app}` })]])).toBe(`a\${vault.app}`);
  });

  test.each([[[]], [[{ id: "0", clientId: "an app 2" }]], [null]])("is gone where the list is %j", async (body) => {
    expect(await read(client, [[BY_NAME, ok(body)]])).toBe("no value: gone");
  });
});

describe("the value of an App", () => {
  const client: Client = { ...common, issuer: "oci-iam", base: "https://idcs-1.example.org", subject: "ab/1" };
  const APP = "https://idcs-1.example.org/admin/v1/Apps/ab%2F1?attributes=clientSecret";

  test("is told by what was asked, where it may not be", async () => {
    await expect(read(client, [[APP, { status: 500 }]])).rejects.toThrow("the App's client secret: 500");
  });

  test("is read where the domain shows it", async () => {
    expect(await read(client, [[APP, ok({ clientSecret: SECRET })]])).toBe(SECRET);
  });

  test.each([
    ["gone", { status: 404 }],
    ["not-shown", { status: 403 }],
    ["not-shown", { status: 403, body: { clientSecret: SECRET } }],
    ["not-shown", ok({})],
    ["not-shown", ok({ clientSecret: "" })],
  ])("is %s where the answer is %j", async (why, answer) => {
    expect(await read(client, [[APP, answer]])).toBe(`no value: ${why}`);
  });
});

test.each(["uaa", "edfi-cms"])("%s shows no client secret, and is not asked", async (issuer) => {
  const client: Client = { ...common, issuer, base: "https://issuer.example.org" };
  expect(await read(client, [])).toBe("no value: never-shown");
});
