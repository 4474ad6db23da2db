import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { INTO, KEY, KEYCLOAK, madeIn, outcomes, useAdoption, VAULT } from "../../../support/adoption.ts";
import { expectOnlyReads } from "../../../support/cli.ts";
import { OTHER_COMPARTMENT } from "../../../support/fleet.ts";

const world = useAdoption();
const TILLS = "ocid1.compartment.oc1..tills";
const TILL_VAULT = "ocid1.vault.oc1.iad.tillvault";
const TILL_KEY = "ocid1.key.oc1.iad.tillkey";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function fileOf(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "places-"));
  folders.push(folder);
  const file = path.join(folder, "places.json");
  writeFileSync(file, text);
  return file;
}

/** A realm with clients of several owners, and a vault of the tills' own. */
async function realm(owners: Readonly<Record<string, string | null>>) {
  const base = await world({ issuer: "keycloak", url: KEYCLOAK, realm: "shop" }, ({ emulator: { admin } }) => {
    admin.createRealm({ name: "shop" });
    return admin.createKeycloakClient({ realm: "shop", clientId: "warden", roles: ["manage-clients"] });
  });
  const { admin } = base.w.emulator;
  admin.createVault({ vaultId: TILL_VAULT, keyId: TILL_KEY });
  admin.createSecret({ name: "of-the-tills", content: "{}", compartmentId: TILLS, vaultId: TILL_VAULT });
  for (const [clientId, owner] of Object.entries(owners)) {
    const attributes = owner === null ? {} : { owner };
    base.w.canary.add(admin.createKeycloakClient({ realm: "shop", clientId, attributes }).secret);
  }
  const lines = Object.keys(owners).map((clientId) => `${clientId}\n`);
  const adoptFrom = (...words: readonly string[]) => base.adoptFrom(`clientId\n${lines.join("")}`, ...words);
  return { w: base.w, authority: base.authority, adoptFrom };
}

const TILL_PLACE = { compartmentId: TILLS, vaultId: TILL_VAULT, keyId: TILL_KEY };
const forTills = (place: object = TILL_PLACE) => ["--place", fileOf(JSON.stringify({ tills: place }))];

describe("oci-rotate adopt --place", () => {
  test("puts each owner's secrets where the file says, and all others where the options say", async () => {
    const { w, adoptFrom } = await realm({ shop: "web", till: "tills", spare: null });
    const run = await adoptFrom(...forTills(), "--yes", "--json");
    expect(run.exitCode).toBe(0);
    const places = madeIn(w).map(({ name, compartmentId, vaultId, keyId }) => ({
      name,
      compartmentId,
      vaultId,
      keyId,
    }));
    expect(places.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: "oauth-shop", compartmentId: OTHER_COMPARTMENT, vaultId: VAULT, keyId: KEY },
      { name: "oauth-spare", compartmentId: OTHER_COMPARTMENT, vaultId: VAULT, keyId: KEY },
      { name: "oauth-till", ...TILL_PLACE },
    ]);
    const again = await adoptFrom(...forTills(), "--yes", "--json");
    expectOnlyReads(again);
    expect(outcomes(again.json())).toEqual(["shop already", "spare already", "till already"]);
  });

  test("takes what the file leaves out from the options", async () => {
    const { w, adoptFrom } = await realm({ till: "tills" });
    await adoptFrom(...forTills({ compartmentId: TILLS }), "--yes");
    expect(madeIn(w)).toMatchObject([{ compartmentId: TILLS, vaultId: VAULT, keyId: KEY }]);
  });

  test("takes the owner of --owner before the issuer's, so whoever edits clients there chooses no place", async () => {
    const { w, adoptFrom } = await realm({ till: "tills" });
    expect((await adoptFrom(...forTills(), "--owner", "web", "--yes", "--json")).exitCode).toBe(0);
    expect(madeIn(w)).toMatchObject([{ vaultId: VAULT, freeformTags: { "orot-owner": "web" } }]);
  });

  test("--dry-run says how many go where, and names an owner that nobody has", async () => {
    const { w, adoptFrom } = await realm({ shop: "web", till: "tills" });
    const file = fileOf(JSON.stringify({ tills: TILL_PLACE, teh_web: TILL_PLACE }));
    const run = await adoptFrom("--place", file, "--dry-run");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain(`1 for ${OTHER_COMPARTMENT}, ${VAULT}\n1 for ${TILLS}, ${TILL_VAULT}\n`);
    expect(run.stderr).toContain("--place names owners of no client to adopt: teh_web");
    expectOnlyReads(run);
    expect(madeIn(w)).toEqual([]);
  });

  test.each([
    { where: "into another compartment of the vault", place: { compartmentId: TILLS } },
    { where: "into another vault of the compartment", place: { vaultId: TILL_VAULT, keyId: TILL_KEY } },
  ])("a client that an earlier run has put elsewhere gets no second secret $where", async ({ place }) => {
    const { w, adoptFrom } = await realm({ till: "tills" });
    await adoptFrom("--yes");
    const run = await adoptFrom(...forTills(place), "--yes", "--json");
    expect(outcomes(run.json())).toEqual(["till already"]);
    expectOnlyReads(run);
    expect(madeIn(w)).toHaveLength(1);
  });

  test("a right that is missing in one place stops nothing in another", async () => {
    const { w, adoptFrom } = await realm({ till: "tills", cash: "tills", shop: "web", web: "web" });
    const place = { ...TILL_PLACE, keyId: "ocid1.key.oc1.iad.mistyped" };
    const run = await adoptFrom(...forTills(place), "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(outcomes(run.json())).toEqual(["cash skipped", "shop adopted", "till failed", "web adopted"]);
    expect(run.requests.filter(({ call }) => call === "create-secret")).toHaveLength(3);
    expect(
      madeIn(w)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(["oauth-shop", "oauth-web"]);
  });

  test("asks how many secrets it creates in each place, and counts none that is there", async () => {
    const { w, authority, adoptFrom } = await realm({ shop: "web", till: "tills" });
    const ask = (...words: readonly string[]) =>
      w.runWith(
        { answers: ["n"], input: "clientId\nshop\ntill\n" },
        "adopt",
        "--authority",
        authority,
        ...INTO,
        "--stdin",
        ...words,
      );
    const first = await ask(...forTills());
    expect(first.stderr).toContain(`Create 1 secret in ${OTHER_COMPARTMENT}, 1 secret in ${TILLS}?`);
    await adoptFrom(...forTills(), "--yes");
    expect((await ask(...forTills())).stderr).toContain("Go on with 2 secrets?");
  });

  test.each([
    { text: "{", says: "the file of --place is not JSON" },
    { text: "[]", says: "the file of --place names no owners" },
    { text: "{}", says: "the file of --place names no owners" },
    { text: '{"web":"here"}', says: "the place of owner web in --place is no object of" },
    { text: '{"web":{"vault":"x"}}', says: "the place of owner web in --place is no object of" },
    { text: '{"web":{"vaultId":"x","keyId":"x"}}', says: "vaultId of owner web in --place is not the OCID of a vault" },
    { text: `{"web":{"vaultId":"${VAULT}"}}`, says: "owner web in --place has a vault without a key" },
    { text: `{"web":{"keyId":"${KEY}"}}`, says: "a key without its vault" },
  ])("refuses $text before anything is read", async ({ text, says }) => {
    const { adoptFrom } = await realm({ shop: "web" });
    const run = await adoptFrom("--place", fileOf(text), "--yes");
    expect(run).toMatchObject({ exitCode: 2, stdout: "", requests: [] });
    expect(run.stderr).toContain(says);
  });

  test("says that a file cannot be read", async () => {
    const { adoptFrom } = await realm({ shop: "web" });
    const run = await adoptFrom("--place", path.join(tmpdir(), "no-such-file.json"), "--yes");
    expect(run.requests).toEqual([]);
    expect(run.stderr).toContain("no-such-file.json cannot be read");
  });
});

describe("oci-rotate adopt --spread", () => {
  const CLIENTS = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`client-${index}`, null]));

  const daysOf = (json: Record<string, unknown>) =>
    (json as unknown as { clients: { clientId: string; everyDays: number }[] }).clients.map(
      ({ clientId, everyDays }) => [`oauth-${clientId}`, everyDays] as const,
    );

  test("gives each secret an interval of its own, as --dry-run has shown, and keeps it when it is run again", async () => {
    const { w, adoptFrom } = await realm(CLIENTS);
    const functionId = w.emulator.admin.createFunction();
    const words = ["--function", functionId, "--every", "30", "--spread", "10d", "--json"];
    const shown = daysOf((await adoptFrom(...words, "--dry-run")).json());
    const days = shown.map(([, every]) => every);
    expect(days.every((every) => every >= 21 && every <= 30)).toBe(true);
    expect(new Set(days).size).toBeGreaterThan(3);
    await adoptFrom(...words, "--yes");
    const set = madeIn(w).map(({ name, rotationConfig }) => [name, rotationConfig?.["rotationInterval"]]);
    expect(Object.fromEntries(set)).toEqual(Object.fromEntries(shown.map(([name, every]) => [name, `P${every}D`])));
    const dates = madeIn(w).map(({ nextRotationAt }) => Math.floor((nextRotationAt ?? 0) / 86_400_000));
    expect(new Set(dates).size).toBe(new Set(days).size);
    expectOnlyReads(await adoptFrom(...words, "--yes"));
  });

  test("without it, a later run sets the same interval for all", async () => {
    const { w, adoptFrom } = await realm({ "client-0": null, "client-1": null });
    const words = ["--function", w.emulator.admin.createFunction(), "--every", "30", "--yes"];
    await adoptFrom(...words, "--spread", "30");
    await adoptFrom(...words);
    const set = madeIn(w).map(({ rotationConfig }) => rotationConfig?.["rotationInterval"]);
    expect(set).toEqual(["P30D", "P30D"]);
  });

  test.each([
    { words: ["--every", "30", "--spread", "31d"], says: "--spread 31d is longer than the interval of 30 days" },
    { words: ["--spread", "10d"], says: "--spread was given without --every" },
    { words: ["--every", "30", "--spread", "12h"], says: "--spread takes whole days from 1d to 360d" },
  ])("$words is refused before anything is read", async ({ words, says }) => {
    const { w, adoptFrom } = await realm({ shop: null });
    const run = await adoptFrom("--function", w.emulator.admin.createFunction(), ...words, "--yes");
    expect(run).toMatchObject({ exitCode: 2, stdout: "", requests: [] });
    expect(run.stderr).toContain(says);
  });
});
