import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { withLease } from "../../../../src/clients/vault/rotation-metadata.ts";
import { type Attempt, createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { observeVersion } from "../../../../src/rotation/observe/version.ts";
import { endsIn, verdictEndsIn } from "../../../../src/rotation/observe/wait-ends.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { claim, createRig, credential, holdClaim, noteLogin, observed, type Rig, type Written } from "../rig.ts";

const CHOSEN: Capabilities = {
  valueChosenBy: "caller",
  readBack: "no",
  overlap: "two-slot",
  authorities: ["client"],
  repeatMint: "safe",
};
const current: Written = { no: 7, stages: ["CURRENT", "LATEST"], content: credential("S7") };
const above = (content: object, ageSeconds: number): Written => ({ no: 8, stages: ["PENDING"], content, ageSeconds });

type Until = Parameters<typeof endsIn>[1];

/** What a call knows, right after its look, of the end of a wait for `until`. */
async function look(versions: readonly Written[], capabilities?: Capabilities) {
  const rig = createRig(versions, {}, capabilities && { capabilities });
  const attempt = createAttempt(null);
  const seen = await observed(rig, attempt);
  return {
    rig,
    attempt,
    seen,
    left: (until: Until) => endsIn({ context: rig.context, attempt, snapshot: seen }, until),
  };
}

describe("the end of another's turn", () => {
  test("is that of his claim, less what has passed since the look", async () => {
    const { rig, left } = await look([current, above(claim("S7"), 30)]);
    expect(left("claim")).toBe(120_000);
    rig.clock.advance(50_000);
    expect(left("claim")).toBe(70_000);
    rig.clock.advance(70_000);
    expect(left("claim")).toBeNull();
  });

  test("is late enough for a clock that is read in whole seconds", async () => {
    const { left } = await look([current, above(claim("S7"), 29.7)]);
    expect(left("claim")).toBe(121_000);
  });

  test("of an older edition's mark, or of a claim that was taken over, is as late as that lives", async () => {
    const unknown = { ...(claim("S7") as Record<string, unknown>), _rotation: { v: 2, kind: "another" } };
    expect(await (await look([current, above(unknown, 0)])).left("claim")).toBe(64 * 150_000);
  });

  test("does not lie in a claim of this call, nor in one that is over", async () => {
    const own = await look([current, above(claim("S7", { callId: "me" }), 30)]);
    holdClaim(own.attempt, own.rig, { callId: "me", name: "orot-8" });
    expect(own.left("claim")).toBeNull();
    expect((await look([current, above(claim("S7"), 150)])).left("claim")).toBeNull();
  });

  test("is that of a value which its writer may still install, or of his lease, whichever is sooner", async () => {
    const { attempt, left, seen } = await look([current, above(credential("S8"), 30)], CHOSEN);
    expect(left("claim")).toBe(120_000);
    attempt.read.metadata = withLease({}, "another", seen.list.asOf + 20_000);
    expect(left("claim")).toBe(80_000);
    const issuers = await look([current, above(credential("S8"), 30)]);
    expect(issuers.left("claim")).toBeNull();
  });
});

describe("the landing bound of what this call has sent", () => {
  test.each<[string, (attempt: Attempt, at: number) => void]>([
    [
      "a mint without an answer",
      (attempt, at) => Object.assign(attempt.requests, { openMint: { at, wasCurrentAccepted: false } }),
    ],
    ["a value for which there is no room", (attempt, at) => Object.assign(attempt.requests, { occupiedSince: at })],
    ["a retirement", (attempt, at) => Object.assign(attempt.requests, { retiredAt: at })],
  ])("ends a wait for %s", async (_what, send) => {
    const { rig, attempt, left } = await look([current]);
    expect(left("landed")).toBeNull();
    send(attempt, rig.clock.monotonic());
    rig.clock.advance(12_345.6);
    expect(left("landed")).toBe(47_655);
    expect(left("claim")).toBeNull();
    rig.clock.advance(47_655);
    expect(left("landed")).toBeNull();
  });
});

describe("the age from which on a refusal counts", () => {
  test("ends a wait for a verdict on a young value, and only if it was refused", async () => {
    const { rig, attempt, left } = await look([{ ...current, ageSeconds: 10 }]);
    expect(left("verdict")).toBeNull();
    for (const verdict of ["unknown", "accepted"] as const) {
      noteLogin(attempt, rig, 7, verdict);
      expect(left("verdict")).toBeNull();
    }
    noteLogin(attempt, rig, 7, "rejected");
    expect(left("verdict")).toBe(50_000);
    rig.clock.advance(50_000);
    expect(left("verdict")).toBeNull();
  });

  test("is that of the first of several values, each by the oldest version that holds it", async () => {
    const base: Written = { no: 6, stages: ["DEPRECATED"], content: credential("S6"), ageSeconds: 40 };
    const copy: Written = { ...current, content: claim("S6"), ageSeconds: 5 };
    const { rig, attempt, left } = await look([base, copy, above(credential("S8"), 30)]);
    noteLogin(attempt, rig, 8, "rejected");
    expect(left("verdict")).toBe(30_000);
    noteLogin(attempt, rig, 7, "rejected");
    expect(left("verdict")).toBe(20_000);
  });

  test("is reached by an unsaved value from when it was received", async () => {
    const { rig, attempt, seen, left } = await look([current]);
    keepUnsaved({ context: rig.context, attempt, snapshot: seen }, new Secret("S9"), true);
    rig.clock.advance(15_000);
    expect(left("verdict")).toBe(45_000);
  });

  test.each<[string, (attempt: Attempt, at: number) => void]>([
    [
      "what this call has installed",
      (attempt, at) =>
        Object.assign(attempt.requests, { install: { clientSecret: new Secret("S8"), at, isRefused: false } }),
    ],
    [
      "a CURRENT that it has seen refused",
      (attempt, at) => Object.assign(attempt.read, { currentRefusal: { versionNo: 7, since: at, looks: 1 } }),
    ],
  ])("is waited for with %s, if we choose the value", async (_what, happen) => {
    const leftWith = async (capabilities?: Capabilities) => {
      const { rig, attempt, left } = await look([current], capabilities);
      happen(attempt, rig.clock.monotonic());
      rig.clock.advance(20_000);
      return left("verdict");
    };
    expect([await leftWith(CHOSEN), await leftWith()]).toEqual([40_000, null]);
  });

  test("comes after the end of a pause that the issuer has asked for, if that is sooner", async () => {
    const { rig, attempt, seen } = await look([{ ...current, ageSeconds: 10 }]);
    noteLogin(attempt, rig, 7, "rejected");
    const pausedFor = (ms: number) =>
      endsIn(
        {
          context: {
            ...rig.context,
            clients: { ...rig.context.clients, issuers: { ...rig.context.clients.issuers, pauseMs: () => ms } },
          },
          attempt,
          snapshot: seen,
        },
        "verdict",
      );
    expect([0, 4_000, 70_000].map(pausedFor)).toEqual([50_000, 4_000, 50_000]);
  });

  test("is known of a single version that was looked at, too", async () => {
    const rig: Rig = createRig([current, above(credential("S8"), 25)]);
    const attempt = createAttempt(null);
    const { version } = await observeVersion({ context: rig.context, attempt }, 8);
    if (version === null) throw new Error("there is no version 8");
    noteLogin(attempt, rig, 8, "rejected");
    rig.clock.advance(5_000);
    expect(verdictEndsIn({ context: rig.context, attempt }, version, version.asOf)).toBe(30_000);
  });
});

test("it is not known when Vault will be ACTIVE, nor anything while its versions are not listed", async () => {
  const { rig, attempt, left } = await look([current, above(claim("S7"), 30)]);
  expect(left("active")).toBeNull();
  expect(endsIn({ context: rig.context, attempt, snapshot: null }, "claim")).toBeNull();
});
