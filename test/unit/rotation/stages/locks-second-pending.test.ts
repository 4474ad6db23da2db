import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { isSecondPendingTaken } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { notePending } from "../../../../src/rotation/stages/locks.ts";
import { failed, startRun, withVault } from "../rig.ts";

describe("noting what was found out", () => {
  const noting = async (answer: Write | Error) => {
    const run = await startRun();
    const written: unknown[] = [];
    const context = withVault(run.context, {
      async writeAnnotations(annotations, etag) {
        written.push([isSecondPendingTaken(annotations.metadata ?? {}), etag]);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    const effect = await notePending({ context, attempt: run.attempt });
    const [told] = run.log;
    return { effect, written, told, isNoted: run.attempt.writes.secondPending.isNoted, etag: run.attempt.read.etag };
  };

  test("is one write on the etag of the look", async () => {
    const { effect, written, isNoted, etag } = await noting({ outcome: "done" });
    expect([effect, written, isNoted]).toEqual([{ outcome: "noted", next: "look" }, [[true, etag]], true]);
  });

  test.each<[string, Write | Error, string]>([
    ["is refused", failed("refused", "SECRET_NOT_ROTATABLE"), "refused"],
    ["is lost to another writer", failed("race-lost", "VAULT_UNAVAILABLE"), "race-lost"],
    ["throws", new RotationError("VAULT_UNAVAILABLE", "no answer"), "VAULT_UNAVAILABLE"],
  ])("that %s blocks no mint, and is not tried again by this call", async (_what, answer, outcome) => {
    const { effect, told, isNoted } = await noting(answer);
    expect([effect, isNoted]).toEqual([{ outcome, next: "look" }, true]);
    const isThrown = answer instanceof Error;
    expect(told).toMatchObject(
      isThrown
        ? { level: "warn", event: "second-pending-not-noted", outcome }
        : { level: "info", event: "second-pending-noted", outcome },
    );
  });
});
