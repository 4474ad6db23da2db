import { describe, expect, test } from "vitest";
import { createBudget, turnOf } from "../../../src/base/budget.ts";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Login } from "../../../src/clients/issuers/verdict.ts";
import { type Attempt, createAttempt } from "../../../src/rotation/attempt/attempt.ts";
import { type Backoff, createBackoff } from "../../../src/rotation/backoff.ts";
import { observe } from "../../../src/rotation/observe/observe.ts";
import { keepUnsaved } from "../../../src/rotation/stages/unsaved.ts";
import { expectFailure } from "../../support/failures.ts";
import type { InstantClock } from "../../support/instant-clock.ts";
import { createRig, credential } from "./rig.ts";
import type { VaultState } from "./toy-vault.ts";

type Until = Parameters<Backoff["wait"]>[0];

const MARGIN_MS = 5_000;
const unknownFor = (reason: string, final: boolean): Login => ({
  verdict: "unknown",
  error: new RotationError("ISSUER_UNAVAILABLE", reason),
  final,
});

interface Waiting {
  readonly clock: InstantClock;
  readonly attempt: Attempt;
  readonly backoff: Backoff;
  readonly vault: VaultState;
  look(): Promise<unknown>;
  write(): Promise<unknown>;
  /** Waits so often, and returns how long each wait was, in milliseconds. */
  wait(until: Until, times: number): Promise<number[]>;
  /** Waits for a secret that stays UPDATING until no time is left, and returns how long each wait was. */
  waitWhileUpdating(): Promise<number[]>;
}

const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);

/** A call that has so long for its work, without jitter. */
async function createWaiting(budgetMs = 280_000, hasHand = false, turnMs = budgetMs): Promise<Waiting> {
  const rig = createRig(
    [{ no: 1, stages: ["CURRENT", "LATEST"], content: credential("S0") }],
    {},
    {
      answer: { outcome: "done" },
    },
  );
  const { clock } = rig;
  const invocation = {
    ...rig.context,
    entropy: { ...rig.context.entropy, fraction: () => 0 },
    budget: turnOf(createBudget(clock, null, { budgetMs, marginMs: MARGIN_MS, callTimeoutMs: 10_000 }), clock, turnMs),
  };
  const attempt = createAttempt(null);
  if (hasHand) {
    const seen = await observe({ context: invocation, attempt }, true, null);
    if (seen === null) throw new Error("the secret is UPDATING");
    keepUnsaved({ context: invocation, attempt, snapshot: seen }, new Secret("S1"), true);
  }
  const backoff = createBackoff({ context: invocation, attempt });
  const { vault } = rig;
  const store = rig.context.clients.vault;
  const look = () => store.readSecret();
  return {
    clock,
    attempt,
    backoff,
    vault,
    look,
    write: () => store.writeVersion("orot-2", "PENDING", new Secret("{}"), null),
    async waitWhileUpdating() {
      vault.lifecycle = "UPDATING";
      const before = clock.slept.length;
      try {
        for (;;) {
          await look();
          await backoff.wait("active");
          await backoff.beforeLook();
        }
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "VAULT_UNAVAILABLE" });
      }
      return clock.slept.slice(before);
    },
    async wait(until, times) {
      const before = clock.slept.length;
      for (let time = 0; time < times; time++) await backoff.wait(until);
      return clock.slept.slice(before);
    },
  };
}

describe("waits between two looks", () => {
  test.each<[Until, readonly number[]]>([
    ["verdict", [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]],
    ["claim", [5_000, 10_000, 20_000, 20_000]],
    ["landed", [5_000, 10_000, 20_000, 20_000]],
    ["stored", [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]],
    ["promoted", [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]],
  ])("for %s grow to their longest", async (until, expected) => {
    const { wait } = await createWaiting();
    expect(await wait(until, expected.length)).toEqual(expected);
  });

  test("begin short again once what was waited for has happened", async () => {
    const { wait, backoff } = await createWaiting();
    expect(await wait("verdict", 3)).toEqual([1_000, 2_000, 4_000]);
    backoff.reset();
    expect(await wait("verdict", 2)).toEqual([1_000, 2_000]);
  });

  test("grow over different reasons", async () => {
    const { wait } = await createWaiting();
    await wait("stored", 2);
    expect(await wait("verdict", 1)).toEqual([4_000]);
  });

  test("last to an end that is known beforehand and no longer, whatever has been waited before", async () => {
    const { wait, backoff, clock } = await createWaiting();
    await wait("claim", 2);
    await backoff.wait("claim", 12_345);
    await backoff.wait("claim", 90_000);
    await backoff.wait("claim", null);
    expect(clock.slept.slice(2)).toEqual([12_345, 20_000, 20_000]);
  });

  test("for an end that the call will not see last as long as it has time", async () => {
    const { backoff, clock } = await createWaiting(2_500);
    await backoff.wait("claim", 4_000);
    expect(clock.slept).toEqual([2_500]);
  });

  test("use the time left to its end, and then say that there is none", async () => {
    const { wait, backoff } = await createWaiting(2_500);
    expect(await wait("stored", 2)).toEqual([500, 1_000]);
    expect(backoff.isSpent()).toBe(false);
    expect(await wait("stored", 1)).toEqual([1_000]);
    expect(backoff.isSpent()).toBe(false);
    await expectFailure(() => backoff.wait("promoted"), "VAULT_UNAVAILABLE");
    expect(backoff.isSpent()).toBe(true);
  });
});

describe("waiting for ACTIVE", () => {
  test("looks again after each sixth of the time waited, and ends after its own time although the call has more", async () => {
    const { waitWhileUpdating } = await createWaiting();
    const waits = await waitWhileUpdating();
    expect(waits.slice(0, 8).map(Math.round)).toEqual([100, 100, 100, 100, 100, 100, 100, 117]);
    expect(sum(waits)).toBeCloseTo(30_000);
    expect(waits).toHaveLength(32);
  });

  test("says how long it was", async () => {
    const { waitWhileUpdating, backoff } = await createWaiting();
    await waitWhileUpdating();
    await expectFailure(() => backoff.wait("active"), "VAULT_UNAVAILABLE", "the secret stayed UPDATING for 30 s");
    expect(backoff.isSpent()).toBe(true);
  });

  test("has its whole time again once the secret was ACTIVE, and only then", async () => {
    const { waitWhileUpdating, vault, backoff, look } = await createWaiting();
    await waitWhileUpdating();
    backoff.reset();
    await expectFailure(() => backoff.wait("active"), "VAULT_UNAVAILABLE", "the secret stayed UPDATING for 30 s");
    vault.lifecycle = "ACTIVE";
    await look();
    expect(sum(await waitWhileUpdating())).toBeCloseTo(30_000);
  });

  test("is not charged for other waits", async () => {
    const { wait, waitWhileUpdating } = await createWaiting();
    await wait("claim", 3);
    expect(sum(await waitWhileUpdating())).toBeCloseTo(30_000);
  });

  test("that is used up leaves other waits their time", async () => {
    const { wait, waitWhileUpdating } = await createWaiting();
    await waitWhileUpdating();
    expect(await wait("claim", 1)).toEqual([5_000]);
  });

  test("ends with the call if that is sooner", async () => {
    const { waitWhileUpdating } = await createWaiting(1_250);
    expect(sum(await waitWhileUpdating())).toBeCloseTo(1_250);
  });

  test("begins before the first look, if this call has just written", async () => {
    const { write, backoff, clock } = await createWaiting();
    await backoff.beforeLook();
    expect(clock.slept).toEqual([]);
    await write();
    await backoff.beforeLook();
    expect(clock.slept).toEqual([100]);
  });
});

describe("a turn in a heal of many", () => {
  test("ends the waits of its secret, though the call has more time", async () => {
    const { wait, backoff } = await createWaiting(280_000, false, 2_500);
    expect(await wait("verdict", 2)).toEqual([1_000, 1_500]);
    await expectFailure(() => backoff.wait("verdict"), "VERDICT_UNKNOWN");
  });

  test("ends no tries to store an unsaved value, and none to have it accepted before it goes where applications read", async () => {
    const { wait, clock, backoff } = await createWaiting(280_000, true, 2_500);
    clock.advance(2_500);
    expect(await wait("stored", 6)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000]);
    expect(await wait("verdict", 1)).toEqual([20_000]);
    clock.advance(205_000);
    // Two tries to store it must still fit in.
    expect(await wait("verdict", 1)).toEqual([7_001]);
    expect(backoff.isSpent()).toBe(false);
  });
});

describe("without time left", () => {
  const outOf = async (until: Until, prepare: (attempt: Attempt) => void = () => undefined) => {
    const { backoff, attempt, clock } = await createWaiting(0);
    prepare(attempt);
    try {
      await backoff.wait(until);
    } catch (thrown) {
      expect(clock.slept).toEqual([]);
      if (thrown instanceof RotationError) return `${thrown.code}: ${thrown.message}`;
      throw thrown;
    }
    throw new Error("it waited");
  };

  test.each<[Until, string]>([
    ["active", "VAULT_UNAVAILABLE: the secret stayed UPDATING for 30 s"],
    ["promoted", "VAULT_UNAVAILABLE: the version could not be promoted before the deadline"],
    ["claim", "CLAIM_LIVE: another run holds the claim on this secret"],
    ["landed", "VERDICT_UNKNOWN: regenerating was not answered, and it may still take effect"],
    ["verdict", "VERDICT_UNKNOWN: the client secret was refused, but it was stored less than 60 s ago"],
  ])("a wait for %s says what was waited for", async (until, message) => {
    expect(await outOf(until)).toBe(message);
  });

  test("a wait for what a mint has come to never says that nothing was given up", async () => {
    const { backoff } = await createWaiting(0);
    const failure = await expectFailure(() => backoff.wait("landed"), "VERDICT_UNKNOWN");
    expect(failure.nextAction).toBe("run heal in a few minutes: until then the issuer may refuse CURRENT");
  });

  test("a wait after a value was stored is about what was waited for", async () => {
    const message = "VERDICT_UNKNOWN: the client secret was refused, but it was stored less than 60 s ago";
    expect(await outOf("verdict", (attempt) => Object.assign(attempt.writes, { ownName: "orot-3" }))).toBe(message);
  });

  test.each<[Until, string]>([
    ["promoted", "VAULT_UNAVAILABLE: the version could not be promoted before the deadline (SECRET_NOT_FOUND: by 404)"],
    ["stored", "SECRET_NOT_FOUND: the secret could not be written before the deadline (SECRET_NOT_FOUND: by 404)"],
  ])("a write that was tried to the end (%s) says by what it failed", async (until, message) => {
    const writeFailure = new RotationError("SECRET_NOT_FOUND", "by 404");
    expect(await outOf(until, (attempt) => Object.assign(attempt.writes, { writeFailure }))).toBe(message);
  });

  test("a claim of a later edition is named by its version", async () => {
    const message = "CLAIM_LIVE: version 8 carries a mark that this edition does not know";
    expect(await outOf("claim", (attempt) => Object.assign(attempt.read, { unknownMarkNo: 8 }))).toBe(message);
  });

  test("a wait for a verdict says why the issuer could not be asked, whatever may come of asking again", async () => {
    const noteUnknown = (attempt: Attempt) => {
      attempt.read.logins.set(1, { login: { verdict: "rejected" }, at: 0 });
      attempt.read.logins.set(2, { login: unknownFor("no answer", false), at: 0 });
    };
    expect(await outOf("verdict", noteUnknown)).toBe("ISSUER_UNAVAILABLE: no answer");
  });
});

describe("a verdict that asking again cannot change", () => {
  test("is not waited for", async () => {
    const { attempt, backoff, clock } = await createWaiting();
    attempt.read.logins.set(1, { login: unknownFor("the certificate is not trusted", true), at: 0 });
    await expectFailure(() => backoff.wait("verdict"), "ISSUER_UNAVAILABLE", "not trusted");
    expect(clock.slept).toEqual([]);
    expect(backoff.isSpent()).toBe(false);
  });

  test("does not end waits for anything else, nor does one that may change", async () => {
    const { attempt, wait } = await createWaiting();
    attempt.read.logins.set(1, { login: unknownFor("the certificate is not trusted", true), at: 0 });
    expect(await wait("claim", 1)).toEqual([5_000]);
    attempt.read.logins.set(1, { login: unknownFor("no answer", false), at: 0 });
    expect(await wait("verdict", 1)).toEqual([2_000]);
  });

  test("does not end the tries to store an unsaved value", async () => {
    const { attempt, wait } = await createWaiting(280_000, true);
    if (attempt.unsaved !== null) attempt.unsaved.login = unknownFor("the certificate is not trusted", true);
    expect(await wait("verdict", 1)).toEqual([1_000]);
  });
});

describe("with an unsaved value", () => {
  const withHand = (budgetMs: number) => createWaiting(budgetMs, true);

  test("tries to store it go on into the margin, until a second before the platform's deadline", async () => {
    const { wait, backoff } = await withHand(2_000);
    expect((await wait("stored", 4)).reduce((sum, ms) => sum + ms)).toBe(2_000 + MARGIN_MS - 1_000);
    await expectFailure(() => backoff.wait("stored"), "VAULT_UNAVAILABLE");
    expect(backoff.isSpent()).toBe(true);
  });

  test("waiting for ACTIVE lasts as long as the call, not only for its own time", async () => {
    const { waitWhileUpdating } = await withHand(60_000);
    expect(sum(await waitWhileUpdating())).toBeCloseTo(60_000 + MARGIN_MS - 1_000);
  });

  test("waiting for the issuer ends if two tries to store are still possible", async () => {
    const { wait, clock } = await withHand(25_000);
    const started = clock.now();
    expect(await wait("verdict", 3)).toEqual([1_000, 2_000, 2_001]);
    expect(clock.now() - started).toBe(5_001);
    // Past that the value is stored whatever the issuer says; a wait that comes all the same has what is left.
    expect(await wait("verdict", 1)).toEqual([8_000]);
  });

  test("tries to store it are not cut short for that", async () => {
    const { wait } = await withHand(20_400);
    expect(await wait("stored", 1)).toEqual([500]);
  });

  test("waiting for the issuer with just the time of two tries left has what is left", async () => {
    const { wait } = await withHand(20_000);
    expect(await wait("verdict", 1)).toEqual([1_000]);
  });

  test("running out of time says why it could not be stored, and what to do", async () => {
    const { attempt, backoff } = await withHand(0);
    const waited = () => backoff.wait("stored");
    await backoff.wait("claim");
    const what = "a new client secret was made and could not be stored before the deadline";
    const unexplained = await expectFailure(waited, "VAULT_UNAVAILABLE");
    expect(unexplained.message).toBe(what);
    expect(unexplained.nextAction).toBe(
      "regenerate the client secret in the console, store the value as a new version of the secret, and rotate again",
    );
    if (attempt.unsaved !== null) attempt.unsaved.failure = new RotationError("VAULT_FORBIDDEN", "no right to write");
    const explained = await expectFailure(waited, "VAULT_FORBIDDEN");
    expect(explained.message).toBe(`${what} (VAULT_FORBIDDEN: no right to write)`);
    expect(explained.nextAction).toBe(unexplained.nextAction);
  });

  test("that Vault has confirmed, running out of time never asks to regenerate", async () => {
    const { attempt, backoff } = await withHand(0);
    await backoff.wait("claim");
    attempt.writes.ownName = "orot-3";
    const failure = await expectFailure(() => backoff.wait("active"), "VAULT_UNAVAILABLE");
    expect(failure.message).toBe(
      "the new client secret is stored, but the secret did not become ACTIVE before the deadline",
    );
    expect(failure.nextAction).not.toContain("regenerate");
  });
});
