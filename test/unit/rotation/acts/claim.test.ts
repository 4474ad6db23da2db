import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { Authority, Traits } from "../../../../src/clients/issuers/issuer.ts";
import type { VersionSummary, Write } from "../../../../src/clients/vault/store.ts";
import { claim, prepare } from "../../../../src/rotation/acts/claim.ts";
import { isOwnClaim, type Observation, observe } from "../../../../src/rotation/observe/observe.ts";
import { expectFailure } from "../../../support/failures.ts";
import { bearer, heldToken, toyClient } from "../../../support/held.ts";
import { credential, claim as marked, type Written } from "../rig.ts";
import { type Acting, accepted, createActing, current, note, refusing, rejected, unreadable, willing } from "./rig.ts";

const failed = (outcome: "busy" | "refused", code: ErrorCode): Write => ({
  outcome,
  error: new RotationError(code, "no answer"),
});
/** So many more versions, none of which may be tidied. */
const crowd = (count: number): Written[] =>
  Array.from({ length: count }, (_, index) => ({
    no: index + 10,
    stages: ["PENDING"],
    content: credential(`S${index + 10}`),
    ageSeconds: 30 * 86_400,
  }));
const otherClient: Traits = {
  valueChosenBy: "issuer",
  readBack: "no",
  overlap: "none",
  authorities: ["other-client"],
  repeatMint: "last-wins",
};

describe("preflight", () => {
  const go = ({ invocation, memory, seen }: Acting) => prepare(invocation, memory, seen);

  test("gets the token of CURRENT's login, and says where no way back is proven", async () => {
    const acting = await createActing({ issuer: { login: async () => accepted } });
    note(acting, 7, accepted);
    expect(await go(acting)).toEqual({ outcome: "prepared", next: "decide" });
    expect(acting.memory.isPrepared).toBe(true);
    expect(acting.memory.token?.value.reveal()).toBe("token");
    expect(acting.memory.warning?.what).toContain("no way back is proven");
  });

  test("needs four slots while CURRENT is good, three to finish what has killed it, and no token then", async () => {
    const good = await createActing({ versions: [current, ...crowd(26)], issuer: { login: async () => accepted } });
    note(good, 7, accepted);
    await expectFailure(() => go(good), "NO_VERSION_SLOTS", "needs 4");
    const dead = await createActing({ versions: [current, ...crowd(26)] });
    note(dead, 7, rejected);
    expect(await go(dead)).toEqual({ outcome: "prepared", next: "decide" });
    expect(dead.memory.warning).toBeNull();
    const full = await createActing({ versions: [current, ...crowd(27)] });
    note(full, 7, rejected);
    await expectFailure(() => go(full), "NO_VERSION_SLOTS", "needs 3");
    expect(full.memory.isPrepared).toBe(false);
  });

  /** A secret with so many older versions, all of which may be tidied. */
  const crowded = (count: number, traits: Traits | null) =>
    createActing({
      versions: [
        ...Array.from({ length: count }, (_, index): Written => {
          return { no: index + 1, stages: ["DEPRECATED"], content: credential(`S${index}`) };
        }),
        { ...current, no: 40 },
      ],
      environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" },
      ...(traits === null ? {} : { issuer: { traits } }),
    });

  test.each<[string, Traits | null]>([
    ["whose client asks for itself", null],
    ["whose client needs another", otherClient],
  ])("of a full secret %s looks anew once it has made room", async (_what, traits) => {
    const acting = await crowded(26, traits);
    note(acting, 40, accepted);
    expect(await go(acting)).toEqual({ outcome: "tidied", next: "look" });
    expect(acting.sent.length).toBeGreaterThan(0);
    expect(acting.memory.isPrepared).toBe(false);
  });

  test("of a full secret whose CURRENT is dead makes no room: who has made that CURRENT has no right to deletions", async () => {
    const acting = await crowded(28, null);
    note(acting, 40, rejected);
    await expectFailure(() => go(acting), "NO_VERSION_SLOTS", "needs 3");
    expect(acting.sent).toEqual([]);
  });

  test.each<[string, boolean]>([
    ["that may not ask for itself", false],
    ["that the issuer gives no token", true],
  ])("of a client %s needs another one that logs in", async (_what, isTokenless) => {
    const issuer = isTokenless ? {} : { traits: otherClient };
    const login = isTokenless ? ({ verdict: "accepted", token: null } as const) : accepted;
    async function setUp(options: Parameters<typeof createActing>[0]) {
      const acting = await createActing({ issuer, ...options });
      acting.memory.token = null;
      note(acting, 7, login);
      return acting;
    }
    const helped = await setUp({ authorities: [refusing("first"), willing("second")] });
    expect(await go(helped)).toEqual({ outcome: "prepared", next: "decide" });
    expect(helped.memory.authorities?.map(({ name }) => name)).toEqual(["second", "first"]);
    expect(helped.asked).toEqual(["authorities"]);
    const alone = await setUp({ authorities: [refusing("first")] });
    await expectFailure(() => go(alone), "ISSUER_FORBIDDEN", "no second authority that logs in is configured");
    const crowded = await setUp({ versions: [current, ...crowd(26)], authorities: [willing("first")] });
    await expectFailure(() => go(crowded), "NO_VERSION_SLOTS", "needs 4");
  });

  test("of a dead CURRENT has a second authority log in before anything is stored", async () => {
    const dead = async (authorities: readonly Authority[]) => {
      const acting = await createActing({ versions: [current, ...crowd(26)], authorities });
      acting.memory.token = null;
      note(acting, 7, rejected);
      return acting;
    };
    const helped = await dead([refusing("first"), willing("second")]);
    expect(await go(helped)).toEqual({ outcome: "prepared", next: "decide" });
    expect(helped.memory.authorityProof).toEqual(bearer("second", toyClient, "authority"));
    expect(helped.memory.authorities?.map(({ name }) => name)).toEqual(["second", "first"]);
    const unread = await dead([unreadable("first")]);
    await expectFailure(() => go(unread), "VAULT_FORBIDDEN", "could not be read");
    expect(unread.memory.isPrepared).toBe(false);
    // Nobody is left to ask: what that means is for the table to say.
    const alone = await dead([refusing("first")]);
    expect(await go(alone)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(alone.memory.isPrepared).toBe(false);
  });

  test("of a dead CURRENT asks no second authority while a token lives", async () => {
    const acting = await createActing({ authorities: [willing("first")] });
    note(acting, 7, rejected);
    expect(await go(acting)).toEqual({ outcome: "prepared", next: "decide" });
    expect(acting.asked).toEqual([]);
    expect(acting.memory.authorityProof).toBeNull();
  });

  test("that has no time left says why the claim could not be written, where that took the time", async () => {
    const acting = await createActing();
    note(acting, 7, accepted);
    acting.rig.clock.advance(270_000);
    await expectFailure(() => go(acting), "DEADLINE_TOO_SHORT");
    acting.memory.writeFailure = new RotationError("VAULT_UNAVAILABLE", "the claim met 500");
    await expectFailure(() => go(acting), "VAULT_UNAVAILABLE", "the claim met 500");
    const full = await createActing({ versions: [current, ...crowd(29)] });
    full.memory.writeFailure = acting.memory.writeFailure;
    note(full, 7, accepted);
    await expectFailure(() => go(full), "NO_VERSION_SLOTS");
  });
});

describe("a claim", () => {
  const go = ({ invocation, memory, seen }: Acting) => claim(invocation, memory, seen);
  const markIn = ({ sent }: Acting, index = 0) => {
    const text = sent[index]?.[3];
    return text instanceof Secret ? JSON.parse(text.reveal()) : null;
  };

  test("is CURRENT's content with a mark and the token, under the next name and the etag of the look", async () => {
    const acting = await createActing({ versions: [{ ...current, content: credential("S7", { appId: "a" }) }] });
    acting.memory.token = heldToken("own", acting.rig.clock.monotonic() + 5_000);
    expect(await go(acting)).toEqual({ outcome: "claimed", next: "look" });
    expect(acting.sent).toEqual([["write", "orot-8", "PENDING", expect.any(Secret), "etag-1"]]);
    const { memory, rig } = acting;
    expect(markIn(acting)).toEqual({
      appId: "a",
      appSecret: "S7",
      _rotation: {
        v: 1,
        kind: "claim",
        callId: memory.claim?.callId,
        ttlSeconds: 90,
        base: 7,
        takeovers: 0,
        token: "own",
        tokenExpiresAt: new Date(rig.clock.now() + 5_000).toISOString(),
      },
    });
    expect(memory.claim).toMatchObject({
      name: "orot-8",
      startedAt: rig.clock.monotonic(),
      isConfirmed: true,
      isJustWritten: true,
    });
    expect(memory.claim?.content.kind).toBe("claim");
    expect(memory.claim?.credential.clientSecret.reveal()).toBe("S7");
    expect(memory.written).toEqual([
      { name: "orot-8", known: expect.objectContaining({ kind: "claim", credential: memory.claim?.credential }) },
    ]);
    expect(memory.writeFailure).toBeNull();
  });

  test("by another authority carries no token", async () => {
    const acting = await createActing();
    acting.memory.token = null;
    acting.memory.authorities = [willing("first")];
    await go(acting);
    expect(markIn(acting)["_rotation"]).not.toHaveProperty("token");
  });

  test("counts the unfinished claims right below it", async () => {
    const below = (no: number, takeovers: number, base = 7): Written => ({
      no,
      stages: ["PENDING", "LATEST"],
      content: marked("S7", { takeovers, base }),
      ageSeconds: 3_600,
    });
    const before: Written = { no: 5, stages: ["DEPRECATED"], content: credential("S7") };
    for (const [versions, takeovers] of [
      [[current, below(8, 0)], 1],
      [[current, below(8, 0), below(9, 1), below(10, 2)], 3],
      // As many as lie there, not as many as one says.
      [[current, below(8, 1_000)], 1],
      [[before, below(6, 0, 5), current], 0],
    ] as const) {
      const acting = await createActing({ versions });
      await go(acting);
      expect(markIn(acting)["_rotation"]["takeovers"]).toBe(takeovers);
    }
  });

  test("avoids a name that Vault called taken", async () => {
    const acting = await createActing();
    acting.memory.takenName = "orot-8";
    await go(acting);
    expect(acting.sent[0]?.[1]).toMatch(/^orot-8\.[0-9a-f]{10}$/);
  });

  test("goes to CURRENT where Vault takes no second PENDING version, after one more look", async () => {
    const acting = await createActing();
    acting.memory.refusesSecondPending = true;
    acting.rig.asked.length = 0;
    expect(await go(acting)).toEqual({ outcome: "claimed", next: "look" });
    expect(acting.rig.asked).toEqual(["read-secret"]);
    expect(acting.sent[0]?.[2]).toBe("CURRENT");
  });

  test.each(["etag", "number"] as const)("to CURRENT is not written where its %s has changed", async (what) => {
    const acting = await createActing();
    acting.memory.refusesSecondPending = true;
    if (what === "etag") acting.rig.vault.etag = 2;
    else acting.rig.vault.versions = [{ ...current, no: 8 }];
    expect(await go(acting)).toEqual({ outcome: "changed", next: "look" });
    expect([acting.sent, acting.memory.claim]).toEqual([[], null]);
  });

  test("to CURRENT is written where Vault does not say the number with the secret itself", async () => {
    const acting = await createActing();
    acting.memory.refusesSecondPending = true;
    const { invocation, memory, seen } = acting;
    const { readSecret } = invocation.store;
    const store = {
      ...invocation.store,
      readSecret: async () => ({ ...(await readSecret()), currentVersionNo: null }),
    };
    expect(await claim({ ...invocation, store }, memory, seen)).toEqual({ outcome: "claimed", next: "look" });
  });

  test("that moves to CURRENT stays this call's, whatever becomes of the write, and its time runs from the first try", async () => {
    const acting = await createActing({ answer: failed("busy", "VAULT_UNAVAILABLE") });
    await go(acting);
    const { memory, invocation, rig, sent } = acting;
    const text = sent[0]?.[3] instanceof Secret ? sent[0][3].reveal() : "";
    rig.vault.versions = [current, { no: 8, stages: ["PENDING", "LATEST"], content: text }];
    memory.refusesSecondPending = true;
    const seen = (await observe(invocation, memory, true, null)) as Observation;
    const tries: unknown[] = [];
    const ids = [memory.claim?.callId];
    for (let n = 0; n < 2; n++) {
      rig.clock.advance(5_000);
      await claim(invocation, memory, seen);
      const { callId, ...others } = markIn(acting, n + 1)["_rotation"];
      tries.push([others, memory.claim?.name, memory.claim?.startedAt]);
      ids.push(callId);
    }
    // A secret may have a rule against repeated texts.
    expect(new Set(ids).size).toBe(3);
    expect(memory.claim).toMatchObject({ callId: ids[2], earlierIds: ids.slice(0, 2) });
    const { callId: _, ...mark } = markIn(acting, 0)["_rotation"];
    const startedAt = rig.clock.monotonic() - 5_000;
    expect(tries).toEqual([
      [mark, "orot-9", startedAt],
      [mark, "orot-9", startedAt],
    ]);
    expect(isOwnClaim(memory, seen.list.versions[0] as VersionSummary)).toBe(true);
  });

  test("that meets something passing is kept in mind unconfirmed, and written anew after a look", async () => {
    const answer = failed("busy", "VAULT_UNAVAILABLE");
    const acting = await createActing({ answer });
    expect(await go(acting)).toEqual({ outcome: "claim-busy", next: "look", isRetry: true });
    expect(acting.memory.claim).toMatchObject({ isConfirmed: false, isJustWritten: false });
    expect(acting.memory.written).toEqual([]);
    expect(acting.memory.writeFailure).toBe(answer.outcome === "busy" ? answer.error : null);
  });

  test("that is refused for good ends the call: nothing has changed at the issuer", async () => {
    const acting = await createActing({ answer: failed("refused", "VAULT_FORBIDDEN") });
    await expectFailure(() => go(acting), "VAULT_FORBIDDEN", "no answer");
  });

  test("with nobody to mint by is a defect", async () => {
    const acting = await createActing();
    acting.memory.token = null;
    await expectFailure(() => go(acting), "INTERNAL", "a claim was decided with nothing to mint by");
  });
});
