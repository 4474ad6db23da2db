import { describe, expect, test } from "vitest";
import { Secret } from "../../../../../src/base/secret.ts";
import type { Write } from "../../../../../src/clients/vault/store.ts";
import { observe, type Snapshot } from "../../../../../src/rotation/observe/observe.ts";
import { claim } from "../../../../../src/rotation/stages/regenerate/claim.ts";
import { tryPending } from "../../../../../src/rotation/stages/regenerate/trial.ts";
import { expectFailure } from "../../../../support/failures.ts";
import { failed, type Run, startRun, withVault } from "../../rig.ts";

const textOf = (sent: readonly unknown[] | undefined) => (sent?.[3] instanceof Secret ? sent[3].reveal() : "");

/** A call whose claim Vault has just taken, and which has looked again. */
async function claimed(trial: Write = { outcome: "done" }) {
  const run = await startRun();
  const { context, attempt, vault } = run;
  await claim({ context, attempt, snapshot: run.seen });
  const first = textOf(run.sent[0]);
  vault.versions = [...vault.versions, { no: 8, stages: ["PENDING", "LATEST"], content: first }];
  attempt.writes.written.splice(0);
  const seen = (await observe({ context, attempt }, true, null)) as Snapshot;
  const { writeVersion } = context.clients.vault;
  const writing = withVault(context, {
    async writeVersion(...sent) {
      await writeVersion(...sent);
      return trial;
    },
  });
  return { ...run, context: writing, seen, first };
}

const go = ({ context, attempt, seen }: Pick<Run, "context" | "attempt" | "seen">) =>
  tryPending({ context, attempt, snapshot: seen });

describe("the trial", () => {
  test("is this call's claim once more, by another text, under the next name and the etag of the look", async () => {
    const run = await claimed();
    const before = { ...run.attempt.locks.claim };
    run.clock.advance(5_000);
    expect(await go(run)).toEqual({ outcome: "tried", next: "look" });
    expect(run.sent.slice(1)).toEqual([["write", "orot-9", "PENDING", expect.any(Secret), run.attempt.read.etag]]);
    const { _rotation: mark, ...rest } = JSON.parse(textOf(run.sent[1]));
    const { _rotation: first, ...before7 } = JSON.parse(run.first);
    expect([rest, mark]).toEqual([before7, { ...first, trial: true }]);
    // It belongs to the call since the first one was sent.
    expect(run.attempt.locks.claim).toEqual({ ...before, name: "orot-9", isJustWritten: false });
    expect(run.attempt.writes.secondPending.trialOver).toBe(8);
  });

  test("that meets something passing leaves the claim as it was, and is made again", async () => {
    const run = await claimed(failed("busy", "VAULT_UNAVAILABLE"));
    expect(await go(run)).toEqual({ outcome: "trial-busy", next: "look", isRetry: true });
    expect(run.attempt.locks.claim).toMatchObject({ name: "orot-8", isConfirmed: true });
    expect(run.attempt.writes.written).toEqual([]);
  });

  test("that is refused twice shows that Vault takes no second PENDING version", async () => {
    const run = await claimed(failed("refused", "SECRET_NOT_FOUND"));
    const refused = { outcome: "trial-second-pending-refused", next: "look" };
    expect([await go(run), await go(run)]).toEqual([refused, refused]);
    expect(run.attempt.writes.refusesSecondPending).toBe(true);
  });

  test("without this call's own claim at the top is a defect", async () => {
    const told = "a trial was decided without a claim";
    const run = await claimed();
    const { versions, asOf } = run.seen.list;
    for (const list of [versions.slice(1), []]) {
      const seen = { ...run.seen, list: { versions: list, asOf } };
      await expectFailure(() => go({ ...run, seen }), "INTERNAL", told);
    }
    run.attempt.locks.claim = null;
    await expectFailure(() => go(run), "INTERNAL", told);
    expect(run.sent).toHaveLength(1);
  });

  test("that wants a right ends the call: nothing has changed at the issuer", async () => {
    const run = await claimed(failed("refused", "VAULT_FORBIDDEN"));
    await expectFailure(() => go(run), "VAULT_FORBIDDEN", "said VAULT_FORBIDDEN");
  });
});
