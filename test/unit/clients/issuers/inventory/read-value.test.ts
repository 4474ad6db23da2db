import { describe, expect, test } from "vitest";
import { Secret } from "../../../../../src/base/secret.ts";
import { readValue } from "../../../../../src/clients/issuers/inventory/read-value.ts";
import { toyClient } from "../../../../support/held.ts";
import { createReader, status } from "./reader.ts";

const keycloak = { ...toyClient, issuer: "keycloak", base: "https://sso.example.org", realm: "a b", clientId: "app/1" };
const ociIam = { ...toyClient, issuer: "oci-iam", base: "https://idcs-1.identity.oraclecloud.com", subject: "0a/b" };

const shown = (value: Awaited<ReturnType<typeof readValue>>) => (value instanceof Secret ? value.reveal() : value);

/** As Keycloak writes one. */
const REFERENCE = `$\{vault.app}`;

describe("the value of a Keycloak client", () => {
  const LIST = "/admin/realms/a%20b/clients?clientId=app%2F1";
  const SECRET = "/admin/realms/a%20b/clients/id%2F1/client-secret";

  async function reading(
    answer: unknown,
    list: unknown = [
      { id: "x", clientId: "app" },
      { id: "id/1", clientId: "app/1" },
    ],
  ) {
    const { reader, asked } = createReader((path) => (path === LIST ? list : answer));
    return { value: shown(await readValue(reader, keycloak)), asked };
  }

  test("is read by the id of the client with exactly its name", async () => {
    const { value, asked } = await reading({ value: "V1" });
    expect(value).toBe("V1");
    expect(asked.map(({ path, what }) => [path, what])).toEqual([
      [LIST, "the client"],
      [SECRET, "its client secret"],
    ]);
  });

  test.each<[string, unknown, string]>([
    ["not shown to who may not see it", status(403), "not-shown"],
    ["not shown where there is none", status(404), "not-shown"],
    ["not shown if the answer holds none", {}, "not-shown"],
    ["not shown if the answer is none", null, "not-shown"],
    ["not shown if it is stars", { value: "**********" }, "not-shown"],
    ["a reference if it lies in Keycloak's own vault", { value: REFERENCE }, "reference"],
    ["a value that only mentions the vault", { value: `my${REFERENCE}` }, `my${REFERENCE}`],
  ])("is %s", async (_what, answer, value) => {
    expect((await reading(answer)).value).toBe(value);
  });

  test.each<[string, unknown]>([
    ["there is no such client", []],
    ["only others have names like it", [{ id: "x", clientId: "app" }]],
    ["the list is none", {}],
  ])("is gone if %s", async (_what, list) => {
    const { value, asked } = await reading({ value: "V1" }, list);
    expect(value).toBe("gone");
    expect(asked).toHaveLength(1);
  });
});

describe("the value of an App of an identity domain", () => {
  test.each<[string, unknown, string]>([
    ["is what it shows", { clientSecret: "V1" }, "V1"],
    ["is not shown if it holds none", {}, "not-shown"],
    ["is not shown to who may not see it", status(403), "not-shown"],
    ["is gone with the App", status(404), "gone"],
  ])("%s", async (_what, answer, value) => {
    const { reader, asked } = createReader(() => answer);
    expect(shown(await readValue(reader, ociIam))).toBe(value);
    expect(asked.map(({ path }) => path)).toEqual(["/admin/v1/Apps/0a%2Fb?attributes=clientSecret"]);
  });
});

test.each(["uaa", "edfi-cms"])("the value of a client of %s is never shown, and not asked for", async (issuer) => {
  const { reader, asked } = createReader(() => undefined);
  expect(await readValue(reader, { ...toyClient, issuer })).toBe("never-shown");
  expect(asked).toEqual([]);
});
