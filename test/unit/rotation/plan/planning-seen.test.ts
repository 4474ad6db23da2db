import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../../../src/base/durations.ts";
import { withCurrentSince } from "../../../../src/clients/vault/rotation-metadata.ts";
import { claim, credential, current, ownValue, pending, rejected, STARTED_AT, said, type Toys } from "../rig.ts";
import { HEAL, own, planned, previous, TWO } from "./planned.ts";

describe("besides what the decision needs, a plan", () => {
  test("asks for CURRENT once, and not again where it was asked", async () => {
    const { asked } = await planned(HEAL, { versions: [previous, own], capabilities: TWO });
    expect(asked).toEqual(["S7", "S6"]);
  });

  test("asks for PREVIOUS only where there is one that can be understood", async () => {
    const odd = await planned(HEAL, {
      versions: [{ ...previous, content: "not json" }, own],
      capabilities: TWO,
    });
    expect(odd.asked).toEqual(["S7"]);
    expect(odd.plan.previous).toBeNull();
    expect((await planned(HEAL)).plan.previous).toBeNull();
  });

  test("shows PREVIOUS with the issuer's verdict, if it holds another value", async () => {
    const both = { versions: [previous, own], capabilities: TWO };
    const { plan } = await planned(HEAL, both);
    expect(plan.previous).toEqual({ versionNo: 6, verdict: "accepted" });
    const dead = await planned(HEAL, { ...both, logins: { S6: rejected } });
    expect(dead.plan.previous).toEqual({ versionNo: 6, verdict: "rejected" });
    const same = await planned(HEAL, {
      versions: [{ ...previous, content: credential("S7") }, own],
      capabilities: TWO,
    });
    expect(same.plan.previous).toBeNull();
  });

  test("shows when the grace of PREVIOUS is over, once it is noted since when CURRENT is CURRENT", async () => {
    const both = { versions: [previous, own], capabilities: TWO, environment: { OROT_GRACE_HOURS: "48" } };
    expect((await planned(HEAL, both)).plan.graceEndsAt).toBeNull();
    const since = STARTED_AT - HOUR_MS;
    const noted = await planned(HEAL, {
      ...both,
      // No token outlives the grace.
      logins: { S7: { verdict: "accepted", token: null } },
      stateOf: (state) => ({ ...state, metadata: withCurrentSince({}, 7, since) }),
    });
    expect(noted.plan.graceEndsAt).toBe(since + 48 * HOUR_MS);
    expect(noted.plan).toMatchObject({ state: "healthy", changes: false });
  });

  test("installs a PENDING value of our own that is refused so far, however young", async () => {
    const ours = { ...pending, content: credential(ownValue("S7")), ageSeconds: 3_600 };
    const { plan } = await planned(HEAL, {
      versions: [own, ours],
      capabilities: { ...TWO, overlap: "none" },
      logins: { [ownValue("S7")]: rejected },
    });
    expect(plan).toMatchObject({ state: "interrupted", decision: { kind: "install", versionNo: 8 }, changes: true });
    expect(plan.pending).toEqual({ versionNo: 8, verdict: "rejected" });
  });

  test("does not ask for a CURRENT that cannot be understood, and calls it unusable", async () => {
    const { plan, asked } = await planned(HEAL, { versions: [{ ...current, content: "not json" }] });
    expect(plan).toMatchObject({ state: "unusable", decision: { kind: "fail", code: "CONTENT_INVALID" } });
    expect(asked).toEqual([]);
    expect(plan.nextAction).toBe(said("CONTENT_INVALID").nextAction);
  });

  test("shows the claim that it saw", async () => {
    const { plan } = await planned(HEAL, {
      versions: [current, { no: 8, stages: ["PENDING", "LATEST"], content: claim("S7"), ageSeconds: 5 }],
    });
    expect(plan).toMatchObject({ state: "busy", claim: { versionNo: 8, callId: "another", isLive: true } });
    expect((await planned(HEAL)).plan).toMatchObject({ claim: null, lease: null });
  });
});

describe("while Vault is between two states", () => {
  const updating =
    (until: number): NonNullable<Toys["stateOf"]> =>
    (state, reads) =>
      reads <= until ? { ...state, lifecycle: "UPDATING" } : state;

  test("a plan looks four times, a second apart, and then knows nothing of the versions", async () => {
    const { plan, slept, asked } = await planned(HEAL, { stateOf: updating(100) });
    expect(plan).toMatchObject({
      ...{ state: "updating", decision: { kind: "wait", until: "active" }, changes: false, snapshot: null },
      ...{ current: null, pending: null, previous: null, graceEndsAt: null, claim: null, lease: null },
    });
    expect([slept, asked]).toEqual([[1_000, 1_000, 1_000], []]);
  });

  test("a plan goes on with the look that shows them", async () => {
    const { plan, slept } = await planned(HEAL, { stateOf: updating(3) });
    expect(plan).toMatchObject({ state: "healthy", current: { versionNo: 7, verdict: "accepted" } });
    expect(slept).toHaveLength(3);
  });
});

test("a retirement at an issuer that keeps one value has nothing to do, and says why", async () => {
  const { plan } = await planned({ name: "RETIRE" });
  expect(plan).toMatchObject({
    ...{ state: "healthy", decision: { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 }, changes: false },
    ...{ why: "the issuer keeps only one value", row: null, nextAction: null },
  });
});

test("an overlap that is due takes a lease first, and says what for", async () => {
  const { plan } = await planned(HEAL, {
    versions: [previous, own],
    capabilities: TWO,
    environment: { OROT_GRACE_HOURS: "0" },
  });
  expect(plan).toMatchObject({ state: "overlap-due", decision: { kind: "take-lease" }, changes: true });
  expect(plan.next).toContain("delete the client secret of version 6");
});
