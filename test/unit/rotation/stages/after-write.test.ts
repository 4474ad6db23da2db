import { describe, expect, test } from "vitest";
import { afterWrite } from "../../../../src/rotation/stages/after-write.ts";
import {
  credential,
  current,
  type FailedWrite,
  failed,
  pending,
  type Run,
  retry,
  startRun,
  type Written,
} from "../rig.ts";

const leaving: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3"), isBeingDeleted: true };

const NOT_NOW = "SECRET_NOT_ROTATABLE";

describe("a content write that did not end well", () => {
  const followUp = ({ context, attempt, seen }: Run, write: FailedWrite) =>
    afterWrite({ context, attempt, snapshot: seen }, "orot-9", attempt.read.etag, write);

  test.each(["race-lost", "unknown", "busy", "name-taken"] as const)(
    "(%s) is tried again after a look",
    async (what) => {
      const run = await startRun({ versions: [current, pending, leaving] });
      expect(await followUp(run, failed(what, NOT_NOW))).toEqual(retry(what));
      expect(run.attempt.writes.takenName).toBe(what === "name-taken" ? "orot-9" : null);
      expect(run.attempt.writes).toMatchObject({
        busyWrites: what === "busy" ? 1 : 0,
        secondPending: { tries: 1 },
        refusesSecondPending: false,
        hasCancelledDeletions: false,
      });
      expect(run.sent).toEqual([]);
    },
  );

  test("forgets a taken name once another write was answered otherwise", async () => {
    const run = await startRun();
    await followUp(run, failed("name-taken"));
    await followUp(run, failed("unknown"));
    expect(run.attempt.writes.takenName).toBeNull();
  });

  test("because a second PENDING version is refused is believed at the second refusal", async () => {
    const run = await startRun({ versions: [current, pending] });
    const refused = { outcome: "second-pending-refused", next: "look" };
    expect(await followUp(run, failed("refused", NOT_NOW))).toEqual(refused);
    expect(run.attempt.writes).toMatchObject({ secondPending: { tries: 1 }, refusesSecondPending: false });
    expect(await followUp(run, failed("refused", NOT_NOW))).toEqual(refused);
    expect(run.attempt.writes).toMatchObject({ secondPending: { tries: 2 }, refusesSecondPending: true });
    // Known by now, it explains nothing any more.
    expect(await followUp(run, failed("refused", NOT_NOW))).toBeNull();
    expect(run.attempt.writes.secondPending.tries).toBe(2);
  });

  test("is no such refusal for want of a right, or with nothing PENDING", async () => {
    const without = await startRun();
    expect(await followUp(without, failed("refused", NOT_NOW))).toBeNull();
    const forbidden = await startRun({ versions: [current, pending] });
    expect(await followUp(forbidden, failed("refused", "VAULT_FORBIDDEN"))).toBeNull();
    expect([without.attempt.writes.secondPending.tries, forbidden.attempt.writes.secondPending.tries]).toEqual([0, 0]);
  });

  test("while versions await deletion takes those deletions back, once", async () => {
    const run = await startRun({ versions: [leaving, current] });
    expect(await followUp(run, failed("refused", NOT_NOW))).toEqual({
      outcome: "deletions-cancelled",
      next: "look",
    });
    expect(run.sent).toEqual([["cancel", 3, "etag-1"]]);
    expect(run.attempt.writes.hasCancelledDeletions).toBe(true);
    expect(await followUp(run, failed("refused", NOT_NOW))).toBeNull();
    expect(run.sent).toHaveLength(1);
  });

  test("for want of a right takes no deletion back", async () => {
    const run = await startRun({ versions: [leaving, current] });
    expect(await followUp(run, failed("refused", "VAULT_FORBIDDEN"))).toBeNull();
    expect(run.sent).toEqual([]);
  });

  test("that stays busy may be waiting for a deletion; else it is tried again for as long as it takes", async () => {
    const run = await startRun({ versions: [leaving, current] });
    expect(await followUp(run, failed("busy"))).toEqual(retry("busy"));
    expect(await followUp(run, failed("busy"))).toEqual({ outcome: "deletions-cancelled", next: "look" });
    expect(await followUp(run, failed("busy"))).toEqual(retry("busy"));
    expect(run.attempt.writes.busyWrites).toBe(3);
  });
});
