import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { findOrCreate, keep } from "../../../src/mirror/keep.ts";
import { createMirrorRig, type MirrorRig } from "../../support/mirror-rig.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";

const NAME = "ces.abc123.W.schema.APP";
const free = () => Promise.resolve();
const wanted = (text: string) => ({
  secretName: NAME,
  content: new Secret(Buffer.from(text).toString("base64")),
  description: "mirrored",
});

silenceSdk();

/** A secret with so many versions: the last is CURRENT, the one before it PREVIOUS. */
function addVersions({ addSecret, emulator, clock }: MirrorRig, count: number, nameOf = (n: number) => `orot-${n}`) {
  const secretId = addSecret(NAME);
  emulator.admin.secret(secretId).versions = Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    name: nameOf(index + 1),
    content: Buffer.from(`value ${index + 1}`).toString("base64"),
    createdAt: clock.now(),
    stage: index + 1 === count ? "CURRENT" : index + 2 === count ? "PREVIOUS" : "DEPRECATED",
    deletionAt: null,
    deleted: false,
  }));
  return secretId;
}

function writesOf({ emulator }: MirrorRig): string[] {
  const reads = ["get-secret", "list-secrets", "list-versions", "read-current", "get-version"];
  return emulator.requests.map(({ call }) => call).filter((call) => !reads.includes(call));
}

describe("Finding the secret of a name", () => {
  it("passes over one that has been deleted, and makes a new one", async () => {
    const { begin, addSecret, emulator } = createMirrorRig();
    const gone = addSecret(NAME);
    const call = await begin();
    emulator.admin.secret(gone).lifecycle = "DELETED";
    // A vault that lists what is deleted, and gives its name to another secret.
    const made = { ...emulator.admin.secret(addSecret("another")), name: NAME, id: "ocid1.vaultsecret.oc1..new" };
    emulator.state.vault.secrets[made.id] = { ...made, createdAt: made.createdAt - 1 };
    expect(await findOrCreate(call, wanted("x"), free)).toBe("ocid1.vaultsecret.oc1..new");
  });

  it("waits for the list to show the secret that was made just now", async () => {
    const { begin, emulator, clock } = createMirrorRig();
    const call = await begin();
    const { directory } = call;
    const startedAt = clock.now();
    const late = {
      ...directory,
      async *secrets(filter: Parameters<typeof directory.secrets>[0]) {
        for await (const secret of directory.secrets(filter)) if (clock.now() - startedAt > 5_000) yield secret;
      },
    };
    const secretId = await findOrCreate({ ...call, directory: late }, wanted("x"), free);
    expect(emulator.admin.secret(secretId).name).toBe(NAME);
    expect(emulator.requests.filter(({ call: name }) => name === "create-secret")).toHaveLength(1);
  });

  it.each(["PENDING_DELETION", "SCHEDULING_DELETION", "FAILED"] as const)(
    "refuses one that is %s, and makes none beside it",
    async (lifecycle) => {
      const rig = createMirrorRig();
      const secretId = rig.addSecret(NAME);
      Object.assign(rig.emulator.admin.secret(secretId), { lifecycle, updatingPolls: 9 });
      await expect(findOrCreate(await rig.begin(), wanted("x"), free)).rejects.toMatchObject({
        code: "SECRET_NOT_ROTATABLE",
        message: expect.stringContaining(`the secret ${secretId} is ${lifecycle}`),
        nextAction: expect.stringContaining("cancel its deletion"),
      });
      expect(writesOf(rig)).toEqual([]);
    },
  );

  it("takes the one that another container has made in the meantime", async () => {
    const rig = createMirrorRig();
    const other = await rig.begin();
    const made: string[] = [];
    const secretId = await findOrCreate(await rig.begin(), wanted("x"), async () => {
      made.push(await findOrCreate(other, wanted("y"), free));
    });
    expect([secretId]).toEqual(made);
  });

  it("says why none could be made", async () => {
    const rig = createMirrorRig();
    rig.emulator.faults.add({ call: "create-secret", kind: "client-error" });
    await expect(findOrCreate(await rig.begin(), wanted("x"), free)).rejects.toMatchObject({
      message: expect.stringContaining("Vault refused CreateSecret with 400"),
    });
  });
});

describe("Keeping a value", () => {
  it("writes nothing where CURRENT holds it, whether or not the set in force says so", async () => {
    const rig = createMirrorRig();
    const secretId = addVersions(rig, 3);
    const part = { secretName: NAME, secretId, versionNo: 3 };
    const call = await rig.begin();
    expect(await keep(call, wanted("value 3"), part, free)).toEqual(part);
    expect(await keep(call, wanted("value 3"), { ...part, versionNo: 2 }, free)).toEqual(part);
    expect(await keep(call, wanted("value 3"), null, free)).toEqual(part);
    expect(writesOf(rig)).toEqual([]);
  });

  it("writes a new version that is CURRENT at once, named after its number", async () => {
    const rig = createMirrorRig();
    const secretId = addVersions(rig, 3);
    const part = await keep(await rig.begin(), wanted("new"), { secretName: NAME, secretId, versionNo: 3 }, free);
    expect(part).toEqual({ secretName: NAME, secretId, versionNo: 4 });
    expect(rig.emulator.admin.secret(secretId).versions[3]).toMatchObject({ name: "orot-4", stage: "CURRENT" });
    expect(rig.emulator.admin.content(secretId, 4)).toBe("new");
  });

  it("begins anew where the secret that the set names is gone", async () => {
    const rig = createMirrorRig();
    const gone = { secretName: NAME, secretId: "ocid1.vaultsecret.oc1..gone", versionNo: 7 };
    const part = await keep(await rig.begin(), wanted("new"), gone, free);
    expect(part).toEqual({ secretName: NAME, secretId: expect.not.stringContaining("gone"), versionNo: 1 });
  });

  it.each(["precondition-failed", "conflict", "answer-lost", "server-error-after", "truncated"] as const)(
    "looks again after a write that ends with %s, and writes one version in all",
    async (kind) => {
      const rig = createMirrorRig();
      const secretId = addVersions(rig, 3);
      rig.emulator.faults.add({ call: "write-pending", kind });
      const part = await keep(await rig.begin(), wanted("new"), null, free);
      expect(rig.emulator.faults.struck).toBe(1);
      expect(part.versionNo).toBe(4);
      expect(rig.emulator.admin.versions(secretId)).toHaveLength(4);
    },
  );

  it("writes nothing once another call has fetched", async () => {
    const rig = createMirrorRig();
    addVersions(rig, 3);
    const overtaken = () => Promise.reject(new RotationError("CLAIM_LIVE", "overtaken"));
    await expect(keep(await rig.begin(), wanted("new"), null, overtaken)).rejects.toMatchObject({ code: "CLAIM_LIVE" });
    expect(writesOf(rig)).toEqual([]);
  });
});

describe("Slots for versions", () => {
  const deleted = ({ emulator }: MirrorRig, secretId: string) =>
    emulator.admin.secret(secretId).versions.flatMap(({ number, deletionAt }) => (deletionAt === null ? [] : [number]));

  it("are left alone while more than ten are free", async () => {
    const rig = createMirrorRig();
    const secretId = addVersions(rig, 19);
    await keep(await rig.begin(), wanted("new"), null, free);
    expect(deleted(rig, secretId)).toEqual([]);
  });

  it("are freed of old versions, but for the newest, those of others, and the one that the set in force names", async () => {
    const rig = createMirrorRig({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: "3" } });
    const secretId = addVersions(rig, 20, (n) => (n === 5 ? "by-hand" : `orot-${n}`));
    const part = await keep(await rig.begin(), wanted("new"), { secretName: NAME, secretId, versionNo: 4 }, free);
    expect(part.versionNo).toBe(21);
    // 18 to 16 are the newest of the DEPRECATED, 19 is PREVIOUS, 20 was CURRENT.
    expect(deleted(rig, secretId)).toEqual([1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it("pass over versions whose deletion is under way", async () => {
    const rig = createMirrorRig({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: "3" } });
    const secretId = addVersions(rig, 24);
    for (const version of rig.emulator.admin.secret(secretId).versions.slice(0, 4)) {
      version.deletionAt = rig.clock.now() + 10 * 86_400_000;
    }
    await keep(await rig.begin(), wanted("new"), null, free);
    expect(deleted(rig, secretId)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
    expect(rig.log.join("")).not.toContain("tidy-failed");
  });

  it("that Vault does not free stop no write", async () => {
    const rig = createMirrorRig();
    const secretId = addVersions(rig, 25);
    rig.emulator.switches.deny = ["schedule-version-deletion"];
    expect(await keep(await rig.begin(), wanted("new"), null, free)).toMatchObject({ versionNo: 26 });
    expect(deleted(rig, secretId)).toEqual([]);
    expect(rig.log.join("")).toContain("tidy-failed");
  });

  it("that are all taken by others' versions are said to be, and nothing is written", async () => {
    const rig = createMirrorRig();
    addVersions(rig, 30, (n) => `by-hand-${n}`);
    await expect(keep(await rig.begin(), wanted("new"), null, free)).rejects.toMatchObject({
      code: "NO_VERSION_SLOTS",
    });
    expect(writesOf(rig)).toEqual([]);
  });
});
