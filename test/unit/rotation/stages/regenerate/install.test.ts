import { describe, expect, test } from "vitest";
import type { Install } from "../../../../../src/clients/issuers/issuer.ts";
import { withNoGraceUpTo } from "../../../../../src/clients/vault/rotation-metadata.ts";
import { install } from "../../../../../src/rotation/stages/regenerate/install.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { accepted, current, noteLogin, pending, type Run, rejected, said, startRun } from "../../rig.ts";
import { refusing } from "../../toy-issuer.ts";

describe("giving the issuer a stored value", () => {
  const giving = (answer: Install, options: Parameters<typeof startRun>[0] = {}) =>
    startRun({ versions: [current, pending], issuer: { install: async () => answer }, ...options });
  const go = ({ context, attempt, seen }: Run) => install({ context, attempt, snapshot: seen }, { versionNo: 8 });

  test.each<[Install, string, boolean]>([
    [{ outcome: "installed" }, "decide", true],
    [{ outcome: "unknown", error: said("ISSUER_UNAVAILABLE") }, "look", false],
  ])("that answers %o is one install, after which verdicts are asked again", async (answer, next, isAnswered) => {
    const run = await giving(answer);
    noteLogin(run.attempt, run, 7, accepted);
    expect(await go(run)).toEqual({ outcome: answer.outcome, next });
    expect(run.requested).toEqual(["install S8 by own"]);
    const { attempt, clock } = run;
    expect(attempt.requests).toMatchObject({ installs: 1, isInstallAnswered: isAnswered, occupiedSince: null });
    expect(attempt.requests.unansweredInstallAt).toBe(isAnswered ? null : clock.monotonic());
    expect(attempt.requests.install).toMatchObject({ at: clock.monotonic(), isRefused: false });
    expect(attempt.requests.install?.clientSecret.reveal()).toBe("S8");
    expect(attempt.read.logins.size).toBe(0);
  });

  test.each([
    [accepted, 0, "keep"],
    [accepted, 6, "keep"],
    [rejected, 0, "end"],
    [accepted, 7, "end"],
    [accepted, 8, "end"],
  ])("asks to keep CURRENT's alongside it only if that works and has a grace: %#", async (login, noGrace, older) => {
    const asked: unknown[] = [];
    const run = await startRun({
      versions: [current, pending],
      issuer: {
        install: async (_proof, _value, what) => {
          asked.push(what);
          return { outcome: "installed" };
        },
      },
    });
    noteLogin(run.attempt, run, 7, login);
    run.attempt.read.metadata = withNoGraceUpTo({}, noGrace);
    await go(run);
    expect(asked).toEqual([older]);
  });

  test.each<[Install, boolean]>([
    [{ outcome: "unknown", error: said("ISSUER_UNAVAILABLE") }, true],
    [{ outcome: "installed" }, false],
  ])("that answers %o leaves the lease open only if it may still take effect", async (answer, isOpen) => {
    const run = await giving(answer);
    run.attempt.locks.lease = { callId: "own", startedAt: run.clock.monotonic(), isOpen: false };
    await go(run);
    expect(run.attempt.locks.lease.isOpen).toBe(isOpen);
  });

  test("that was answered once stays answered", async () => {
    const run = await giving({ outcome: "unknown", error: said("ISSUER_UNAVAILABLE") });
    run.attempt.requests.isInstallAnswered = true;
    await go(run);
    expect(run.attempt.requests.isInstallAnswered).toBe(true);
  });

  test("that is answered leaves nothing open of the one before", async () => {
    const run = await giving({ outcome: "installed" });
    run.attempt.requests.unansweredInstallAt = 5;
    await go(run);
    expect(run.attempt.requests.unansweredInstallAt).toBeNull();
  });

  test("whose policy refuses it was no install", async () => {
    const run = await giving({ outcome: "policy-refused", error: said("POLICY_REFUSED") });
    expect(await go(run)).toEqual({ outcome: "policy-refused", next: "look" });
    expect(run.attempt.requests).toMatchObject({ installs: 0, install: { isRefused: true } });
  });

  test("that has no room says since when", async () => {
    const run = await giving({ outcome: "occupied", error: said("ISSUER_CONFIGURATION") });
    noteLogin(run.attempt, run, 7, accepted);
    const since = run.clock.monotonic();
    expect(await go(run)).toEqual({ outcome: "occupied", next: "look" });
    expect(run.attempt.requests).toMatchObject({ installs: 0, occupiedSince: since, install: { isRefused: false } });
    expect(run.attempt.read.logins.size).toBe(0);
    run.clock.advance(1_000);
    await go(run);
    expect(run.attempt.requests.occupiedSince).toBe(since);
    expect(run.attempt.requests.install?.at).toBe(since + 1_000);
  });

  test("that takes no value of ours ends the call", async () => {
    const run = await giving({ outcome: "refused", error: said("ISSUER_CONFIGURATION") });
    await expectFailure(() => go(run), "ISSUER_CONFIGURATION");
    expect(run.attempt.requests.install).toBeNull();
  });

  test("that refuses the token goes on by another if CURRENT is dead or only a right is missing", async () => {
    const dead = await giving({ outcome: "proof-refused", error: said("ISSUER_UNAVAILABLE") });
    noteLogin(dead.attempt, dead, 7, rejected);
    expect(await go(dead)).toEqual({ outcome: "token-refused", next: "decide" });
    expect(dead.attempt.authorities.refusedTokens.map((token) => token.reveal())).toEqual(["own"]);
    const good = await giving({ outcome: "proof-refused", error: said("ISSUER_UNAVAILABLE") });
    noteLogin(good.attempt, good, 7, accepted);
    await expectFailure(() => go(good), "ISSUER_UNAVAILABLE");
  });

  test("is not asked by an authority that does not log in, nor without the time for it", async () => {
    const run = await giving({ outcome: "installed" }, { authorities: [refusing("first")] });
    run.attempt.authorities.token = null;
    expect(await go(run)).toEqual({ outcome: "authority-unusable", next: "decide" });
    expect(run.requested).toEqual(["authorities", "login of first"]);
    const late = await giving({ outcome: "installed" });
    late.clock.advance(221_000);
    await expectFailure(() => go(late), "DEADLINE_TOO_SHORT");
    expect(late.requested).toEqual([]);
  });
});
