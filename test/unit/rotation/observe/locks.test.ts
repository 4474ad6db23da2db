import { expect, test } from "vitest";
import type { Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { withLease } from "../../../../src/clients/vault/rotation-metadata.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { claimSeen, isAnotherAtWork, leaseSeen } from "../../../../src/rotation/observe/locks.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { claim, createRig, credential, holdClaim, ownValue, type Written } from "../rig.ts";
import { current } from "./observe-rig.ts";

const OVERLAPPING: Capabilities = {
  valueChosenBy: "caller",
  readBack: "no",
  overlap: "two-slot",
  authorities: ["client"],
  repeatMint: "safe",
};
const pending = (content: object, ageSeconds = 10): Written => ({ no: 8, stages: ["PENDING"], content, ageSeconds });

/** What is told of these versions; `capabilities`: of an issuer to which we give a value. */
async function seen(versions: readonly Written[], capabilities?: Capabilities) {
  const rig = createRig(versions, {}, capabilities && { capabilities });
  const attempt = createAttempt(null);
  const snapshot = await observe({ context: rig.context, attempt }, true, null);
  if (snapshot === null) throw new Error("the secret is UPDATING");
  return {
    rig,
    attempt,
    busy: () => isAnotherAtWork({ context: rig.context, attempt, snapshot }),
    claimSeen: () => claimSeen({ context: rig.context, attempt, snapshot }),
    leaseSeen: () => leaseSeen({ context: rig.context, attempt, snapshot }),
    asOf: snapshot.list.asOf,
  };
}

test("no other run is at work if nothing is pending", async () => {
  expect((await seen([current])).busy()).toBe(false);
  expect((await seen([current], OVERLAPPING)).busy()).toBe(false);
});

test("another run is at work while its claim lives, above CURRENT or in it", async () => {
  expect((await seen([current, pending(claim("S7"))])).busy()).toBe(true);
  const base: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6") };
  expect((await seen([base, { ...current, content: claim("S6"), ageSeconds: 10 }])).busy()).toBe(true);
  expect((await seen([current, pending(claim("S7"), 86_400)])).busy()).toBe(false);
  // That rotation has ended.
  const before: Written = { no: 5, stages: ["PREVIOUS"], content: credential("S5") };
  const older: Written = { no: 6, stages: ["DEPRECATED"], content: claim("S5"), ageSeconds: 10 };
  expect((await seen([before, older, current])).busy()).toBe(false);
  // A mark that is not to be believed is no one's.
  expect((await seen([current, pending(claim("made up", { base: 7 }))])).busy()).toBe(false);
});

test("this call's own claim is no other run's", async () => {
  const { rig, attempt, busy } = await seen([current, pending(claim("S7", { callId: "me" }))]);
  holdClaim(attempt, rig, { callId: "me", name: "orot-8" });
  expect(busy()).toBe(false);
});

test("a value of another run's own choosing is its lock, a value that the issuer chose is none", async () => {
  const made = credential(ownValue("S7"));
  expect((await seen([current, pending(made)], OVERLAPPING)).busy()).toBe(true);
  expect((await seen([current, pending(made, 86_400)], OVERLAPPING)).busy()).toBe(false);
  expect((await seen([current, pending(made)])).busy()).toBe(false);
  // Anyone who may write the secret can store one, which blocks no run.
  expect((await seen([current, pending(credential("S8"))], OVERLAPPING)).busy()).toBe(false);
});

test("another run is at work while it holds the lease, if we choose the value", async () => {
  for (const [callId, isOwn, lasts, capabilities, expected] of [
    ["another", false, 90_000, OVERLAPPING, true],
    ["another", false, -60_000, OVERLAPPING, false],
    ["me", true, 90_000, OVERLAPPING, false],
    ["another", false, 90_000, undefined, false],
  ] as const) {
    const { rig, attempt, busy, asOf } = await seen([current], capabilities);
    attempt.read.metadata = withLease({}, callId, asOf + lasts);
    if (isOwn) attempt.locks.lease = { callId, startedAt: rig.clock.monotonic(), isOpen: false };
    expect(busy(), `${callId} ${lasts}`).toBe(expected);
  }
});

test("of content that cannot be understood no lock is known", async () => {
  const { attempt, busy, asOf } = await seen([{ ...current, content: "{}" }], OVERLAPPING);
  attempt.read.metadata = withLease({}, "another", asOf + 90_000);
  expect(busy()).toBe(false);
});

/** How long other runs respect a claim, and a lease once it is over: the time to live, and the landing bound. */
const LIFE_MS = 150_000;
const LANDING_BOUND_MS = 60_000;

test.each([
  ["lives", 149, true],
  ["is over once others need not respect it any more", 150, false],
])("of the newest claim it is told whose it is, and from when until when: it %s", async (_what, ageSeconds, isLive) => {
  const older: Written = { no: 6, stages: ["DEPRECATED"], content: claim("S5", { callId: "before" }), ageSeconds: 200 };
  const { claimSeen, asOf } = await seen([older, current, pending(claim("S7"), ageSeconds)]);
  const since = asOf - ageSeconds * 1000;
  expect(claimSeen()).toEqual({ versionNo: 8, callId: "another", since, until: since + LIFE_MS, isLive });
});

test("of a claim of a later edition it is not told whose it is, and it is waited for longest", async () => {
  const { claimSeen, attempt, asOf } = await seen([current, pending(claim("S7", { v: 2 }))]);
  const since = asOf - 10_000;
  const expected = { versionNo: 8, callId: null, since, until: since + 64 * LIFE_MS, isLive: true };
  expect(claimSeen()).toEqual(expected);
  attempt.read.contents.clear();
  expect(claimSeen()).toEqual(expected);
});

test("this call's own claim is reported as one that blocks no run", async () => {
  const { rig, attempt, claimSeen } = await seen([current, pending(claim("S7", { callId: "me" }))]);
  holdClaim(attempt, rig, { callId: "me", name: "orot-8" });
  expect(claimSeen()).toMatchObject({ callId: "me", isLive: false });
});

test("no claim and no lease are reported if there is none", async () => {
  const { claimSeen, leaseSeen } = await seen([current]);
  expect(claimSeen()).toBeNull();
  expect(leaseSeen()).toBeNull();
});

test.each([
  ["runs", 90_000, true],
  ["has run out, and is respected for as long as a request may take to land", 1 - LANDING_BOUND_MS, true],
  ["is over", -LANDING_BOUND_MS, false],
])("of the lease it is told whose it is and until when: it %s", async (_what, lasts, isLive) => {
  const { attempt, leaseSeen, asOf } = await seen([current]);
  attempt.read.metadata = withLease({}, "another", asOf + lasts);
  expect(leaseSeen()).toEqual({ callId: "another", until: asOf + lasts + LANDING_BOUND_MS, isLive });
});
