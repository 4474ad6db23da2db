import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../../src/base/errors.ts";
import type { Install } from "../../../../../src/clients/issuers/issuer.ts";
import { withNoGraceUpTo } from "../../../../../src/clients/vault/rotation-metadata.ts";
import { install } from "../../../../../src/rotation/stages/regenerate/install.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { credential, type Written } from "../../rig.ts";
import { type Acting, accepted, createActing, current, note, refusing, rejected } from "../acting.ts";

const error = (code: ErrorCode) => new RotationError(code, `said ${code}`);

const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8") };

describe("giving the issuer a stored value", () => {
  const giving = (answer: Install, options: Parameters<typeof createActing>[0] = {}) =>
    createActing({ versions: [current, pending], issuer: { install: async () => answer }, ...options });
  const go = ({ context, attempt, seen }: Acting) => install(context, attempt, seen, { versionNo: 8 });

  test.each<[Install, string, boolean]>([
    [{ outcome: "installed" }, "decide", true],
    [{ outcome: "unknown", error: error("ISSUER_UNAVAILABLE") }, "look", false],
  ])("that answers %o is one install, after which verdicts are asked anew", async (answer, next, isAnswered) => {
    const acting = await giving(answer);
    note(acting, 7, accepted);
    expect(await go(acting)).toEqual({ outcome: answer.outcome, next });
    expect(acting.asked).toEqual(["install S8 by own"]);
    const { attempt, rig } = acting;
    expect(attempt).toMatchObject({ installs: 1, isInstallAnswered: isAnswered, occupiedSince: null });
    expect(attempt.unansweredInstallAt).toBe(isAnswered ? null : rig.clock.monotonic());
    expect(attempt.install).toMatchObject({ at: rig.clock.monotonic(), isRefused: false });
    expect(attempt.install?.clientSecret.reveal()).toBe("S8");
    expect(attempt.logins.size).toBe(0);
  });

  test.each([
    [accepted, 0, true],
    [accepted, 6, true],
    [rejected, 0, false],
    [accepted, 7, false],
    [accepted, 8, false],
  ])("asks to keep CURRENT's beside it only where that works and has a grace: %#", async (login, noGrace, keeps) => {
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
    acting.attempt.metadata = withNoGraceUpTo({}, noGrace);
    await go(acting);
    expect(asked).toEqual([keeps]);
  });

  test("that was answered once stays answered", async () => {
    const acting = await giving({ outcome: "unknown", error: error("ISSUER_UNAVAILABLE") });
    acting.attempt.isInstallAnswered = true;
    await go(acting);
    expect(acting.attempt.isInstallAnswered).toBe(true);
  });

  test("that is answered leaves nothing open of the one before", async () => {
    const acting = await giving({ outcome: "installed" });
    acting.attempt.unansweredInstallAt = 5;
    await go(acting);
    expect(acting.attempt.unansweredInstallAt).toBeNull();
  });

  test("whose policy refuses it was no install", async () => {
    const acting = await giving({ outcome: "policy-refused", error: error("POLICY_REFUSED") });
    expect(await go(acting)).toEqual({ outcome: "policy-refused", next: "look" });
    expect(acting.attempt).toMatchObject({ installs: 0, install: { isRefused: true } });
  });

  test("that has no room says since when", async () => {
    const acting = await giving({ outcome: "occupied", error: error("ISSUER_CONFIGURATION") });
    note(acting, 7, accepted);
    const since = acting.rig.clock.monotonic();
    expect(await go(acting)).toEqual({ outcome: "occupied", next: "look" });
    expect(acting.attempt).toMatchObject({ installs: 0, occupiedSince: since, install: { isRefused: false } });
    expect(acting.attempt.logins.size).toBe(0);
    acting.rig.clock.advance(1_000);
    await go(acting);
    expect(acting.attempt.occupiedSince).toBe(since);
    expect(acting.attempt.install?.at).toBe(since + 1_000);
  });

  test("that takes no value of ours ends the call", async () => {
    const acting = await giving({ outcome: "refused", error: error("ISSUER_CONFIGURATION") });
    await expectFailure(() => go(acting), "ISSUER_CONFIGURATION");
    expect(acting.attempt.install).toBeNull();
  });

  test("that refuses the token goes on by another where CURRENT is dead or only a right is missing", async () => {
    const dead = await giving({ outcome: "proof-refused", error: error("ISSUER_UNAVAILABLE") });
    note(dead, 7, rejected);
    expect(await go(dead)).toEqual({ outcome: "token-refused", next: "decide" });
    expect(dead.attempt.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    const good = await giving({ outcome: "proof-refused", error: error("ISSUER_UNAVAILABLE") });
    note(good, 7, accepted);
    await expectFailure(() => go(good), "ISSUER_UNAVAILABLE");
  });

  test("is not asked by an authority that does not log in, nor without the time for it", async () => {
    const acting = await giving({ outcome: "installed" }, { authorities: [refusing("first")] });
    acting.attempt.token = null;
    expect(await go(acting)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(acting.asked).toEqual(["authorities"]);
    const late = await giving({ outcome: "installed" });
    late.rig.clock.advance(221_000);
    await expectFailure(() => go(late), "DEADLINE_TOO_SHORT");
    expect(late.asked).toEqual([]);
  });
});
