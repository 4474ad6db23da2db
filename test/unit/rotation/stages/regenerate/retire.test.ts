import { describe, expect, test } from "vitest";
import { Secret } from "../../../../../src/base/secret.ts";
import type { HeldSecret, Retire } from "../../../../../src/clients/issuers/issuer.ts";
import { retire } from "../../../../../src/rotation/stages/regenerate/retire.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { credential, current, said, startRun, type Written } from "../../rig.ts";
import { refusing, willing } from "../../toy-issuer.ts";

describe("having the issuer delete PREVIOUS's value", () => {
  const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6"), ageSeconds: 60 };

  async function retiring(answer: Retire, authorities: Parameters<typeof startRun>[0] = {}) {
    const run = await startRun({ versions: [previous, current], ...authorities });
    const forgotten: string[] = [];
    const [known, older] = [run.attempt.read.contents.get(7), run.attempt.read.contents.get(6)];
    if (known === undefined || known.kind === "unknown" || older === undefined) throw new Error("not read");
    const retireAt = async (_: unknown, { clientSecret }: HeldSecret) => {
      forgotten.push(clientSecret.reveal());
      return answer;
    };
    run.attempt.read.contents.set(7, { ...known, credential: { ...known.credential, retire: retireAt } });
    run.attempt.locks.lease = { callId: "me", startedAt: run.clock.monotonic(), isOpen: false };
    return {
      ...run,
      forgotten,
      go: () => retire({ context: run.context, attempt: run.attempt, snapshot: run.seen }, { versionNo: 6 }),
    };
  }

  test.each<Retire>([
    { outcome: "retired" },
    { outcome: "nothing-to-retire" },
    { outcome: "unknown", error: said("ISSUER_UNAVAILABLE") },
  ])("is one try, however it was answered: %o", async (answer) => {
    const { go, attempt, clock, forgotten } = await retiring(answer);
    expect(await go()).toEqual({ outcome: answer.outcome, next: "look" });
    expect(forgotten).toEqual(["S6"]);
    expect(attempt.requests).toMatchObject({ retires: 1, retiredAt: clock.monotonic() });
    // What has no answer may still land, whatever is answered after it.
    expect(attempt.locks.lease?.isOpen).toBe(answer.outcome === "unknown");
  });

  test("makes room for a value that found none: it is sent once more", async () => {
    const { go, attempt } = await retiring({ outcome: "retired" });
    const sent = { clientSecret: new Secret("S8"), at: 0, isRefused: false };
    attempt.requests.install = sent;
    await go();
    expect(attempt.requests.install).toBe(sent);
    attempt.requests.occupiedSince = 5;
    await go();
    expect(attempt.requests).toMatchObject({ install: null, occupiedSince: null });
  });

  test("that is refused ends the call, and was no try", async () => {
    const { go, attempt } = await retiring({ outcome: "refused", error: said("ISSUER_CONFIGURATION") });
    await expectFailure(go, "ISSUER_CONFIGURATION");
    expect(attempt.requests).toMatchObject({ retires: 0, retiredAt: null });
  });

  test("whose token is refused goes on by another only for want of a right", async () => {
    const dead = await retiring({ outcome: "proof-refused", error: said("ISSUER_UNAVAILABLE") });
    await expectFailure(dead.go, "ISSUER_UNAVAILABLE");
    const helped = await retiring(
      { outcome: "proof-refused", error: said("ISSUER_FORBIDDEN") },
      { authorities: [willing("first")] },
    );
    expect(await helped.go()).toEqual({ outcome: "token-refused", next: "decide" });
    expect(helped.attempt.authorities.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    expect(helped.attempt.requests.retires).toBe(0);
  });

  test("is not asked without a lease that lasts, a proof, or the time for it", async () => {
    const expired = await retiring({ outcome: "retired" });
    expired.clock.advance(90_000);
    expect(await expired.go()).toEqual({ outcome: "lease-expired", next: "look" });
    const unleased = await retiring({ outcome: "retired" });
    unleased.attempt.locks.lease = null;
    expect(await unleased.go()).toEqual({ outcome: "lease-expired", next: "look" });
    const unproven = await retiring({ outcome: "retired" }, { authorities: [refusing("first")] });
    unproven.attempt.authorities.token = null;
    expect(await unproven.go()).toEqual({ outcome: "authority-unusable", next: "decide" });
    const late = await retiring({ outcome: "retired" });
    late.clock.advance(221_000);
    await expectFailure(late.go, "DEADLINE_TOO_SHORT");
    for (const { forgotten } of [expired, unleased, unproven, late]) expect(forgotten).toEqual([]);
    const lasting = await retiring({ outcome: "retired" });
    lasting.clock.advance(89_999);
    expect(await lasting.go()).toEqual({ outcome: "retired", next: "look" });
  });
});
