import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { type Attempt, createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import type { IssuerState } from "../../../../src/rotation/decide/state.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { claim, createRig, credential, holdClaim, observed, type Rig, type Written } from "../rig.ts";
import { issuerState } from "./state-rig.ts";

const current: Written = { no: 1, stages: ["CURRENT"], content: credential("S0") };
/** The default time of a claim and the landing bound after it, in seconds. */
const LIFE = 90 + 60;

async function look(rig: Rig, attempt: Attempt = createAttempt(null)): Promise<IssuerState> {
  return issuerState(rig, attempt, await observed(rig, attempt));
}

async function lookAtClaim(content: unknown, ageSeconds: number, environment = {}): Promise<IssuerState["claim"]> {
  const above: Written = { no: 2, stages: ["PENDING", "LATEST"], content, ageSeconds };
  return (await look(createRig([current, above], environment))).claim;
}

/** The same with claims right below it that it has taken over from; `others` lie between them and it. */
async function lookAbove(below: number, content: unknown, ageSeconds: number, others: readonly unknown[] = []) {
  const contents = [...Array.from({ length: below }, () => claim("S0")), ...others];
  const versions = contents.map(
    (text, index): Written => ({ no: index + 2, stages: ["DEPRECATED"], content: text, ageSeconds: ageSeconds + 1 }),
  );
  const above: Written = { no: versions.length + 2, stages: ["PENDING", "LATEST"], content, ageSeconds };
  return (await look(createRig([current, ...versions, above]))).claim;
}

describe("another's claim", () => {
  test.each([
    [0, 1],
    [1, 2],
    [2, 4],
    [5, 32],
    [6, 64],
    [7, 64],
  ])(
    "with %i takeovers below it is live for %i times its own time and the landing bound",
    async (takeovers, factor) => {
      const content = claim("S0", { takeovers });
      expect((await lookAbove(takeovers, content, LIFE * factor - 1)).holder).toBe("theirs");
      expect((await lookAbove(takeovers, content, LIFE * factor)).holder).toBe("none");
    },
  );

  test.each([
    [0, [], 1],
    [2, [], 4],
    [2, [credential("S1")], 1],
    [2, [claim("made up", { base: 1 })], 1],
    [2, [credential("S1"), claim("S0")], 2],
  ])(
    "that says 1000 takeovers is believed only as far as claims lie right below it: with %i, then %j, times %i",
    async (below, others, factor) => {
      const content = claim("S0", { takeovers: 1_000 });
      expect((await lookAbove(below, content, LIFE * factor - 1, others)).holder).toBe("theirs");
      expect((await lookAbove(below, content, LIFE * factor, others)).holder).toBe("none");
    },
  );

  test("that says fewer takeovers than claims lie below it is believed", async () => {
    expect((await lookAbove(3, claim("S0", { takeovers: 1 }), LIFE * 2)).holder).toBe("none");
  });

  test("is believed for an hour at most, whatever it says", async () => {
    const content = claim("S0", { ttlSeconds: 86_400 });
    expect((await lookAtClaim(content, 3_600 + 59)).holder).toBe("theirs");
    expect((await lookAtClaim(content, 3_600 + 60)).holder).toBe("none");
  });

  test.each([
    ["with another text than the version that it names", claim("made up", { base: 1 })],
    ["that names no version of the secret", claim("S0", { base: 1_000_000_000 })],
    ["that names itself", claim("S0", { base: 2 })],
    ["of a later edition that is made from no version", { appSecret: "made up", _rotation: { v: 9 } }],
    ["beside no credential", { _rotation: { v: 9 } }],
  ])("%s is no run's, and blocks none", async (_what, content) => {
    expect(await lookAtClaim(content, 1)).toEqual({ holder: "none" });
  });

  test("lives as long as it says itself, not as is set here", async () => {
    const content = claim("S0", { ttlSeconds: 200 });
    expect((await lookAtClaim(content, 259)).holder).toBe("theirs");
    expect((await lookAtClaim(content, 260)).holder).toBe("none");
  });

  test("lives longer by the landing bound that is set here", async () => {
    const environment = { OROT_LANDING_BOUND_SECONDS: "10" };
    expect((await lookAtClaim(claim("S0"), 99, environment)).holder).toBe("theirs");
    expect((await lookAtClaim(claim("S0"), 100, environment)).holder).toBe("none");
  });

  test.each([
    ["of a later edition", claim("S0", { v: 2 })],
    ["of a kind that is not known", claim("S0", { kind: "lease" })],
    ["that is malformed", claim("S0", { ttlSeconds: "90" })],
    ["of a later edition that names no base, over CURRENT", { appSecret: "S0", _rotation: { v: 9 } }],
  ])("%s is live with the greatest factor, and never PENDING", async (_what, content) => {
    expect((await lookAtClaim(content, LIFE * 64 - 1)).holder).toBe("theirs");
    expect((await lookAtClaim(content, LIFE * 64)).holder).toBe("none");
    const above: Written = { no: 2, stages: ["PENDING", "LATEST"], content, ageSeconds: 1 };
    expect((await look(createRig([current, above]))).pending).toBeNull();
  });

  test("counts only by the newest: an older one that is still live does not", async () => {
    const long: Written = {
      no: 2,
      stages: ["DEPRECATED"],
      content: claim("S0", { ttlSeconds: 3_600 }),
      ageSeconds: 900,
    };
    const over: Written = { no: 3, stages: ["PENDING", "LATEST"], content: claim("S0"), ageSeconds: 800 };
    expect((await look(createRig([current, long, over]))).claim.holder).toBe("none");
  });

  test("counts below a credential too", async () => {
    const below: Written = { no: 2, stages: ["DEPRECATED"], content: claim("S0"), ageSeconds: 30 };
    const above: Written = { no: 3, stages: ["PENDING", "LATEST"], content: credential("S1"), ageSeconds: 20 };
    expect(await look(createRig([current, below, above]))).toMatchObject({
      claim: { holder: "theirs" },
      pending: { versionNo: 3, isOwn: false },
    });
  });

  test("that awaits deletion does not count", async () => {
    const gone: Written = { no: 2, stages: ["DEPRECATED"], content: claim("S0"), ageSeconds: 30, isBeingDeleted: true };
    expect((await look(createRig([current, gone]))).claim.holder).toBe("none");
  });

  test("is one whatever its version is called, and a credential named like ours is none", async () => {
    const named = { no: 2, stages: ["PENDING", "LATEST"], ageSeconds: 30, name: "orot-2" } as const;
    expect((await look(createRig([current, { ...named, content: credential("S1") }]))).claim.holder).toBe("none");
    expect((await look(createRig([current, { ...named, name: "by-hand", content: claim("S0") }]))).claim.holder).toBe(
      "theirs",
    );
  });
});

describe("my own claim", () => {
  const mine: Written = {
    no: 2,
    stages: ["PENDING", "LATEST"],
    content: claim("S0", { callId: "me" }),
    name: "orot-2",
    ageSeconds: 1,
  };

  test("is known by its call id although its answer was lost", async () => {
    const rig = createRig([current, mine]);
    const attempt = createAttempt(null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-2" });
    expect((await look(rig, attempt)).claim).toMatchObject({ holder: "mine" });
  });

  test("is not another's of the same name", async () => {
    const rig = createRig([current, { ...mine, content: claim("S0", { callId: "another" }) }]);
    const attempt = createAttempt(null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-2" });
    expect((await look(rig, attempt)).claim).toMatchObject({ holder: "theirs" });
  });

  test("that awaits deletion gives way to another's live one, but not while there is a value to store", async () => {
    const theirs: Written = { no: 2, stages: ["DEPRECATED"], content: claim("S0"), ageSeconds: 5 };
    const gone: Written = { ...mine, no: 3, name: "orot-3", isBeingDeleted: true };
    const rig = createRig([current, theirs, gone]);
    const attempt = createAttempt(null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-3", isConfirmed: true });
    const snapshot = await observed(rig, attempt);
    expect(issuerState(rig, attempt, snapshot).claim).toMatchObject({ holder: "theirs" });
    keepUnsaved({ context: rig.context, attempt, snapshot }, new Secret("S1"), true);
    expect(issuerState(rig, attempt, snapshot).claim).toMatchObject({ holder: "mine" });
  });

  test("is not read again if Vault said that it was written", async () => {
    const rig = createRig([current, mine]);
    const attempt = createAttempt(null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-2", isConfirmed: true });
    expect((await look(rig, attempt)).claim.holder).toBe("mine");
    expect(rig.asked).not.toContain("read 2");
  });

  test("is fresh by the monotonic clock from before its first PUT, not by Vault's clock", async () => {
    const rig = createRig([current, mine]);
    const attempt = createAttempt(null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-2" });
    rig.clock.advance(89_999);
    expect((await look(rig, attempt)).claim).toMatchObject({ holder: "mine" });
    rig.clock.advance(1);
    expect((await look(rig, attempt)).claim).toMatchObject({ holder: "mine-expired" });
  });

  test("counts as mine only while it is the highest version", async () => {
    const above: Written = { no: 3, stages: ["PENDING", "LATEST"], content: credential("S1") };
    const rig = createRig([current, { ...mine, stages: ["DEPRECATED"] }, above]);
    const attempt = createAttempt(null);
    holdClaim(attempt, rig, { callId: "me", name: "orot-2" });
    expect((await look(rig, attempt)).claim).toMatchObject({ holder: "none" });
  });
});
