import { describe, expect, test } from "vitest";
import { turnOf } from "../../../../src/base/budget.ts";
import { type ErrorCode, RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { HeldSecret, Retire } from "../../../../src/clients/issuers/issuer.ts";
import { currentSince, leaseIn, noGraceUpTo } from "../../../../src/clients/vault/own-metadata.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { noteCurrentSince, noteNoGrace, retire, takeLease } from "../../../../src/rotation/acts/overlap.ts";
import { expectFailure } from "../../../support/failures.ts";
import { credential, type Written } from "../rig.ts";
import { createActing, current, refusing, willing } from "./rig.ts";

const error = (code: ErrorCode) => new RotationError(code, `said ${code}`);
const failed = (outcome: "busy" | "refused", code: ErrorCode): Write => ({ outcome, error: error(code) });

/** A call whose metadata writes are answered so. */
async function noting(answer: Write = { outcome: "done" }) {
  const acting = await createActing();
  const written: unknown[][] = [];
  const writeNotes = async (...sent: unknown[]) => {
    written.push(sent);
    return answer;
  };
  const invocation = { ...acting.invocation, store: { ...acting.invocation.store, writeNotes } };
  return { ...acting, invocation, written };
}
const metadataIn = (written: readonly (readonly unknown[])[]) => Object(Object(written.at(-1)?.[0]).metadata);

describe("the lease", () => {
  test("is taken for the time of a claim, under one id for the whole call", async () => {
    const { invocation, memory, seen, rig, written } = await noting();
    expect(await takeLease(invocation, memory, seen)).toEqual({ outcome: "leased", next: "look" });
    const lease = { ...memory.lease };
    expect(lease.startedAt).toBe(rig.clock.monotonic());
    expect(leaseIn(metadataIn(written), seen.list.asOf)).toEqual({
      callId: lease.callId,
      until: seen.list.asOf + 90_000,
    });
    expect(written[0]?.[1]).toBe("etag-1");
    rig.clock.advance(1_000);
    await takeLease(invocation, memory, seen);
    expect(memory.lease).toEqual({ callId: lease.callId, startedAt: rig.clock.monotonic(), isOpen: false });
    if (memory.lease !== null) memory.lease.isOpen = true;
    await takeLease(invocation, memory, seen);
    expect(memory.lease).toMatchObject({ callId: lease.callId, isOpen: true });
  });

  test("is open from the start while an install that was sent before it may still take effect", async () => {
    const { invocation, memory, seen, rig } = await noting();
    memory.unansweredInstallAt = rig.clock.monotonic();
    rig.clock.advance(59_999);
    await takeLease(invocation, memory, seen);
    expect(memory.lease?.isOpen).toBe(true);
    const late = await noting();
    late.memory.unansweredInstallAt = late.rig.clock.monotonic();
    late.rig.clock.advance(60_000);
    await takeLease(late.invocation, late.memory, late.seen);
    expect(late.memory.lease?.isOpen).toBe(false);
    // What was left open under it before stays so.
    await takeLease(invocation, memory, seen);
    rig.clock.advance(1);
    await takeLease(invocation, memory, seen);
    expect(memory.lease?.isOpen).toBe(true);
  });

  test("is not taken in a turn of a heal of many that leaves no time to use it", async () => {
    const { invocation, memory, seen, rig, written } = await noting();
    const turn = { ...invocation, budget: turnOf(invocation.budget, rig.clock, 20_000) };
    await expectFailure(() => takeLease(turn, memory, seen), "DEADLINE_TOO_SHORT");
    expect([memory.lease, written]).toEqual([null, []]);
  });

  test("that Vault does not write now is tried again, and one that it refuses ends the call", async () => {
    const busy = await noting(failed("busy", "VAULT_UNAVAILABLE"));
    expect(await takeLease(busy.invocation, busy.memory, busy.seen)).toEqual({
      outcome: "busy",
      next: "look",
      isRetry: true,
    });
    const refused = await noting(failed("refused", "VAULT_FORBIDDEN"));
    await expectFailure(() => takeLease(refused.invocation, refused.memory, refused.seen), "VAULT_FORBIDDEN");
  });
});

test.each([
  ["a lease", takeLease],
  ["since when CURRENT is CURRENT", noteCurrentSince],
  ["that no stored value has a grace", noteNoGrace],
])(
  "%s is not written over what somebody has changed since the look, also should Vault ignore if-match",
  async (_what, note) => {
    const { invocation, memory, seen, written } = await noting();
    const { store } = invocation;
    const readSecret = async () => ({ ...(await store.readSecret()), etag: "etag-2" });
    expect(await note({ ...invocation, store: { ...store, readSecret } }, memory, seen)).toEqual({
      outcome: "changed",
      next: "look",
      isRetry: true,
    });
    expect(written).toEqual([]);
  },
);

test("since when CURRENT is CURRENT is noted as of the look", async () => {
  const { invocation, memory, seen, written } = await noting();
  memory.metadata = { team: "payments" };
  expect(await noteCurrentSince(invocation, memory, seen)).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(written)).toMatchObject({ team: "payments" });
  expect(currentSince(metadataIn(written), seen.current, seen.list.asOf)).toBe(seen.list.asOf);
});

test("that no value up to CURRENT has a grace is noted beside what else stands there", async () => {
  const { invocation, memory, seen, written } = await noting();
  memory.metadata = { team: "payments" };
  expect(await noteNoGrace(invocation, memory, seen)).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(written)).toMatchObject({ team: "payments" });
  expect(noGraceUpTo(metadataIn(written), 7)).toBe(7);
});

describe("having the issuer forget PREVIOUS's value", () => {
  const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6"), ageSeconds: 60 };

  async function retiring(answer: Retire, authorities: Parameters<typeof createActing>[0] = {}) {
    const acting = await createActing({ versions: [previous, current], ...authorities });
    const forgotten: string[] = [];
    const [known, older] = [acting.memory.contents.get(7), acting.memory.contents.get(6)];
    if (known === undefined || known.kind === "unknown" || older === undefined) throw new Error("not read");
    const retireAt = async (_: unknown, { clientSecret }: HeldSecret) => {
      forgotten.push(clientSecret.reveal());
      return answer;
    };
    acting.memory.contents.set(7, { ...known, credential: { ...known.credential, retire: retireAt } });
    acting.memory.lease = { callId: "me", startedAt: acting.rig.clock.monotonic(), isOpen: false };
    return { ...acting, forgotten, go: () => retire(acting.invocation, acting.memory, acting.seen, 6) };
  }

  test.each<Retire>([
    { outcome: "retired" },
    { outcome: "nothing-to-retire" },
    { outcome: "unknown", error: error("ISSUER_UNAVAILABLE") },
  ])("is one try, however it was answered: %o", async (answer) => {
    const { go, memory, rig, forgotten } = await retiring(answer);
    expect(await go()).toEqual({ outcome: answer.outcome, next: "look" });
    expect(forgotten).toEqual(["S6"]);
    expect(memory).toMatchObject({ retires: 1, retiredAt: rig.clock.monotonic() });
    // What has no answer may still land, whatever is answered after it.
    expect(memory.lease?.isOpen).toBe(answer.outcome === "unknown");
  });

  test("makes room for a value that found none: it is sent once more", async () => {
    const { go, memory } = await retiring({ outcome: "retired" });
    const sent = { clientSecret: new Secret("S8"), at: 0, isRefused: false };
    memory.install = sent;
    await go();
    expect(memory.install).toBe(sent);
    memory.occupiedSince = 5;
    await go();
    expect(memory).toMatchObject({ install: null, occupiedSince: null });
  });

  test("that is refused ends the call, and was no try", async () => {
    const { go, memory } = await retiring({ outcome: "refused", error: error("ISSUER_CONFIGURATION") });
    await expectFailure(go, "ISSUER_CONFIGURATION");
    expect(memory).toMatchObject({ retires: 0, retiredAt: null });
  });

  test("whose token is refused goes on by another only for want of a right", async () => {
    const dead = await retiring({ outcome: "proof-refused", error: error("ISSUER_UNAVAILABLE") });
    await expectFailure(dead.go, "ISSUER_UNAVAILABLE");
    const helped = await retiring(
      { outcome: "proof-refused", error: error("ISSUER_FORBIDDEN") },
      { authorities: [willing("first")] },
    );
    expect(await helped.go()).toEqual({ outcome: "token-refused", next: "decide" });
    expect(helped.memory.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(helped.memory.retires).toBe(0);
  });

  test("is not asked without a lease that lasts, a proof, or the time for it", async () => {
    const expired = await retiring({ outcome: "retired" });
    expired.rig.clock.advance(90_000);
    expect(await expired.go()).toEqual({ outcome: "lease-expired", next: "look" });
    const unleased = await retiring({ outcome: "retired" });
    unleased.memory.lease = null;
    expect(await unleased.go()).toEqual({ outcome: "lease-expired", next: "look" });
    const unproven = await retiring({ outcome: "retired" }, { authorities: [refusing("first")] });
    unproven.memory.token = null;
    expect(await unproven.go()).toEqual({ outcome: "authority-unusable", next: "decide" });
    const late = await retiring({ outcome: "retired" });
    late.rig.clock.advance(221_000);
    await expectFailure(late.go, "DEADLINE_TOO_SHORT");
    for (const { forgotten } of [expired, unleased, unproven, late]) expect(forgotten).toEqual([]);
    const lasting = await retiring({ outcome: "retired" });
    lasting.rig.clock.advance(89_999);
    expect(await lasting.go()).toEqual({ outcome: "retired", next: "look" });
  });
});
