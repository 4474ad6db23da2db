import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { expectFailure } from "../../../support/failures.ts";
import { claim, createRig, credential, type Written } from "../rig.ts";
import { current, deprecated, pending, setUp } from "./observe-rig.ts";

describe("the state of the secret", () => {
  test.each(["UPDATING", "CREATING", "CANCELLING_DELETION"])("%s passes by itself: look again", async (lifecycle) => {
    const { rig, look, attempt } = setUp();
    rig.vault.lifecycle = lifecycle;
    attempt.isPrepared = true;
    expect(await look()).toBeNull();
    expect(rig.asked).toEqual(["read-secret"]);
    expect(attempt).toMatchObject({ isPrepared: false, read: { etag: null } });
  });

  test.each([
    ["PENDING_DELETION", "the secret is PENDING_DELETION"],
    ["X".repeat(40), `the secret is ${"X".repeat(40)}`],
    ["X".repeat(41), "the secret is in an unknown state"],
    ["", "the secret is in an unknown state"],
    ["weird", "the secret is in an unknown state"],
    ["ACTIVE\n", "the secret is in an unknown state"],
    [" FAILED", "the secret is in an unknown state"],
  ])("%j needs an operator, and is repeated only if it looks like a state", async (lifecycle, message) => {
    const { rig, look } = setUp();
    rig.vault.lifecycle = lifecycle;
    expect((await expectFailure(look, "SECRET_NOT_ROTATABLE")).message).toBe(message);
  });

  test("of a replica needs its source region", async () => {
    const { rig, attempt } = setUp();
    const { vault: store } = rig.context.clients;
    const replica: Context = {
      ...rig.context,
      clients: {
        ...rig.context.clients,
        vault: { ...store, readSecret: async () => ({ ...(await store.readSecret()), isReplica: true }) },
      },
    };
    const failure = await expectFailure(
      () => observe({ context: replica, attempt }, true, null),
      "SECRET_NOT_ROTATABLE",
    );
    expect([failure.message, failure.nextAction]).toEqual([
      "the secret is a replica",
      "rotate the secret in its source region",
    ]);
  });

  test("gives the etag and the metadata of the look", async () => {
    const { rig, attempt } = setUp();
    const { vault: store } = rig.context.clients;
    const metadata = { orot: "{}" };
    const context: Context = {
      ...rig.context,
      clients: {
        ...rig.context.clients,
        vault: { ...store, readSecret: async () => ({ ...(await store.readSecret()), metadata }) },
      },
    };
    rig.vault.etag = 5;
    await observe({ context, attempt }, true, null);
    expect(attempt.read).toMatchObject({ etag: "etag-5", metadata });
  });

  test("is not asked for by a step that writes nothing, nor are claims", async () => {
    const { rig, look, attempt } = setUp([current, pending(8), deprecated(9, claim("S7"), { ageSeconds: 1 })]);
    const seen = await look(false);
    expect(seen).toMatchObject({ current: { versionNo: 7 }, pending: { versionNo: 8 }, claim: null });
    expect(rig.asked).toEqual(["list", "read 7", "read 8"]);
    expect(attempt.read.etag).toBeNull();
  });
});

describe("the list of versions", () => {
  test("that Vault refuses to give while it is UPDATING is asked for again later", async () => {
    const { rig, attempt } = setUp();
    const invocation = {
      ...rig.context,
      clients: {
        ...rig.context.clients,
        vault: { ...rig.context.clients.vault, listVersions: async () => null },
      },
    };
    expect(await observe({ context: invocation, attempt }, false, null)).toBeNull();
    expect(attempt.read.startCurrentNo).toBeNull();
  });

  test("without a CURRENT version is none that can be rotated", async () => {
    const { look } = setUp([deprecated(1, credential("S1"))]);
    await expectFailure(look, "SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  });

  test("names the first CURRENT of the call once", async () => {
    const { rig, attempt, look } = setUp();
    await look();
    rig.vault.versions = [
      { ...current, stages: ["PREVIOUS"] },
      { ...pending(8), stages: ["CURRENT", "LATEST"] },
    ];
    expect((await look())?.current.versionNo).toBe(8);
    expect(attempt.read.startCurrentNo).toBe(7);
  });

  test.each([
    ["one PENDING version above CURRENT", [pending(8)], false],
    ["two", [pending(8), pending(9)], true],
    ["one below CURRENT", [pending(6)], true],
    ["none", [deprecated(6, credential("S6"))], false],
  ] as const)("shows with %s whether a second one would be the only one", async (_what, versions, refuses) => {
    const { look, attempt } = setUp([current, ...versions]);
    await look();
    expect(attempt.writes.refusesSecondPending).toBe(refuses);
  });

  test("does not show that by a CURRENT that is still PENDING too", async () => {
    const { look, attempt } = setUp([{ ...current, stages: ["CURRENT", "PENDING"] }]);
    await look();
    expect(attempt.writes.refusesSecondPending).toBe(false);
  });

  test("names the highest version of the call's first look once, in whatever version stage", async () => {
    const { rig, attempt, look } = setUp([current, deprecated(8, credential("S8")), deprecated(9, credential("S9"))]);
    await look();
    expect(attempt.read.startHighestNo).toBe(9);
    rig.vault.versions.push(deprecated(10, credential("S10")));
    await look();
    expect(attempt.read.startHighestNo).toBe(9);
  });

  test("with two PENDING versions matters only to those who write", async () => {
    const { look, attempt } = setUp([current, pending(8), pending(9)]);
    await look(false);
    expect(attempt.writes.refusesSecondPending).toBe(false);
  });
});

describe("the newest PENDING credential", () => {
  test("lies above CURRENT's number, whatever lies between", async () => {
    const { look, rig } = setUp([current, pending(8), pending(9), deprecated(10, credential("S10"))]);
    expect((await look())?.pending?.versionNo).toBe(9);
    expect(rig.asked).not.toContain("read 8");
  });

  test.each([6, 7])("is none below it, with CURRENT at %i", async (no) => {
    const { look } = setUp([
      { ...current, no: 7, stages: no === 7 ? ["CURRENT", "PENDING"] : ["CURRENT"] },
      pending(6),
    ]);
    expect((await look())?.pending).toBeNull();
  });

  test("is no claim, which is passed over in silence", async () => {
    const { look, rig } = setUp([current, pending(8), pending(9, claim("S7"))]);
    expect((await look())?.pending?.versionNo).toBe(8);
    expect(rig.log).toEqual([]);
  });

  test("is nothing that is not understood, which is passed over with a warning", async () => {
    const { look, rig } = setUp([current, pending(8), pending(9, "not json")]);
    expect((await look())?.pending?.versionNo).toBe(8);
    expect(rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "version-of-another-client", versionNo: 9 }),
      expect.objectContaining({ level: "warn", event: "pending-ignored", versionNo: 9, code: "CONTENT_INVALID" }),
    ]);
  });
});

describe("the newest claim", () => {
  test("is looked for only in young versions: those whose time no doubling can have kept alive", async () => {
    const horizonSeconds = (90 + 60) * 64;
    const { look, rig } = setUp([
      deprecated(5, claim("S1"), { ageSeconds: horizonSeconds }),
      deprecated(4, claim("S1"), { ageSeconds: horizonSeconds + 1 }),
      deprecated(1, credential("S1"), { ageSeconds: 86_400 }),
      current,
    ]);
    expect((await look())?.claim?.versionNo).toBe(5);
    rig.vault.versions = rig.vault.versions.filter(({ no }) => no !== 5);
    rig.asked.length = 0;
    expect((await look())?.claim).toBeNull();
    expect(rig.asked).toEqual(["read-secret", "list"]);
  });

  test("may be CURRENT, however old", async () => {
    const { look } = setUp([deprecated(6, credential("S6")), { ...current, content: claim("S6") }]);
    expect((await look())?.claim?.versionNo).toBe(7);
  });

  test("is none that awaits deletion", async () => {
    const { look, rig } = setUp([
      deprecated(8, claim("S7"), { ageSeconds: 1, isBeingDeleted: true }),
      deprecated(6, credential("S6"), { ageSeconds: 1 }),
      current,
    ]);
    expect((await look())?.claim).toBeNull();
    expect(rig.asked).not.toContain("read 8");
  });

  test("may bear a mark that this edition does not know: it is kept in mind until a look finds none", async () => {
    const marked = deprecated(8, { appSecret: "S7", _rotation: { v: 9 } }, { ageSeconds: 1 });
    const { look, attempt, rig } = setUp([marked, current]);
    expect((await look())?.claim?.versionNo).toBe(8);
    expect(attempt.read.unknownMarkNo).toBe(8);
    rig.vault.versions = [current];
    await look();
    expect(attempt.read.unknownMarkNo).toBeNull();
  });

  test("is not what is merely not understood", async () => {
    const { look, attempt } = setUp([deprecated(8, "not json", { ageSeconds: 1 }), current]);
    expect((await look())?.claim).toBeNull();
    expect(attempt.read.unknownMarkNo).toBeNull();
  });

  test("in CURRENT has all other versions read, for a credential with its value", async () => {
    const old = deprecated(3, credential("S7"), { ageSeconds: 30 * 86_400 });
    const held = setUp([old, deprecated(6, credential("S6")), { ...current, content: claim("S6") }]);
    await held.look();
    expect(held.rig.asked).toContain("read 3");
    const plain = setUp([old, current]);
    await plain.look();
    expect(plain.rig.asked).not.toContain("read 3");
  });
});

describe("PREVIOUS, if the issuer keeps two values", () => {
  const twoSlot = { overlap: "two-slot", valueChosenBy: "caller" } as const;
  async function previousAmong(...versions: readonly Written[]): Promise<number | null> {
    return previousAfter(null, ...versions);
  }
  /** The same in a call that has met a refusal of that version. */
  async function previousAfter(refusedNo: number | null, ...versions: readonly Written[]): Promise<number | null> {
    const rig = createRig([...versions, current], {}, { capabilities: twoSlot });
    const attempt = createAttempt(null);
    if (refusedNo !== null) attempt.read.refusals.set(refusedNo, 1);
    return (await observe({ context: rig.context, attempt }, true, null))?.previous?.versionNo ?? null;
  }
  const previous = (no: number, content: unknown): Written => ({ no, stages: ["PREVIOUS"], content });
  const older = [3, 4].map((no) => deprecated(no, credential(`S${no}`)));

  test("is the version that Vault names so, whatever its number", async () => {
    expect(await previousAmong(...older, previous(5, credential("S5")))).toBe(5);
    expect(await previousAmong(...older, previous(8, credential("S8")))).toBe(8);
    expect(await previousAmong(...older)).toBeNull();
    expect(await previousAmong(...older, { ...previous(5, credential("S5")), isBeingDeleted: true })).toBeNull();
  });

  test.each<[string, unknown]>([
    ["of another client", credential("S8", { clientId: "another" })],
    ["that cannot be understood", "not json"],
    ["with a mark that is not to be believed", claim("made up", { base: 7 })],
  ])("%s has pushed out the one before: that is the newest credential below CURRENT", async (_what, content) => {
    expect(await previousAmong(...older, previous(8, content))).toBe(4);
    const leaving = deprecated(5, credential("S5"), { isBeingDeleted: true });
    expect(await previousAmong(...older, leaving, deprecated(6, claim("S4")), previous(8, content))).toBe(4);
    expect(await previousAmong(previous(8, content))).toBeNull();
  });

  test("newer than CURRENT and refused in this call was stored as CURRENT and replaced: it has pushed out the one before", async () => {
    expect(await previousAfter(8, ...older, previous(8, credential("S8")))).toBe(4);
    expect(await previousAfter(4, ...older, previous(8, credential("S8")))).toBe(8);
    // The ordinary end of an overlap.
    expect(await previousAfter(5, ...older, previous(5, credential("S5")))).toBe(5);
  });

  test("that is a claim stands for no value of its own", async () => {
    expect(await previousAmong(...older, previous(5, claim("S4")))).toBeNull();
  });
});
