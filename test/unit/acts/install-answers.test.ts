import { describe, expect, test } from "vitest";
import { generate, install } from "../../../src/acts/install.ts";
import { noteCurrentSince, noteNoGrace, retire, takeLease } from "../../../src/acts/overlap.ts";
import { type ErrorCode, RotationError } from "../../../src/errors.ts";
import type { Install, Retire } from "../../../src/issuers/issuer.ts";
import { currentSince, leaseIn, noGraceUpTo } from "../../../src/recovery/own-metadata.ts";
import { Secret } from "../../../src/secret.ts";
import type { Write } from "../../../src/vault/store.ts";
import { expectFailure } from "../../support/failures.ts";
import { credential, type Written } from "../recovery/rig.ts";
import { type Acting, accepted, createActing, current, note, refusing, rejected, willing } from "./rig.ts";

const error = (code: ErrorCode) => new RotationError(code, `said ${code}`);
const failed = (outcome: "busy" | "refused", code: ErrorCode): Write => ({ outcome, error: error(code) });
const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8") };

describe("making a value of our own", () => {
  const go = ({ invocation, memory, seen }: Acting) => generate(invocation, memory, seen);

  test("stores it as PENDING before the issuer hears of it", async () => {
    const acting = await createActing({ issuer: { generate: () => new Secret("made") } });
    acting.memory.install = { clientSecret: new Secret("before"), at: 0, isRefused: true };
    expect(await go(acting)).toEqual({ outcome: "stored", next: "look" });
    expect(acting.sent).toEqual([["write", "orot-8", "PENDING", expect.any(Secret), "etag-1"]]);
    const { memory, rig } = acting;
    expect(memory).toMatchObject({ values: 1, install: null });
    expect(memory.generated?.clientSecret.reveal()).toBe("made");
    expect(memory.generated?.startedAt).toBe(rig.clock.monotonic());
    const [written] = memory.written;
    expect(written?.name).toBe("orot-8");
    expect(written?.known.kind === "credential" && written.known.credential.clientSecret.reveal()).toBe("made");
  });

  test("that Vault does not take now is made anew after a look, and counts for nothing", async () => {
    const acting = await createActing({ answer: failed("busy", "VAULT_UNAVAILABLE") });
    expect(await go(acting)).toEqual({ outcome: "busy", next: "look", isRetry: true });
    expect(acting.memory).toMatchObject({ values: 0, written: [] });
  });

  test("that Vault refuses for good ends the call", async () => {
    const acting = await createActing({ answer: failed("refused", "VAULT_FORBIDDEN") });
    await expectFailure(() => go(acting), "VAULT_FORBIDDEN");
  });

  test("is not begun where Vault takes no second PENDING version", async () => {
    const acting = await createActing();
    acting.memory.refusesSecondPending = true;
    const what = "Vault keeps an older PENDING version and takes no second one";
    expect((await expectFailure(() => go(acting), "SECRET_NOT_ROTATABLE")).message).toBe(what);
    expect(acting.sent).toEqual([]);
  });
});

describe("giving the issuer a stored value", () => {
  const giving = (answer: Install, options: Parameters<typeof createActing>[0] = {}) =>
    createActing({ versions: [current, pending], issuer: { install: async () => answer }, ...options });
  const go = ({ invocation, memory, seen }: Acting) => install(invocation, memory, seen, 8);

  test.each<[Install, string, boolean]>([
    [{ outcome: "installed" }, "decide", true],
    [{ outcome: "unknown", error: error("ISSUER_UNAVAILABLE") }, "look", false],
  ])("that answers %o is one install, after which verdicts are asked anew", async (answer, next, isAnswered) => {
    const acting = await giving(answer);
    note(acting, 7, accepted);
    expect(await go(acting)).toEqual({ outcome: answer.outcome, next });
    expect(acting.asked).toEqual(["install S8 by own"]);
    const { memory, rig } = acting;
    expect(memory).toMatchObject({ installs: 1, isInstallAnswered: isAnswered, occupiedSince: null });
    expect(memory.install).toMatchObject({ at: rig.clock.monotonic(), isRefused: false });
    expect(memory.install?.clientSecret.reveal()).toBe("S8");
    expect(memory.logins.size).toBe(0);
  });

  test.each([
    [accepted, false, true],
    [rejected, false, false],
    [accepted, true, false],
  ])("asks to keep CURRENT's beside it only where that works and is not compromised: %#", async (login, is, keeps) => {
    const asked: unknown[] = [];
    const acting = await createActing({
      versions: [current, pending],
      issuer: {
        install: async (_proof, _value, keepsCurrent) => {
          asked.push(keepsCurrent);
          return { outcome: "installed" };
        },
      },
    });
    note(acting, 7, login);
    Object.assign(acting.memory, { isCompromised: is });
    await go(acting);
    expect(asked).toEqual([keeps]);
  });

  test("that was answered once stays answered", async () => {
    const acting = await giving({ outcome: "unknown", error: error("ISSUER_UNAVAILABLE") });
    acting.memory.isInstallAnswered = true;
    await go(acting);
    expect(acting.memory.isInstallAnswered).toBe(true);
  });

  test("whose policy refuses it was no install", async () => {
    const acting = await giving({ outcome: "policy-refused", error: error("POLICY_REFUSED") });
    expect(await go(acting)).toEqual({ outcome: "policy-refused", next: "look" });
    expect(acting.memory).toMatchObject({ installs: 0, install: { isRefused: true } });
  });

  test("that has no room says since when", async () => {
    const acting = await giving({ outcome: "occupied", error: error("ISSUER_CONFIGURATION") });
    note(acting, 7, accepted);
    const since = acting.rig.clock.monotonic();
    expect(await go(acting)).toEqual({ outcome: "occupied", next: "look" });
    expect(acting.memory).toMatchObject({ installs: 0, occupiedSince: since, install: { isRefused: false } });
    expect(acting.memory.logins.size).toBe(0);
    acting.rig.clock.advance(1_000);
    await go(acting);
    expect(acting.memory.occupiedSince).toBe(since);
    expect(acting.memory.install?.at).toBe(since + 1_000);
  });

  test("that takes no value of ours ends the call", async () => {
    const acting = await giving({ outcome: "refused", error: error("ISSUER_CONFIGURATION") });
    await expectFailure(() => go(acting), "ISSUER_CONFIGURATION");
    expect(acting.memory.install).toBeNull();
  });

  test("that refuses the token goes on by another where CURRENT is dead or only a right is missing", async () => {
    const dead = await giving({ outcome: "proof-refused", error: error("ISSUER_UNAVAILABLE") });
    note(dead, 7, rejected);
    expect(await go(dead)).toEqual({ outcome: "token-refused", next: "decide" });
    expect(dead.memory.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    const good = await giving({ outcome: "proof-refused", error: error("ISSUER_UNAVAILABLE") });
    note(good, 7, accepted);
    await expectFailure(() => go(good), "ISSUER_UNAVAILABLE");
  });

  test("is not asked by an authority that does not log in, nor without the time for it", async () => {
    const acting = await giving({ outcome: "installed" }, { authorities: [refusing("first")] });
    acting.memory.token = null;
    expect(await go(acting)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(acting.asked).toEqual(["authorities"]);
    const late = await giving({ outcome: "installed" });
    late.rig.clock.advance(221_000);
    await expectFailure(() => go(late), "DEADLINE_TOO_SHORT");
    expect(late.asked).toEqual([]);
  });
});

/** A call whose metadata writes are answered so. */
async function noting(answer: Write = { outcome: "done" }) {
  const acting = await createActing();
  const written: unknown[][] = [];
  const writeMetadata = async (...sent: unknown[]) => {
    written.push(sent);
    return answer;
  };
  const invocation = { ...acting.invocation, store: { ...acting.invocation.store, writeMetadata } };
  return { ...acting, invocation, written };
}
const metadataIn = (written: readonly (readonly unknown[])[]) => Object(written.at(-1)?.[0]);

describe("the lease", () => {
  test("is taken for the time of a claim, under one id for the whole call", async () => {
    const { invocation, memory, seen, rig, written } = await noting();
    expect(await takeLease(invocation, memory, seen)).toEqual({ outcome: "leased", next: "look" });
    const lease = { ...memory.lease };
    expect(lease.startedAt).toBe(rig.clock.monotonic());
    expect(leaseIn(metadataIn(written))).toEqual({ callId: lease.callId, until: seen.list.asOf + 90_000 });
    expect(written[0]?.[1]).toBe("etag-1");
    rig.clock.advance(1_000);
    await takeLease(invocation, memory, seen);
    expect(memory.lease).toEqual({ callId: lease.callId, startedAt: rig.clock.monotonic() });
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

test("since when CURRENT is CURRENT is noted as of the look", async () => {
  const { invocation, memory, seen, written } = await noting();
  memory.metadata = { team: "payments" };
  expect(await noteCurrentSince(invocation, memory, seen)).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(written)).toMatchObject({ team: "payments" });
  expect(currentSince(metadataIn(written), 7)).toBe(seen.list.asOf);
});

test("that no value up to CURRENT has a grace is noted beside what else stands there", async () => {
  const { invocation, memory, seen, written } = await noting();
  memory.metadata = { team: "payments" };
  expect(await noteNoGrace(invocation, memory, seen)).toEqual({ outcome: "noted", next: "look" });
  expect(metadataIn(written)).toMatchObject({ team: "payments" });
  expect(noGraceUpTo(metadataIn(written))).toBe(7);
});

describe("having the issuer forget PREVIOUS's value", () => {
  const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6"), ageSeconds: 60 };

  async function retiring(answer: Retire, authorities: Parameters<typeof createActing>[0] = {}) {
    const acting = await createActing({ versions: [previous, current], ...authorities });
    const forgotten: string[] = [];
    const [known, older] = [acting.memory.contents.get(7), acting.memory.contents.get(6)];
    if (known === undefined || known.kind === "unknown" || older === undefined) throw new Error("not read");
    const retireAt = async (_: unknown, value: Secret) => {
      forgotten.push(value.reveal());
      return answer;
    };
    acting.memory.contents.set(7, { ...known, credential: { ...known.credential, retire: retireAt } });
    acting.memory.lease = { callId: "me", startedAt: acting.rig.clock.monotonic() };
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
