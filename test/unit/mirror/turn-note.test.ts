import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import type { SecretStore, Write } from "../../../src/clients/vault/store.ts";
import { type Note, readNote, withNote } from "../../../src/mirror/note.ts";
import { notePause, refuseWhilePaused, takeTurn } from "../../../src/mirror/turn.ts";
import { createMirrorRig } from "../../support/mirror-rig.ts";

const DAY = 86_400_000;
const lost: Write = { outcome: "race-lost", error: new RotationError("VAULT_UNAVAILABLE", "lost") };
const refused: Write = { outcome: "refused", error: new RotationError("VAULT_FORBIDDEN", "no right") };

interface Options {
  readonly lifecycle?: string;
  /** How writes end, the first first; then each is done. */
  readonly ends?: readonly Write[];
  readonly remainingMs?: number;
  /** The note that another writer leaves as ours is lost, its instants counted from now. */
  readonly left?: Partial<Note>;
}

/** A call, and a manifest's secret whose note has these members. Instants are in ms from now, to be read as they are written. */
async function setUp(note: Partial<Note> = {}, options: Options = {}) {
  const { begin, addSecret, clock, log } = createMirrorRig();
  const began = await begin();
  const { remainingMs } = options;
  const budget = remainingMs === undefined ? began.budget : { ...began.budget, remaining: () => remainingMs };
  const call = { ...began, budget };
  const startedAt = clock.now();
  const at = (changes: Partial<Note>): Note => ({
    fetchedAt: 0,
    run: "",
    waiter: "",
    waitsUntil: 0,
    pausedUntil: 0,
    ...Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, typeof value === "number" ? startedAt + value : value]),
    ),
  });
  let metadata: Readonly<Record<string, unknown>> = withNote({ team: "retail" }, at(note));
  const ends = [...(options.ends ?? [])];
  const writes: { note: Note; etag: string | null }[] = [];
  let reads = 0;
  const store: SecretStore = {
    ...call.storeOf(addSecret("ces.abc123.manifest")),
    readSecret: async () => {
      reads += 1;
      const lifecycle = options.lifecycle ?? "ACTIVE";
      const place = { tags: null, compartmentId: null, definedTags: {} };
      return { etag: `e${writes.length}`, lifecycle, currentVersionNo: 1, isReplica: false, metadata, ...place };
    },
    writeAnnotations: async ({ metadata: written = {} }, etag) => {
      expect(written["team"]).toBe("retail");
      writes.push({ note: readNote(written), etag });
      const end = ends.shift() ?? { outcome: "done" as const };
      if (end.outcome === "done") metadata = written;
      else if (options.left !== undefined) metadata = withNote(metadata, at(options.left));
      return end;
    },
  };
  const elapsed = () => clock.now() - startedAt;
  return { call, store, clock, log, startedAt, writes, elapsed, reads: () => reads, at };
}

describe("A turn that is free", () => {
  it.each<[string, Partial<Note>]>([
    ["no call has fetched", {}],
    [
      "the last fetch is a minute ago, to the millisecond, though another call is still awaited",
      { fetchedAt: -60_000, waiter: "other", waitsUntil: 10_000 },
    ],
    ["the pause after a 429 ends now", { pausedUntil: 0 }],
    ["the note says that the last fetch is further ahead than clocks differ", { fetchedAt: 60_001 }],
    ["the note has a pause that is longer than any, by more than clocks differ", { pausedUntil: DAY + 60_001 }],
  ])("is taken at once with one write where %s", async (_what, note) => {
    const { call, store, writes, elapsed, startedAt, at } = await setUp(note);
    expect(await takeTurn(call, store)).toMatchObject({ kind: "taken" });
    const run = expect.stringMatching(/./);
    expect(writes).toEqual([
      { note: { ...at(note), fetchedAt: startedAt, run, waiter: "", waitsUntil: 0 }, etag: "e0" },
    ]);
    expect(elapsed()).toBe(0);
  });
});

describe("A turn that is not free yet", () => {
  it.each<[string, Partial<Note>, number]>([
    ["the rest of a minute", { fetchedAt: -59_999 }, 1],
    ["a minute after a fetch that began just now", { fetchedAt: -1 }, 59_999],
    ["the pause after a 429", { pausedUntil: 90_000 }, 90_000],
    ["although the call that waited is given up by now", { fetchedAt: -1, waiter: "gone", waitsUntil: 0 }, 59_999],
    [
      "although a call waits by the note, of a clock that is far ahead",
      { fetchedAt: -1, waiter: "gone", waitsUntil: DAY + 60_001 },
      59_999,
    ],
  ])("is waited for: %s", async (_what, note, ms) => {
    const { call, store, writes, elapsed, startedAt } = await setUp(note);
    expect(await takeTurn(call, store)).toMatchObject({ kind: "taken" });
    expect(elapsed()).toBe(ms);
    const [waiting, taken] = writes;
    expect(writes).toHaveLength(2);
    expect(waiting?.note).toMatchObject({ waitsUntil: startedAt + ms + 10_000, run: "" });
    expect(taken?.note).toMatchObject({ fetchedAt: startedAt + ms, run: waiting?.note.waiter, waiter: "" });
  });

  it.each([1, DAY, DAY + 60_000])("is left to the call that waits for it, for %i ms more", async (waitsUntil) => {
    const { call, store, writes } = await setUp({ fetchedAt: 0, waiter: "other", waitsUntil });
    expect(await takeTurn(call, store)).toEqual({ kind: "covered" });
    expect(writes).toEqual([]);
  });

  it.each([0, -30_000, 30_000])(
    "is left to the call that took it first, since that fetches after this one has asked, if its clock differs by %i ms too",
    async (fetchedAt) => {
      const { call, store, writes, elapsed } = await setUp({}, { ends: [lost], left: { fetchedAt, run: "other" } });
      expect(await takeTurn(call, store)).toEqual({ kind: "covered" });
      expect([writes.length, elapsed()]).toEqual([1, 1_000]);
    },
  );

  it.each([0, 30_000])(
    "is not left to a call that took its turn before, %i ms from now by its clock",
    async (fetchedAt) => {
      const { call, store, elapsed } = await setUp({ fetchedAt, run: "other" });
      expect(await takeTurn(call, store)).toMatchObject({ kind: "taken" });
      expect(elapsed()).toBe(fetchedAt + 60_000);
    },
  );

  it.each<[Partial<Note>, number, object]>([
    [{ fetchedAt: -1 }, 119_999, { kind: "taken" }],
    [{ fetchedAt: -1 }, 119_998, { kind: "too-early", seconds: 60 }],
    [{ fetchedAt: 60_000 }, 179_999, { kind: "too-early", seconds: 120 }],
    [{ fetchedAt: -500 }, 119_000, { kind: "too-early", seconds: 60 }],
    [{ pausedUntil: DAY + 60_000 }, 280_000, { kind: "too-early", seconds: 86_460 }],
  ])("is waited for only if a minute's work fits in after it: %j with %i ms left", async (note, remainingMs, turn) => {
    const { call, store, writes } = await setUp(note, { remainingMs });
    expect(await takeTurn(call, store)).toMatchObject(turn);
    expect(writes).toHaveLength("seconds" in turn ? 0 : 2);
  });
});

describe("A turn that cannot be had", () => {
  it("ends with Vault's refusal, which is not tried again", async () => {
    const { call, store, writes } = await setUp({}, { ends: [refused] });
    await expect(takeTurn(call, store)).rejects.toMatchObject({
      returnMessage: expect.stringMatching(/^VAULT_FORBIDDEN: no right/),
    });
    expect(writes).toHaveLength(1);
  });

  it("is given up after ten writes that others prevented, a second apart", async () => {
    const { call, store, writes, elapsed } = await setUp({}, { ends: Array.from({ length: 20 }, () => lost) });
    await expect(takeTurn(call, store)).rejects.toMatchObject({
      code: "VAULT_UNAVAILABLE",
      message: "other writers kept changing the manifest's secret",
    });
    expect([writes.length, elapsed()]).toEqual([10, 10_000]);
  });

  it("is given up where the secret stays UPDATING", async () => {
    const { call, store } = await setUp({}, { lifecycle: "UPDATING" });
    await expect(
      takeTurn(call, { ...store, updating: { ...store.updating, nextLookMs: () => 1_000 } }),
    ).rejects.toMatchObject({
      code: "VAULT_UNAVAILABLE",
      message: "the manifest's secret did not become ACTIVE",
    });
  });
});

describe("The guard of a turn", () => {
  it("asks Vault from the moment on at which another call may have the next turn, and not before", async () => {
    const { call, store, clock, reads } = await setUp({ fetchedAt: -70_000 });
    const turn = await takeTurn(call, store);
    if (turn.kind !== "taken") throw new Error("no turn");
    const before = reads();
    await clock.sleep(59_999);
    await turn.guard();
    expect(reads()).toBe(before);
    await clock.sleep(1);
    await turn.guard();
    expect(reads()).toBe(before + 1);
    await takeTurn(call, store);
    await expect(turn.guard()).rejects.toMatchObject({
      returnMessage:
        "CLAIM_LIVE: another call has fetched since, and stores what it got. Next: nothing: the other call finishes.",
    });
  });
});

describe("The note of a pause", () => {
  it.each([
    [1, 1],
    [1_000, 1],
    [1_001, 2],
  ])("refuses requests %i ms before its end, and says how many seconds are left", async (pausedUntil, seconds) => {
    const { call, store } = await setUp({ pausedUntil, fetchedAt: 0 });
    await expect(refuseWhilePaused(call, store)).rejects.toMatchObject({
      returnMessage: `ISSUER_UNAVAILABLE: Oracle answered 429; the pause lasts another ${seconds} s. Next: try again after it.`,
    });
  });

  it("refuses none at its end, nor because of a fetch", async () => {
    const { call, store } = await setUp({ pausedUntil: 0, fetchedAt: 0 });
    await expect(refuseWhilePaused(call, store)).resolves.toBeUndefined();
  });

  it.each<[string, number, Partial<Note>, Options, number[]]>([
    ["is written", 60_000, {}, {}, [60_000]],
    ["lasts at most a day", 3 * DAY, {}, {}, [DAY]],
    ["takes the place of a shorter one", 60_000, { pausedUntil: 59_999 }, {}, [60_000]],
    ["leaves one that lasts as long", 60_000, { pausedUntil: 60_000 }, {}, []],
    ["takes the place of one that cannot be", 60_000, { pausedUntil: DAY + 60_001 }, {}, [60_000]],
    ["is written again where another writer was first", 60_000, {}, { ends: [lost, lost] }, [60_000, 60_000, 60_000]],
    ["is written with hardly more than a second left", 60_000, {}, { remainingMs: 1_001 }, [60_000]],
  ])("%s", async (_what, ms, note, options, expected) => {
    const { call, store, writes, log, startedAt, elapsed } = await setUp(note, options);
    await notePause(call, store, ms);
    expect(writes.map((write) => write.note.pausedUntil - startedAt)).toEqual(expected);
    expect(elapsed()).toBe((options.ends?.length ?? 0) * 1_000);
    expect(log).toEqual([]);
  });

  it.each<[string, Options, number]>([
    ["Vault refuses it", { ends: [refused] }, 1],
    ["others prevent it ten times", { ends: Array.from({ length: 20 }, () => lost) }, 10],
    ["a second is left", { remainingMs: 1_000 }, 0],
    ["the secret stays UPDATING", { lifecycle: "UPDATING" }, 0],
  ])("that cannot be stored is logged where %s", async (_what, options, count) => {
    const { call, store, writes, log } = await setUp({}, options);
    await notePause(
      call,
      { ...store, updating: { ...store.updating, nextLookMs: () => (options.lifecycle ? 1_000 : 0) } },
      60_000,
    );
    expect(writes).toHaveLength(count);
    expect(log.map((line) => JSON.parse(line))).toEqual([
      { time: expect.any(String), level: "warn", event: "pause-not-noted", callId: "rig" },
    ]);
  });
});
