import { expect, test } from "vitest";
import type { Traits } from "../../../src/issuers/issuer.ts";
import { claimSeen, isAnotherAtWork, leaseSeen } from "../../../src/recovery/locks.ts";
import { createMemory } from "../../../src/recovery/memory.ts";
import { observe } from "../../../src/recovery/observe.ts";
import { withLease } from "../../../src/recovery/own-metadata.ts";
import { claim, createRig, credential, holdClaim, type Written } from "./rig.ts";

const OVERLAPPING: Traits = {
  valueChosenBy: "caller",
  readBack: "no",
  overlap: "two-slot",
  authorities: ["client"],
  repeatMint: "safe",
};
const current: Written = { no: 7, stages: ["CURRENT"], content: credential("S7") };
const pending = (content: object, ageSeconds = 10): Written => ({ no: 8, stages: ["PENDING"], content, ageSeconds });

/** What is told of these versions; `traits`: of an issuer to which we give a value. */
async function seen(versions: readonly Written[], traits?: Traits) {
  const rig = createRig(versions, {}, traits && (() => traits));
  const memory = createMemory(null);
  const observation = await observe(rig.invocation, memory, true, null);
  if (observation === null) throw new Error("the secret is UPDATING");
  return {
    rig,
    memory,
    claim: () => claimSeen(rig.invocation, memory, observation),
    lease: () => leaseSeen(rig.invocation, memory, observation),
    busy: () => isAnotherAtWork(rig.invocation, memory, observation),
    asOf: observation.list.asOf,
  };
}

test("nobody else is at work where nothing is pending", async () => {
  expect((await seen([current])).busy()).toBe(false);
  expect((await seen([current], OVERLAPPING)).busy()).toBe(false);
});

test("another run is at work while its claim lives, above CURRENT or in it", async () => {
  expect((await seen([current, pending(claim("S7"))])).busy()).toBe(true);
  expect((await seen([{ ...current, content: claim("S7"), ageSeconds: 10 }])).busy()).toBe(true);
  expect((await seen([current, pending(claim("S7"), 86_400)])).busy()).toBe(false);
  // That rotation has ended.
  const older: Written = { no: 6, stages: ["DEPRECATED"], content: claim("S5"), ageSeconds: 10 };
  expect((await seen([older, current])).busy()).toBe(false);
});

test("this call's own claim is nobody else's", async () => {
  const { rig, memory, busy } = await seen([current, pending(claim("S7", { callId: "me" }))]);
  holdClaim(memory, rig, { callId: "me", name: "orot-8" });
  expect(busy()).toBe(false);
});

test("a value of another run's own choosing is its lock, a value that the issuer chose is none", async () => {
  expect((await seen([current, pending(credential("S8"))], OVERLAPPING)).busy()).toBe(true);
  expect((await seen([current, pending(credential("S8"), 86_400)], OVERLAPPING)).busy()).toBe(false);
  expect((await seen([current, pending(credential("S8"))])).busy()).toBe(false);
});

test("another run is at work while it holds the lease, where we choose the value", async () => {
  for (const [callId, isOwn, lasts, traits, expected] of [
    ["another", false, 90_000, OVERLAPPING, true],
    ["another", false, -60_000, OVERLAPPING, false],
    ["me", true, 90_000, OVERLAPPING, false],
    ["another", false, 90_000, undefined, false],
  ] as const) {
    const { rig, memory, busy, asOf } = await seen([current], traits);
    memory.metadata = withLease({}, callId, asOf + lasts);
    if (isOwn) memory.lease = { callId, startedAt: rig.clock.monotonic(), isOpen: false };
    expect(busy(), `${callId} ${lasts}`).toBe(expected);
  }
});

test("of content that nobody understands no lock is known", async () => {
  const { memory, busy, asOf } = await seen([{ ...current, content: "{}" }], OVERLAPPING);
  memory.metadata = withLease({}, "another", asOf + 90_000);
  expect(busy()).toBe(false);
});

test("the newest claim is told with its writer, since when, and until when others leave it alone", async () => {
  expect((await seen([current])).claim()).toBeNull();
  for (const [ageSeconds, isLive] of [
    [149, true],
    [150, false],
  ] as const) {
    const { claim: told, asOf } = await seen([current, pending(claim("S7"), ageSeconds)]);
    const since = asOf - ageSeconds * 1000;
    expect(told()).toEqual({ versionNo: 8, callId: "another", since, until: since + 150_000, isLive });
  }
  const later = await seen([current, pending({ appSecret: "S7", _rotation: { v: 2, kind: "other" } })]);
  expect(later.claim()).toMatchObject({ versionNo: 8, callId: null });
});

test("a lease is told with its holder, and until when others wait", async () => {
  const { memory, lease, asOf } = await seen([current]);
  expect(lease()).toBeNull();
  for (const [until, isLive] of [
    [asOf - 59_999, true],
    [asOf - 60_000, false],
  ] as const) {
    memory.metadata = withLease({}, "another", until);
    expect(lease()).toEqual({ callId: "another", until: until + 60_000, isLive });
  }
});
