import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import type { SecretFilter } from "../../../src/clients/vault/directory.ts";
import { admit } from "../../../src/mirror/admit.ts";
import type { Wallet } from "../../../src/mirror/ces-responses.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";

const ID = "ocid1.vaultsecret.oc1..manifest";
const STAYS = "the set in Vault stays as it is";
const wallet = (walletName: string, users: readonly string[], files: readonly string[] = []): Wallet => ({
  walletName,
  walletPassword: null,
  certificateStartDate: null,
  certificateEndDate: null,
  lastRotationDate: null,
  schemas: new Map(users.map((user) => [user, new Secret("p")])),
  files: new Map(files.map((file) => [file, new Secret("")])),
});
const many = (count: number) => Array.from({ length: count }, (_, index) => `N${index}`);

/** A call whose vault has secrets of these names and states, and how often it was asked for them. */
async function setUp(maxSecrets: number, listed: readonly (readonly [string, string])[] = []) {
  const { begin, addSecret } = createMirrorRig({ environment: { OROT_MIRROR_MAX_SECRETS: String(maxSecrets) } });
  const began = await begin();
  addSecret("any");
  const [first] = await began.directory.list(began.settings.compartmentId);
  if (first === undefined) throw new Error("no secret");
  const filters: SecretFilter[] = [];
  const call = {
    ...began,
    directory: {
      ...began.directory,
      async *secrets(filter: SecretFilter) {
        filters.push(filter);
        for (const [name, lifecycle] of listed) yield { ...first, secretId: `id of ${name}`, name, lifecycle };
      },
    },
  };
  return { call, filters };
}

describe("A set is admitted", () => {
  it.each([
    ["wallets", 50, many(50).map((name) => wallet(name, ["U"]))],
    ["schemas and files", 300, [wallet("W", ["U"], many(299))]],
  ])("with as many %s as there may be: %i", async (_what, count, wallets) => {
    const { call } = await setUp(150);
    const fetched = await admit(call, wallets, new Map(), ID);
    expect(Math.max(fetched.length, fetched.flatMap(({ members }) => members).length)).toBe(count);
  });

  it.each([
    ["51 wallets, and 50 are mirrored at most", many(51).map((name) => wallet(name, ["U"]))],
    ["301 schemas and files, and 300 are mirrored at most", [wallet("W", ["U"], many(300))]],
    [
      "301 schemas and files, and 300 are mirrored at most",
      [wallet("V", ["U"], many(150)), wallet("W", [], many(150))],
    ],
  ])("with no more than those: it is refused with %s", async (what, wallets) => {
    const { call, filters } = await setUp(150);
    await expect(admit(call, wallets, new Map(), ID)).rejects.toMatchObject({
      returnMessage: `CONTENT_INVALID: the Credential Exchange lists ${what}; ${STAYS}. Next: look at what Oracle lists for this environment, and mirror one environment with each mirror; if it is wrong, open a service request.`,
    });
    expect(filters).toEqual([]);
  });

  it("in the order of the wallets' names", async () => {
    const { call } = await setUp(150);
    const fetched = await admit(
      call,
      ["b", "a", "c"].map((name) => wallet(name, ["U"])),
      new Map(),
      ID,
    );
    expect(fetched.map((one) => one.wallet.walletName)).toEqual(["a", "b", "c"]);
  });

  it("unless two of its names make one secret", async () => {
    const { call } = await setUp(150);
    await expect(admit(call, [wallet("W", ["U"]), wallet("W", ["U"])], new Map(), ID)).rejects.toMatchObject({
      returnMessage: `CONTENT_INVALID: two of the names that the Credential Exchange lists would share one secret; ${STAYS}. Next: open a service request.`,
    });
  });
});

describe("New secrets", () => {
  const set = [wallet("W", ["A", "B"])];
  const part = (secretName: string) => [secretName, { secretName, secretId: "id", versionNo: 1 }] as const;
  const others = [
    ["ces.abc123.manifest", "ACTIVE"],
    ["ces.abc123.gone", "DELETED"],
    ["ces.other.x", "ACTIVE"],
  ] as const;

  it("are not counted where the set in force names all", async () => {
    const { call, filters } = await setUp(1);
    await admit(call, set, new Map([part("ces.abc123.W.schema.A"), part("ces.abc123.W.schema.B")]), ID);
    expect(filters).toEqual([]);
  });

  it("are counted with those of the tenant that exist, but for the manifest and deleted ones", async () => {
    const { call, filters } = await setUp(3, [...others, ["ces.abc123.old", "ACTIVE"]]);
    await admit(call, set, new Map(), ID);
    expect(filters).toEqual([{ compartmentId: call.settings.compartmentId, vaultId: call.settings.vaultId }]);
  });

  it("are refused where they make one more than there may be", async () => {
    const { call } = await setUp(3, [
      ...others,
      ["ces.abc123.old", "ACTIVE"],
      ["ces.abc123.older", "PENDING_DELETION"],
    ]);
    await expect(admit(call, set, new Map(), ID)).rejects.toMatchObject({
      returnMessage: `CONTENT_INVALID: 2 new secrets and the 2 existing ones make 4, more than OROT_MIRROR_MAX_SECRETS (3); ${STAYS}. Next: if Oracle did add that many, set OROT_MIRROR_MAX_SECRETS to 4, or delete secrets that the manifest no longer names; else open a service request.`,
    });
  });

  it("are none where all exist, however many there are", async () => {
    const there = ["ces.abc123.W.schema.A", "ces.abc123.W.schema.B"].map((name) => [name, "ACTIVE"] as const);
    const { call } = await setUp(1, there);
    expect(await admit(call, set, new Map(), ID)).toHaveLength(1);
  });
});
