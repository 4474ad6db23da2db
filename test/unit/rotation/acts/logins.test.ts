import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { type StageAction, stageOf } from "../../../../src/rotation/acts/effect.ts";
import { takeIntoHand } from "../../../../src/rotation/acts/hand.ts";
import { act } from "../../../../src/rotation/acts/index.ts";
import { logIn, logInWithHand } from "../../../../src/rotation/acts/logins.ts";
import { readAll } from "../../../../src/rotation/observe/contents.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";
import { credential, type Written } from "../rig.ts";
import { accepted, createActing, current, note, rejected } from "./rig.ts";

const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8") };
const asking = (login: Login, lives: (number | null)[] = []) =>
  createActing({
    versions: [current, pending],
    issuer: {
      login: async (seconds) => {
        lives.push(seconds);
        return login;
      },
    },
  });

describe("a login with CURRENT", () => {
  const action = { versionNo: 7, stage: "verify-current" } as const;

  test("keeps its verdict, when it was asked, and its token, which lives as long as a claim needs", async () => {
    const lives: (number | null)[] = [];
    const { invocation, memory, seen, rig } = await asking(accepted, lives);
    rig.clock.advance(1_000);
    expect(await logIn(invocation, memory, seen, action)).toEqual({ outcome: "accepted", next: "decide" });
    expect(memory.logins.get(7)).toEqual({ login: accepted, at: rig.clock.monotonic() });
    expect(memory.token).toEqual({ client: toyClient, ...accepted.token });
    expect(memory.token?.value).toBe(accepted.token.value);
    expect(memory.dead).toBeNull();
    expect(lives).toEqual([3_600]);
  });

  test("that is refused is counted, and leaves the token that there was", async () => {
    const { invocation, memory, seen, rig } = await asking(rejected);
    expect(await logIn(invocation, memory, seen, action)).toEqual({ outcome: "rejected", next: "decide" });
    expect(memory.token?.value.reveal()).toBe("own");
    expect(memory.dead).toEqual({ versionNo: 7, since: rig.clock.monotonic(), looks: 1 });
  });
});

describe("a login with another version", () => {
  const action = { versionNo: 8, stage: "verify-pending" } as const;

  test("keeps its verdict alone: no token, no word on CURRENT", async () => {
    const lives: (number | null)[] = [];
    const { invocation, memory, seen } = await asking(rejected, lives);
    expect(await logIn(invocation, memory, seen, action)).toEqual({ outcome: "rejected", next: "decide" });
    expect(memory.logins.get(8)?.login).toBe(rejected);
    expect(memory.dead).toBeNull();
    expect(memory.token?.value.reveal()).toBe("own");
    expect(lives).toEqual([null]);
  });

  test("reads it first where nobody has, and only then", async () => {
    const { invocation, memory, seen, rig } = await asking(accepted);
    rig.asked.length = 0;
    await logIn(invocation, memory, seen, action);
    expect(rig.asked).toEqual([]);
    memory.contents.delete(8);
    await logIn(invocation, memory, seen, action);
    expect(rig.asked).toEqual(["read 8"]);
  });
});

describe("a login that the issuer's pause forbids, with a value that this process has just logged in with", () => {
  const older: Written = { no: 6, stages: ["DEPRECATED"], content: credential("S6") };
  async function outcomeOf(versionNo: number, currentLogin: Login | null, isListed = true) {
    const acting = await createActing({ versions: [older, current, pending], issuer: { login: async () => rejected } });
    const { memory, seen } = acting;
    const invocation = { ...acting.invocation, pauseMs: () => 1, acceptances: { has: () => true } };
    await readAll(invocation, memory, seen.list);
    if (currentLogin !== null) note(acting, 7, currentLogin);
    const stage = versionNo === 7 ? "verify-current" : "verify-pending";
    const { outcome } = await logIn(invocation, memory, isListed ? seen : null, { versionNo, stage });
    return outcome;
  }

  test("is not needed to promote it: what is pending, what was asked about alone, what takes a dead CURRENT's place", async () => {
    expect(await outcomeOf(8, null)).toBe("accepted");
    expect(await outcomeOf(8, null, false)).toBe("accepted");
    expect(await outcomeOf(6, rejected)).toBe("accepted");
  });

  test("is needed of CURRENT, and of an older value that is to come to its end", async () => {
    expect(await outcomeOf(7, null)).toBe("rejected");
    expect(await outcomeOf(6, accepted)).toBe("rejected");
    expect(await outcomeOf(6, null)).toBe("rejected");
  });
});

describe("a login with the value in hand", () => {
  test("keeps its verdict with it", async () => {
    const { invocation, memory, seen } = await asking(rejected);
    takeIntoHand(invocation, memory, seen, new Secret("S9"), true);
    expect(await logInWithHand(memory)).toEqual({ outcome: "rejected", next: "decide" });
    expect(memory.hand?.login).toBe(rejected);
  });

  test("of nothing is a defect", async () => {
    const { memory } = await asking(accepted);
    await expectFailure(() => logInWithHand(memory), "INTERNAL", "a login was decided with nothing in hand");
  });
});

describe("an action", () => {
  test.each<[StageAction, string]>([
    [{ kind: "prepare" }, "fetch-token"],
    [{ kind: "claim" }, "regenerate"],
    [{ kind: "mint" }, "regenerate"],
    [{ kind: "generate" }, "write-pending"],
    [{ kind: "install", versionNo: 8 }, "regenerate"],
    [{ kind: "note-current" }, "fetch-token"],
    [{ kind: "take-lease" }, "fetch-token"],
    [{ kind: "note-no-grace" }, "fetch-token"],
    [{ kind: "retire", versionNo: 6 }, "regenerate"],
    [{ kind: "read-others" }, "fetch-token"],
    [{ kind: "read-back" }, "regenerate"],
    [{ kind: "take", versionNo: 6 }, "write-pending"],
    [{ kind: "store", versionStage: "PENDING" }, "write-pending"],
    [{ kind: "promote", versionNo: 8 }, "promote"],
    [{ kind: "log-in-hand" }, "verify-pending"],
    [{ kind: "log-in", versionNo: 7, stage: "verify-current" }, "verify-current"],
    [{ kind: "log-in", versionNo: 8, stage: "verify-pending" }, "verify-pending"],
  ])("%o runs the stage %s", (action, stage) => {
    expect(stageOf(action)).toBe(stage);
  });

  test("that needs the list of versions is a defect without one; a login and a promote need none", async () => {
    const { invocation, memory } = await asking(accepted);
    const run = (action: StageAction) => act(invocation, memory, null, action);
    await expectFailure(() => run({ kind: "claim" }), "INTERNAL", "claim was decided without a list of versions");
    await expectFailure(() => run({ kind: "install", versionNo: 8 }), "INTERNAL", "install was decided without");
    expect(await run({ kind: "log-in", versionNo: 8, stage: "verify-pending" })).toMatchObject({ outcome: "accepted" });
    expect(await run({ kind: "promote", versionNo: 8 })).toMatchObject({ outcome: "promoted" });
  });

  test("with the list runs its act", async () => {
    const { invocation, memory, seen, rig } = await asking(accepted);
    const run = (action: StageAction) => act(invocation, memory, seen, action);
    expect(await run({ kind: "take", versionNo: 8 })).toMatchObject({ outcome: "copied" });
    expect(await run({ kind: "log-in-hand" })).toMatchObject({ outcome: "accepted" });
    expect(await run({ kind: "store", versionStage: "PENDING" })).toMatchObject({ outcome: "stored" });
    expect(await run({ kind: "read-others" })).toMatchObject({ outcome: "read" });
    expect(await run({ kind: "claim" })).toMatchObject({ outcome: "claimed" });
    expect(await run({ kind: "generate" })).toMatchObject({ outcome: "stored" });
    expect(rig.log).toEqual([]);
  });
});
