import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { SecretStore, VersionList, Write } from "../../../src/clients/vault/store.ts";
import { findOrCreate, keep } from "../../../src/mirror/keep.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";

const NAME = "ces.abc123.W.schema.APP";
const DAY = 86_400_000;
const NEW = new Secret("bmV3");
const wanted = { secretName: NAME, content: NEW, description: "mirrored" };
const free = () => Promise.resolve();
const done: Write = { outcome: "done" };
const ended = (outcome: "busy" | "race-lost" | "refused"): Write => ({
  outcome,
  error: new RotationError("VAULT_UNAVAILABLE", `it was ${outcome}`),
});

interface Options {
  /** Whether the list has the secret. */
  readonly isListed?: boolean;
  readonly created?: Write;
  readonly written?: Write;
  readonly scheduled?: Write;
  readonly remainingMs?: number;
  readonly currentVersionNo?: number | null;
  /** Versions DEPRECATED of this name, below one that is CURRENT; null: they cannot be listed. */
  readonly versions?: readonly string[] | null;
  /** The secret is UPDATING from its first list of versions on. */
  readonly staysUpdating?: boolean;
}

/** A call with a Vault in memory, which needs no time, and what it was asked. */
async function setUp(options: Options = {}) {
  const { begin, addSecret, clock, log } = createMirrorRig({ environment: { OROT_KEEP_DEPRECATED_VERSIONS: "3" } });
  const began = await begin();
  const secretId = addSecret(NAME);
  const asked: string[] = [];
  const names = options.versions === undefined ? ["orot-1"] : options.versions;
  let current = options.currentVersionNo === undefined ? 1 : options.currentVersionNo;
  let holds = "b2xk";
  const isUpdating = () => options.staysUpdating === true && asked.includes("versions");
  const list = (of: readonly string[]): VersionList => ({
    asOf: 1_000,
    versions: of
      .map((name, index) => ({
        versionNo: index + 1,
        name,
        versionStages: [index + 1 === of.length ? ("CURRENT" as const) : ("DEPRECATED" as const)],
        createdAt: 0,
        isBeingDeleted: false,
      }))
      .toReversed(),
  });
  const known = began.storeOf(secretId);
  const store: SecretStore = {
    ...known,
    updating: { ...known.updating, nextLookMs: () => (isUpdating() ? 1_000 : 0) },
    readSecret: async () => {
      const place = { tags: null, compartmentId: null, definedTags: {} };
      const lifecycle = isUpdating() ? "UPDATING" : "ACTIVE";
      return { etag: "e", lifecycle, currentVersionNo: current, isReplica: false, metadata: {}, ...place };
    },
    listVersions: async () => {
      asked.push("versions");
      return names === null ? null : list(names);
    },
    scheduleVersionDeletion: async (versionNo, at) => {
      asked.push(`delete ${versionNo} at ${at}`);
      return options.scheduled ?? done;
    },
  };
  const { remainingMs } = options;
  const call = {
    ...began,
    budget: remainingMs === undefined ? began.budget : { ...began.budget, remaining: () => remainingMs },
    storeOf: () => store,
    directory: {
      ...began.directory,
      async *secrets(filter: Parameters<typeof began.directory.secrets>[0]) {
        asked.push("list");
        if (options.isListed !== false) yield* began.directory.secrets(filter);
      },
    },
    contents: {
      ...began.contents,
      read: async () => ({ versionNo: 1, base64: new Secret(holds) }),
      readVersion: async (_id: string, versionNo: number) => {
        asked.push(`read ${versionNo}`);
        return { versionNo, base64: new Secret(holds) };
      },
      write: async (_id: string, name: string, content: Secret) => {
        asked.push(`write ${name}`);
        const end = options.written ?? done;
        if (end.outcome === "done") {
          holds = content.reveal();
          current = 2;
        }
        return end;
      },
      create: async () => {
        asked.push("create");
        return options.created ?? done;
      },
    },
  };
  const startedAt = clock.now();
  const count = (what: string) => asked.filter((one) => one.startsWith(what)).length;
  return { call, asked, count, log, secretId, elapsed: () => clock.now() - startedAt };
}

describe("A new secret that the list does not show", () => {
  it.each<[string, Options, number, number, string]>([
    ["is looked for ten times, a second apart", {}, 11, 10_000, "a new secret of the mirror is not listed"],
    ["is looked for once where it was not made", { created: ended("refused") }, 2, 0, "it was refused"],
    ["is not looked for in the last second", { remainingMs: 1_000 }, 1, 0, "a new secret of the mirror is not listed"],
    ["is looked for before it", { remainingMs: 1_001 }, 11, 10_000, "a new secret of the mirror is not listed"],
  ])("%s", async (_what, options, lists, ms, message) => {
    const { call, count, elapsed } = await setUp({ isListed: false, ...options });
    await expect(findOrCreate(call, wanted, free)).rejects.toMatchObject({ code: "VAULT_UNAVAILABLE", message });
    expect([count("list"), count("create"), elapsed()]).toEqual([lists, 1, ms]);
  });
});

describe("A value that is to be CURRENT", () => {
  it("is written once and read back, without a pause", async () => {
    const { call, asked, elapsed, secretId } = await setUp();
    expect(await keep(call, wanted, null, free)).toEqual({ secretName: NAME, secretId, versionNo: 2 });
    expect(asked).toEqual(["list", "read 1", "versions", "write orot-2", "read 2"]);
    // The emulator's list takes its own time.
    expect(elapsed()).toBeLessThan(1_000);
  });

  it("is written where nothing is CURRENT that could be read", async () => {
    const { call, asked } = await setUp({ currentVersionNo: null });
    await keep(call, wanted, null, free);
    expect(asked).toEqual(["list", "versions", "write orot-2", "read 2"]);
  });

  it.each<[string, Options, Record<string, number>, string]>([
    ["refuses the write", { written: ended("refused") }, { versions: 1, write: 1, s: 0 }, "it was refused"],
    ["has others write first", { written: ended("race-lost") }, { versions: 8, write: 8, s: 8 }, "it was race-lost"],
    ["does not list the versions", { versions: null }, { versions: 8, write: 0, s: 8 }, "the secret stays UPDATING"],
    ["keeps the secret UPDATING", { staysUpdating: true }, { versions: 1, write: 0 }, "the secret stays UPDATING"],
    ["has more than a second", { written: ended("busy"), remainingMs: 1_001 }, { write: 8 }, "it was busy"],
  ])("is given up with the reason where Vault %s", async (_what, options, counts, message) => {
    const { call, count, elapsed } = await setUp(options);
    await expect(keep(call, wanted, null, free)).rejects.toMatchObject({ message });
    const seconds = () => Math.floor(elapsed() / 1_000);
    for (const [what, times] of Object.entries(counts)) {
      expect([what, what === "s" ? seconds() : count(what)]).toEqual([what, times]);
    }
  });

  it("is not begun in the last second", async () => {
    const { call, asked, secretId } = await setUp({ remainingMs: 1_000 });
    await expect(keep(call, wanted, null, free)).rejects.toMatchObject({
      code: "VAULT_UNAVAILABLE",
      message: `the secret ${secretId} did not become ACTIVE`,
    });
    expect(asked).toEqual(["list"]);
  });

  it("has no slot where all versions are others', which is not asked again", async () => {
    const { call, count } = await setUp({ versions: Array.from({ length: 30 }, () => "by-hand") });
    await expect(keep(call, wanted, null, free)).rejects.toMatchObject({
      returnMessage:
        "NO_VERSION_SLOTS: a mirrored secret has no free version. Next: schedule the deletion of DEPRECATED versions of the secret, then rotate again.",
    });
    expect([count("versions"), count("write"), count("delete")]).toEqual([1, 0, 0]);
  });
});

describe("Old versions", () => {
  const versions = Array.from({ length: 20 }, (_, index) => `orot-${index + 1}`);

  it("are to be deleted an hour after the least time, the oldest first, but for those that are kept", async () => {
    const { call, asked } = await setUp({ versions });
    await keep(call, wanted, null, free);
    const { versionDeletionDays } = call.settings.core;
    const at = 1_000 + versionDeletionDays * DAY + 3_600_000;
    const expected = Array.from({ length: 16 }, (_, index) => `delete ${index + 1} at ${at}`);
    expect(asked.filter((one) => one.startsWith("delete"))).toEqual(expected);
  });

  it("stay from the first refusal on, with one line of the log", async () => {
    const { call, count, log } = await setUp({ versions, scheduled: ended("refused") });
    await keep(call, wanted, null, free);
    expect([count("delete"), count("write")]).toEqual([1, 1]);
    expect(log.map((line) => JSON.parse(line))).toEqual([
      {
        time: expect.any(String),
        level: "warn",
        event: "tidy-failed",
        callId: "rig",
        versionNo: 1,
        reason: "VAULT_UNAVAILABLE",
      },
    ]);
  });

  it("stay while the secret is UPDATING", async () => {
    const { call, count } = await setUp({ versions, staysUpdating: true });
    await expect(keep(call, wanted, null, free)).rejects.toMatchObject({ message: "the secret stays UPDATING" });
    expect(count("delete")).toBe(0);
  });
});
