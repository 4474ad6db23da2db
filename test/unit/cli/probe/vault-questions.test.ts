import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import {
  askIfMatch,
  askSecondPending,
  askVersionDeletion,
  type VaultProbe,
  written,
} from "../../../../src/cli/probe/vault-questions.ts";
import type {
  SecretState,
  SecretStore,
  VersionStage,
  VersionSummary,
  Write,
} from "../../../../src/clients/vault/store.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const DONE: Write = { outcome: "done" };
const ended = (outcome: Exclude<Write["outcome"], "done">): Write => ({
  outcome,
  error: new RotationError("VAULT_UNAVAILABLE", `it ended ${outcome}`, "wait"),
});

interface Script {
  /** How writes end, one after the other; the last one for ever. Absent: done. */
  readonly writes?: readonly Write[];
  /** What becomes of the version before when another PENDING one is written; absent: it is listed nowhere. */
  readonly first?: VersionStage;
  /** Etags of the looks, one after the other; then the last one. */
  readonly etags?: readonly (string | null)[];
  readonly lifecycles?: readonly string[];
  readonly versions?: readonly Partial<VersionSummary>[];
  /** How often the list is refused first. */
  readonly refusedLists?: number;
  /** Whether a version that was written is listed. */
  readonly isListed?: (written: number) => boolean;
}

/** A Vault that ends its writes as the test says, and what it was sent. */
function vaultWith(script: Script = {}) {
  const clock = createInstantClock();
  const sent: unknown[][] = [];
  const { writes = [DONE], etags = ["e1", "e2"], lifecycles = ["ACTIVE"], first = "DEPRECATED" } = script;
  const { isListed = () => true, versions: given = [] } = script;
  let looks = 0;
  let lists = 0;
  let stored = 0;
  let versions = given.map((one) => ({
    ...{ versionNo: 1, name: null, versionStages: ["CURRENT"], createdAt: 0, isBeingDeleted: false },
    ...one,
  })) as VersionSummary[];
  const at = <T>(list: readonly T[], index: number) => list[Math.min(index, list.length - 1)] as T;
  const write =
    (call: string) =>
    async (...rest: unknown[]) => {
      sent.push([call, ...rest]);
      return at(writes, sent.length - 1);
    };
  const store: Partial<SecretStore> = {
    readSecret: async () => {
      const seen = { etag: at(etags, looks), lifecycle: at(lifecycles, looks), metadata: { kept: "as it is" } };
      looks += 1;
      return seen as unknown as SecretState;
    },
    listVersions: async () => {
      lists += 1;
      return lists <= (script.refusedLists ?? 0) ? null : { versions, asOf: clock.now() };
    },
    readCurrentText: async () => new Secret('{"appId":"a"}'),
    writeVersion: async (name, stage, content, etag) => {
      const end = await write("version")(name, stage, content.reveal(), etag);
      stored += 1;
      if (!isListed(stored)) return end;
      versions = [
        { versionNo: versions.length + 1, name, versionStages: [stage], createdAt: 0, isBeingDeleted: false },
        ...versions.map((one) => (one.versionStages.includes("PENDING") ? { ...one, versionStages: [first] } : one)),
      ];
      return end;
    },
    promote: write("promote"),
    writeAnnotations: write("annotate"),
    scheduleVersionDeletion: write("schedule"),
    cancelVersionDeletion: write("cancel"),
  };
  const probe: VaultProbe = { clock, entropy: createSeededEntropy(1), store: store as SecretStore };
  return { probe, clock, sent, looks: () => looks };
}

describe("a write of the probe", () => {
  const ofEnds = async (...writes: Write[]) => {
    const vault = vaultWith({ writes, etags: ["e1", "e2", "e3", "e4"] });
    const etags: (string | null)[] = [];
    const end = await written(vault.probe, async (etag) => {
      etags.push(etag);
      return writes[etags.length - 1] ?? DONE;
    });
    return [end.outcome, etags, vault.clock.slept];
  };

  test.each([
    [[DONE], "done", ["e1"]],
    [[ended("busy"), ended("race-lost"), DONE], "done", ["e1", "e2", "e3"]],
    [[ended("busy"), ended("busy"), ended("race-lost"), DONE], "race-lost", ["e1", "e2", "e3"]],
    [[ended("refused"), DONE], "refused", ["e1"]],
    [[ended("unknown"), DONE], "unknown", ["e1"]],
  ] as const)("that Vault ends with %j ends %s, and shows the etags %j", async (ends, outcome, etags) => {
    expect(await ofEnds(...ends)).toEqual([outcome, etags, etags.slice(1).map(() => 1_000)]);
  });

  test("waits until the secret is ACTIVE, for a minute at most", async () => {
    const soon = vaultWith({ lifecycles: ["UPDATING", "UPDATING", "ACTIVE"], etags: ["e1", "e2", "e3"] });
    expect(await written(soon.probe, async (etag) => (etag === "e3" ? DONE : ended("busy")))).toEqual(DONE);
    expect(soon.clock.slept).toEqual([1_000, 1_000]);
    const never = vaultWith({ lifecycles: ["UPDATING"] });
    await written(never.probe, async () => DONE);
    expect(never.clock.slept).toHaveLength(60);
  });
});

describe("if-match", () => {
  test.each<[string, Script, string, string]>([
    [
      "a write with an old etag loses",
      { writes: [DONE, ended("race-lost")] },
      "honoured",
      "Vault refuses a write with an old etag",
    ],
    [
      "it is taken",
      {},
      "ignored",
      "Vault takes a write with an old etag; only the names of versions keep two writers apart",
    ],
    [
      "it ends in another way",
      { writes: [DONE, ended("busy")] },
      "unknown",
      "the write with an old etag ended unexpectedly: it ended busy",
    ],
    [
      "the first write fails",
      { writes: [ended("refused")] },
      "unknown",
      "the first write did not go through: it ended refused",
    ],
    ["the etag stays the same", { etags: ["e1"] }, "unknown", "a write did not change the etag"],
    ["there is none", { etags: [null, "e2"] }, "unknown", "a write did not change the etag"],
  ])("is answered where %s", async (_what, script, answer, told) => {
    expect(await askIfMatch(vaultWith(script).probe)).toEqual({ question: "if-match", answer, told, seconds: null });
  });

  test("is asked by two marks beside what the metadata holds", async () => {
    const { probe, clock, sent } = vaultWith();
    await askIfMatch(probe);
    const mark = (text: string) => ({ metadata: { kept: "as it is", orotProbe: `${clock.now()} ${text}` } });
    expect(sent).toEqual([
      ["annotate", mark("one"), "e1"],
      ["annotate", mark("two"), "e1"],
    ]);
  });
});

describe("a second PENDING version", () => {
  const ask = async (script: Script) => {
    const vault = vaultWith({ versions: [{}], ...script });
    const { question, ...rest } = await askSecondPending(vault.probe);
    expect(question).toBe("second-pending");
    const calls = vault.sent.map(([call, what]) => `${call} ${what}`);
    return { ...rest, calls, sent: vault.sent, slept: vault.clock.slept };
  };

  test.each<[string, Script, string, string, readonly string[]]>([
    [
      "makes the first one DEPRECATED",
      {},
      "deprecates",
      "the first one becomes DEPRECATED",
      ["version orot-2", "version orot-3", "promote 3"],
    ],
    [
      "leaves the first one PENDING",
      { first: "PENDING" },
      "keeps-both",
      "both stay PENDING",
      ["version orot-2", "version orot-3", "promote 2", "promote 3"],
    ],
    [
      "does to the first one what nobody expects",
      { first: "PREVIOUS" },
      "unknown",
      "the first one has another version stage than expected",
      ["version orot-2", "version orot-3", "promote 3"],
    ],
    [
      "is refused, three times",
      { writes: [DONE, ended("refused")], isListed: (count) => count === 1 },
      "refused",
      "Vault takes no second PENDING version: it ended refused",
      ["version orot-2", "version orot-3", "version orot-3", "version orot-3", "promote 2"],
    ],
    [
      "is written and not listed",
      { isListed: (count) => count === 1 },
      "unknown",
      "Vault reported success for the second PENDING version but does not list it",
      ["version orot-2", "version orot-3", "version orot-3", "version orot-3", "promote 2"],
    ],
    [
      "is listed at the second try",
      { isListed: (count) => count !== 2 },
      "deprecates",
      "the first one becomes DEPRECATED",
      ["version orot-2", "version orot-3", "version orot-3", "promote 3"],
    ],
    [
      "is not reached, if the first is refused",
      { writes: [ended("refused")], isListed: () => false },
      "unknown",
      "the first PENDING version was not written: it ended refused",
      ["version orot-2"],
    ],
    [
      "is not reached, if the first is not listed",
      { isListed: () => false },
      "unknown",
      "the first PENDING version was not written: the first version was not found",
      ["version orot-2"],
    ],
  ])("%s", async (_what, script, answer, told, calls) => {
    expect(await ask(script)).toMatchObject({ answer, told, seconds: null, calls });
  });

  test("holds CURRENT's own credential, marked, and is tried again after a second", async () => {
    const { sent, slept } = await ask({ isListed: (count) => count !== 2, etags: ["e"] });
    expect(sent.map(([, , ...rest]) => rest)).toEqual([
      ["PENDING", '{"appId":"a","orotProbe":"first"}', "e"],
      ["PENDING", '{"appId":"a","orotProbe":"second"}', "e"],
      ["PENDING", '{"appId":"a","orotProbe":"second"}', "e"],
      ["e"],
    ]);
    expect(slept).toEqual([1_000]);
  });

  test("is asked about only once Vault lists the versions; it is asked four times", async () => {
    expect(await ask({ refusedLists: 3 })).toMatchObject({ answer: "deprecates" });
    expect(await ask({ refusedLists: 99 })).toMatchObject({ told: expect.stringContaining("was not found") });
    const vault = vaultWith({ refusedLists: 99, versions: [{ versionStages: ["DEPRECATED"] }] });
    await askVersionDeletion(vault.probe);
    expect(vault.looks()).toBe(4);
  });
});

describe("a version that awaits deletion", () => {
  const old = { versionNo: 2, versionStages: ["DEPRECATED" as const] };
  const versions = [
    { versionNo: 4, versionStages: ["CURRENT" as const] },
    { versionNo: 3, versionStages: ["DEPRECATED" as const] },
    old,
    { versionNo: 1, versionStages: ["DEPRECATED" as const], isBeingDeleted: true },
  ];

  test.each<[string, Script, string, string, readonly string[]]>([
    [
      "allows a write",
      {},
      "allows",
      "the secret can be written while a version awaits deletion",
      ["schedule", "annotate"],
    ],
    [
      "blocks one as busy, and its deletion is taken back",
      { writes: [DONE, ended("busy"), ended("busy"), ended("busy"), DONE] },
      "blocks",
      "the secret cannot be written while a version awaits deletion",
      ["schedule", "annotate", "annotate", "annotate", "cancel"],
    ],
    [
      "blocks one that is refused",
      { writes: [DONE, ended("refused"), DONE] },
      "blocks",
      "the secret cannot be written while a version awaits deletion",
      ["schedule", "annotate", "cancel"],
    ],
    [
      "is not asked about where the write has another end",
      { writes: [DONE, ended("unknown"), DONE] },
      "unknown",
      "the write ended unexpectedly: it ended unknown",
      ["schedule", "annotate", "cancel"],
    ],
    [
      "cannot be had",
      { writes: [ended("refused")] },
      "unknown",
      "the deletion could not be scheduled: it ended refused",
      ["schedule"],
    ],
    [
      "needs an old one",
      { versions: [{}, { ...old, isBeingDeleted: true }] },
      "unknown",
      "there is no DEPRECATED version to test with",
      [],
    ],
  ])("%s", async (_what, script, answer, told, calls) => {
    const { probe, sent } = vaultWith({ versions, ...script });
    expect(await askVersionDeletion(probe)).toEqual({ question: "version-deletion", answer, told, seconds: null });
    expect(sent.map(([call]) => call)).toEqual(calls);
  });

  test("is the oldest that is not being deleted, in two days, and a mark in the metadata is the write", async () => {
    const { probe, clock, sent } = vaultWith({ versions, etags: ["e"], writes: [DONE, ended("refused"), DONE] });
    await askVersionDeletion(probe);
    expect(sent).toEqual([
      ["schedule", 2, clock.now() + 2 * 86_400_000, "e"],
      ["annotate", { metadata: { kept: "as it is", orotProbe: `${clock.now()} three` } }, "e"],
      ["cancel", 2, "e"],
    ]);
  });
});
