import { describe, expect, test } from "vitest";
import { TransportError } from "../../../../src/clients/http/transport.ts";
import {
  DOMAIN,
  INTO,
  KEY,
  KEYCLOAK,
  madeIn,
  outcomes,
  type Report,
  UAA,
  useAdoption,
  VAULT,
} from "../../../support/adoption.ts";
import { type CliOptions, type CliWorld, expectOnlyReads } from "../../../support/cli.ts";
import { OTHER_COMPARTMENT } from "../../../support/fleet.ts";
import { movingList } from "../../../support/moving-list.ts";

const world = useAdoption();
const made = madeIn;
const THIRD = "ocid1.compartment.oc1..third";

/** A Keycloak realm whose warden may read every client's secret. */
async function realm(mayRotate: readonly object[] = []) {
  const base = await world(
    { issuer: "keycloak", url: KEYCLOAK, realm: "shop", mayRotate },
    ({ emulator: { admin } }) => {
      admin.createRealm({ name: "shop" });
      return admin.createKeycloakClient({ realm: "shop", clientId: "warden", roles: ["manage-clients"] });
    },
  );
  const make = (clientId: string, more: object = {}) => {
    const made = base.w.emulator.admin.createKeycloakClient({ realm: "shop", clientId, ...more });
    base.w.canary.add(made.secret);
    return made;
  };
  return { ...base, make };
}

const content = (w: CliWorld, id: string) =>
  JSON.parse(w.emulator.admin.content(id, 1) ?? "{}") as Record<string, unknown>;

describe("oci-rotate adopt at Keycloak", () => {
  test("reads each value back, proves it, stores it, proves what is stored, and sets who rotates it", async () => {
    const { w, adopt, make } = await realm();
    const shop = make("shop", { attributes: { owner: "web team" } });
    make("spa", { publicClient: true });
    const functionId = w.emulator.admin.createFunction();
    const done = await adopt("--function", functionId, "--every", "30", "--yes", "--json");
    expect(done.stderr).toBe("");
    expect(outcomes(done.json())).toEqual(["shop adopted"]);
    const secret = made(w).find(({ name }) => name === "oauth-shop");
    expect(secret).toMatchObject({
      ...{ compartmentId: OTHER_COMPARTMENT, vaultId: VAULT, keyId: KEY },
      freeformTags: { "orot-owner": "web team" },
    });
    expect(content(w, secret?.id ?? "")).toEqual({
      ...{ issuer: "keycloak", url: KEYCLOAK, realm: "shop", clientId: "shop", clientSecret: shop.secret },
    });
    expect(done.exitCode).toBe(0);
    const again = await adopt("--function", functionId, "--every", "30", "--yes", "--json");
    expectOnlyReads(again);
    expect(again.exitCode).toBe(0);
  });

  test("--dry-run says what it would do, and sends only reads", async () => {
    const { w, adopt, make } = await realm();
    make("shop");
    const run = await adopt("--dry-run");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toContain("1 would be adopted, 0 are managed already, 0 skipped; nothing was changed");
    expectOnlyReads(run);
    expect(made(w)).toEqual([]);
  });

  test("the authority itself is left alone, since a rotation would leave its own secret with a dead value", async () => {
    const { w, adopt, adoptFrom, make } = await realm([{ tag: "rotation.client" }]);
    make("shop");
    const reset = await adopt("--reset", "warden", "--yes");
    expect(reset.exitCode).toBe(2);
    const named = await adoptFrom("clientId\nwarden\n", "--yes", "--json");
    expect(named.exitCode).toBe(4);
    expect(named.json()).toMatchObject({
      clients: [{ outcome: "skipped", why: expect.stringContaining("authority") }],
    });
    const run = await adopt("--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(outcomes(run.json())).toEqual(["shop adopted"]);
    expect(made(w).map(({ name }) => name)).toEqual(["oauth-shop"]);
  });

  test("switches no schedule off that was switched on before, when it is run again for new clients", async () => {
    const { w, adopt, make } = await realm();
    make("shop");
    const functionId = w.emulator.admin.createFunction();
    await adopt("--function", functionId, "--every", "30", "--yes");
    make("till");
    const again = await adopt("--function", w.emulator.admin.createFunction(), "--yes", "--json");
    expect(outcomes(again.json())).toEqual(["shop already", "till adopted"]);
    const scheduleOf = (name: string) => made(w).find((one) => one.name === name)?.rotationConfig;
    expect(scheduleOf("oauth-shop")).toMatchObject({ isScheduledRotationEnabled: true, rotationInterval: "P30D" });
    expect(scheduleOf("oauth-till")).toMatchObject({ isScheduledRotationEnabled: false });
  });

  test("entries that cannot be added are printed with all that was made, and the exit code says so", async () => {
    const { w, adopt, make } = await realm();
    make("shop");
    w.emulator.faults.add({ call: "write-pending", kind: "unauthorized" });
    const run = await adopt("--bind", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain("the entries were not added");
    expect(run.json()).toMatchObject({
      ...{ counts: { adopted: 1 }, binding: { entries: [{ client: "shop", secretId: made(w)[0]?.id }] } },
    });
  });

  test.each([
    ["another vault than the default one", "shop", {}],
    ["another vault, by the name that a new one would have", "oauth-shop", {}],
    ["another compartment, by that name", "oauth-shop", { compartmentId: THIRD }],
  ])("makes no second secret for a client that is in %s", async (_where, name, place) => {
    const { w, authority, make } = await realm();
    const { clientId, secret } = make("shop");
    w.emulator.admin.createSecret({ name: "no-client", content: "{}", compartmentId: THIRD });
    const text = { issuer: "keycloak", url: KEYCLOAK, realm: "shop", clientId, clientSecret: secret };
    const id = w.emulator.admin.createSecret({
      ...{ name, content: JSON.stringify(text), vaultId: "ocid1.vault.oc1.iad.another" },
      ...{ compartmentId: OTHER_COMPARTMENT, ...place },
    });
    const run = await w.runWith(
      { environment: { OROT_ISSUER_ORIGINS: KEYCLOAK, OROT_CLI_VAULT: VAULT } },
      ...[
        "adopt",
        "--authority",
        authority,
        ...INTO,
        "--compartment",
        "ocid1.compartment.oc1..third",
        "--yes",
        "--json",
      ],
    );
    expect(run.json()).toMatchObject({ clients: [{ clientId, outcome: "already", secretId: id }] });
    expect(made(w).filter((one) => one.id !== id)).toEqual([]);
  });

  test("after Ctrl-C the report names what was made and not bound, and nothing is written any more", async () => {
    const { w, authority, make } = await realm();
    make("shop");
    const stop = new AbortController();
    const run = await w.runWith(
      {
        signal: stop.signal,
        transport: (request) => {
          if (request.method === "POST" && request.url.endsWith("/secrets")) stop.abort();
          return w.emulator.transport(request);
        },
      },
      ...["adopt", "--authority", authority, ...INTO, "--bind", "--yes", "--json"],
    );
    expect(run.exitCode).toBe(4);
    expect(outcomes(run.json())).toEqual(["shop adopted"]);
    expect(run.json()).toMatchObject({ binding: { entries: [{ client: "shop", secretId: made(w)[0]?.id }] } });
    expect(w.emulator.admin.versions(authority)).toHaveLength(1);
  });

  test("an owner whose text is no tag keeps no client from its adoption", async () => {
    const { w, adopt, make } = await realm();
    make("shop", { attributes: { owner: `web\nteam ${"x".repeat(300)}` } });
    const run = await adopt("--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(made(w)[0]?.freeformTags["orot-owner"]).toBe(`webteam ${"x".repeat(248)}`);
  });

  test("a list that moves at each reading may lack a client, which the exit code says", async () => {
    const { w, authority, make } = await realm();
    for (let count = 0; count < 150; count++) make(`client-${String(count).padStart(3, "0")}`);
    const run = await w.runWith(
      { transport: movingList(w) },
      ...["adopt", "--authority", authority, ...INTO, "--dry-run"],
    );
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toBe(
      "warning: the list moved while it was read, so a client may be missing; next: run it again\n",
    );
  });

  test("a value that the issuer refuses is not stored, and the others go on", async () => {
    const { w, adoptFrom, make } = await realm();
    make("shop");
    make("till");
    const run = await adoptFrom("clientId,secret\r\nshop,wrong-value\r\ntill,\r\n", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(outcomes(run.json())).toEqual(["shop skipped", "till adopted"]);
    expect(made(w).map(({ name }) => name)).toEqual(["oauth-till"]);
  });

  test("what is disabled is skipped, or stored unproven by an express word", async () => {
    const { adoptFrom, make } = await realm();
    make("off", { enabled: false });
    const first = await adoptFrom("clientId\noff\n", "--yes", "--json");
    expect(first.exitCode).toBe(4);
    const run = await adoptFrom("clientId\noff\n", "--unproven", "--yes", "--json");
    expect(run.json()).toMatchObject({ clients: [{ outcome: "adopted", isProven: false }] });
  });

  test("a reference to Keycloak's own vault is no value", async () => {
    const { w, adoptFrom, make } = await realm();
    make("far", { secret: `\${vault.far}` });
    const run = await adoptFrom("clientId\nfar\n", "--yes", "--json");
    expect(run.json()).toMatchObject({ clients: [{ outcome: "skipped", why: expect.stringContaining("reference") }] });
    expect(made(w)).toEqual([]);
  });

  test("writes the tag that binds the authority, with the client's own text", async () => {
    const { w, adoptFrom, make } = await realm([{ tag: "rotation.client" }]);
    make("shop");
    const run = await adoptFrom("clientId\nshop\n", "--yes", "--json");
    expect(run.json()).toMatchObject({ binding: { tag: "rotation.client", entries: [] } });
    const [secret] = made(w);
    expect(secret?.definedTags).toMatchObject({ rotation: { client: expect.stringContaining("client=shop") } });
  });

  test("prints the entries that are to be added where nothing binds the authority", async () => {
    const { w, adoptFrom, make } = await realm();
    make("shop");
    const run = await adoptFrom("clientId\nshop\n", "--yes", "--json");
    expect(run.json()).toMatchObject({
      binding: { tag: null, entries: [{ client: "shop", realm: "shop", secretId: made(w)[0]?.id }] },
    });
  });

  test("a name that is taken by something else is found before anything is written, and left alone", async () => {
    const { w, adoptFrom, make } = await realm();
    make("shop");
    w.emulator.admin.createSecret({
      name: "oauth-shop",
      content: "{}",
      compartmentId: OTHER_COMPARTMENT,
      vaultId: VAULT,
    });
    make("till");
    const input = "clientId\nshop\ntill\n";
    const taken = { outcome: "skipped", why: expect.stringContaining("is taken") };
    const shown = await adoptFrom(input, "--dry-run", "--json");
    expect(shown.json()).toMatchObject({ clients: [taken, { outcome: "planned" }] });
    const run = await adoptFrom(input, "--yes", "--json");
    expect(run.json()).toMatchObject({ clients: [taken, { outcome: "adopted" }] });
    const names = made(w).map(({ name, id }) => [name, w.emulator.admin.versions(id).length]);
    expect(names).toEqual([
      ["oauth-shop", 1],
      ["oauth-till", 1],
    ]);
    expect(run.requests.filter(({ call }) => call === "create-secret")).toHaveLength(1);
  });

  test.each(["answer-lost", "server-error-before", "lands-late"] as const)(
    "a creation that ends with %s is settled by its name",
    async (kind) => {
      const { w, adoptFrom, make } = await realm();
      make("shop");
      w.emulator.faults.add({ call: "create-secret", kind });
      await adoptFrom("clientId\nshop\n", "--yes", "--json");
      const run = await adoptFrom("clientId\nshop\n", "--yes", "--json");
      expect(run.exitCode).toBe(0);
      expect(made(w)).toHaveLength(1);
    },
  );

  test("killed at any request and run again, it loses and doubles nothing", async () => {
    const requests = await (async () => {
      const { adoptFrom, make, w } = await realm([{ tag: "rotation.client" }]);
      make("shop");
      const functionId = w.emulator.admin.createFunction();
      return (await adoptFrom("clientId\nshop\n", "--function", functionId, "--every", "30", "--yes")).requests.length;
    })();
    expect(requests).toBeGreaterThan(15);
    for (let killedAt = 1; killedAt <= requests; killedAt++) {
      for (const isAfter of [false, true]) {
        const { adoptFrom, make, w, authority } = await realm([{ tag: "rotation.client" }]);
        const shop = make("shop");
        const functionId = w.emulator.admin.createFunction();
        const words = ["--function", functionId, "--every", "30", "--yes", "--json"];
        let sent = 0;
        const transport: typeof w.emulator.transport = async (request) => {
          sent += 1;
          if (sent < killedAt) return w.emulator.transport(request);
          if (sent === killedAt && isAfter) await w.emulator.transport(request);
          throw new TransportError("CONNECTION_LOST", true, "killed");
        };
        await w.runWith(
          { input: "clientId\nshop\n", transport },
          ...["adopt", "--authority", authority, ...INTO, "--stdin", ...words],
        );
        const again = await adoptFrom("clientId\nshop\n", ...words);
        expect(again.exitCode, `killed at ${killedAt}`).toBe(0);
        const [secret, ...more] = made(w);
        expect(more).toEqual([]);
        expect(content(w, secret?.id ?? "")["clientSecret"]).toBe(shop.secret);
        expect(w.emulator.admin.versions(secret?.id ?? "")).toHaveLength(1);
        expect(secret?.definedTags).toMatchObject({ rotation: { client: expect.stringContaining("client=shop") } });
        expect(secret?.rotationConfig).toMatchObject({ isScheduledRotationEnabled: true });
      }
    }
  });

  test("two clients that would meet in one name are refused before anything is written", async () => {
    const { w, adopt, make } = await realm();
    w.emulator.admin.createRealm({ name: "other" });
    make("shop");
    const run = await adopt("--names", "oauth", "--yes");
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain("{client}");
  });
});

describe("oci-rotate adopt at UAA", () => {
  const uaa = () =>
    world({ issuer: "uaa", url: UAA }, ({ emulator: { admin } }) =>
      admin.createUaaClient({ clientId: "reader", authorities: ["clients.read"] }),
    );

  test("takes values from the input, as JSON too, and says which client has none", async () => {
    const { w, adoptFrom } = await uaa();
    const shop = w.emulator.admin.createUaaClient({ clientId: "shop" });
    w.emulator.admin.createUaaClient({ clientId: "till" });
    const input = JSON.stringify({
      clients: [{ clientId: "shop", secret: shop.secret, owner: "web" }, { clientId: "till" }],
    });
    const run = await adoptFrom(input, "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(outcomes(run.json())).toEqual(["shop adopted", "till skipped"]);
    expect(content(w, made(w)[0]?.id ?? "")).toEqual({
      issuer: "uaa",
      url: UAA,
      clientId: "shop",
      clientSecret: shop.secret,
    });
    expect(w.emulator.admin.uaaClient("till").installs).toBe(0);
  });

  test("--dry-run promises nothing for a client whose value only the input could tell", async () => {
    const { w, adoptFrom } = await uaa();
    for (const clientId of ["shop", "till"]) w.emulator.admin.createUaaClient({ clientId });
    const run = await adoptFrom("clientId,secret\nshop,its-value\ntill,\n", "--dry-run", "--json");
    expect(outcomes(run.json())).toEqual(["shop planned", "till skipped"]);
    const added = await adoptFrom("clientId\ntill\n", "--add", "--dry-run", "--json");
    expect(outcomes(added.json())).toEqual(["till planned"]);
  });
});

describe("oci-rotate adopt", () => {
  test("where credentials may not go to the issuer, it says so before anything is written", async () => {
    const { w, authority, make } = await realm();
    make("shop");
    const environment = { OROT_ISSUER_ORIGINS: "https://elsewhere.example" };
    const run = await w.runWith({ environment }, "adopt", "--authority", authority, ...INTO, "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("OROT_ISSUER_ORIGINS");
    expectOnlyReads(run);
  });

  test.each([
    { input: "", says: "empty" },
    { input: "clientId,secret\nshop\n", says: "other columns" },
    { input: "clientId,secret\nshop,a\n\ntill\n", says: "line 4 has other columns" },
    { input: "name\nshop\n", says: "names no column clientId" },
    { input: "clientId;secret\nshop;a\n", says: "commas separate the columns" },
    { input: "clientId,secret\n,a\n", says: "line 2 of the input has no clientId" },
    { input: "{", says: "not JSON" },
    { input: '{"a":1}', says: "without a list" },
    { input: '"clientId"\n"shop\n', says: "quotation mark" },
  ])("refuses the input $input, and quotes nothing of it", async ({ input, says }) => {
    const { adoptFrom } = await realm();
    const run = await adoptFrom(input, "--yes");
    expect(run).toMatchObject({ exitCode: 2 });
    expect(run.stderr).toContain(says);
    expect(run.requests).toEqual([]);
  });

  test("each line of the input that is wrong has a sentence of its own, and the others go on", async () => {
    const { adoptFrom, make } = await realm();
    make("shop");
    make("spa", { publicClient: true });
    const run = await adoptFrom("clientId\nshop\nnobody\nshop\nspa\n", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    const { clients } = run.json() as unknown as Report;
    expect(clients.map(({ outcome, why }) => [outcome, why])).toEqual([
      ["adopted", null],
      ["skipped", "line 3: the issuer lists no such client"],
      ["skipped", "line 4 names a client for the second time"],
      ["skipped", "it uses no client secret (public)"],
    ]);
  });

  test.each([
    { words: ["--names", "all-alike"], says: "--names has no {client}" },
    { words: ["--every", "30"], says: "--every was given without --function" },
    { words: ["--via", "function"], says: "--via function was given without --function" },
    { words: ["--defined-tag", "rotation.client"], says: "--defined-tag takes namespace.key=value" },
  ])("$words is refused before anything is written", async ({ words, says }) => {
    const { adopt, make } = await realm();
    make("shop");
    const run = await adopt("--yes", ...words);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain(says);
    expectOnlyReads(run);
  });

  test.each([["--add"], ["--bind"], ["--reset", "shop"]])("%s needs an authority", async (...words) => {
    const { w } = await realm();
    const run = await w.run("adopt", "--domain", DOMAIN, ...INTO, "--yes", ...words);
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toContain("are about an authority, and none is named");
  });

  test("a secret in Vault that cannot be read may hold the client already, so nothing is written", async () => {
    const { w, authority, make } = await realm();
    make("shop");
    const hidden = Object.values(w.emulator.state.vault.secrets).find(({ name }) => name === "no-client");
    const transport: CliOptions["transport"] = async (request) => {
      if (!request.url.includes(`/secretbundles/${hidden?.id}`)) return w.emulator.transport(request);
      const body =
        '{"code":"NotAuthorizedOrNotFound","message":"Authorization failed or requested resource not found."}';
      return { status: 404, headers: { "content-type": "application/json" }, body };
    };
    const run = await w.runWith({ transport }, "adopt", "--authority", authority, ...INTO, "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("secrets in these compartments that could not be read: 1;");
    expect(run.stderr).toContain("read secret-bundles");
    expect(made(w)).toEqual([]);
  });

  test("asks first, and creates nothing after a no", async () => {
    const { w, authority, make } = await realm();
    make("shop");
    const run = await w.runWith({ answers: ["n"] }, "adopt", "--authority", authority, ...INTO);
    expect(run.exitCode).toBe(1);
    expect(made(w)).toEqual([]);
  });
});
