import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { type ErrorCode, RotationError } from "../../../../src/base/errors.ts";
import { currentSince, leaseIn, noGraceUpTo } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { noteCurrentSince, noteNoGrace, takeLease } from "../../../../src/rotation/stages/locks.ts";
import { expectFailure } from "../../../support/failures.ts";
import { createActing } from "./acting.ts";

const error = (code: ErrorCode) => new RotationError(code, `said ${code}`);

const failed = (outcome: "busy" | "refused", code: ErrorCode): Write => ({ outcome, error: error(code) });

/** A call whose metadata writes are answered so. */
async function noting(answer: Write = { outcome: "done" }) {
  const acting = await createActing();
  const written: unknown[][] = [];
  const writeAnnotations = async (...sent: unknown[]) => {
    written.push(sent);
    return answer;
  };
  const invocation = {
    ...acting.context,
    clients: { ...acting.context.clients, vault: { ...acting.context.clients.vault, writeAnnotations } },
  };
  return { ...acting, invocation, written };
}

const metadataIn = (written: readonly (readonly unknown[])[]) => Object(Object(written.at(-1)?.[0]).metadata);

describe("the lease", () => {
  test("is taken for the time of a claim, under one id for the whole call", async () => {
    const { invocation, attempt, seen, rig, written } = await noting();
    expect(await takeLease(invocation, attempt, seen)).toEqual({ outcome: "leased", next: "look" });
    const lease = { ...attempt.lease };
    expect(lease.startedAt).toBe(rig.clock.monotonic());
    expect(leaseIn(metadataIn(written), seen.list.asOf)).toEqual({
      callId: lease.callId,
      until: seen.list.asOf + 90_000,
    });
    expect(written[0]?.[1]).toBe("etag-1");
    rig.clock.advance(1_000);
    await takeLease(invocation, attempt, seen);
    expect(attempt.lease).toEqual({ callId: lease.callId, startedAt: rig.clock.monotonic(), isOpen: false });
    if (attempt.lease !== null) attempt.lease.isOpen = true;
    await takeLease(invocation, attempt, seen);
    expect(attempt.lease).toMatchObject({ callId: lease.callId, isOpen: true });
  });

  test("is open from the start while an install that was sent before it may still take effect", async () => {
    const { invocation, attempt, seen, rig } = await noting();
    attempt.unansweredInstallAt = rig.clock.monotonic();
    rig.clock.advance(59_999);
    await takeLease(invocation, attempt, seen);
    expect(attempt.lease?.isOpen).toBe(true);
    const late = await noting();
    late.attempt.unansweredInstallAt = late.rig.clock.monotonic();
    late.rig.clock.advance(60_000);
    await takeLease(late.invocation, late.attempt, late.seen);
    expect(late.attempt.lease?.isOpen).toBe(false);
    // What was left open under it before stays so.
    await takeLease(invocation, attempt, seen);
    rig.clock.advance(1);
    await takeLease(invocation, attempt, seen);
    expect(attempt.lease?.isOpen).toBe(true);
  });

  test("is not taken in a turn of a heal of many that leaves no time to use it", async () => {
    const { invocation, attempt, seen, rig, written } = await noting();
    const turn = { ...invocation, budget: turnOf(invocation.budget, rig.clock, 20_000) };
    await expectFailure(() => takeLease(turn, attempt, seen), "DEADLINE_TOO_SHORT");
    expect([attempt.lease, written]).toEqual([null, []]);
  });

  test("that Vault does not write now is tried again, and one that it refuses ends the call", async () => {
    const busy = await noting(failed("busy", "VAULT_UNAVAILABLE"));
    expect(await takeLease(busy.invocation, busy.attempt, busy.seen)).toEqual({
      outcome: "busy",
      next: "look",
      isRetry: true,
    });
    const refused = await noting(failed("refused", "VAULT_FORBIDDEN"));
    await expectFailure(() => takeLease(refused.invocation, refused.attempt, refused.seen), "VAULT_FORBIDDEN");
  });
});

test.each([
  ["a lease", takeLease],
  ["since when CURRENT is CURRENT", noteCurrentSince],
  ["that no stored value has a grace", noteNoGrace],
])(
  "%s is not written over what somebody has changed since the look, also should Vault ignore if-match",
  async (_what, note) => {
    const { invocation, attempt, seen, written } = await noting();
    const { vault: store } = invocation.clients;
    const readSecret = async () => ({ ...(await store.readSecret()), etag: "etag-2" });
    expect(
      await note({ ...invocation, clients: { ...invocation.clients, vault: { ...store, readSecret } } }, attempt, seen),
    ).toEqual({
      outcome: "changed",
      next: "look",
      isRetry: true,
    });
    expect(written).toEqual([]);
  },
);

test("since when CURRENT is CURRENT is noted as of the look", async () => {
  const { invocation, attempt, seen, written } = await noting();
  attempt.metadata = { team: "payments" };
  expect(await noteCurrentSince(invocation, attempt, seen)).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(written)).toMatchObject({ team: "payments" });
  expect(currentSince(metadataIn(written), seen.current, seen.list.asOf)).toBe(seen.list.asOf);
});

test("that no value up to CURRENT has a grace is noted beside what else stands there", async () => {
  const { invocation, attempt, seen, written } = await noting();
  attempt.metadata = { team: "payments" };
  expect(await noteNoGrace(invocation, attempt, seen)).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(written)).toMatchObject({ team: "payments" });
  expect(noGraceUpTo(metadataIn(written), 7)).toBe(7);
});
