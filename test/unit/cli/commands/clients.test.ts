import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { clientsData } from "../../../../src/cli/clients/clients-data.ts";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { OTHER_COMPARTMENT } from "../../../support/fleet.ts";
import { OWNER_ONLY } from "../../../support/modes.ts";
import { movingList } from "../../../support/moving-list.ts";

const cli = useCli();
const KEYCLOAK = "https://sso.emulated.example";
const UAA = "https://uaa.emulated.example/uaa";
const CMS = "https://cms.emulated.example";
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";
const HERE = ["--compartment", OTHER_COMPARTMENT];

type Switches = NonNullable<Parameters<ReturnType<typeof useCli>>[0]>["switches"];
interface Made {
  readonly clientId: string;
  readonly secret: string;
}

/** The secret of a second authority, beside the compartment that is searched. */
function storeAuthority(w: CliWorld, content: object, made: Made): string {
  w.canary.add(made.secret);
  // The compartment that is searched has something else too.
  store(w, "no-client", {});
  const text = { kind: "client-secret", clientId: made.clientId, clientSecret: made.secret, mayRotate: [], ...content };
  return w.emulator.admin.createSecret({ name: "authority", content: JSON.stringify(text) });
}

/** A secret that holds a client, in the compartment that is searched. */
function store(w: CliWorld, name: string, content: object): string {
  const text = JSON.stringify(content);
  return w.emulator.admin.createSecret({ name, content: text, compartmentId: OTHER_COMPARTMENT });
}

async function realm(roles: readonly string[] = ["view-clients"], switches: Switches = {}) {
  const w = await cli({ switches: switches ?? {} });
  const { admin } = w.emulator;
  admin.createRealm({ name: "shop" });
  const warden = admin.createKeycloakClient({ realm: "shop", clientId: "warden", roles });
  const authority = storeAuthority(w, { issuer: "keycloak", url: KEYCLOAK, realm: "shop" }, warden);
  const make = (clientId: string, more: object = {}) => {
    const made = admin.createKeycloakClient({ realm: "shop", clientId, ...more });
    w.canary.add(made.secret);
    return made;
  };
  const clients = (...words: readonly string[]) => w.run("clients", "--authority", authority, ...HERE, ...words);
  const keep = (name: string, made: Made, more: object = {}) =>
    store(w, name, {
      ...{ issuer: "keycloak", url: KEYCLOAK, realm: "shop", clientId: made.clientId, clientSecret: made.secret },
      ...more,
    });
  return { w, make, clients, keep, authority };
}

const rows = (json: Record<string, unknown>) => clientsData.parse(json).clients;
const named = (json: Record<string, unknown>, clientId: string) =>
  rows(json).find((client) => client.clientId === clientId);

describe("oci-rotate clients at Keycloak", () => {
  test("joins what the realm has with what Vault holds, both ways, with reads alone", async () => {
    const { make, clients, keep } = await realm();
    const shop = make("shop");
    make("forgotten");
    make("spa", { publicClient: true });
    make("signed", { authenticator: "client-jwt" });
    const secretId = keep("oauth-shop", shop);
    keep("oauth-gone", { clientId: "gone", secret: "value" });
    const run = await clients("--json");
    expect(run).toMatchObject({ exitCode: 4, stderr: "" });
    expectOnlyReads(run);
    expect(named(run.json(), "shop")).toMatchObject({
      ...{ issuer: "keycloak", url: KEYCLOAK, realm: "shop", kind: "secret", isEnabled: true, mayChange: false },
      ...{ secrets: [{ secretId, name: "oauth-shop" }], findings: [], ends: null, clientMade: null },
    });
    expect(named(run.json(), "forgotten")).toMatchObject({ secrets: [], findings: [] });
    expect(named(run.json(), "spa")).toMatchObject({ kind: "public" });
    expect(named(run.json(), "signed")).toMatchObject({ kind: "key", secretMade: null });
    expect(named(run.json(), "gone")).toMatchObject({ findings: ["not-at-issuer"], kind: "secret" });
    // The authority itself has a secret too, and it lies outside the compartment.
    expect(run.json()).toMatchObject({
      counts: { listed: 5, withSecret: 3, managed: 1, unmanaged: 2, notAtIssuer: 1 },
    });
  });

  test("tells two secrets for one client, and takes neither another realm's client nor another server's for it", async () => {
    const { make, clients, keep } = await realm();
    const shop = make("shop");
    const till = make("till");
    keep("first", shop);
    keep("second", shop);
    keep("elsewhere", till, { realm: "other" });
    keep("foreign", till, { url: "https://other.emulated.example" });
    const run = await clients("--json");
    expect(named(run.json(), "shop")).toMatchObject({ findings: ["several-secrets"], secrets: [{}, {}] });
    expect(named(run.json(), "till")).toMatchObject({ secrets: [], findings: [] });
    expect(run.json()).toMatchObject({ counts: { severalSecrets: 1, notAtIssuer: 0 } });
  });

  test("--within shows what has ended and what ends soon", async () => {
    const { w, make, clients } = await realm();
    const inDays = (days: number) => String(Math.floor((w.clock.now() + days * DAY_MS) / 1000));
    const ends = (days: number) => ({ attributes: { "client.secret.expiration.time": inDays(days) } });
    make("later", ends(60));
    make("soon", ends(20));
    make("ended", ends(-1));
    make("unstamped");
    const run = await clients("--within", "30d", "--json");
    expect(run.exitCode).toBe(4);
    expect(rows(run.json()).map(({ clientId, findings }) => [clientId, findings])).toEqual([
      ["ended", ["expired"]],
      ["soon", ["ends-soon"]],
    ]);
  });

  test("dates of a client that uses no secret mean nothing", async () => {
    const { w, make, clients } = await realm();
    const past = String(Math.floor(w.clock.now() / 1000) - 10);
    make("signed", { authenticator: "client-x509", attributes: { "client.secret.expiration.time": past } });
    const run = await clients("--json");
    expect(named(run.json(), "signed")).toMatchObject({ kind: "certificate", ends: null, findings: [] });
  });

  test("--max-age counts from the version in Vault, or from when Keycloak made the secret, and never guesses", async () => {
    const { w, make, clients, keep } = await realm();
    const made = (days: number) => ({
      attributes: { "client.secret.creation.time": String(Math.floor((w.clock.now() - days * DAY_MS) / 1000)) },
    });
    make("old", made(200));
    make("young", made(10));
    make("untold");
    keep("oauth-kept", make("kept", made(200)));
    const run = await clients("--max-age", "180d", "--json");
    expect(rows(run.json()).map(({ clientId }) => clientId)).toEqual(["old"]);
    // The authority's own age is not told either.
    expect(run.json()).toMatchObject({ counts: { tooOld: 1, ageNotTold: 2 } });
  });

  test("--unmanaged leaves out what is disabled, built in, or needs no secret", async () => {
    const { make, clients } = await realm();
    make("spa", { publicClient: true });
    make("off", { enabled: false });
    make("broker");
    make("forgotten");
    const run = await clients("--unmanaged", "--name", "*o*", "--json");
    expect(rows(run.json()).map(({ clientId }) => clientId)).toEqual(["forgotten"]);
    expect(run.exitCode).toBe(4);
  });

  test("reads page by page, and again where somebody deletes a client meanwhile", async () => {
    const { w, make, authority } = await realm();
    for (let count = 0; count < 150; count++) make(`client-${String(count).padStart(3, "0")}`);
    let isDeleted = false;
    const { admin } = w.emulator;
    const run = await w.runWith(
      {
        transport: async (request) => {
          if (request.url.includes("first=99") && !isDeleted) {
            isDeleted = true;
            const stored = admin.realm("shop").clients;
            const [uuid] = Object.entries(stored).find(([, { clientId }]) => clientId === "client-003") ?? [];
            delete stored[uuid ?? ""];
          }
          return w.emulator.transport(request);
        },
      },
      ...["clients", "--authority", authority, ...HERE, "--json"],
    );
    expect(isDeleted).toBe(true);
    expect(run.json()).toMatchObject({ isComplete: true, counts: { listed: 150 } });
    expect(named(run.json(), "client-100")).toBeDefined();
  });

  test("a list that moves at each reading may lack a client, which a monitor must see", async () => {
    const { w, make, authority } = await realm();
    for (let count = 0; count < 150; count++) make(`client-${String(count).padStart(3, "0")}`);
    const run = await w.runWith(
      { transport: movingList(w) },
      ...["clients", "--authority", authority, ...HERE, "--json"],
    );
    expect(run.json()).toMatchObject({ isComplete: false, counts: { notAtIssuer: 0, expired: 0 } });
    expect(run.exitCode).toBe(4);
  });

  test("an empty list is a missing right, since every realm has clients", async () => {
    const { clients } = await realm(["query-clients"]);
    const run = await clients();
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toContain("view-clients");
  });

  test("lists all realms of an authority in master, each with its own clients", async () => {
    const w = await cli();
    const { admin } = w.emulator;
    for (const name of ["master", "one", "two"]) admin.createRealm({ name });
    const rolesIn = { one: ["view-clients"], two: ["view-clients"] };
    const warden = admin.createKeycloakClient({ realm: "master", clientId: "warden", rolesIn });
    const authority = storeAuthority(w, { issuer: "keycloak", url: KEYCLOAK, realm: "master" }, warden);
    admin.createKeycloakClient({ realm: "one", clientId: "app" });
    admin.createKeycloakClient({ realm: "two", clientId: "app" });
    const run = await w.run("clients", "--authority", authority, "--all-realms", ...HERE, "--json");
    expect(rows(run.json()).map(({ realm: name, clientId }) => `${name} ${clientId}`)).toEqual(["one app", "two app"]);
  });
});

describe("oci-rotate clients at UAA", () => {
  test("says what is not told, and that nothing ends", async () => {
    const w = await cli();
    const { admin } = w.emulator;
    const reader = admin.createUaaClient({ clientId: "reader", authorities: ["clients.read"] });
    const authority = storeAuthority(w, { issuer: "uaa", url: UAA }, reader);
    const shop = admin.createUaaClient({ clientId: "shop" });
    store(w, "oauth-shop", { issuer: "uaa", url: UAA, clientId: "shop", clientSecret: shop.secret });
    admin.createUaaClient({ clientId: "cf" });
    for (let count = 0; count < 600; count++) admin.createUaaClient({ clientId: `many-${count}` });
    const run = await w.run("clients", "--authority", authority, ...HERE, "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(named(run.json(), "shop")).toMatchObject({
      ...{ kind: null, isEnabled: null, secretMade: null, ends: "never", mayChange: null },
      ...{ secrets: [{ name: "oauth-shop" }] },
    });
    expect(named(run.json(), "cf")).toMatchObject({ isBuiltIn: true });
    expect(run.json()).toMatchObject({ isComplete: true, counts: { listed: 603, managed: 1 } });
  });

  test("--probe-empty tells clients without a secret from others", async () => {
    const w = await cli();
    const { admin } = w.emulator;
    const reader = admin.createUaaClient({ clientId: "reader", authorities: ["clients.read"] });
    const authority = storeAuthority(w, { issuer: "uaa", url: UAA }, reader);
    admin.createUaaClient({ clientId: "shop" });
    admin.createUaaClient({ clientId: "tool", secret: "" });
    const words = ["clients", "--authority", authority, ...HERE, "--json"];
    expect(named((await w.run(...words)).json(), "tool")).toMatchObject({ kind: null });
    const run = await w.run(...words, "--probe-empty");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expectOnlyReads(run);
    expect(named(run.json(), "tool")).toMatchObject({ kind: "public" });
    expect(named(run.json(), "shop")).toMatchObject({ kind: "secret" });
  });

  test("of a zone whose host is not told, no client counts as unmanaged", async () => {
    const w = await cli();
    const { admin } = w.emulator;
    const { zoneId } = admin.createUaaZone();
    const reader = admin.createUaaClient({ clientId: "reader", authorities: [`zones.${zoneId}.clients.read`] });
    const authority = storeAuthority(w, { issuer: "uaa", url: UAA }, reader);
    admin.createUaaClient({ clientId: "theirs", zoneId });
    const run = await w.run("clients", "--authority", authority, "--zone", zoneId, ...HERE, "--unmanaged", "--json");
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.json()).toMatchObject({ counts: { listed: 1, unmanaged: 0 } });
  });

  test("takes no subdomain that would lead to another host than the UAA's", async () => {
    const w = await cli();
    const { admin } = w.emulator;
    const { zoneId, subdomain } = admin.createUaaZone();
    const reader = admin.createUaaClient({ clientId: "reader", authorities: ["uaa.admin"] });
    const authority = storeAuthority(w, { issuer: "uaa", url: UAA }, reader);
    admin.createUaaClient({ clientId: "theirs", zoneId });
    const asked = new Set<string>();
    const run = await w.runWith(
      {
        transport: async (request) => {
          asked.add(new URL(request.url).host);
          const response = await w.emulator.transport(request);
          const body = request.url.endsWith("/identity-zones")
            ? response.body.replace(`"subdomain":"${subdomain}"`, '"subdomain":"evil.example/x"')
            : response.body;
          return { ...response, body };
        },
      },
      ...["clients", "--authority", authority, "--all-zones", "--probe-empty", ...HERE, "--json"],
    );
    expect([...asked].filter((host) => host.endsWith("evil.example"))).toEqual([]);
    expect(named(run.json(), "theirs")).toMatchObject({ zone: zoneId, kind: null, secrets: null });
  });

  test("joins the clients of a zone by the zone's own host", async () => {
    const w = await cli();
    const { admin } = w.emulator;
    const { zoneId, subdomain } = admin.createUaaZone();
    const reader = admin.createUaaClient({ clientId: "reader", authorities: ["uaa.admin"] });
    const authority = storeAuthority(w, { issuer: "uaa", url: UAA }, reader);
    const theirs = admin.createUaaClient({ clientId: "theirs", zoneId });
    const url = UAA.replace("://", `://${subdomain}.`);
    store(w, "oauth-theirs", { issuer: "uaa", url, clientId: "theirs", clientSecret: theirs.secret });
    const run = await w.run("clients", "--authority", authority, "--all-zones", ...HERE, "--json");
    expect(named(run.json(), "theirs")).toMatchObject({ zone: zoneId, url, secrets: [{ name: "oauth-theirs" }] });
  });
});

describe("oci-rotate clients at an identity domain", () => {
  test("reads the domain as the operator, asks for no secret, and joins by App and client", async () => {
    const w = await cli({ switches: { "signed-callers": "allowed" } });
    const { admin } = w.emulator;
    const app = admin.createApp({ clientId: "shop" });
    w.canary.add(app.secret);
    const content = { domainUrl: DOMAIN, appId: app.appId, clientId: "shop", appSecret: app.secret };
    store(w, "oauth-shop", content);
    for (let count = 0; count < 250; count++) admin.createApp({ clientId: `many-${count}` });
    const run = await w.run("clients", "--domain", DOMAIN, ...HERE, "--json");
    expect(run).toMatchObject({ stderr: "" });
    expectOnlyReads(run);
    expect(named(run.json(), "shop")).toMatchObject({
      ...{ kind: "secret", isEnabled: true, secretMade: null, ends: "never", subject: app.appId },
      ...{ secrets: [{ name: "oauth-shop" }] },
    });
    expect(clientsData.parse(run.json()).counts.listed).toBeGreaterThanOrEqual(251);
    const lists = run.requests.filter(({ target }) => target.startsWith("/admin/v1/Apps?"));
    expect(lists.length).toBeGreaterThan(1);
    for (const { target } of lists) expect(target).toMatch(/[?&]attributes=[^&]+/);
    for (const { target } of lists) expect(target).not.toContain("clientSecret");
  });
});

describe("oci-rotate clients at an Ed-Fi CMS", () => {
  const manager = async (switches: Switches = {}) => {
    const w = await cli({ switches: switches ?? {} });
    const made = w.emulator.admin.createApiClient({ role: "cms-client", tenant: "district" });
    const authority = storeAuthority(w, { issuer: "edfi-cms", url: CMS }, { clientId: made.key, secret: made.secret });
    return { w, authority };
  };

  test("names the vendor as owner, page by page", async () => {
    const { w, authority } = await manager({ "edfi-release": "v0.7" });
    const made = w.emulator.admin.createApiClient({ key: "the-key" });
    store(w, "oauth-edfi", {
      ...{ issuer: "edfi-cms", url: CMS, apiClientId: made.apiClientId, clientId: made.key, clientSecret: made.secret },
    });
    for (let count = 0; count < 40; count++) w.emulator.admin.createApiClient();
    const run = await w.run("clients", "--authority", authority, ...HERE, "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(named(run.json(), "the-key")).toMatchObject({
      ...{ owner: expect.stringContaining("Vendor"), contact: expect.stringContaining("@"), ends: "never" },
      ...{ clientMade: "2026-01-01T00:00:00Z", secrets: [{ name: "oauth-edfi" }] },
    });
    expect(run.json()).toMatchObject({ counts: { listed: 42 } });
  });

  test("before 0.7 no list names client ids, so an application is joined by its id", async () => {
    const { w, authority } = await manager({ "edfi-client-list": "absent" });
    const made = w.emulator.admin.createApiClient();
    store(w, "oauth-edfi", {
      ...{ issuer: "edfi-cms", url: CMS, applicationId: made.applicationId },
      ...{ clientId: made.key, clientSecret: made.secret },
    });
    const run = await w.run("clients", "--authority", authority, ...HERE, "--json");
    const found = rows(run.json()).find(({ subject }) => subject === `applications/${made.applicationId}`);
    expect(found).toMatchObject({ clientId: null, secrets: [{ name: "oauth-edfi" }] });
  });

  test("reads every tenant", async () => {
    const { w, authority } = await manager({ "edfi-tenancy": "multi" });
    w.emulator.admin.createApiClient({ key: "one", tenant: "north" });
    w.emulator.admin.createApiClient({ key: "two", tenant: "south" });
    const run = await w.run("clients", "--authority", authority, ...HERE, "--json");
    expect(
      rows(run.json())
        .map(({ tenant }) => tenant)
        .toSorted(),
    ).toEqual(["district", "north", "south"]);
  });
});

describe("oci-rotate clients", () => {
  test("prints a table, and CSV that names what is not told as nothing", async () => {
    const { make, clients } = await realm();
    make("shop");
    const table = await clients();
    expect(table.stdout).toMatch(/^state +client +kind/);
    expect(table.stdout).toContain("2 clients, 2 of them with a secret to rotate; 0 managed, 2 not");
    // Shown as what it is, and no finding unless it is asked for.
    expect(table.stdout).toMatch(/^unmanaged +shop /m);
    expect(table.exitCode).toBe(0);
    const csv = await clients("--csv");
    expect(csv.stdout.split("\r\n")[0]).toMatch(/^issuer,url,realm,zone,tenant,clientId/);
    expect(csv.stdout).toContain(`keycloak,${KEYCLOAK},shop,,,shop,`);
  });

  test("--authority takes the name of its secret, beside the compartments to compare with", async () => {
    const { w, authority } = await realm();
    const { name, compartmentId } = w.emulator.admin.secret(authority);
    const of = (given: string) => w.run("clients", "--authority", given, "--compartment", compartmentId, "--csv");
    const named = await of(name);
    expect(named).toMatchObject({ exitCode: 0, stderr: "" });
    expect(named.stdout).toBe((await of(authority)).stdout);
    expect((await of("no-such")).stderr).toContain("no secret of the given name");
  });

  test("--html writes a page that only its owner can read, with every text escaped and no secret", async () => {
    const { w, make, clients } = await realm();
    make("shop", { attributes: { owner: "<b>web</b>" } });
    const file = path.join(w.home, "clients.html");
    await clients("--html", file);
    const page = readFileSync(file, "utf8");
    expect(statSync(file).mode & 0o777).toBe(OWNER_ONLY);
    expect(page).toContain("&lt;b&gt;web&lt;/b&gt;");
    expect(page).not.toContain("<b>web");
    expect(page).toContain(">shop<");
    expect(page).toMatch(/<main>[\s\S]+<\/main>/);
    expect(w.canary.leaksIn([page])).toEqual([]);
  });

  test.each([
    { words: [], says: "--authority" },
    { words: ["--domain", "not an address"], says: "no address" },
    { words: ["--domain", DOMAIN, "--realm", "shop"], says: "leave it out" },
  ])("refuses $words with what to do", async ({ words, says }) => {
    const w = await cli();
    const run = await w.run("clients", ...words, ...HERE);
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain(says);
    expect(run.requests).toEqual([]);
  });
});
