import { describe, expect, test } from "vitest";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";

const cli = useCli();
const URL = "https://sso.emulated.example";
const OTHER = { name: "others", executors: [{ executor: "registration-access-token-rotation-disabled", more: 1 }] };
const OTHER_POLICY = { name: "theirs", enabled: true, conditions: [{ condition: "any-client" }], profiles: ["others"] };

type Switches = NonNullable<Parameters<ReturnType<typeof useCli>>[0]>["switches"];

/** A realm with a profile and a policy of somebody else, and an administrator whose credential lies in Vault. */
async function world(switches: Switches = {}, roles = ["manage-realm", "manage-clients"], name = "shop") {
  const w = await cli({ switches: switches ?? {} });
  const { admin } = w.emulator;
  admin.createRealm({ name });
  Object.assign(admin.realm(name), { profiles: [OTHER], policies: [OTHER_POLICY] });
  const administrator = admin.createKeycloakClient({ realm: name, clientId: "warden", roles });
  const content = {
    kind: "client-secret",
    issuer: "keycloak",
    url: URL,
    realm: name,
    clientId: administrator.clientId,
    clientSecret: administrator.secret,
    mayRotate: [],
  };
  const store = (more: object) =>
    admin.createSecret({ name: "authority", content: JSON.stringify({ ...content, ...more }) });
  w.canary.add(administrator.secret);
  const authority = store({});
  const policy = (verb: string, ...words: readonly string[]) =>
    w.run("keycloak", "policy", verb, URL, name, "--authority", authority, ...words);
  return { w, policy, store, realm: () => admin.realm(name) };
}
const makeClient = (w: CliWorld, clientId: string, more: object = {}) =>
  w.emulator.admin.createKeycloakClient({ realm: "shop", clientId, ...more });
const puts = (requests: readonly { method: string; target: string }[]) =>
  requests.filter(({ method }) => method === "PUT").map(({ target }) => target);

describe("oci-rotate keycloak policy plan", () => {
  test("says what is missing, changes nothing, and ends with 4", async () => {
    const { policy, realm } = await world();
    const run = await policy("plan", "--expiration", "90d");
    expect(run).toMatchObject({ exitCode: 4, stderr: "" });
    expect(run.stdout).toBe(`add the profile oci-rotate
  expiration-period: 90d
  rotated-expiration-period: 2d
  remaining-rotation-period: 10d
add the policy oci-rotate
  meets: owns the client role rotated-by-oci-rotate
`);
    expectOnlyReads(run);
    expect(realm().profiles).toEqual([OTHER]);
  });
});

describe("oci-rotate keycloak policy apply", () => {
  test("takes a realm with a blank in its name", async () => {
    const { policy, realm } = await world({}, ["manage-realm", "manage-clients"], "Company GmbH");
    expect((await policy("apply", "--yes")).exitCode).toBe(0);
    expect(realm().policies).toMatchObject([OTHER_POLICY, { name: "oci-rotate", enabled: true }]);
  });

  test("adds profile and policy beside those of others, and is done the second time", async () => {
    const { policy, realm } = await world();
    const run = await policy("apply", "--yes", "--json");
    expect(run.json()).toMatchObject({ applied: true, feature: "on", changes: [{ step: "add" }, { step: "add" }] });
    expect(realm().profiles).toMatchObject([
      OTHER,
      {
        name: "oci-rotate",
        executors: [
          {
            executor: "secret-rotation",
            configuration: {
              "expiration-period": 3_888_000,
              "rotated-expiration-period": 172_800,
              "remaining-rotation-period": 864_000,
            },
          },
        ],
      },
    ]);
    expect(realm().policies).toMatchObject([OTHER_POLICY, { name: "oci-rotate", enabled: true }]);
    expect((await policy("plan")).exitCode).toBe(0);
    const again = await policy("apply", "--yes");
    expect(again.exitCode).toBe(0);
    expectOnlyReads(again);
  });

  test("changes its own periods and clients alone, and keeps what else its profile does", async () => {
    const { policy, realm } = await world();
    await policy("apply", "--yes");
    const own = realm().profiles[1] as { executors: object[] };
    own.executors.unshift({ executor: "registration-access-token-rotation-disabled" });
    const run = await policy("apply", "--yes", "--expiration", "60d", "--all-confidential");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("  expiration-period: 45d -> 60d\n");
    expect(run.stdout).toContain("owns the client role rotated-by-oci-rotate -> access type confidential");
    expect(run.stderr).toContain("also matches the administrator's client");
    expect(realm().profiles[0]).toEqual(OTHER);
    expect(own.executors).toHaveLength(2);
    expect(realm().profiles[1]).toMatchObject({ executors: [{}, { executor: "secret-rotation" }] });
    expect(realm().policies[0]).toEqual(OTHER_POLICY);
  });

  test("asks first, and writes nothing after a no", async () => {
    const { w, store } = await world();
    const words = ["keycloak", "policy", "apply", URL, "shop", "--authority", store({})];
    const run = await w.runWith({ answers: ["n"] }, ...words);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("add the policy oci-rotate");
    expectOnlyReads(run);
  });

  test("says how to switch the feature on where the server has it off", async () => {
    const { policy } = await world({ "keycloak-rotation": "off" });
    const run = await policy("apply", "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("start Keycloak with --features=client-secret-rotation");
    expectOnlyReads(run);
  });

  test("names the role that the administrator lacks", async () => {
    const { policy } = await world({}, ["view-realm"]);
    expect((await policy("plan")).exitCode).toBe(4);
    const run = await policy("apply", "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("the roles manage-realm and manage-clients");
  });
});

describe("oci-rotate keycloak policy start", () => {
  test("gives each client the role and its end, and leaves its secret as it is", async () => {
    const { w, policy } = await world();
    const { secret } = makeClient(w, "till");
    await policy("apply", "--yes");
    const run = await policy("start", "--client", "till", "--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({
      clients: [{ clientId: "till", outcome: "started", expiresAt: expect.any(String) }],
    });
    const till = w.emulator.admin.keycloakClient("shop", "till");
    expect(till).toMatchObject({ secret, ownRoles: ["rotated-by-oci-rotate"], mints: 0 });
    const again = await policy("start", "--client", "till", "--yes", "--json");
    expect(again.json()).toMatchObject({ clients: [{ outcome: "running" }] });
    expect(puts(again.requests)).toEqual([]);
  });

  test("leaves alone whose secret has ended, for Keycloak would make one that nobody stores", async () => {
    const { w, policy } = await world();
    const past = String(Math.floor(w.clock.now() / 1000) - 60);
    const { secret } = makeClient(w, "late", { attributes: { "client.secret.expiration.time": past } });
    await policy("apply", "--yes");
    const run = await policy("start", "--client", "late", "--client", "nobody", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ clients: [{ outcome: "expired" }, { outcome: "unknown" }] });
    expect(puts(run.requests)).toEqual([]);
    expect(w.emulator.admin.keycloakClient("shop", "late").secret).toBe(secret);
  });

  test("takes all that log in by a secret, page by page, but for the administrator and public clients", async () => {
    const { w, policy } = await world();
    for (let index = 0; index < 120; index++) makeClient(w, `c${index}`);
    makeClient(w, "public", { publicClient: true });
    await policy("apply", "--yes", "--all-confidential");
    const run = await policy("start", "--all", "--yes", "--json");
    const { clients } = run.json() as { clients: { clientId: string; outcome: string }[] };
    expect(clients).toHaveLength(120);
    expect(new Set(clients.map(({ outcome }) => outcome))).toEqual(new Set(["started"]));
    expect(clients.some(({ clientId }) => clientId === "warden")).toBe(false);
  });

  test("wants the policy first", async () => {
    const { policy } = await world();
    const run = await policy("start", "--client", "till", "--yes");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("run keycloak policy apply first");
  });
});

describe("oci-rotate keycloak policy", () => {
  test("shows every policy that rotates", async () => {
    const { policy } = await world();
    expect((await policy("show")).stdout).toContain("no policy of this realm rotates secrets");
    await policy("apply", "--yes");
    const run = await policy("show", "--json");
    expect(run.json()).toMatchObject({ feature: "on", policies: [{ name: "oci-rotate", expiration: 3_888_000 }] });
    expectOnlyReads(run);
  });

  test.each([
    [{ url: "https://elsewhere.example" }, "is for the server at https://elsewhere.example, not for this one"],
    [{ url: `${URL}/auth` }, "is for the server at https://sso.emulated.example/auth, not for this one"],
    [{ realm: undefined }, "has no usable member realm"],
    [{ origin: URL, mayRotate: ["*"] }, "has an earlier edition's member origin"],
    [{ issuer: "uaa", realm: undefined }, "is not for Keycloak"],
    [{ clientSecret: 7 }, "has no usable member clientSecret"],
  ])("sends nothing to a server with a credential like %j", async (more, words) => {
    const { w, store } = await world();
    const run = await w.run("keycloak", "policy", "show", URL, "shop", "--authority", store(more));
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(`the secret of --authority ${words}`);
    expect(run.requests.map(({ call }) => call)).toEqual(["read-current"]);
  });

  test("says that the realm refuses the credential", async () => {
    const { w, store } = await world();
    const run = await w.run("keycloak", "policy", "show", URL, "shop", "--authority", store({ clientSecret: "wrong" }));
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("refuses the credential in the secret of --authority");
  });

  test.each([
    [["--rotated", "46d"], "--rotated is longer than --expiration"],
    [["--expiration", "0d"], "--expiration takes up to 3650d"],
  ])("refuses %j, as Keycloak would without a word of why", async (words, told) => {
    const { policy } = await world();
    const run = await policy("plan", ...words);
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toContain(told);
  });

  test("wants to know whose credential it may use", async () => {
    const { w } = await world();
    const run = await w.run("keycloak", "policy", "show", URL, "shop");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("--authority is missing");
  });
});
