import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { ReadBack } from "../../../../src/clients/issuers/issuer.ts";
import { withSurvival } from "../../../../src/clients/vault/rotation-metadata.ts";
import { probeTokenSurvival } from "../../../../src/rotation/housekeeping/probe-token-survival.ts";
import { claim, credential, current, STARTED_AT, startRun, type Written } from "../rig.ts";

interface Case {
  readonly answer?: ReadBack;
  /** The claims below CURRENT, the newest first, by the token that each holds and whose client secret got it. */
  readonly claims?: readonly { readonly token?: string; readonly appSecret?: string; readonly lifeMs?: number }[];
  readonly current?: Partial<Written>;
  readonly beside?: readonly Written[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly isRead?: boolean;
}

/** What a heal asked of the issuer and learnt. */
async function learn({
  answer = { outcome: "read", clientSecret: new Secret("S1") },
  claims = [{ token: "old" }],
  current = {},
  beside = [],
  metadata = { team: "payments" },
  isRead = true,
}: Case) {
  const { requested, seen, context, attempt } = await startRun({
    versions: [
      { no: 9, stages: ["CURRENT", "LATEST"], content: credential("S1"), ...current },
      ...claims.map(
        ({ token = "old", appSecret = "S0", lifeMs = 60_000 }, index): Written => ({
          no: 8 - index,
          stages: ["DEPRECATED"],
          content: claim(appSecret, {
            base: appSecret === "S0" ? 1 : 2,
            token,
            tokenExpiresAt: new Date(STARTED_AT + lifeMs).toISOString(),
          }),
        }),
      ),
      ...beside,
      { no: 2, stages: ["DEPRECATED"], content: credential("S1") },
      { no: 1, stages: ["DEPRECATED"], content: credential("S0") },
    ],
    issuer: { readBack: async () => answer },
    isAllRead: isRead,
  });
  attempt.read.metadata = metadata;
  return { requested, learnt: await probeTokenSurvival({ context, attempt, snapshot: seen }), asOf: seen.list.asOf };
}

const nothing = { requested: [], learnt: null };

describe("whether a token outlives the client secret that got it", () => {
  test.each<[ReadBack, boolean]>([
    [{ outcome: "read", clientSecret: new Secret("S1") }, true],
    [{ outcome: "not-readable", isProofAlive: true }, true],
    [{ outcome: "proof-refused" }, false],
  ])("is learnt from one read with a token of the old one: %o", async (answer, survives) => {
    const { requested, learnt, asOf } = await learn({ answer });
    expect(requested).toEqual(["read by old"]);
    expect(learnt).toEqual({ survives, metadata: withSurvival({ team: "payments" }, survives, asOf) });
  });

  test.each<ReadBack>([
    { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer") },
    { outcome: "not-readable", isProofAlive: false },
  ])("is not learnt from an answer that does not tell: %o", async (answer) => {
    const claims = [{ token: "first" }, { token: "second" }];
    expect(await learn({ answer, claims })).toMatchObject({ requested: ["read by first"], learnt: null });
  });

  test("is asked once, with the newest token that lives and was got with another client secret", async () => {
    const claims = [
      { token: "same secret", appSecret: "S1" },
      { token: "dead", lifeMs: 0 },
      { token: "newest" },
      { token: "older" },
    ];
    expect((await learn({ claims })).requested).toEqual(["read by newest"]);
    expect(await learn({ claims: claims.slice(0, 2) })).toMatchObject(nothing);
    expect((await learn({ claims: [{ lifeMs: 1 }] })).requested).toEqual(["read by old"]);
  });

  test("is asked with no token where the claims were not read, or hold none", async () => {
    expect(await learn({ isRead: false })).toMatchObject(nothing);
    const odd: Written = { no: 7, stages: ["DEPRECATED"], content: "not json" };
    const bare: Written = { no: 8, stages: ["DEPRECATED"], content: claim("S0") };
    const base: Written = { no: 1, stages: ["DEPRECATED"], content: credential("S0") };
    const versions = [base, bare, odd, { ...current, no: 9, content: credential("S1") }];
    const { context, attempt, seen } = await startRun({ versions, isAllRead: true });
    expect(await probeTokenSurvival({ context, attempt, snapshot: seen })).toBeNull();
    attempt.read.contents.clear();
    expect(await probeTokenSurvival({ context, attempt, snapshot: seen })).toBeNull();
  });

  test("is asked with no token that others have stored: of another client, or in a mark that is not to be believed", async () => {
    const token = { token: "theirs", tokenExpiresAt: "2100-01-01T00:00:00Z" };
    for (const content of [
      claim("made up", { base: 1, ...token }),
      claim("S0", { base: 3, ...token }),
      claim("S0", { base: 1_000_000_000, ...token }),
      { appSecret: "S0", clientId: "another", _rotation: { ...Object(claim("S0"))._rotation, ...token } },
    ]) {
      expect(await learn({ claims: [], beside: [{ no: 8, stages: ["DEPRECATED"], content }] })).toMatchObject(nothing);
    }
  });

  test("is not asked where it is known, and asked again after thirty days", async () => {
    const known = (ageMs: number) => withSurvival({}, true, STARTED_AT - ageMs);
    expect(await learn({ metadata: known(30 * DAY_MS) })).toMatchObject(nothing);
    expect((await learn({ metadata: known(30 * DAY_MS + 1) })).requested).toEqual(["read by old"]);
  });

  test("is not asked before every node can have heard of the change", async () => {
    expect(await learn({ current: { ageSeconds: 59 } })).toMatchObject(nothing);
    expect((await learn({ current: { ageSeconds: 60 } })).requested).toEqual(["read by old"]);
  });

  test.each([
    ["a claim", claim("S1", { base: 2 })],
    ["not understood", "not json"],
  ])("is not asked where CURRENT is %s", async (_what, content) => {
    expect(await learn({ current: { content } })).toMatchObject(nothing);
  });
});
