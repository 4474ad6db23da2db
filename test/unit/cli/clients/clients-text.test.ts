import { describe, expect, test } from "vitest";
import type { ClientsData, Inventoried } from "../../../../src/cli/clients/clients-data.ts";
import { clientsPage } from "../../../../src/cli/clients/clients-page.ts";
import { clientsCsv, clientsJson, clientsTable } from "../../../../src/cli/clients/clients-text.ts";
import { namedStyle } from "../named-style.ts";

const held = (...names: readonly string[]) =>
  names.map((name) => ({ secretId: `id-${name}`, name, nextRotation: null }));
/** One of which its issuer tells everything. */
const full: Inventoried = {
  ...{ issuer: "keycloak", url: "https://sso.example.org", realm: "retail", zone: null, tenant: null },
  ...{ clientId: "shop", subject: "uuid", name: "The shop", kind: "secret", isEnabled: true, isBuiltIn: false },
  ...{ owner: "Retail", contact: "retail@example.org", clientMade: "2025-01-02T03:04:05Z" },
  ...{ clientChanged: "2025-02-03T04:05:06Z", secretMade: "2025-03-04T05:06:07Z", ends: "2026-04-05T06:07:08Z" },
  ...{ secretAgeDays: 30, mayChange: true, secrets: held("a", "b"), findings: ["expired", "several-secrets"] },
};
/** One of which nothing is told but its subject. */
const bare: Inventoried = {
  ...{ ...full, realm: null, zone: null, clientId: null, subject: "applications/3", name: null, kind: null },
  ...{ isEnabled: null, owner: null, contact: null, clientMade: null, clientChanged: null, secretMade: null },
  ...{ ends: null, secretAgeDays: null, mayChange: null, secrets: null, findings: [] },
};
const COUNTS = {
  ...{ listed: 11, withSecret: 9, managed: 8, unmanaged: 7, expired: 0, endsSoon: 0, tooOld: 0, ageNotTold: 0 },
  ...{ severalSecrets: 0, notAtIssuer: 0 },
};
const data = (...clients: readonly Inventoried[]): ClientsData => ({
  ...{ asOf: "2026-11-22T10:20:30Z", isComplete: true, unreadSecrets: 0, counts: COUNTS, clients: [...clients] },
});
const SUMMARY = "11 clients, 9 of them with a secret to rotate; 8 managed, 7 not";

describe("the table of clients", () => {
  /** Heads and cells of each line. */
  const table = (...clients: readonly Inventoried[]) => {
    const lines = [...clientsTable(data(...clients), namedStyle)].join("").split("\n");
    expect(lines.slice(-3)).toEqual(["", SUMMARY, ""]);
    return lines.slice(0, -3).map((line) => line.split(/ {2,}/));
  };

  test("has a line for each, and says what is not told", () => {
    expect(table(full, bare)).toEqual([
      [
        ...["state", "client", "where", "name", "kind", "enabled", "owner"],
        ...["client made", "client changed", "secret made", "secret's age", "ends", "secret in Vault"],
      ],
      [
        ...["red(expired), red(several secrets)", "shop", "retail", "The shop", "secret", "yes", "Retail"],
        ...["2025-01-02", "2025-02-03", "2025-03-04", "30d", "2026-04-05", "a, b"],
      ],
      [
        ...["green(ok)", "applications/3", "https://sso.example.org", "not told", "not told"],
        ...["not told", "not told", "not told", "not told", "not told", "not told"],
      ],
    ]);
  });

  test("leaves out what says the same of all", () => {
    expect(table(full, { ...full, clientId: "other" })[0]).toEqual([
      ...["state", "client", "kind", "secret's age", "secret in Vault"],
    ]);
  });

  test("is only the summary if there is none", () => {
    expect([...clientsTable(data(), namedStyle)].join("")).toBe(`${SUMMARY}\n`);
  });

  test.each<[string, Partial<Inventoried>, string]>([
    ["state", { findings: ["not-at-issuer"] }, "red(not at the issuer)"],
    ["state", { findings: ["ends-soon", "too-old"] }, "yellow(ends soon), yellow(too old)"],
    ["state", { findings: ["unmanaged"] }, "yellow(unmanaged)"],
    ["state", { findings: [], secrets: [] }, "yellow(unmanaged)"],
    ["state", { findings: [], secrets: [], isBuiltIn: true }, "green(ok)"],
    ["client", { clientId: "a\u001b[31m" }, "a\\u001b[31m"],
    ["where", { realm: null, zone: "z" }, "z"],
    ["where", { realm: null, tenant: "t" }, "t"],
    ["enabled", { isEnabled: false }, "no"],
    ["owner", { owner: null }, "retail@example.org"],
    ["ends", { ends: "never" }, "never"],
    ["secret in Vault", { secrets: [] }, "none"],
    ["secret in Vault", { secrets: [], kind: null }, "none"],
    ["secret in Vault", { secrets: [], kind: "public" }, "needs none"],
    ["secret in Vault", { secrets: [], isBuiltIn: true }, "built in"],
  ])("says of %s with %j: %s", (head, more, cell) => {
    // Another one, so that the column is shown.
    const [heads = [], cells = []] = table({ ...full, ...more }, bare);
    expect(cells[heads.indexOf(head)]).toBe(cell);
  });
});

test("the CSV of clients has every member, as adopt reads it", () => {
  expect([...clientsCsv(data(full, bare))]).toEqual([
    "issuer,url,realm,zone,tenant,clientId,subject,name,kind,isEnabled,isBuiltIn,owner,contact,clientMade,clientChanged,secretMade,ends,secretAgeDays,mayChange,secretIds,findings\r\n",
    "keycloak,https://sso.example.org,retail,,,shop,uuid,The shop,secret,true,false,Retail,retail@example.org,2025-01-02T03:04:05Z,2025-02-03T04:05:06Z,2025-03-04T05:06:07Z,2026-04-05T06:07:08Z,30,true,id-a id-b,expired several-secrets\r\n",
    "keycloak,https://sso.example.org,,,,,applications/3,,,,false,,,,,,,,,,\r\n",
  ]);
});

test("the JSON of clients has a line for each", () => {
  const text = [...clientsJson(data(full, bare))].join("");
  expect(JSON.parse(text)).toEqual(data(full, bare));
  expect(text.split("\n")).toHaveLength(4);
});

describe("the page of clients", () => {
  const page = (...clients: readonly Inventoried[]) => [...clientsPage(data(...clients))].join("");

  test("says whose clients they are, and what was found", () => {
    const text = page(full, { ...bare, url: "https://other.example.org", zone: "z" });
    expect(text).toContain("<title>Clients and their secrets, 2026-11-22 10:20 UTC</title>");
    expect(text).toContain(`<p class="dim">${SUMMARY}. As of 2026-11-22 10:20 UTC.</p>`);
    expect(text).toMatch(/Issuers[\s\S]*https:\/\/sso\.example\.org[\s\S]*https:\/\/other\.example\.org/);
    expect(text).toMatch(/Realms, zones or tenants[\s\S]*retail[\s\S]*z/);
    expect(text).toContain("<caption>Clients: what needs attention first</caption>");
    expect(text).toContain('placeholder="Search client, name, owner, secret"');
    expect(text).toContain(
      "Written by oci-rotate clients. What the issuer does not tell is shown as not told. Dates are in UTC.",
    );
    expect(text).not.toContain("No client was found");
  });

  test("has a number for each kind of finding", () => {
    const counts = { ...COUNTS, expired: 6, severalSecrets: 5, notAtIssuer: 4 };
    const text = [...clientsPage({ ...data(full), counts })].join("");
    const [, list = ""] = /<ul class="tiles">([\s\S]*?)<\/ul>/.exec(text) ?? [];
    const tiles = list
      .split("<li")
      .slice(1)
      .map((tile) =>
        tile
          .replace(/^[^>]*>/, "")
          .replaceAll(/<[^>]+>/g, " ")
          .trim()
          .replaceAll(/\s+/g, " "),
      );
    expect(tiles).toEqual([
      "11 at the issuer",
      "7 with a secret that nobody manages",
      "6 expired",
      "5 in several secrets",
      "4 in Vault and not at the issuer",
    ]);
    expect([...list.matchAll(/<li class="(\w*)"/g)].map(([, colour]) => colour)).toEqual([
      "",
      "amber",
      "red",
      "red",
      "red",
    ]);
  });

  test("sorts ages by their number, and what is not told by nothing", () => {
    const keys = (...clients: readonly Inventoried[]) =>
      [...page(...clients).matchAll(/data-label="secret&#39;s age" data-key="([^"]*)"/g)].map(([, key]) => key);
    expect(keys(full, bare)).toEqual(["30", ""]);
  });

  test("says that there is none", () => {
    const text = page();
    expect(text).toContain("<p>No client was found for these options.</p>");
    expect(text).toMatch(/Issuers[\s\S]*none shown/);
    expect(text).not.toContain("Realms, zones or tenants");
  });
});
