import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { currentSince, leaseIn, noGraceUpTo } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { noteCurrentSince, noteNoGrace, takeLease } from "../../../../src/rotation/stages/locks.ts";
import { expectFailure } from "../../../support/failures.ts";
import { current, deprecated, failed, startRun } from "../rig.ts";

/** A call whose metadata writes are answered so. */
const noting = (annotate: Write = { outcome: "done" }) => startRun({ annotate });

const metadataIn = (sent: readonly (readonly unknown[])[]) => Object(Object(sent.at(-1)?.[1]).metadata);

describe("the lease", () => {
  test("is taken for the time of a claim, under one id for the whole call", async () => {
    const { context, attempt, seen, clock, sent } = await noting();
    expect(await takeLease({ context, attempt, snapshot: seen })).toEqual({ outcome: "leased", next: "look" });
    const lease = { ...attempt.locks.lease };
    expect(lease.startedAt).toBe(clock.monotonic());
    expect(leaseIn(metadataIn(sent), seen.list.asOf)).toEqual({
      callId: lease.callId,
      until: seen.list.asOf + 90_000,
    });
    expect(sent[0]?.[2]).toBe("etag-1");
    clock.advance(1_000);
    await takeLease({ context, attempt, snapshot: seen });
    expect(attempt.locks.lease).toEqual({ callId: lease.callId, startedAt: clock.monotonic(), isOpen: false });
    if (attempt.locks.lease !== null) attempt.locks.lease.isOpen = true;
    await takeLease({ context, attempt, snapshot: seen });
    expect(attempt.locks.lease).toMatchObject({ callId: lease.callId, isOpen: true });
  });

  test("is open from the start while an install that was sent before it may still take effect", async () => {
    const { context, attempt, seen, clock } = await noting();
    attempt.requests.unansweredInstallAt = clock.monotonic();
    clock.advance(59_999);
    await takeLease({ context, attempt, snapshot: seen });
    expect(attempt.locks.lease?.isOpen).toBe(true);
    const late = await noting();
    late.attempt.requests.unansweredInstallAt = late.clock.monotonic();
    late.clock.advance(60_000);
    await takeLease({ context: late.context, attempt: late.attempt, snapshot: late.seen });
    expect(late.attempt.locks.lease?.isOpen).toBe(false);
    // What was left open under it before stays so.
    await takeLease({ context, attempt, snapshot: seen });
    clock.advance(1);
    await takeLease({ context, attempt, snapshot: seen });
    expect(attempt.locks.lease?.isOpen).toBe(true);
  });

  test("is not taken in a turn of a heal of many that leaves no time to use it", async () => {
    const { context, attempt, seen, clock, sent } = await noting();
    const turn = { ...context, budget: turnOf(context.budget, clock, 20_000) };
    await expectFailure(() => takeLease({ context: turn, attempt, snapshot: seen }), "DEADLINE_TOO_SHORT");
    expect([attempt.locks.lease, sent]).toEqual([null, []]);
  });

  test("that Vault does not write now is tried again, and one that it refuses ends the call", async () => {
    const busy = await noting(failed("busy", "VAULT_UNAVAILABLE"));
    expect(await takeLease({ context: busy.context, attempt: busy.attempt, snapshot: busy.seen })).toEqual({
      outcome: "busy",
      next: "look",
      isRetry: true,
    });
    const refused = await noting(failed("refused", "VAULT_FORBIDDEN"));
    await expectFailure(
      () => takeLease({ context: refused.context, attempt: refused.attempt, snapshot: refused.seen }),
      "VAULT_FORBIDDEN",
    );
  });
});

test.each([
  ["a lease", takeLease],
  ["since when CURRENT is CURRENT", noteCurrentSince],
  ["that no stored value has a grace", noteNoGrace],
])("%s does not overwrite a change since the look, even if Vault ignores if-match", async (_what, note) => {
  const { context, attempt, seen, sent } = await noting();
  const { vault: store } = context.clients;
  const readSecret = async () => ({ ...(await store.readSecret()), etag: "etag-2" });
  expect(
    await note({
      context: { ...context, clients: { ...context.clients, vault: { ...store, readSecret } } },
      attempt,
      snapshot: seen,
    }),
  ).toEqual({
    outcome: "changed",
    next: "look",
    isRetry: true,
  });
  expect(sent).toEqual([]);
});

test("since when CURRENT is CURRENT is noted as of the look", async () => {
  const { context, attempt, seen, sent } = await noting();
  attempt.read.metadata = { team: "payments" };
  expect(await noteCurrentSince({ context, attempt, snapshot: seen })).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(sent)).toMatchObject({ team: "payments" });
  expect(currentSince(metadataIn(sent), seen.current, seen.list.asOf)).toBe(seen.list.asOf);
});

test("that no value up to CURRENT has a grace is noted besides the existing members", async () => {
  const { context, attempt, seen, sent } = await noting();
  attempt.read.metadata = { team: "payments" };
  expect(await noteNoGrace({ context, attempt, snapshot: seen })).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(sent)).toMatchObject({ team: "payments" });
  expect(noGraceUpTo(metadataIn(sent), 7)).toBe(7);
});

test("that no value has a grace holds for all that was stored when the call began", async () => {
  const { context, attempt, seen, sent } = await startRun({
    versions: [current, deprecated(8), deprecated(9)],
    annotate: { outcome: "done" },
  });
  await noteNoGrace({ context, attempt, snapshot: seen });
  expect(noGraceUpTo(metadataIn(sent), 9)).toBe(9);
});
