import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/errors.ts";
import type { Invocation } from "../../../src/invocation.ts";
import type { ReadBack } from "../../../src/issuers/issuer.ts";
import { learnSurvival } from "../../../src/recovery/learn-survival.ts";
import { createMemory } from "../../../src/recovery/memory.ts";
import { observe, readAll } from "../../../src/recovery/observe.ts";
import { withSurvival } from "../../../src/recovery/own-metadata.ts";
import { Secret } from "../../../src/secret.ts";
import { claim, createRig, credential, type Rig, type Written } from "./rig.ts";

const DAY_MS = 86_400_000;

interface Case {
  readonly answer?: ReadBack;
  /** The claims below CURRENT, the newest first, by the token that each holds and whose client secret got it. */
  readonly claims?: readonly { readonly token?: string; readonly appSecret?: string; readonly lifeMs?: number }[];
  readonly current?: Partial<Written>;
  readonly metadata?: (rig: Rig) => Readonly<Record<string, unknown>>;
  readonly isRead?: boolean;
}

/** What a heal asked of the issuer and wrote to the secret's metadata. */
async function learn({
  answer = { outcome: "read", clientSecret: new Secret("S1") },
  claims = [{ token: "old" }],
  current = {},
  metadata = () => ({ team: "payments" }),
  isRead = true,
}: Case) {
  const rig = createRig([]);
  const { clock } = rig;
  rig.vault.versions = [
    { no: 9, stages: ["CURRENT", "LATEST"], content: credential("S1"), ...current },
    ...claims.map(
      ({ token = "old", appSecret = "S0", lifeMs = 60_000 }, index): Written => ({
        no: 8 - index,
        stages: ["DEPRECATED"],
        content: claim(appSecret, { token, tokenExpiresAt: new Date(clock.now() + lifeMs).toISOString() }),
      }),
    ),
  ];
  const asked: string[] = [];
  const written: unknown[] = [];
  const invocation: Invocation = {
    ...rig.invocation,
    open: (content) => ({
      ...rig.invocation.open(content),
      readBack: async (proof) => {
        asked.push(proof.kind === "bearer" ? proof.token.reveal() : proof.kind);
        return answer;
      },
    }),
    store: {
      ...rig.invocation.store,
      writeMetadata: async (value, etag) => {
        written.push([value, etag]);
        return { outcome: "done" };
      },
    },
  };
  const memory = createMemory(null);
  const seen = await observe(invocation, memory, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  if (isRead) await readAll(invocation, memory, seen.list);
  memory.metadata = metadata(rig);
  await learnSurvival(invocation, memory, seen);
  return { asked, written, log: rig.log, asOf: seen.list.asOf };
}

const nothing = { asked: [], written: [], log: [] };

describe("whether a token outlives the client secret that got it", () => {
  test.each<[ReadBack, boolean, string]>([
    [{ outcome: "read", clientSecret: new Secret("S1") }, true, "survives"],
    [{ outcome: "not-readable", isProofAlive: true }, true, "survives"],
    [{ outcome: "proof-refused" }, false, "dies"],
  ])("is learnt from one read with a token of the old one: %o", async (answer, yes, outcome) => {
    const { asked, written, log, asOf } = await learn({ answer });
    expect(asked).toEqual(["old"]);
    expect(written).toEqual([[withSurvival({ team: "payments" }, yes, asOf), "etag-1"]]);
    expect(log).toEqual([expect.objectContaining({ level: "info", event: "token-survival", outcome, write: "done" })]);
  });

  test.each<ReadBack>([
    { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer") },
    { outcome: "not-readable", isProofAlive: false },
  ])("is not learnt from an answer that does not tell: %o", async (answer) => {
    const claims = [{ token: "first" }, { token: "second" }];
    expect(await learn({ answer, claims })).toMatchObject({ asked: ["first"], written: [], log: [] });
  });

  test("is asked once, with the newest token that lives and was got with another client secret", async () => {
    const claims = [
      { token: "same secret", appSecret: "S1" },
      { token: "dead", lifeMs: 0 },
      { token: "newest" },
      { token: "older" },
    ];
    expect((await learn({ claims })).asked).toEqual(["newest"]);
    expect(await learn({ claims: claims.slice(0, 2) })).toMatchObject(nothing);
    expect((await learn({ claims: [{ lifeMs: 1 }] })).asked).toEqual(["old"]);
  });

  test("is asked with no token where the claims were not read, or hold none", async () => {
    expect(await learn({ isRead: false })).toMatchObject(nothing);
    const odd: Written = { no: 7, stages: ["DEPRECATED"], content: "not json" };
    const bare: Written = { no: 8, stages: ["DEPRECATED"], content: claim("S0") };
    const rig = createRig([bare, odd, { no: 9, stages: ["CURRENT"], content: credential("S1") }]);
    const memory = createMemory(null);
    const seen = await observe(rig.invocation, memory, true, null);
    if (seen === null) throw new Error("the secret is UPDATING");
    await readAll(rig.invocation, memory, seen.list);
    await learnSurvival(rig.invocation, memory, seen);
    memory.contents.clear();
    await learnSurvival(rig.invocation, memory, seen);
    expect(rig.log).toEqual([]);
  });

  test("is not asked where it is known, and asked again after thirty days", async () => {
    const known = (ageMs: number) => (rig: Rig) => withSurvival({}, true, rig.clock.now() - ageMs);
    expect(await learn({ metadata: known(30 * DAY_MS) })).toMatchObject(nothing);
    expect((await learn({ metadata: known(30 * DAY_MS + 1) })).asked).toEqual(["old"]);
  });

  test("is not asked before every node can have heard of the change", async () => {
    expect(await learn({ current: { ageSeconds: 59 } })).toMatchObject(nothing);
    expect((await learn({ current: { ageSeconds: 60 } })).asked).toEqual(["old"]);
  });

  test.each([
    ["a claim", claim("S1")],
    ["not understood", "not json"],
  ])("is not asked where CURRENT is %s", async (_what, content) => {
    expect(await learn({ current: { content } })).toMatchObject(nothing);
  });
});
