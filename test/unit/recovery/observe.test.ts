import { describe, expect, test } from "vitest";
import { takeIntoHand } from "../../../src/acts/hand.ts";
import type { Invocation } from "../../../src/invocation.ts";
import { createMemory, type Memory } from "../../../src/recovery/memory.ts";
import {
  isLiveClaim,
  isOwnClaim,
  type Observation,
  observe,
  readAll,
  readKnown,
  verdictOn,
} from "../../../src/recovery/observe.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure } from "../../support/failures.ts";
import { claim, createRig, credential, holdClaim, noteLogin, type Rig, type Written } from "./rig.ts";

const current: Written = { no: 7, stages: ["CURRENT"], content: credential("S7") };
const pending = (no: number, content: unknown = credential(`S${no}`)): Written => ({
  no,
  stages: ["PENDING", "LATEST"],
  content,
});
const deprecated = (no: number, content: unknown, rest: Partial<Written> = {}): Written => ({
  no,
  stages: ["DEPRECATED"],
  content,
  ...rest,
});

function setUp(versions: readonly Written[] = [current]) {
  const rig = createRig(versions);
  const memory = createMemory(null);
  return { rig, memory, look: (withState = true) => observe(rig.invocation, memory, withState, null) };
}

async function seeing(rig: Rig, memory: Memory): Promise<Observation> {
  const seen = await observe(rig.invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  return seen;
}

describe("the state of the secret", () => {
  test.each(["UPDATING", "CREATING", "CANCELLING_DELETION"])("%s passes by itself: look again", async (lifecycle) => {
    const { rig, look, memory } = setUp();
    rig.vault.lifecycle = lifecycle;
    memory.isPrepared = true;
    expect(await look()).toBeNull();
    expect(rig.asked).toEqual(["read-secret"]);
    expect(memory).toMatchObject({ isPrepared: false, etag: null });
  });

  test.each([
    ["PENDING_DELETION", "the secret is PENDING_DELETION"],
    ["X".repeat(40), `the secret is ${"X".repeat(40)}`],
    ["X".repeat(41), "the secret is in an unknown state"],
    ["", "the secret is in an unknown state"],
    ["weird", "the secret is in an unknown state"],
    ["ACTIVE\n", "the secret is in an unknown state"],
    [" FAILED", "the secret is in an unknown state"],
  ])("%j needs an operator, and is repeated only where it looks like a state", async (lifecycle, message) => {
    const { rig, look } = setUp();
    rig.vault.lifecycle = lifecycle;
    expect((await expectFailure(look, "SECRET_NOT_ROTATABLE")).message).toBe(message);
  });

  test("of a replica needs its source region", async () => {
    const { rig, memory } = setUp();
    const { store } = rig.invocation;
    const replica: Invocation = {
      ...rig.invocation,
      store: { ...store, readSecret: async () => ({ ...(await store.readSecret()), isReplica: true }) },
    };
    const failure = await expectFailure(() => observe(replica, memory, true, null), "SECRET_NOT_ROTATABLE");
    expect([failure.message, failure.nextAction]).toEqual([
      "the secret is a replica",
      "rotate the secret in its source region",
    ]);
  });

  test("gives the etag and the metadata of the look", async () => {
    const { rig, memory } = setUp();
    const { store } = rig.invocation;
    const metadata = { orot: "{}" };
    const invocation: Invocation = {
      ...rig.invocation,
      store: { ...store, readSecret: async () => ({ ...(await store.readSecret()), metadata }) },
    };
    rig.vault.etag = 5;
    await observe(invocation, memory, true, null);
    expect(memory).toMatchObject({ etag: "etag-5", metadata });
  });

  test("is not asked for by a step that writes nothing, nor are claims", async () => {
    const { rig, look, memory } = setUp([current, pending(8), deprecated(9, claim("S7"), { ageSeconds: 1 })]);
    const seen = await look(false);
    expect(seen).toMatchObject({ current: { versionNo: 7 }, pending: { versionNo: 8 }, claim: null });
    expect(rig.asked).toEqual(["list", "read 8"]);
    expect(memory.etag).toBeNull();
  });
});

describe("the list of versions", () => {
  test("that Vault refuses to give while it is UPDATING is asked for again later", async () => {
    const { rig, memory } = setUp();
    const invocation = { ...rig.invocation, store: { ...rig.invocation.store, listVersions: async () => null } };
    expect(await observe(invocation, memory, false, null)).toBeNull();
    expect(memory.firstCurrentNo).toBeNull();
  });

  test("without a CURRENT version is none that can be rotated", async () => {
    const { look } = setUp([deprecated(1, credential("S1"))]);
    await expectFailure(look, "SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  });

  test("names the first CURRENT of the call once", async () => {
    const { rig, memory, look } = setUp();
    await look();
    rig.vault.versions = [
      { ...current, stages: ["PREVIOUS"] },
      { ...pending(8), stages: ["CURRENT", "LATEST"] },
    ];
    expect((await look())?.current.versionNo).toBe(8);
    expect(memory.firstCurrentNo).toBe(7);
  });

  test.each([
    ["one PENDING version above CURRENT", [pending(8)], false],
    ["two", [pending(8), pending(9)], true],
    ["one below CURRENT", [pending(6)], true],
    ["none", [deprecated(6, credential("S6"))], false],
  ] as const)("shows with %s whether a second one would be the only one", async (_what, versions, refuses) => {
    const { look, memory } = setUp([current, ...versions]);
    await look();
    expect(memory.refusesSecondPending).toBe(refuses);
  });

  test("with two PENDING versions matters only to those who write", async () => {
    const { look, memory } = setUp([current, pending(8), pending(9)]);
    await look(false);
    expect(memory.refusesSecondPending).toBe(false);
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
      expect.objectContaining({ level: "warn", event: "pending-ignored", versionNo: 9, code: "CONTENT_INVALID" }),
    ]);
  });
});

describe("the newest claim", () => {
  test("is looked for in young versions alone: those whose time no doubling can have kept alive", async () => {
    const horizonSeconds = (90 + 60) * 64;
    const { look, rig } = setUp([
      deprecated(5, claim("S7"), { ageSeconds: horizonSeconds }),
      deprecated(4, claim("S7"), { ageSeconds: horizonSeconds + 1 }),
      current,
    ]);
    expect((await look())?.claim?.versionNo).toBe(5);
    rig.vault.versions = rig.vault.versions.filter(({ no }) => no !== 5);
    rig.asked.length = 0;
    expect((await look())?.claim).toBeNull();
    expect(rig.asked).toEqual(["read-secret", "list"]);
  });

  test("may be CURRENT, however old", async () => {
    const { look } = setUp([{ ...current, content: claim("S7") }]);
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
    const { look, memory, rig } = setUp([marked, current]);
    expect((await look())?.claim?.versionNo).toBe(8);
    expect(memory.unknownMarkNo).toBe(8);
    rig.vault.versions = [current];
    await look();
    expect(memory.unknownMarkNo).toBeNull();
  });

  test("is not what is merely not understood", async () => {
    const { look, memory } = setUp([deprecated(8, "not json", { ageSeconds: 1 }), current]);
    expect((await look())?.claim).toBeNull();
    expect(memory.unknownMarkNo).toBeNull();
  });

  test("in CURRENT has all other versions read, for a credential with its value", async () => {
    const old = deprecated(3, credential("S7"), { ageSeconds: 30 * 86_400 });
    const held = setUp([old, { ...current, content: claim("S7") }]);
    await held.look();
    expect(held.rig.asked).toContain("read 3");
    const plain = setUp([old, current]);
    await plain.look();
    expect(plain.rig.asked).not.toContain("read 3");
  });
});

describe("the content of a version", () => {
  test("is read once in a call", async () => {
    const { rig, look } = setUp();
    await look();
    await look();
    expect(rig.asked.filter((call) => call === "read 7")).toHaveLength(1);
  });

  test("that this call has written is not read at all: it is known by its name", async () => {
    const mine: Written = { ...pending(8, claim("S7", { callId: "me" })), name: "orot-8", ageSeconds: 1 };
    const { rig, memory, look } = setUp([current, mine, { ...pending(9), name: "by-hand" }, pending(10)]);
    holdClaim(memory, rig, { callId: "me", name: "orot-8", isConfirmed: true });
    const seen = await look();
    expect(seen?.pending?.versionNo).toBe(10);
    for (const version of seen?.list.versions ?? []) await readKnown(rig.invocation, memory, version);
    expect(rig.asked).not.toContain("read 8");
    expect(rig.asked).toEqual(expect.arrayContaining(["read 9", "read 10"]));
    expect(memory.contents.get(8)?.kind).toBe("claim");
  });

  test("awaiting deletion is not read with the others", async () => {
    const { rig, memory, look } = setUp([current, deprecated(3, credential("S3"), { isBeingDeleted: true })]);
    const seen = await look();
    if (seen !== null) await readAll(rig.invocation, memory, seen.list);
    expect(rig.asked).not.toContain("read 3");
  });

  test("is a credential, a claim, or unknown with the reason", async () => {
    const { rig, memory, look } = setUp([
      current,
      deprecated(6, claim("S6")),
      deprecated(5, { appSecret: "S5", _rotation: { v: 9 } }),
      deprecated(4, { other: "S4" }),
    ]);
    const seen = await look();
    if (seen !== null) await readAll(rig.invocation, memory, seen.list);
    expect(memory.contents.get(7)?.kind).toBe("credential");
    expect(memory.contents.get(6)?.kind).toBe("claim");
    const [reserved, foreign] = [memory.contents.get(5), memory.contents.get(4)];
    if (reserved?.kind !== "unknown" || foreign?.kind !== "unknown") throw new Error("understood");
    expect(reserved.isReserved).toBe(true);
    expect(reserved.problem.code).toBe("CONTENT_INVALID");
    expect(reserved.problem.message).toBe("the member _rotation of the secret's content is reserved for claims");
    expect(foreign.isReserved).toBe(false);
    expect(foreign.problem.message).toBe("the member appSecret is missing");
  });
});

describe("a value in hand", () => {
  test("is looked for above its base alone", async () => {
    const { rig, memory } = setUp([deprecated(6, credential("S9"), { ageSeconds: 30 * 86_400 }), current]);
    takeIntoHand(rig.invocation, memory, await seeing(rig, memory), new Secret("S9"), true);
    await seeing(rig, memory);
    expect(memory.hand).not.toBeNull();
    expect(rig.asked).not.toContain("read 6");
  });

  test("keeps that it was accepted, and forgets every other verdict", async () => {
    const { rig, memory } = setUp();
    takeIntoHand(rig.invocation, memory, await seeing(rig, memory), new Secret("S9"), true);
    if (memory.hand === null) throw new Error("nothing in hand");
    memory.hand.login = { verdict: "rejected" };
    await seeing(rig, memory);
    expect(memory.hand?.login).toBeNull();
    const token = { value: new Secret("T"), expiresAt: Number.MAX_SAFE_INTEGER };
    if (memory.hand !== null) memory.hand.login = { verdict: "accepted", token };
    await seeing(rig, memory);
    expect(memory.hand?.login?.verdict).toBe("accepted");
  });
});

describe("the verdict on a version", () => {
  test("whose age Vault does not say is what the issuer said", async () => {
    const { rig, memory } = setUp();
    const version = { versionNo: 7, createdAt: null };
    expect(verdictOn(rig.invocation, memory, version, rig.clock.now())).toBe("not-asked");
    noteLogin(memory, rig, 7, "rejected");
    expect(verdictOn(rig.invocation, memory, version, rig.clock.now())).toBe("rejected");
  });
});

describe("a live claim", () => {
  test("is none where there is no claim, or it is this call's own", async () => {
    const mine: Written = { ...pending(8, claim("S7", { callId: "me" })), name: "orot-8", ageSeconds: 1 };
    const { rig, memory } = setUp([current, mine]);
    const seen = await seeing(rig, memory);
    expect(isLiveClaim(rig.invocation, memory, seen)).toBe(true);
    expect(isLiveClaim(rig.invocation, memory, { ...seen, claim: null })).toBe(false);
    holdClaim(memory, rig, { callId: "me", name: "orot-8" });
    expect(isLiveClaim(rig.invocation, memory, seen)).toBe(false);
  });

  test("is another's under the name of this call's own, unless Vault confirmed that", async () => {
    const theirs: Written = { ...pending(8, claim("S7")), name: "orot-8", ageSeconds: 1 };
    const { rig, memory } = setUp([current, theirs]);
    holdClaim(memory, rig, { callId: "me", name: "orot-8" });
    expect(isLiveClaim(rig.invocation, memory, await seeing(rig, memory))).toBe(true);
  });

  test("may be another's above this call's own, confirmed or not", async () => {
    const theirs: Written = { ...pending(9, claim("S7")), name: "orot-9", ageSeconds: 1 };
    const mine = deprecated(8, claim("S7", { callId: "me" }), { name: "orot-8", ageSeconds: 1 });
    const { rig, memory } = setUp([current, mine, theirs]);
    holdClaim(memory, rig, { callId: "me", name: "orot-8", isConfirmed: true });
    expect(isLiveClaim(rig.invocation, memory, await seeing(rig, memory))).toBe(true);
  });

  test("that was not read counts with the greatest factor", async () => {
    const above: Written = { ...pending(8, claim("S7")), ageSeconds: 64 * 150 - 1 };
    const { rig, memory } = setUp([current, above]);
    const seen = await seeing(rig, memory);
    expect(isLiveClaim(rig.invocation, memory, seen)).toBe(false);
    memory.contents.clear();
    expect(isLiveClaim(rig.invocation, memory, seen)).toBe(true);
  });

  test("is not this call's own in a version that was not read or not understood", async () => {
    const { rig, memory } = setUp([
      current,
      pending(8, "not json"),
      deprecated(9, "not json", { isBeingDeleted: true }),
    ]);
    const { list } = await seeing(rig, memory);
    holdClaim(memory, rig, { callId: "me", name: "orot-8" });
    expect(list.versions.map((version) => [version.versionNo, isOwnClaim(memory, version)])).toEqual([
      [9, false],
      [8, false],
      [7, false],
    ]);
  });
});
