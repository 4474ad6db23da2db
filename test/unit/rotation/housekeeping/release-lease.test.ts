import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { leaseIn, withCurrentSince, withLease } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { SecretState, Write } from "../../../../src/clients/vault/store.ts";
import { released, releaseLease } from "../../../../src/rotation/housekeeping/release-lease.ts";
import { createActing } from "../stages/acting.ts";

const UNTIL = Date.parse("2026-11-01T12:00:00Z");
const leased = (callId: string) => withCurrentSince(withLease({ team: "payments" }, callId, UNTIL), 7, UNTIL);

/** A call that holds the lease "me", at a secret with that metadata. */
async function holding(metadata: Readonly<Record<string, unknown>>, lifecycles: readonly string[] = ["ACTIVE"]) {
  const acting = await createActing();
  const written: unknown[][] = [];
  const states = [...lifecycles];
  let reads = 0;
  const state = (lifecycle: string): SecretState => {
    reads += 1;
    const where = { compartmentId: null, definedTags: {} };
    return { etag: "etag-9", lifecycle, currentVersionNo: 7, isReplica: false, metadata, tags: {}, ...where };
  };
  const store = {
    ...acting.context.clients.vault,
    readSecret: async () => state(states.length > 1 ? (states.shift() ?? "ACTIVE") : (states[0] ?? "ACTIVE")),
    writeAnnotations: async (...sent: unknown[]): Promise<Write> => {
      written.push(sent);
      return { outcome: "done" };
    },
  };
  acting.attempt.lease = { callId: "me", startedAt: acting.rig.clock.monotonic(), isOpen: false };
  return {
    ...acting,
    invocation: { ...acting.context, clients: { ...acting.context.clients, vault: store } },
    written,
    reads: () => reads,
    log: acting.rig.log,
  };
}

describe("a lease", () => {
  test("is given back by one write, which leaves everything else as it is", async () => {
    const { invocation, attempt, written, log } = await holding(leased("me"), ["UPDATING", "ACTIVE"]);
    await releaseLease(invocation, attempt);
    expect(written).toEqual([[{ metadata: withCurrentSince({ team: "payments" }, 7, UNTIL) }, "etag-9"]]);
    expect(leaseIn(Object(Object(written[0]?.[0]).metadata), UNTIL)).toBeNull();
    expect(log).toEqual([expect.objectContaining({ level: "info", event: "lease-released", outcome: "done" })]);
  });

  test("of another call, or none, is left alone", async () => {
    for (const metadata of [leased("another"), { team: "payments" }]) {
      const { invocation, attempt, written, reads, log } = await holding(metadata);
      await releaseLease(invocation, attempt);
      expect(released(attempt, metadata)).toBe(metadata);
      expect(reads()).toBe(1);
      attempt.lease = null;
      await releaseLease(invocation, attempt);
      expect(written).toEqual([]);
      expect(log).toEqual([]);
      expect(reads(), "Vault is not even asked").toBe(1);
    }
  });

  test("stays where a request sent under it was left without an answer", async () => {
    const { invocation, attempt, written, reads } = await holding(leased("me"));
    if (attempt.lease !== null) attempt.lease.isOpen = true;
    await releaseLease(invocation, attempt);
    expect(released(attempt, leased("me"))).toEqual(leased("me"));
    expect(written).toEqual([]);
    expect(reads()).toBe(0);
  });

  test("that Vault does not let go of, or no time is left for, is no trouble", async () => {
    const busy = await holding(leased("me"), ["UPDATING"]);
    await releaseLease(busy.invocation, busy.attempt);
    expect(busy.written).toEqual([]);
    expect(busy.log).toEqual([]);
    const late = await holding(leased("me"));
    late.rig.clock.advance(261_000);
    await releaseLease(late.invocation, late.attempt);
    expect(late.written).toEqual([]);
    expect(late.log).toEqual([]);
    const broken = await holding(leased("me"));
    const store = { ...broken.invocation.clients.vault, readSecret: () => Promise.reject(new Error("no")) };
    await releaseLease(
      { ...broken.invocation, clients: { ...broken.invocation.clients, vault: store } },
      broken.attempt,
    );
    expect(broken.log).toEqual([
      expect.objectContaining({ level: "warn", event: "lease-not-released", outcome: "INTERNAL" }),
    ]);
  });
});

test("a lease that was taken in a turn of a heal of many is given back after it", async () => {
  const { invocation, attempt, written, rig } = await holding(leased("me"), ["UPDATING", "ACTIVE"]);
  const turn = turnOf(invocation.budget, rig.clock, 20_000);
  rig.clock.advance(25_000);
  await releaseLease({ ...invocation, budget: turn }, attempt);
  expect(written).toHaveLength(1);
});
