import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { leaseIn, withCurrentSince, withLease } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { SecretState } from "../../../../src/clients/vault/store.ts";
import { released, releaseLease } from "../../../../src/rotation/housekeeping/release-lease.ts";
import { startRun, withVault } from "../rig.ts";

const UNTIL = Date.parse("2026-11-01T12:00:00Z");
const leased = (callId: string) => withCurrentSince(withLease({ team: "payments" }, callId, UNTIL), 7, UNTIL);

/** A call that holds the lease "me", at a secret with that metadata. */
async function holding(metadata: Readonly<Record<string, unknown>>, lifecycles: readonly string[] = ["ACTIVE"]) {
  const run = await startRun({ annotate: { outcome: "done" } });
  const states = [...lifecycles];
  let reads = 0;
  const state = (lifecycle: string): SecretState => {
    reads += 1;
    const where = { compartmentId: null, definedTags: {} };
    return { etag: "etag-9", lifecycle, currentVersionNo: 7, isReplica: false, metadata, tags: {}, ...where };
  };
  const readSecret = async () => state(states.length > 1 ? (states.shift() ?? "ACTIVE") : (states[0] ?? "ACTIVE"));
  run.attempt.locks.lease = { callId: "me", startedAt: run.clock.monotonic(), isOpen: false };
  return { ...run, context: withVault(run.context, { readSecret }), reads: () => reads };
}

describe("a lease", () => {
  test("is given back by one write, which leaves everything else as it is", async () => {
    const { context, attempt, sent, log } = await holding(leased("me"), ["UPDATING", "ACTIVE"]);
    await releaseLease({ context, attempt });
    expect(sent).toEqual([["annotate", { metadata: withCurrentSince({ team: "payments" }, 7, UNTIL) }, "etag-9"]]);
    expect(leaseIn(Object(Object(sent[0]?.[1]).metadata), UNTIL)).toBeNull();
    expect(log).toEqual([expect.objectContaining({ level: "info", event: "lease-released", outcome: "done" })]);
  });

  test("of another call, or none, is left alone", async () => {
    for (const metadata of [leased("another"), { team: "payments" }]) {
      const { context, attempt, sent, reads, log } = await holding(metadata);
      await releaseLease({ context, attempt });
      expect(released(attempt.locks, metadata)).toBe(metadata);
      expect(reads()).toBe(1);
      attempt.locks.lease = null;
      await releaseLease({ context, attempt });
      expect(sent).toEqual([]);
      expect(log).toEqual([]);
      expect(reads(), "Vault is not even asked").toBe(1);
    }
  });

  test("stays if a request sent under it was left without an answer", async () => {
    const { context, attempt, sent, reads } = await holding(leased("me"));
    if (attempt.locks.lease !== null) attempt.locks.lease.isOpen = true;
    await releaseLease({ context, attempt });
    expect(released(attempt.locks, leased("me"))).toEqual(leased("me"));
    expect(sent).toEqual([]);
    expect(reads()).toBe(0);
  });

  test("that Vault does not let go of, or no time is left for, is no trouble", async () => {
    const busy = await holding(leased("me"), ["UPDATING"]);
    await releaseLease({ context: busy.context, attempt: busy.attempt });
    expect(busy.sent).toEqual([]);
    expect(busy.log).toEqual([]);
    const late = await holding(leased("me"));
    late.clock.advance(261_000);
    await releaseLease({ context: late.context, attempt: late.attempt });
    expect(late.sent).toEqual([]);
    expect(late.log).toEqual([]);
    const broken = await holding(leased("me"));
    const readSecret = () => Promise.reject(new Error("no"));
    await releaseLease({ context: withVault(broken.context, { readSecret }), attempt: broken.attempt });
    expect(broken.log).toEqual([
      expect.objectContaining({ level: "warn", event: "lease-not-released", outcome: "INTERNAL" }),
    ]);
  });
});

test("a lease that was taken in a turn of a heal of many is given back after it", async () => {
  const { context, attempt, sent, clock } = await holding(leased("me"), ["UPDATING", "ACTIVE"]);
  const turn = turnOf(context.budget, clock, 20_000);
  clock.advance(25_000);
  await releaseLease({ context: { ...context, budget: turn }, attempt });
  expect(sent).toHaveLength(1);
});
