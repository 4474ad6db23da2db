import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { type Claim, claimLifeMs, formatClaim, parseClaim } from "../../../../src/clients/vault/claim.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectNoTrace } from "../../../support/failures.ts";

const TOKEN = "canary-token/8842+";
const EXPIRES = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const sample: Claim = {
  callId: "call-1",
  ttlSeconds: 90,
  base: 7,
  takeovers: 2,
  token: { value: new Secret(TOKEN), expiresAt: EXPIRES },
};

/** The mark as text, with members changed; undefined leaves one out. */
const markWith = (changes: object): unknown =>
  JSON.parse(JSON.stringify({ ...JSON.parse(formatClaim(sample).reveal()), ...changes }));

const claims: fc.Arbitrary<Claim> = fc.record({
  callId: fc.string({ minLength: 1, maxLength: 200 }),
  ttlSeconds: fc.integer({ min: 1, max: 86_400 }),
  base: fc.nat(),
  takeovers: fc.nat(),
  token: fc.option(
    fc.record({
      value: fc.string({ minLength: 1 }).map((text) => new Secret(text)),
      expiresAt: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date(EXPIRES) })
        .map((date) => date.getTime()),
    }),
  ),
});

/** A claim with its token in clear: two instances of Secret look alike to a comparison. */
const bare = (claim: Claim | null) =>
  claim === null
    ? null
    : { ...claim, token: claim.token === null ? null : { ...claim.token, value: claim.token.value.reveal() } };

describe("a claim's mark", () => {
  test("is understood as it was written", () => {
    fc.assert(
      fc.property(claims, (claim) => {
        expect(bare(parseClaim(JSON.parse(formatClaim(claim).reveal())))).toEqual(bare(claim));
      }),
    );
  });

  test("of a trial differs in its text alone", () => {
    const trial = formatClaim({ ...sample, isTrial: true });
    expect(trial.equals(formatClaim(sample))).toBe(false);
    expect(bare(parseClaim(JSON.parse(trial.reveal())))).toEqual(bare(sample));
  });

  test("is JSON with the edition, the kind, and no member for a token that there is not", () => {
    expect(JSON.parse(formatClaim({ ...sample, token: null }).reveal())).toEqual({
      v: 1,
      kind: "claim",
      callId: "call-1",
      ttlSeconds: 90,
      base: 7,
      takeovers: 2,
    });
    expect(markWith({})).toMatchObject({ token: TOKEN, tokenExpiresAt: "2026-01-02T03:04:05.678Z" });
  });

  test.each([
    ["null", null],
    ["a string", "claim"],
    ["a number", 1],
    ["a list", []],
    ["nothing", {}],
    ["a later edition", markWith({ v: 2 })],
    ["an edition as text", markWith({ v: "1" })],
    ["no edition", markWith({ v: undefined })],
    ["another kind", markWith({ kind: "lease" })],
    ["no kind", markWith({ kind: undefined })],
    ["no call id", markWith({ callId: undefined })],
    ["an empty call id", markWith({ callId: "" })],
    ["a call id that is too long", markWith({ callId: "x".repeat(201) })],
    ["a call id that is a number", markWith({ callId: 7 })],
    ["no time", markWith({ ttlSeconds: undefined })],
    ["a time of zero", markWith({ ttlSeconds: 0 })],
    ["a time below zero", markWith({ ttlSeconds: -90 })],
    ["a time of more than a day", markWith({ ttlSeconds: 86_401 })],
    ["half a second", markWith({ ttlSeconds: 0.5 })],
    ["no base", markWith({ base: undefined })],
    ["a base below zero", markWith({ base: -1 })],
    ["takeovers below zero", markWith({ takeovers: -1 })],
    ["half a takeover", markWith({ takeovers: 1.5 })],
    ["no takeovers", markWith({ takeovers: undefined })],
    ["an empty token", markWith({ token: "" })],
    ["a token that is a number", markWith({ token: 7 })],
    ["an expiry that is no time", markWith({ tokenExpiresAt: "soon" })],
  ])("that is %s is none that we know, and makes its version unknown", (_what, mark) => {
    expect(parseClaim(mark)).toBeNull();
    const content = parseContent(new Secret(JSON.stringify({ appSecret: "S", _rotation: mark })));
    expect(content.kind).toBe("unknown");
    expect(content.claim).toBeNull();
  });

  test("may hold members that we do not know", () => {
    expect(bare(parseClaim(markWith({ later: { a: 1 } })))).toEqual(bare(sample));
  });

  test("with a token but no expiry, or the other way round, carries no token", () => {
    expect(parseClaim(markWith({ tokenExpiresAt: undefined }))).toMatchObject({ callId: "call-1", token: null });
    expect(parseClaim(markWith({ token: undefined }))).toMatchObject({ callId: "call-1", token: null });
  });

  test("never prints its token", () => {
    expectNoTrace(sample, TOKEN);
    expectNoTrace(formatClaim(sample), TOKEN);
    expectNoTrace(parseClaim(markWith({})), TOKEN);
    expectNoTrace(parseContent(parseContent(new Secret('{"appSecret":"S"}')).withClaim(sample)), TOKEN);
    expectNoTrace({ claims: [sample], map: new Map([["claim", sample]]) }, TOKEN);
  });
});

describe("how long others leave a claim alone", () => {
  const defaults = { ttlSeconds: 100, landingBoundSeconds: 60 };

  test.each([
    [0, 1],
    [1, 2],
    [2, 4],
    [3, 8],
    [4, 16],
    [5, 32],
    [6, 64],
    [7, 64],
    [1_000_000, 64],
  ])("after %i takeovers it is %i times its own time and the landing bound", (takeovers, factor) => {
    expect(claimLifeMs({ ...sample, takeovers }, defaults)).toBe((90 + 60) * 1000 * factor);
  });

  test("is the longest for a claim that this edition does not know, with the time that is set here", () => {
    expect(claimLifeMs(null, defaults)).toBe((100 + 60) * 1000 * 64);
  });
});

describe("the text of a version that is a claim", () => {
  const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/);
  const name = fc
    .string({ unit: "binary", maxLength: 8 })
    .filter((text) => text !== "appSecret" && text !== "_rotation" && text !== "issuer");
  const value = fc.oneof(fc.json(), fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/));
  const part = fc.tuple(name, space, space, value, space);
  type Part = typeof part extends fc.Arbitrary<infer T> ? T : never;
  const credentials = fc
    .tuple(
      fc.uniqueArray(part, { selector: ([key]) => key, maxLength: 5 }),
      fc.nat(),
      fc.string({ unit: "binary" }),
      space,
    )
    .map(([others, at, secret, outer]) => {
      const own: Part = ["appSecret", "", " ", JSON.stringify(secret), ""];
      const parts = others.toSpliced(at % (others.length + 1), 0, own);
      const members = parts.map(([key, s1, s2, text, s3]) => `${s1}${JSON.stringify(key)}${s2}:${text}${s3}`);
      return { text: `${outer}{${members.join(",")}}${outer}`, secret: new Secret(secret) };
    });

  test("is CURRENT's member for member, and _rotation", () => {
    fc.assert(
      fc.property(credentials, claims, ({ text }, claim) => {
        const claimed = parseContent(new Secret(text)).withClaim(claim);
        const { _rotation: mark, ...members } = JSON.parse(claimed.reveal());
        expect(members).toEqual(JSON.parse(text));
        expect(bare(parseClaim(mark))).toEqual(bare(claim));
        expect(bare(parseContent(claimed).claim)).toEqual(bare(claim));
        expect(parseContent(claimed).kind).toBe("claim");
      }),
    );
  });

  test("stripped of the mark is CURRENT's again, byte for byte", () => {
    fc.assert(
      fc.property(credentials, claims, ({ text, secret }, claim) => {
        const claimed = parseContent(new Secret(text)).withClaim(claim);
        expect(parseContent(claimed).withSecret("appSecret", secret).reveal()).toBe(text);
      }),
    );
  });

  test("taken over carries the new mark alone", () => {
    fc.assert(
      fc.property(credentials, claims, claims, ({ text, secret }, first, second) => {
        const current = parseContent(new Secret(text));
        const takenOver = parseContent(current.withClaim(first)).withClaim(second);
        expect(takenOver.reveal()).toBe(current.withClaim(second).reveal());
        expect(parseContent(takenOver).withSecret("appSecret", secret).reveal()).toBe(text);
      }),
    );
  });
});
