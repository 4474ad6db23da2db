import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { logInWithHand, logInWithPending } from "../../../../src/rotation/stages/verify-pending.ts";
import { expectFailure } from "../../../support/failures.ts";
import {
  accepted,
  credential,
  current,
  deprecated,
  noteLogin,
  pending,
  rejected,
  startRun,
  type Written,
} from "../rig.ts";

const unknown: Login = { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "429"), final: false };
const asking = (login: Login, lives: (number | null)[] = []) =>
  startRun({
    versions: [current, pending],
    issuer: {
      login: async (seconds) => {
        lives.push(seconds);
        return login;
      },
    },
  });

describe("a login with a stored value", () => {
  test.each<[string, string | null, boolean]>([
    ["of the version that this call stored", "orot-8", true],
    ["of another version", "orot-9", false],
    ["of a version without a name", null, false],
  ])("that was sent beside the list counts if it is the one %s", async (_what, name, isTaken) => {
    const lives: (number | null)[] = [];
    const { context, attempt, seen } = await asking(rejected, lives);
    const sent = Promise.resolve(accepted);
    attempt.stored = { name: "orot-8", logIn: () => sent, login: sent };
    const list = {
      ...seen.list,
      versions: seen.list.versions.map((one) => (one.versionNo === 8 ? { ...one, name } : one)),
    };
    const result = await logInWithPending({ context, attempt, snapshot: { ...seen, list } }, { versionNo: 8 });
    expect(result.outcome).toBe(isTaken ? "accepted" : "rejected");
    expect(lives).toEqual(isTaken ? [] : [null]);
  });

  test("keeps only its verdict: no token, no word on CURRENT", async () => {
    const lives: (number | null)[] = [];
    const { context, attempt, seen } = await asking(rejected, lives);
    const result = await logInWithPending({ context, attempt, snapshot: seen }, { versionNo: 8 });
    expect(result).toEqual({ outcome: "rejected", next: "decide" });
    expect(attempt.read.logins.get(8)?.login).toBe(rejected);
    expect(attempt.read.currentRefusal).toBeNull();
    expect(attempt.authorities.token?.value.reveal()).toBe("own");
    expect(lives).toEqual([null]);
  });

  test("that was sent beside the list does not count for an older version, which is asked, nothing being PENDING", async () => {
    const login = async () => rejected;
    const versions = [current, deprecated(6), { ...pending, name: "orot-8" }];
    const { context, attempt, seen } = await startRun({ versions, isAllRead: true, issuer: { login } });
    const sent = Promise.resolve(accepted);
    attempt.stored = { name: "orot-8", logIn: () => sent, login: sent };
    const result = await logInWithPending({ context, attempt, snapshot: { ...seen, pending: null } }, { versionNo: 6 });
    expect(result.outcome).toBe("rejected");
  });

  test("reads it first if it was not read yet, and only then", async () => {
    const { context, attempt, seen, asked } = await asking(accepted);
    asked.length = 0;
    await logInWithPending({ context, attempt, snapshot: seen }, { versionNo: 8 });
    expect(asked).toEqual([]);
    attempt.read.contents.delete(8);
    await logInWithPending({ context, attempt, snapshot: seen }, { versionNo: 8 });
    expect(asked).toEqual(["read 8"]);
  });
});

/** Version 8 is to be promoted: what the issuer would answer, whether its pause runs before and after that, and what this process remembers. */
async function verify(login: Login, pauses: readonly [before: number, after: number], isAccepted: boolean) {
  const lives: (number | null)[] = [];
  const { context, attempt, seen, log } = await asking(login, lives);
  const known = attempt.read.contents.get(8);
  if (known?.kind !== "credential") throw new Error("not read");
  const left = [...pauses];
  const asked: Parameters<typeof logInWithPending>[0]["context"] = {
    ...context,
    clients: {
      ...context.clients,
      issuers: {
        ...context.clients.issuers,
        pauseMs: (client) => (client === known.credential.client ? (left.shift() ?? pauses[1]) : 0),
      },
    },
    acceptances: { has: (held) => held === known.credential && isAccepted },
  };
  await logInWithPending({ context: asked, attempt, snapshot: seen }, { versionNo: 8 });
  const verdict = attempt.read.logins.get(8)?.login;
  return { verdict, asked: lives.length, log: log.map(({ event, stage }) => [event, stage]) };
}

describe("a value that is to be promoted", () => {
  const kept: Login = { verdict: "accepted", token: null };
  const NOT_REPEATED = ["login-not-repeated", "verify-pending"];

  test("is asked about whenever the issuer may be asked, whatever is remembered", async () => {
    expect(await verify(rejected, [0, 0], true)).toEqual({ verdict: rejected, asked: 1, log: [] });
    expect(await verify(unknown, [0, 0], true)).toEqual({ verdict: unknown, asked: 1, log: [] });
  });

  test("is not asked about during a pause after 429 if this process has just logged in with it", async () => {
    expect(await verify(rejected, [1, 1], true)).toEqual({ verdict: kept, asked: 0, log: [NOT_REPEATED] });
  });

  test("counts as accepted if the login itself is answered 429", async () => {
    expect(await verify(unknown, [0, 60_000], true)).toEqual({ verdict: kept, asked: 1, log: [NOT_REPEATED] });
  });

  test("is refused if the issuer refuses it, though a pause begins meanwhile", async () => {
    expect(await verify(rejected, [0, 60_000], true)).toEqual({ verdict: rejected, asked: 1, log: [] });
  });

  test("is asked about, however long the pause, if nothing is remembered of it", async () => {
    expect(await verify(unknown, [1, 1], false)).toEqual({ verdict: unknown, asked: 1, log: [] });
    expect(await verify(rejected, [1, 1], false)).toEqual({ verdict: rejected, asked: 1, log: [] });
  });
});

describe("a login that the issuer's pause forbids, with a value that this process has just logged in with", () => {
  const older: Written = { no: 6, stages: ["DEPRECATED"], content: credential("S6") };
  async function outcomeOf(versionNo: number, currentLogin: Login | null, isListed = true) {
    const run = await startRun({ versions: [older, current, pending], issuer: { login: async () => rejected } });
    const { attempt, seen } = run;
    const invocation = {
      ...run.context,
      clients: { ...run.context.clients, issuers: { ...run.context.clients.issuers, pauseMs: () => 1 } },
      acceptances: { has: () => true },
    };
    await readAll({ context: invocation, attempt }, seen.list);
    if (currentLogin !== null) noteLogin(run.attempt, run, 7, currentLogin);
    const { outcome } = await logInWithPending(
      { context: invocation, attempt, snapshot: isListed ? seen : null },
      { versionNo },
    );
    return outcome;
  }

  test("is not needed to promote it: a pending one, one that was read by itself, one that replaces a dead CURRENT", async () => {
    expect(await outcomeOf(8, null)).toBe("accepted");
    expect(await outcomeOf(8, null, false)).toBe("accepted");
    expect(await outcomeOf(6, rejected)).toBe("accepted");
  });

  test("is needed of an older value that is to come to its end", async () => {
    expect(await outcomeOf(6, accepted)).toBe("rejected");
    expect(await outcomeOf(6, null)).toBe("rejected");
  });
});

describe("a login with the unsaved value", () => {
  test("keeps its verdict with it", async () => {
    const lives: (number | null)[] = [];
    const { context, attempt, seen } = await asking(rejected, lives);
    keepUnsaved({ context, attempt, snapshot: seen }, new Secret("S9"), true);
    expect(await logInWithHand({ context, attempt })).toEqual({ outcome: "rejected", next: "decide" });
    expect(attempt.unsaved?.login).toBe(rejected);
    expect(lives).toEqual([null]);
  });

  test("of nothing is a defect", async () => {
    const { context, attempt } = await asking(accepted);
    await expectFailure(
      () => logInWithHand({ context, attempt }),
      "INTERNAL",
      "a login was decided with nothing unsaved",
    );
  });
});
