import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { authorize, markRefused, nextRequester, type Requester } from "../../../src/rotation/authorities.ts";
import { expectFailure } from "../../support/failures.ts";
import { bearer, heldToken, toyClient } from "../../support/held.ts";
import { claim, credential, current, type Run, STARTED_AT, startRun, type Written } from "./rig.ts";
import { mute, refusing, shown, willing } from "./toy-issuer.ts";

/** A claim whose token expires so long after the start. */
const held = (no: number, token: string, lifeMs: number): Written => ({
  no,
  stages: ["DEPRECATED"],
  content: claim("S0", { token, tokenExpiresAt: new Date(STARTED_AT + lifeMs).toISOString() }),
});

async function setUp(...others: readonly Written[]): Promise<Run & { next: () => Requester | null }> {
  const run = await startRun({
    versions: [...others, { ...current, no: 1, content: credential("S0") }],
    token: null,
    isAllRead: true,
  });
  return { ...run, next: () => nextRequester({ context: run.context, attempt: run.attempt, snapshot: run.seen }) };
}

describe("who may ask for a new client secret", () => {
  test("is first this call's own token, while it lives; the wall clock tells its end", async () => {
    const { clock, attempt, next } = await setUp(held(2, "claimed", 60_000));
    attempt.authorities.token = heldToken("own", clock.monotonic() + 10_000);
    clock.advance(9_999);
    expect(next()).toEqual({
      kind: "token",
      client: toyClient,
      token: new Secret("own"),
      expiresAt: clock.now() + 1,
    });
    expect(shown(next())).toBe("token own");
    clock.advance(1);
    expect(shown(next())).toBe("token claimed");
  });

  test("is then the token of the newest claim whose token lives", async () => {
    const { next, attempt } = await setUp(held(5, "dead", 0), held(4, "newest", 1), held(3, "older", 90_000));
    const requester = next();
    expect(shown(requester)).toBe("token newest");
    expect(requester).toMatchObject({ expiresAt: expect.any(Number) });
    attempt.authorities.refusedTokens.push(new Secret("newest"));
    expect(shown(next())).toBe("token older");
  });

  test("is no token of a version that was not read, of a claim without one, or of a credential", async () => {
    const { context, attempt, seen, next } = await setUp(
      { no: 2, stages: ["DEPRECATED"], content: claim("S0") },
      { no: 3, stages: ["DEPRECATED"], content: "not json" },
      { no: 4, stages: ["PENDING"], content: credential("S4") },
    );
    expect(next()).toBeNull();
    attempt.read.contents.clear();
    expect(nextRequester({ context, attempt, snapshot: seen })).toBeNull();
  });

  test("is last a second authority, the first of those that are left", async () => {
    const { attempt, next } = await setUp();
    attempt.authorities.others = [];
    expect(next()).toBeNull();
    attempt.authorities.others = [willing("first"), willing("second")];
    expect(shown(next())).toBe("authority first");
  });
});

describe("a grant that the issuer refuses", () => {
  test("is not offered again: neither this call's own token nor the same one in a claim", async () => {
    const { clock, attempt, next } = await setUp(held(2, "own", 60_000), held(3, "other", 60_000));
    attempt.authorities.token = heldToken("own", clock.monotonic() + 60_000);
    const first = next();
    if (first === null) throw new Error("no grant");
    markRefused(attempt.authorities, first);
    expect(attempt.authorities.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(shown(next())).toBe("token other");
    const second = next();
    if (second === null) throw new Error("no grant");
    markRefused(attempt.authorities, second);
    expect(next()).toBeNull();
  });

  test("that is an authority comes after the others and is dropped the second time; proofs are asked for again", async () => {
    const { context, attempt, next } = await setUp();
    const [first, second] = [willing("first"), willing("second")];
    attempt.authorities.others = [first, second];
    await authorize({ context, attempt }, { kind: "authority", authority: first });
    markRefused(attempt.authorities, { kind: "authority", authority: first });
    expect(attempt.authorities.others).toEqual([second, first]);
    expect(attempt.authorities.authorization).toBeNull();
    expect(attempt.authorities.refusedTokens).toEqual([]);
    expect(shown(next())).toBe("authority second");
    markRefused(attempt.authorities, { kind: "authority", authority: first });
    expect(attempt.authorities.others).toEqual([second]);
  });

  test("may be an authority although none were looked up", async () => {
    const { attempt } = await setUp();
    const first = willing("first");
    markRefused(attempt.authorities, { kind: "authority", authority: first });
    expect(attempt.authorities.others).toEqual([first]);
    markRefused(attempt.authorities, { kind: "authority", authority: first });
    expect(attempt.authorities.others).toEqual([]);
  });

  test("that is a token leaves the authorities as they are", async () => {
    const { attempt } = await setUp();
    const first = willing("first");
    attempt.authorities.others = [first];
    attempt.authorities.authorization = bearer("T", toyClient, "authority");
    markRefused(attempt.authorities, { kind: "token", client: toyClient, token: new Secret("own"), expiresAt: 0 });
    expect(attempt.authorities.others).toEqual([first]);
    expect(attempt.authorities.authorization).not.toBeNull();
  });
});

describe("the proof of a grant", () => {
  test("is the token itself, whatever an authority has proven", async () => {
    const { context, attempt } = await setUp();
    attempt.authorities.authorization = bearer("of an authority", toyClient, "authority");
    const authorization = await authorize(
      { context, attempt },
      {
        kind: "token",
        client: toyClient,
        token: new Secret("own"),
        expiresAt: 0,
      },
    );
    expect(authorization).toEqual(bearer("own"));
    expect(authorization?.kind === "bearer" && authorization.token.reveal()).toBe("own");
  });

  test("is asked of an authority once in a call", async () => {
    const { context, log, attempt } = await setUp();
    const first = willing("first", "T1");
    attempt.authorities.others = [first];
    for (let time = 0; time < 2; time++) {
      const authorization = await authorize({ context, attempt }, { kind: "authority", authority: first });
      expect(authorization?.kind === "bearer" && authorization.token.reveal()).toBe("T1");
    }
    expect(first.asked).toBe(1);
    expect(log).toEqual([]);
  });

  test("of an authority that is refused is none; it is asked once more, and then taken out, with warnings", async () => {
    const { context, log, attempt } = await setUp();
    const dead = refusing("first");
    attempt.authorities.others = [dead];
    const warning = { level: "warn", event: "authority-unusable", authority: "first", outcome: "rejected" };
    expect(await authorize({ context, attempt }, { kind: "authority", authority: dead })).toBeNull();
    expect(attempt.authorities.others).toEqual([dead]);
    expect(await authorize({ context, attempt }, { kind: "authority", authority: dead })).toBeNull();
    expect(attempt.authorities.others).toEqual([]);
    expect(log).toEqual([expect.objectContaining(warning), expect.objectContaining(warning)]);
  });

  test("of an authority whose refusal was stray is had at the second time, after the others had their turn", async () => {
    const { context, attempt, next } = await setUp();
    const stray = refusing("first");
    const dead = refusing("second");
    attempt.authorities.others = [stray, dead];
    expect(await authorize({ context, attempt }, { kind: "authority", authority: stray })).toBeNull();
    expect(shown(next())).toBe("authority second");
    expect(await authorize({ context, attempt }, { kind: "authority", authority: dead })).toBeNull();
    expect(shown(next())).toBe("authority first");
    const authorization = bearer("T", toyClient, "authority");
    stray.prove = async () => ({ verdict: "accepted", authorization });
    expect(await authorize({ context, attempt }, { kind: "authority", authority: stray })).toEqual(authorization);
  });

  test("of one that cannot be asked now passes to the next", async () => {
    const { context, log, attempt, next } = await setUp();
    const first = mute("first");
    attempt.authorities.others = [first, willing("second")];
    expect(await authorize({ context, attempt }, { kind: "authority", authority: first })).toBeNull();
    expect(log).toEqual([expect.objectContaining({ authority: "first", outcome: "ISSUER_UNAVAILABLE" })]);
    expect(shown(next())).toBe("authority second");
  });

  test("of the last one that cannot be asked now ends the call: it has not been refused, so the client is not locked out", async () => {
    const { context, attempt } = await setUp();
    const last = mute("last");
    attempt.authorities.others = [last];
    const requester = { kind: "authority", authority: last } as const;
    await expectFailure(
      () => authorize({ context, attempt }, requester),
      "ISSUER_UNAVAILABLE",
      "last was not answered",
    );
    expect(attempt.authorities.others).toEqual([last]);
    attempt.authorities.others = null;
    await expectFailure(() => authorize({ context, attempt }, requester), "ISSUER_UNAVAILABLE");
  });

  test("of one that could not be asked is asked for once more when the others are refused", async () => {
    const { context, attempt, next } = await setUp();
    const first = mute("first");
    const second = refusing("second");
    attempt.authorities.others = [first, second];
    expect(await authorize({ context, attempt }, { kind: "authority", authority: first })).toBeNull();
    expect(await authorize({ context, attempt }, { kind: "authority", authority: second })).toBeNull();
    expect(shown(next())).toBe("authority first");
    await expectFailure(
      () => authorize({ context, attempt }, { kind: "authority", authority: first }),
      "ISSUER_UNAVAILABLE",
      "first was not answered",
    );
    expect(first.asked).toBe(2);
  });

  test("of several that all cannot be asked ends the call after each had its turn", async () => {
    const { context, attempt } = await setUp();
    const [first, second] = [mute("first"), mute("second")];
    attempt.authorities.others = [first, second];
    expect(await authorize({ context, attempt }, { kind: "authority", authority: first })).toBeNull();
    await expectFailure(
      () => authorize({ context, attempt }, { kind: "authority", authority: second }),
      "ISSUER_UNAVAILABLE",
      "second was not answered",
    );
    expect([first.asked, second.asked]).toEqual([1, 1]);
  });
});
