import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/errors.ts";
import type { Invocation } from "../../../src/invocation.ts";
import type { Authority, Traits } from "../../../src/issuers/issuer.ts";
import {
  type Grant,
  grantFor,
  nextGrant,
  proofOf,
  refuse,
  requireAnotherAuthority,
  speaksForItself,
} from "../../../src/recovery/authorities.ts";
import { createMemory, type Memory } from "../../../src/recovery/memory.ts";
import { type Observation, observe, readAll } from "../../../src/recovery/observe.ts";
import { Secret } from "../../../src/secret.ts";
import { expectFailure } from "../../support/failures.ts";
import { claim, createRig, credential, type Rig, type Written } from "./rig.ts";

const current: Written = { no: 1, stages: ["CURRENT"], content: credential("S0") };

type Proven = Awaited<ReturnType<Authority["prove"]>>;
interface Toy extends Authority {
  asked: number;
}

function authority(name: string, proven: Proven): Toy {
  return {
    name,
    asked: 0,
    async prove() {
      this.asked += 1;
      return proven;
    },
  };
}
const willing = (name: string, token = `token of ${name}`) =>
  authority(name, { verdict: "accepted", proof: { kind: "bearer", token: new Secret(token) } });
const mute = (name: string) =>
  authority(name, { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", `${name} was not answered`) });

/** A claim whose token expires so many milliseconds after the rig's start. */
const held = (no: number, token: string, rig: Rig, lifeMs: number): Written => ({
  no,
  stages: ["DEPRECATED"],
  content: claim("S0", {
    callId: `call-${no}`,
    token,
    tokenExpiresAt: new Date(rig.clock.now() + lifeMs).toISOString(),
  }),
});

async function setUp(
  versions: (rig: Rig) => readonly Written[] = () => [],
): Promise<{ rig: Rig; memory: Memory; seen: Observation; next: () => Grant | null }> {
  const rig = createRig([]);
  rig.vault.versions = [...versions(rig), current];
  const memory = createMemory(null);
  const seen = await observe(rig.invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  await readAll(rig.invocation, memory, seen.list);
  return { rig, memory, seen, next: () => nextGrant(rig.invocation, memory, seen) };
}

/** A grant as a test writes it down. */
function shown(grant: Grant | null): string | null {
  if (grant === null) return null;
  return grant.kind === "token" ? `token ${grant.token.reveal()}` : `${grant.kind} ${grant.authority.name}`;
}

describe("who may ask for a new client secret", () => {
  test("is first this call's own token, while it lives; its end is told by the wall clock", async () => {
    const { rig, memory, next } = await setUp((made) => [held(2, "claimed", made, 60_000)]);
    memory.token = { value: new Secret("own"), expiresAt: rig.clock.monotonic() + 10_000 };
    rig.clock.advance(9_999);
    expect(next()).toEqual({ kind: "token", token: new Secret("own"), expiresAt: rig.clock.now() + 1 });
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
    memory.token = { value: new Secret("own"), expiresAt: rig.clock.monotonic() + 60_000 };
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

  test("leaves the other authorities, and their proofs are asked for anew", async () => {
    const { rig, memory, next } = await setUp();
    const [first, second] = [willing("first"), willing("second")];
    memory.authorities = [first, second];
    await proofOf(rig.invocation, memory, { kind: "authority", authority: first });
    refuse(memory, { kind: "authority", authority: first });
    expect(memory.authorities).toEqual([second]);
    expect(memory.authorityProof).toBeNull();
    expect(memory.refusedTokens).toEqual([]);
    expect(shown(next())).toBe("authority second");
  });

  test("may be an authority although none were looked up", async () => {
    const { memory } = await setUp();
    refuse(memory, { kind: "authority", authority: willing("first") });
    expect(memory.authorities).toEqual([]);
  });

  test("that is a token leaves the authorities as they are", async () => {
    const { memory } = await setUp();
    const first = willing("first");
    memory.authorities = [first];
    memory.authorityProof = { kind: "bearer", token: new Secret("T") };
    refuse(memory, { kind: "token", token: new Secret("own"), expiresAt: 0 });
    expect(memory.authorities).toEqual([first]);
    expect(memory.authorityProof).not.toBeNull();
  });
});

describe("the proof of a grant", () => {
  test("is the token itself, whatever an authority has proven", async () => {
    const { rig, memory } = await setUp();
    memory.authorityProof = { kind: "bearer", token: new Secret("of an authority") };
    const proof = await proofOf(rig.invocation, memory, { kind: "token", token: new Secret("own"), expiresAt: 0 });
    expect(proof).toEqual({ kind: "bearer", token: new Secret("own") });
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

  test("of an authority that is refused is none: it is taken out, with a warning", async () => {
    const { rig, memory } = await setUp();
    const dead = authority("first", { verdict: "rejected" });
    memory.authorities = [dead];
    expect(await proofOf(rig.invocation, memory, { kind: "authority", authority: dead })).toBeNull();
    expect(memory.authorities).toEqual([]);
    expect(rig.log).toEqual([
      expect.objectContaining({ level: "warn", event: "authority-unusable", authority: "first", outcome: "rejected" }),
    ]);
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
});

describe("a client that may not ask for a new secret of its own", () => {
  const traits: Traits = {
    valueChosenBy: "issuer",
    readBack: "no",
    overlap: "none",
    authorities: ["other-client"],
    repeatMint: "last-wins",
  };

  test("has no token to ask by, only second authorities", async () => {
    const rig = createRig([current], {}, () => traits);
    const memory = createMemory(null);
    const seen = await observe(rig.invocation, memory, true, null);
    if (seen === null) throw new Error("the secret is UPDATING");
    memory.token = { value: new Secret("own"), expiresAt: Number.MAX_SAFE_INTEGER };
    expect(speaksForItself(memory, seen)).toBe(false);
    expect(nextGrant(rig.invocation, memory, seen)).toBeNull();
    memory.authorities = [willing("first")];
    expect(shown(nextGrant(rig.invocation, memory, seen))).toBe("authority first");
  });

  test("is told by CURRENT's content: until that is understood every client counts as one that may", async () => {
    const { memory, seen } = await setUp();
    expect(speaksForItself(memory, seen)).toBe(true);
    memory.contents.clear();
    expect(speaksForItself(memory, seen)).toBe(true);
    memory.contents.set(1, {
      kind: "unknown",
      problem: new RotationError("CONTENT_INVALID", "not JSON"),
      isReserved: false,
    });
    expect(speaksForItself(memory, seen)).toBe(true);
  });
});

describe("a refusal of the client's own token although its secret is good", () => {
  const forbidden = new RotationError("ISSUER_FORBIDDEN", "no right to its own secret");
  async function refused(
    refusal: RotationError,
    authorities: readonly Authority[],
    known: Memory["authorities"] = null,
  ) {
    const { rig, memory } = await setUp();
    const asked: string[] = [];
    const invocation: Invocation = {
      ...rig.invocation,
      authoritiesFor: async () => {
        asked.push("list");
        return authorities;
      },
    };
    memory.authorities = known;
    const [version] = memory.contents.values();
    if (version === undefined || version.kind === "unknown") throw new Error("not read");
    const require = () => requireAnotherAuthority(invocation, memory, version.credential, refusal);
    return { require, asked, memory };
  }

  test("for want of a right leaves it to another authority, which is looked up once", async () => {
    const first = willing("first");
    const { require, asked, memory } = await refused(forbidden, [first]);
    await require();
    await require();
    expect(asked).toEqual(["list"]);
    expect(memory.authorities).toEqual([first]);
  });

  test("for want of a right ends the call where nobody else is left", async () => {
    const { require } = await refused(forbidden, []);
    await expectFailure(require, "ISSUER_FORBIDDEN", "no right to its own secret");
    const spent = await refused(forbidden, [willing("first")], []);
    await expectFailure(spent.require, "ISSUER_FORBIDDEN");
    expect(spent.asked).toEqual([]);
  });

  test("for any other reason ends the call: the next one gets a new token", async () => {
    const { require, asked } = await refused(new RotationError("ISSUER_UNAVAILABLE", "401"), [willing("first")]);
    await expectFailure(require, "ISSUER_UNAVAILABLE", "401");
    expect(asked).toEqual([]);
  });
});

describe("whoever may change the client's secret", () => {
  async function granted(authorities: readonly Authority[]) {
    const { rig, memory, seen } = await setUp();
    const asked: string[] = [];
    const invocation: Invocation = {
      ...rig.invocation,
      authoritiesFor: async () => {
        asked.push("list");
        return authorities;
      },
    };
    const [version] = memory.contents.values();
    if (version === undefined || version.kind === "unknown") throw new Error("not read");
    return { memory, asked, grant: () => grantFor(invocation, memory, seen, version.credential) };
  }

  test("is the client itself while a token of its own lives; nobody else is looked up then", async () => {
    const { memory, asked, grant } = await granted([willing("first")]);
    memory.token = { value: new Secret("own"), expiresAt: Number.MAX_SAFE_INTEGER };
    expect(shown(await grant())).toBe("token own");
    expect([asked, memory.authorities]).toEqual([[], null]);
  });

  test("is else the first authority, looked up once", async () => {
    const { memory, asked, grant } = await granted([willing("first"), willing("second")]);
    expect(shown(await grant())).toBe("authority first");
    expect(shown(await grant())).toBe("authority first");
    expect(asked).toEqual(["list"]);
    expect(memory.authorities).toHaveLength(2);
  });

  test("is nobody where none is left, and the answer says what to configure", async () => {
    const { memory, asked, grant } = await granted([]);
    const failure = await expectFailure(grant, "ISSUER_FORBIDDEN");
    expect([failure.message, failure.nextAction]).toEqual([
      "this client may not change its own secret at the issuer, and no second authority that logs in is configured",
      "name a client that may in OROT_AUTHORITY_SECRET_IDS",
    ]);
    memory.authorities = [];
    await expectFailure(grant, "ISSUER_FORBIDDEN");
    expect(asked).toEqual(["list"]);
  });
});
