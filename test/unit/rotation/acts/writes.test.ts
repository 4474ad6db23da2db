import { describe, expect, test } from "vitest";
import { type ErrorCode, RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { takeIntoHand } from "../../../../src/rotation/acts/hand.ts";
import { afterWrite, promoteVersion, store, take } from "../../../../src/rotation/acts/writes.ts";
import { expectFailure } from "../../../support/failures.ts";
import { credential, type Written } from "../rig.ts";
import { type Acting, accepted, createActing, current, note } from "./rig.ts";

type Failed = Exclude<Write, { outcome: "done" }>;
const failed = (outcome: Failed["outcome"], code: ErrorCode = "VAULT_UNAVAILABLE"): Failed => ({
  outcome,
  error: new RotationError(code, "no answer"),
});
const pending: Written = { no: 8, stages: ["PENDING"], content: credential("S8") };
const leaving: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3"), isBeingDeleted: true };
const retry = (outcome: string) => ({ outcome, next: "look", isRetry: true });
const NOT_NOW = "SECRET_NOT_ROTATABLE";

describe("a content write that did not end well", () => {
  const followUp = ({ invocation, memory, seen }: Acting, write: Failed) =>
    afterWrite(invocation, memory, seen, "orot-9", memory.etag, write);

  test.each(["race-lost", "unknown", "busy", "name-taken"] as const)(
    "(%s) is tried again after a look",
    async (what) => {
      const acting = await createActing({ versions: [current, pending, leaving] });
      expect(await followUp(acting, failed(what, NOT_NOW))).toEqual(retry(what));
      expect(acting.memory.takenName).toBe(what === "name-taken" ? "orot-9" : null);
      expect(acting.memory).toMatchObject({
        busyWrites: what === "busy" ? 1 : 0,
        secondPending: { tries: 1 },
        refusesSecondPending: false,
        hasCancelledDeletions: false,
      });
      expect(acting.sent).toEqual([]);
    },
  );

  test("forgets a taken name once another write was answered otherwise", async () => {
    const acting = await createActing();
    await followUp(acting, failed("name-taken"));
    await followUp(acting, failed("unknown"));
    expect(acting.memory.takenName).toBeNull();
  });

  test("because a second PENDING version is refused is believed at the second refusal", async () => {
    const acting = await createActing({ versions: [current, pending] });
    const refused = { outcome: "second-pending-refused", next: "look" };
    expect(await followUp(acting, failed("refused", NOT_NOW))).toEqual(refused);
    expect(acting.memory).toMatchObject({ secondPending: { tries: 1 }, refusesSecondPending: false });
    expect(await followUp(acting, failed("refused", NOT_NOW))).toEqual(refused);
    expect(acting.memory).toMatchObject({ secondPending: { tries: 2 }, refusesSecondPending: true });
    // Known by now, it explains nothing any more.
    expect(await followUp(acting, failed("refused", NOT_NOW))).toBeNull();
    expect(acting.memory.secondPending.tries).toBe(2);
  });

  test("is no such refusal for want of a right, or with nothing PENDING", async () => {
    const without = await createActing();
    expect(await followUp(without, failed("refused", NOT_NOW))).toBeNull();
    const forbidden = await createActing({ versions: [current, pending] });
    expect(await followUp(forbidden, failed("refused", "VAULT_FORBIDDEN"))).toBeNull();
    expect([without.memory.secondPending.tries, forbidden.memory.secondPending.tries]).toEqual([0, 0]);
  });

  test("while versions await deletion takes those deletions back, once", async () => {
    const acting = await createActing({ versions: [leaving, current] });
    expect(await followUp(acting, failed("refused", NOT_NOW))).toEqual({
      outcome: "deletions-cancelled",
      next: "look",
    });
    expect(acting.sent).toEqual([["cancel", 3, "etag-1"]]);
    expect(acting.memory.hasCancelledDeletions).toBe(true);
    expect(await followUp(acting, failed("refused", NOT_NOW))).toBeNull();
    expect(acting.sent).toHaveLength(1);
  });

  test("for want of a right takes no deletion back", async () => {
    const acting = await createActing({ versions: [leaving, current] });
    expect(await followUp(acting, failed("refused", "VAULT_FORBIDDEN"))).toBeNull();
    expect(acting.sent).toEqual([]);
  });

  test("that stays busy may be waiting for a deletion; else it is tried again for as long as it takes", async () => {
    const acting = await createActing({ versions: [leaving, current] });
    expect(await followUp(acting, failed("busy"))).toEqual(retry("busy"));
    expect(await followUp(acting, failed("busy"))).toEqual({ outcome: "deletions-cancelled", next: "look" });
    expect(await followUp(acting, failed("busy"))).toEqual(retry("busy"));
    expect(acting.memory.busyWrites).toBe(3);
  });
});

describe("storing the value in hand", () => {
  async function holding(answer: Write = { outcome: "done" }, isMinted = true, versions = [current]) {
    const acting = await createActing({ answer, versions });
    takeIntoHand(acting.invocation, acting.memory, acting.seen, new Secret("S8"), isMinted);
    return acting;
  }
  const send = ({ invocation, memory, seen }: Acting, versionStage: "PENDING" | "CURRENT" = "PENDING") =>
    store(invocation, memory, seen, versionStage);

  test.each(["PENDING", "CURRENT"] as const)(
    "writes it as %s under the next name and the etag of the look",
    async (stage) => {
      const acting = await holding();
      expect(await send(acting, stage)).toEqual({ outcome: "stored", next: "look" });
      expect(acting.sent).toEqual([["write", "orot-8", stage, acting.memory.hand?.text, "etag-1"]]);
      expect(acting.memory.written).toEqual([
        expect.objectContaining({ name: "orot-8", known: expect.objectContaining({ kind: "credential" }) }),
      ]);
      expect(acting.memory.ownName).toBe("orot-8");
      // Only a look that finds it stored lets it go.
      expect(acting.memory.hand).not.toBeNull();
    },
  );

  test("is no mint of this call's own where it was read back", async () => {
    const acting = await holding({ outcome: "done" }, false);
    await send(acting);
    expect(acting.memory.ownName).toBeNull();
  });

  test("avoids a name that Vault called taken", async () => {
    const acting = await holding();
    acting.memory.takenName = "orot-8";
    await send(acting);
    expect(acting.sent[0]?.[1]).toMatch(/^orot-8\.[0-9a-f]{10}$/);
  });

  test("that is refused for good is tried again all the same: the value exists nowhere else", async () => {
    const refused = failed("refused", "VAULT_FORBIDDEN");
    const acting = await holding(refused);
    expect(await send(acting)).toEqual(retry("refused"));
    expect(acting.memory.hand?.failure).toBe(refused.error);
    expect(acting.memory).toMatchObject({ written: [], ownName: null });
  });

  test("that meets something passing does what any write does then", async () => {
    const taken = await holding(failed("name-taken"));
    expect(await send(taken)).toEqual(retry("name-taken"));
    expect(taken.memory.takenName).toBe("orot-8");
    const blocked = await holding(failed("refused", NOT_NOW), true, [current, pending]);
    expect(await send(blocked)).toEqual({ outcome: "second-pending-refused", next: "look" });
  });

  test("of nothing is a defect", async () => {
    const acting = await createActing();
    await expectFailure(() => send(acting), "INTERNAL", "storing was decided with nothing in hand");
  });
});

describe("promoting a version", () => {
  const send = ({ invocation, memory, seen }: Acting, versionNo = 3, observation: Acting["seen"] | null = seen) =>
    promoteVersion(invocation, memory, observation, versionNo);
  const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3") };

  test("is sent by number under the etag of the look, and is then complete", async () => {
    const acting = await createActing();
    expect(await send(acting)).toEqual({ outcome: "promoted", next: "promoted" });
    expect(acting.sent).toEqual([["promote", 3, "etag-1"]]);
  });

  test.each(["busy", "race-lost", "unknown"] as const)("that meets %s is tried again after a look", async (outcome) => {
    const acting = await createActing({ answer: failed(outcome), versions: [old, current] });
    expect(await send(acting)).toEqual(retry(outcome));
    expect(acting.memory.unpromotable.size).toBe(0);
  });

  test("that Vault refuses leaves an old version to be copied", async () => {
    const acting = await createActing({ answer: failed("refused"), versions: [old, current] });
    expect(await send(acting)).toEqual({ outcome: "refused", next: "decide" });
    expect([...acting.memory.unpromotable]).toEqual([3]);
  });

  test.each(["busy", "race-lost", "unknown"] as const)(
    "that meets %s again and again leaves an old one to be copied, and a PENDING one to be tried again",
    async (outcome) => {
      const acting = await createActing({ answer: failed(outcome), versions: [old, current, pending] });
      for (let times = 1; times <= 3; times++) expect(await send(acting)).toEqual(retry(outcome));
      expect(await send(acting)).toEqual({ outcome: "refused", next: "decide" });
      expect([...acting.memory.unpromotable]).toEqual([3]);
      for (let times = 1; times <= 5; times++) expect(await send(acting, 8)).toEqual(retry(outcome));
      expect([...acting.memory.unpromotable]).toEqual([3]);
      expect(acting.memory.writeFailure?.message).toBe("no answer");
    },
  );

  test("that Vault refuses ends the call for a PENDING version, one that is not listed, and without a list", async () => {
    const acting = await createActing({ answer: failed("refused"), versions: [current, pending, old] });
    for (const attempt of [() => send(acting, 8), () => send(acting, 4), () => send(acting, 3, null)]) {
      await expectFailure(attempt, "VAULT_UNAVAILABLE", "no answer");
    }
    expect(acting.memory.unpromotable.size).toBe(0);
  });
});

describe("a stored credential that Vault will not promote", () => {
  test("becomes the value in hand: its own text, and the verdict that is known", async () => {
    const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3", { _rotation: undefined, a: 1 }) };
    const acting = await createActing({ versions: [{ ...old, ageSeconds: 60 }, current] });
    const { invocation, memory, seen, rig } = acting;
    note(acting, 3, accepted);
    expect(take(invocation, memory, seen, 3)).toEqual({ outcome: "copied", next: "decide" });
    expect(JSON.parse(memory.hand?.text.reveal() ?? "")).toEqual({ a: 1, appSecret: "S3" });
    expect(memory.hand).toMatchObject({
      base: 7,
      isCopy: true,
      isMinted: false,
      login: accepted,
      failure: null,
      receivedAt: rig.clock.monotonic(),
    });
    memory.logins.clear();
    take(invocation, memory, seen, 3);
    expect(memory.hand?.login).toBeNull();
  });
});
