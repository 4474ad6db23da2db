import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { nextGrant, proofOf, refuse } from "../../../src/rotation/authorities.ts";
import { expectFailure } from "../../support/failures.ts";
import { bearer, heldToken, toyClient } from "../../support/held.ts";
import { authority, held, mute, setUp, shown, willing } from "./authorities-rig.ts";
import { claim, credential } from "./rig.ts";

describe("who may ask for a new client secret", () => {
  test("is first this call's own token, while it lives; its end is told by the wall clock", async () => {
    const { rig, memory, next } = await setUp((made) => [held(2, "claimed", made, 60_000)]);
    memory.token = heldToken("own", rig.clock.monotonic() + 10_000);
    rig.clock.advance(9_999);
    expect(next()).toEqual({
      kind: "token",
      client: toyClient,
      token: new Secret("own"),
      expiresAt: rig.clock.now() + 1,
    });
    expect(shown(next())).toBe("token own");
    rig.clock.advance(1);
    expect(shown(next())).toBe("token claimed");
  });

  test("is then the token of the newest claim whose token lives", async () => {
    const { next, memory } = await setUp((made) => [
      held(5, "dead", made, 0),
      held(4, "newest", made, 1),
      held(3, "older", made, 90_000),
    ]);
    const grant = next();
    expect(shown(grant)).toBe("token newest");
    expect(grant).toMatchObject({ expiresAt: expect.any(Number) });
    memory.refusedTokens.push(new Secret("newest"));
    expect(shown(next())).toBe("token older");
  });

  test("is no token of a version that was not read, of a claim without one, or of a credential", async () => {
    const { rig, memory, seen, next } = await setUp(() => [
      { no: 2, stages: ["DEPRECATED"], content: claim("S0") },
      { no: 3, stages: ["DEPRECATED"], content: "not json" },
      { no: 4, stages: ["PENDING"], content: credential("S4") },
    ]);
    expect(next()).toBeNull();
    memory.contents.clear();
    expect(nextGrant(rig.invocation, memory, seen)).toBeNull();
  });

  test("is last a second authority, the first of those that are left", async () => {
    const { memory, next } = await setUp();
    memory.authorities = [];
    expect(next()).toBeNull();
    memory.authorities = [willing("first"), willing("second")];
    expect(shown(next())).toBe("authority first");
  });
});

describe("a grant that the issuer refuses", () => {
  test("is not offered again: neither this call's own token nor the same one in a claim", async () => {
    const { rig, memory, next } = await setUp((made) => [held(2, "own", made, 60_000), held(3, "other", made, 60_000)]);
    memory.token = heldToken("own", rig.clock.monotonic() + 60_000);
    const first = next();
    if (first === null) throw new Error("no grant");
    refuse(memory, first);
    expect(memory.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(shown(next())).toBe("token other");
    const second = next();
    if (second === null) throw new Error("no grant");
    refuse(memory, second);
    expect(next()).toBeNull();
  });

  test("that is an authority comes after the others and is out at the second time; proofs are asked for anew", async () => {
    const { rig, memory, next } = await setUp();
    const [first, second] = [willing("first"), willing("second")];
    memory.authorities = [first, second];
    await proofOf(rig.invocation, memory, { kind: "authority", authority: first });
    refuse(memory, { kind: "authority", authority: first });
    expect(memory.authorities).toEqual([second, first]);
    expect(memory.authorityProof).toBeNull();
    expect(memory.refusedTokens).toEqual([]);
    expect(shown(next())).toBe("authority second");
    refuse(memory, { kind: "authority", authority: first });
    expect(memory.authorities).toEqual([second]);
  });

  test("may be an authority although none were looked up", async () => {
    const { memory } = await setUp();
    const first = willing("first");
    refuse(memory, { kind: "authority", authority: first });
    expect(memory.authorities).toEqual([first]);
    refuse(memory, { kind: "authority", authority: first });
    expect(memory.authorities).toEqual([]);
  });

  test("that is a token leaves the authorities as they are", async () => {
    const { memory } = await setUp();
    const first = willing("first");
    memory.authorities = [first];
    memory.authorityProof = bearer("T", toyClient, "authority");
    refuse(memory, { kind: "token", client: toyClient, token: new Secret("own"), expiresAt: 0 });
    expect(memory.authorities).toEqual([first]);
    expect(memory.authorityProof).not.toBeNull();
  });
});

describe("the proof of a grant", () => {
  test("is the token itself, whatever an authority has proven", async () => {
    const { rig, memory } = await setUp();
    memory.authorityProof = bearer("of an authority", toyClient, "authority");
    const proof = await proofOf(rig.invocation, memory, {
      kind: "token",
      client: toyClient,
      token: new Secret("own"),
      expiresAt: 0,
    });
    expect(proof).toEqual(bearer("own"));
    expect(proof?.kind === "bearer" && proof.token.reveal()).toBe("own");
  });

  test("is asked of an authority once in a call", async () => {
    const { rig, memory } = await setUp();
    const first = willing("first", "T1");
    memory.authorities = [first];
    for (let time = 0; time < 2; time++) {
      const proof = await proofOf(rig.invocation, memory, { kind: "authority", authority: first });
      expect(proof?.kind === "bearer" && proof.token.reveal()).toBe("T1");
    }
    expect(first.asked).toBe(1);
    expect(rig.log).toEqual([]);
  });

  test("of an authority that is refused is none; it is asked once more, and then taken out, with warnings", async () => {
    const { rig, memory } = await setUp();
    const dead = authority("first", { verdict: "rejected" });
    memory.authorities = [dead];
    const warning = { level: "warn", event: "authority-unusable", authority: "first", outcome: "rejected" };
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: dead })).toBeNull();
    expect(memory.authorities).toEqual([dead]);
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: dead })).toBeNull();
    expect(memory.authorities).toEqual([]);
    expect(rig.log).toEqual([expect.objectContaining(warning), expect.objectContaining(warning)]);
  });

  test("of an authority whose refusal was stray is had at the second time, after the others had their turn", async () => {
    const { rig, memory, next } = await setUp();
    const stray = authority("first", { verdict: "rejected" });
    const dead = authority("second", { verdict: "rejected" });
    memory.authorities = [stray, dead];
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: stray })).toBeNull();
    expect(shown(next())).toBe("authority second");
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: dead })).toBeNull();
    expect(shown(next())).toBe("authority first");
    const proof = bearer("T", toyClient, "authority");
    stray.prove = async () => ({ verdict: "accepted", proof });
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: stray })).toEqual(proof);
  });

  test("of one that cannot be asked now passes to the next", async () => {
    const { rig, memory, next } = await setUp();
    const first = mute("first");
    memory.authorities = [first, willing("second")];
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: first })).toBeNull();
    expect(rig.log).toEqual([expect.objectContaining({ authority: "first", outcome: "ISSUER_UNAVAILABLE" })]);
    expect(shown(next())).toBe("authority second");
  });

  test("of the last one that cannot be asked now ends the call: it has not been refused, so nobody is locked out", async () => {
    const { rig, memory } = await setUp();
    const last = mute("last");
    memory.authorities = [last];
    const grant = { kind: "authority", authority: last } as const;
    await expectFailure(() => proofOf(rig.invocation, memory, grant), "ISSUER_UNAVAILABLE", "last was not answered");
    expect(memory.authorities).toEqual([last]);
    memory.authorities = null;
    await expectFailure(() => proofOf(rig.invocation, memory, grant), "ISSUER_UNAVAILABLE");
  });

  test("of one that could not be asked is asked for once more when the others are refused", async () => {
    const { rig, memory, next } = await setUp();
    const first = mute("first");
    const second = authority("second", { verdict: "rejected" });
    memory.authorities = [first, second];
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: first })).toBeNull();
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: second })).toBeNull();
    expect(shown(next())).toBe("authority first");
    await expectFailure(
      () => proofOf(rig.invocation, memory, { kind: "authority", authority: first }),
      "ISSUER_UNAVAILABLE",
      "first was not answered",
    );
    expect(first.asked).toBe(2);
  });

  test("of several that all cannot be asked ends the call after each had its turn", async () => {
    const { rig, memory } = await setUp();
    const [first, second] = [mute("first"), mute("second")];
    memory.authorities = [first, second];
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: first })).toBeNull();
    await expectFailure(
      () => proofOf(rig.invocation, memory, { kind: "authority", authority: second }),
      "ISSUER_UNAVAILABLE",
      "second was not answered",
    );
    expect([first.asked, second.asked]).toEqual([1, 1]);
  });
});
